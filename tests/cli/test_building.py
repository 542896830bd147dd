"""corpus samples and bench; training and evaluation have tests of their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.cli import benching
from studio.face import ARKIT
from studio.io import read_weights
from studio.training.datasets.corpus import _write
from studio.training.datasets.samples import SAMPLES, draw_sample, timecode
from tests.training.conftest import tiny_corpus

from .conftest import Command


@pytest.mark.slow
def test_samples_are_the_takes_that_were_drawn(command: Command, tmp_path: Path) -> None:
    ended = command("corpus", "samples", "--folder", tmp_path)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.split() == [str(tmp_path / f"{label}.csv") for label in SAMPLES]
    for number, label in enumerate(SAMPLES):
        take, back = draw_sample(label, number), read_weights(tmp_path / f"{label}.csv")
        assert back.fps == 30.0
        order = [back.names.index(name) for name in ARKIT]
        wanted = np.clip(take.whole, 0, 1)
        np.testing.assert_allclose(back.weights[:, order], wanted, atol=6e-5)
        np.testing.assert_allclose(back.head, take.bearing.head, atol=3e-3)


@pytest.mark.parametrize("rig", ["flame=head.npz", "ict", "ict=", "head.npz"])
def test_another_rig_than_ict_is_refused(command: Command, tmp_path: Path, rig: str) -> None:
    sentence = command("corpus", "build", "--folder", tmp_path / "to", "--rig", rig).sentence
    assert sentence == f"--rig: expected ict=FILE, found {rig}"
    assert not list(tmp_path.iterdir())


def test_a_rig_that_is_no_head_is_refused_before_anything_is_built(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "head.npz").write_text("v 0 0 0")
    for name in ("head.npz", "none.npz"):
        rig = f"ict={tmp_path / name}"
        sentence = command("corpus", "build", "--folder", tmp_path / "to", "--rig", rig).sentence
        assert sentence.startswith(f"{name}: expected ICT-FaceKit's head as NPZ, found ")
    assert not (tmp_path / "to").exists()


@pytest.mark.slow
def test_a_sheet_shows_every_label_of_a_corpus(command: Command, tmp_path: Path) -> None:
    _write(tiny_corpus(), tmp_path / "corpus.npz")
    out = tmp_path / "sheet.png"
    ended = command("corpus", "sheet", "--folder", tmp_path, "-o", out, "--each", "1")
    assert (ended.status, ended.out) == (0, f"7 faces in {out}\n")
    assert out.read_bytes().startswith(b"\x89PNG")
    wrong = command("corpus", "sheet", "--folder", tmp_path, "-o", tmp_path / "sheet.jpg")
    assert wrong.sentence == "sheet.jpg: expected a .png file to write, found .jpg"


@pytest.mark.slow
def test_samples_are_the_same_at_every_call(command: Command, tmp_path: Path) -> None:
    for name in ("a", "b"):
        command("corpus", "samples", "--folder", tmp_path / name)
    for label in SAMPLES:
        one, other = (tmp_path / name / f"{label}.csv" for name in ("a", "b"))
        assert one.read_bytes() == other.read_bytes()


def test_timecodes_count_sixty_to_a_second() -> None:
    assert [timecode(k) for k in (0, 1, 29, 30)] == [
        "12:00:00:00.000",
        "12:00:00:02.000",
        "12:00:00:58.000",
        "12:00:01:00.000",
    ]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two small benchmarks, and the working folder."""
    (tmp_path / "benchmarks").mkdir()
    for name, ours in (("fast", 1.0), ("slow", 4.0)):
        row = {"name": name, "ours_ms": ours, "peer": "x", "peer_ms": 8.0, "ratio": 8.0 / ours}
        code = f"def run():\n    return [{row | {'bar': None}}]\n"
        (tmp_path / "benchmarks" / f"bench_{name}.py").write_text(code)
    monkeypatch.setattr(benching, "shipped", lambda name: tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_bench_collects_the_rows_of_all(command: Command, checkout: Path) -> None:
    ended = command("bench", "--json")
    assert (ended.status, ended.err) == (0, "")
    rows = json.loads(ended.out)["rows"]
    assert [(row["benchmark"], row["ratio"]) for row in rows] == [("fast", 8.0), ("slow", 2.0)]
    assert json.loads((checkout / "out" / "bench.json").read_text())["rows"] == rows


def test_bench_of_one(command: Command, checkout: Path) -> None:
    ended = command("bench", "slow", "--out", "one.json")
    assert "slow" in ended.out and "fast" not in ended.out
    assert len(json.loads((checkout / "one.json").read_text())["rows"]) == 1


def test_bench_hands_options_to_those_that_take_them(command: Command, checkout: Path) -> None:
    code = """def run(peer_python=None):
    name = f"beside {peer_python}"
    return [{"name": name, "ours": 2.0, "unit": "%", "bar_most": 5.0}]
"""
    (checkout / "benchmarks" / "bench_beside.py").write_text(code)
    ended = command("bench", "--peer-python", "other/python")
    assert (ended.status, ended.err) == (0, "")
    assert "beside other/python   2.00 %" in ended.out
    assert "at most 5 %" in ended.out


def test_bench_of_an_unknown_one(command: Command, checkout: Path) -> None:
    assert command("bench", "odd").sentence == "bench: expected one of fast, slow, found odd"


def test_bench_from_a_wheel(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benching, "shipped", lambda name: tmp_path / name)
    assert "source checkout" in command("bench").sentence
