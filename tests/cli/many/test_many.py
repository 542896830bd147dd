"""Commands that take one clip, given many: lists, patterns, trees; whole, told and resumed."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio import __version__
from studio.cli.many.digests import models_digest
from studio.cli.many.work import Check, versions
from studio.core import MeshSequence
from studio.io import FORMATS, Format, read_sequence, write_sequence
from tests.cli.conftest import Command
from tests.document.clips import square


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a tree: a file, one in a folder, a folder of frames, and a bad one."""
    monkeypatch.chdir(tmp_path)
    write_sequence(square(5), tmp_path / "tree" / "a.npz")
    write_sequence(square(6), tmp_path / "tree" / "deep" / "b.npz")
    write_sequence(square(7), tmp_path / "tree" / "frames")
    return tmp_path


def bad(here: Path) -> Path:
    path = here / "tree" / "bad.npz"
    path.write_bytes(b"PK nothing of the kind")
    return path


def files(folder: Path) -> list[str]:
    """What is there to be seen."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path) for path in found if not str(path).startswith((".", "manifest"))]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def test_a_tree_goes_in_and_a_tree_comes_out(command: Command, here: Path) -> None:
    ended = command("convert", "tree", "-o", "out", "--format", "npy")
    assert ended.status == 0 and ended.err == ""
    assert ended.out.startswith("3 clips found: 3 made in ")
    made = ["a.npy", "deep/b.npy", "frames.npy"]
    assert [name for name in files(here / "out") if name.endswith(".npy")] == made
    for name, count in zip(made, (5, 6, 7), strict=True):
        read = read_sequence(here / "out" / name)
        np.testing.assert_array_equal(read.vertices, square(count).vertices)


def test_frames_go_into_a_folder_a_clip_and_single_meshes_do_not(
    command: Command, here: Path
) -> None:
    write_sequence(square(1), here / "one.ply")
    assert command("convert", "tree/a.npz", "one.ply", "out").status == 0
    assert {Path(name).parts[0] for name in files(here / "out")} == {"tree", "one.obj"}
    assert read_sequence(here / "out" / "tree" / "a").n_frames == 5


def test_one_clip_is_done_as_ever_and_says_so_no_other_way(command: Command, here: Path) -> None:
    alone = command("convert", "tree/frames", "-o", "alone.npz")
    assert alone.out == f"7 frames of 4 vertices, in {Path('alone.npz')}\n"
    assert not [*here.glob("*manifest*")]
    asked = command("convert", "tree/a.npz", "-o", "out", "--format", "npz", "--retry", "0")
    assert asked.out.startswith("1 clip found: 1 made in ")
    assert files(here / "out") == ["a.npz"]


def test_errors_are_collected_and_only_what_is_left_is_done(command: Command, here: Path) -> None:
    path = bad(here)
    asked = ("convert", "tree", "-o", "out", "--format", "npz", "--report")
    first = command(*asked, "r.csv")
    assert first.status == 1
    assert first.out.startswith("4 clips found: 3 made, 1 failed in ")
    assert str(Path("tree/bad.npz")) in first.out and "bad.npz: expected" in first.out
    assert [row["state"] for row in rows(here / "r.csv")] == ["made", "failed", "made", "made"]
    before = {p: p.stat().st_mtime_ns for p in (here / "out").rglob("*.npz")}

    again = command(*asked, "r.json")
    assert again.out.startswith("4 clips found: 0 made, 3 there already, 1 failed in ")
    report = json.loads((here / "r.json").read_text())
    assert [row["state"] for row in report] == ["there", "failed", "there", "there"]
    assert report[1]["tries"] == 1 and "bad.npz: expected" in report[1]["error"]
    assert before == {p: p.stat().st_mtime_ns for p in (here / "out").rglob("*.npz")}

    write_sequence(square(9), path)
    (here / "out" / "a.npz").unlink()
    ended = command(*asked, "r.csv")
    assert ended.status == 0 and "2 made, 2 there already in " in ended.out


def test_other_options_and_other_files_are_other_items(command: Command, here: Path) -> None:
    asked = ("convert", "tree", "-o", "out", "--format", "npz")
    assert " 3 made" in command(*asked).out
    assert " 3 made" in command(*asked, "--fps", 25).out
    assert read_sequence(here / "out" / "a.npz").fps == 25.0
    # What is there is of the other rate, although its very item was done once.
    assert " 3 made" in command(*asked).out
    assert read_sequence(here / "out" / "a.npz").fps == 30.0
    os.utime(here / "tree" / "a.npz", ns=(1, 1))
    assert " 1 made, 2 there already" in command(*asked).out


def test_a_clip_that_is_gone_meanwhile_is_an_error_of_its_own(command: Command, here: Path) -> None:
    (here / "tree" / "c.npz").symlink_to(here / "nowhere")
    ended = command("convert", "tree", "-o", "out", "--format", "npz", "--jobs", 1)
    assert ended.status == 1
    assert "3 made, 1 failed" in ended.out and "a link to a file that is gone" in ended.out


@pytest.fixture
def interrupted() -> Iterator[None]:
    """A format that is never read to its end."""

    def interrupt(_source: object) -> MeshSequence:
        raise KeyboardInterrupt

    FORMATS.add(Format(name="stop", label="Stop", read=interrupt))
    yield
    del FORMATS["stop"]


@pytest.mark.usefixtures("interrupted")
def test_what_was_whole_when_it_was_stopped_is_kept(command: Command, here: Path) -> None:
    (here / "tree" / "b.stop").write_text("stop")
    asked = ("convert", "tree", "-o", "out", "--format", "npz", "--report", "r.csv")
    ended = command(*asked)
    assert ended.status == 130
    assert ended.out.startswith("4 clips found: 1 made, 3 left in ")
    assert [row["state"] for row in rows(here / "r.csv")] == ["made", "left", "left", "left"]
    assert not [*(here / "out").rglob("*.part")]
    (here / "tree" / "b.stop").unlink()
    assert "2 made, 1 there already" in command(*asked).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("convert", "tree", "out.glb", "--retry", 1), "out.glb: expected a folder for what is"),
        (("convert", "tree", "-o", "tree/a.npz", "--format", "npz"), "found a file"),
        (("convert", "tree", "-o", "tree/out"), "out: expected a folder outside of what is read"),
        (("convert", "tree", "-o", "tree"), "tree: expected a folder outside of what is read"),
        (("convert", "tree", "gone.npz", "-o", "out"), "gone.npz: expected a clip, found nothing"),
        (("convert", "tree", "-o", "out", "--format", "wav"), "--format: expected one of"),
        (("convert", "tree", "-o", "out", "--size", "big", "--format", "gif"), "big"),
        (("convert", "tree", "-o", "out", "--jobs", 0), "jobs: expected a number from 1 to 256"),
        (("convert", "tree", "-o", "out", "--retry", -1), "retry: expected a number from 0 to"),
        (("convert", "tree", "-o", "out", "--report", "r.txt"), "r.txt: expected a .csv or .json"),
        (
            ("convert", "tree", "-o", "out", "--jobs", 2, "--cluster", "local:2"),
            "convert: expected --jobs or --cluster, found both",
        ),
        (("convert", "tree"), "convert: expected IN OUT, found tree alone"),
        (("transfer", "tree", "-o", "out"), "transfer: expected CLIP FACE, found tree alone"),
        (("recognize", "tree"), "recognize: expected --csv OUT.csv for 3 clips, found none"),
        (("recognize", "tree", "--csv", "out.xls"), "out.xls: expected a .csv file, found .xls"),
        (
            ("neutralize", "tree", "-o", "out", "--recipe", "r.json"),
            "neutralize: expected a recipe beside each of many clips",
        ),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_meant_is_refused_before_anything_is_made(
    command: Command, here: Path, arguments: tuple[object, ...], said: str
) -> None:
    before = files(here)
    assert said in command(*arguments).sentence
    assert files(here) == before


def test_clips_that_would_go_to_one_place_are_refused(command: Command, here: Path) -> None:
    write_sequence(square(), here / "tree" / "A.npy")
    twice = command("convert", "tree", "-o", "out", "--format", "npz")
    assert "expected clips that differ in more than case and suffix" in twice.sentence
    write_sequence(square(), here / "tree" / "frames" / "below" / "c.npz")
    (here / "tree" / "A.npy").unlink()
    inside = command("convert", "tree", "-o", "out").sentence
    assert "expected clips of which none goes into the folder of another" in inside
    assert not (here / "out").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_folder_that_cannot_be_written_is_refused(command: Command, here: Path) -> None:
    (here / "out").mkdir(mode=0o500)
    assert "no permission to write there" in command("convert", "tree", "-o", "out").sentence


@pytest.fixture
def takes(take: MeshSequence, tmp_path: Path) -> Path:
    folder = tmp_path / "takes"
    for name in ("one", "two"):
        write_sequence(take, folder / f"{name}.npz")
    (folder / "bad.npz").write_bytes(b"PK nothing of the kind")
    return folder


def test_recognize_writes_a_row_a_clip_and_a_row_a_frame(
    command: Command, takes: Path, models: Path, tmp_path: Path
) -> None:
    table, frames = tmp_path / "t.csv", tmp_path / "f.csv"
    asked = ("recognize", f"{takes}/*.npz", "--models", models, "--csv")
    assert command(*asked, table).status == 1
    found = rows(table)
    labels = ["anger", "happiness", "neutral"]
    columns = ["path", "label", *(f"p_{label}" for label in labels), "intensity", "unfamiliar"]
    assert [*found[0]] == [*columns, "frames", "fps", "remarks", "error"]
    assert [Path(row["path"]).name for row in found] == ["bad.npz", "one.npz", "two.npz"]
    assert "bad.npz: expected" in found[0]["error"] and found[0]["label"] == ""
    told = json.loads(command("recognize", takes / "one.npz", "--json", "--models", models).out)
    for row in found[1:]:
        assert (row["label"], row["error"]) == (told["clip"]["label"], "")
        assert [float(row[f"p_{n}"]) for n in labels] == told["clip"]["probabilities"]
        assert (int(row["frames"]), float(row["fps"])) == (12, 30.0)
    facts = json.loads(command(*asked, table, "--json").out)
    assert (facts["clips"], facts["made"], facts["there"], facts["left"]) == (3, 0, 2, 0)
    assert [Path(failed["input"]).name for failed in facts["failed"]] == ["bad.npz"]

    one = command("recognize", takes / "one.npz", "--models", models, "--csv", frames, "--frames")
    assert one.status == 0
    each = rows(frames)
    assert [(row["frame"], float(row["time"])) for row in each][:2] == [("0", 0.0), ("1", 0.033333)]
    assert len(each) == 12
    for row, shares in zip(each, told["per_frame"], strict=True):
        assert [float(row[f"p_{name}"]) for name in labels] == shares
        assert row["label"] == labels[int(np.argmax(shares))]


def test_neutralize_and_transfer_take_many_with_a_recipe_each(
    command: Command, takes: Path, models: Path, tmp_path: Path
) -> None:
    (takes / "bad.npz").unlink()
    usual = ("--rest", 0, "--format", "npz", "--models", models, "-o")
    assert command("neutralize", takes, *usual, tmp_path / "calm").status == 0
    assert command("transfer", takes, takes / "one.npz", *usual, tmp_path / "new").status == 0
    for folder in ("calm", "new"):
        there = [f"{name}.npz{more}" for name in ("one", "two") for more in ("", ".recipe.json")]
        assert files(tmp_path / folder) == there
    single = command("neutralize", takes / "one.npz", *usual, tmp_path / "alone.npz")
    assert single.status == 0
    made = [read_sequence(tmp_path / name) for name in ("alone.npz", "calm/one.npz")]
    np.testing.assert_array_equal(made[0].vertices, made[1].vertices)


def test_a_worker_that_cannot_do_the_work_says_why(models: Path, tmp_path: Path) -> None:
    probe = tmp_path / ".manifest" / "0.probe"
    probe.parent.mkdir()
    probe.write_text("token")
    digest = models_digest(models)
    good = Check(probe, "token", models, digest, versions())
    assert good() == ""
    other = (("expression-studio", "9.9"), *versions()[1:])
    wrong = Check(probe, "token", models, digest, other)()
    assert wrong == f"it has expression-studio {__version__}, and this command 9.9"
    probe.write_text("of another disk")
    assert good() == f"it does not see {tmp_path}; both need the same storage there"
    probe.write_text("token")
    assert "it has other models in " in Check(probe, "token", models, "0", versions())()
