"""The main job without a display, on untrained models of the studio's face."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.cli import opening
from studio.cli.libraries import Missing
from studio.core.system.paths import shipped
from studio.face import load_template
from studio.io import read_sequence

from .conftest import Command

NOTHING = "no display: nothing is set"


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch, models: Path, tmp_path: Path) -> Path:
    """No display, an empty working folder, and the small models in place of those that ship."""
    monkeypatch.setattr(opening, "display_problem", lambda: NOTHING)
    monkeypatch.setattr(opening, "LABEL", "happiness")
    monkeypatch.setattr("studio.engine.engine.default_set", lambda: models)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_main_job(command: Command, headless: Path) -> None:
    ended = command()
    assert (ended.status, ended.err, ended.opened) == (0, "", None)
    first, *lines = ended.out.splitlines()
    assert first == f"{NOTHING}, so the main job runs without a window."
    assert str(shipped("resources") / "samples") in lines[0]
    frames, sheet = headless / "out" / "happiness_7", headless / "out" / "happiness_7.png"
    assert read_sequence(frames, cache=False).n_frames == 60
    assert sheet.read_bytes().startswith(b"\x89PNG")
    assert str(frames) in ended.out and str(sheet) in ended.out


def test_the_file_that_was_to_be_opened_is_recognized(
    command: Command, headless: Path, take_file: Path
) -> None:
    ended = command("open", take_file)
    assert ended.status == 0
    assert f"{take_file}: 12 frames" in ended.out


def test_again_into_the_same_folder(command: Command, headless: Path, take_file: Path) -> None:
    assert command(take_file).status == command(take_file).status == 0
    assert len(list((headless / "out").iterdir())) == 2


def test_models_that_are_missing(
    command: Command, headless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engine.engine.default_set", lambda: headless / "gone")
    ended = command()
    assert ended.status == 2
    assert ended.err.startswith("gone: no such model set")
    assert not list(headless.iterdir())


def test_a_folder_that_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    folder = opening.output_folder()
    assert folder.is_dir() and folder.is_absolute()
    folder.rmdir()


def test_a_window_without_its_libraries(
    command: Command, take_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [Missing("libxcb.so.1", "libxcb1", "the window")]
    monkeypatch.setattr(opening, "display_problem", lambda: None)
    monkeypatch.setattr(opening, "missing_libraries", lambda: gone)
    sentence = command(take_file).sentence
    assert sentence == (
        "the window needs libxcb.so.1; on Debian or Ubuntu: sudo apt-get install -y libxcb1"
    )


def test_every_sample_opens() -> None:
    takes = sorted((shipped("resources") / "samples").glob("*.csv"))
    assert [take.stem for take in takes] == ["happiness", "sadness", "surprise"]
    assert opening.first_sample() == takes[0]
    for take in takes:
        sequence = read_sequence(take)
        assert 80 <= sequence.n_frames <= 100
        assert sequence.fps == 30.0
        assert sequence.topology == load_template().topology
