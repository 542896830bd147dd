"""Places to write that are read, hold the current folder, or are links."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import MeshSequence
from studio.io import read_sequence, write_sequence

from .conftest import Command


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def here(tmp_path: Path, take: MeshSequence, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a clip, its frames, a face and a stack of edits."""
    folder = tmp_path / "work" / "here"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    write_sequence(take, folder / "take.npz")
    write_sequence(take.sliced(0, 2), folder / "frames")
    write_sequence(take.sliced(0, 1), folder / "face.obj")
    (folder / "stack.json").write_text("[]")
    return folder


GENERATE = ("generate", "--label", "anger", "--seed", 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("convert", "take.npz", "take.npz", "--unit", "m"),
        ("convert", "take.npz", "../here/take.npz"),
        ("convert", "take.npz", ".", "--format", "npz"),
        ("convert", "frames", "frames", "--unit", "m"),
        ("convert", "frames/*.obj", "frames", "--unit", "m"),
        ("convert", "frames/frame_0001.obj", "frames", "--unit", "m"),
        ("edit", "take.npz", "--stack", "stack.json", "--out", "take.npz"),
        ("register", "face.obj", "--out", "face.obj"),
        ("rig", "face.obj", "--out", "."),
        ("transfer", "take.npz", "face.obj", "--out", "take.npz"),
        ("transfer", "take.npz", "face.obj", "--out", "face.obj"),
        ("neutralize", "frames", "--out", "frames"),
        ("interpolate", "anger:1", "anger:2", "--neutral", "face.obj", "--out", "face.obj"),
        ("mix", "anger", "fear", "--seed", 1, "--neutral", "face.obj", "--out", "face.obj"),
        (*GENERATE, "--neutral", "face.obj", "--out", "face.obj"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)),
)
def test_what_is_read_is_not_written_over(
    command: Command, here: Path, arguments: tuple[object, ...]
) -> None:
    before = bytes_below(here)
    assert ": expected another place than what is read" in command(*arguments).sentence
    assert bytes_below(here) == before


def test_pictures_and_arrays_may_lie_in_the_folder_that_is_read(
    command: Command, here: Path
) -> None:
    assert command("convert", "frames", "frames", "--format", "npz").status == 0
    assert read_sequence(here / "frames" / "frames.npz").n_frames == 2
    assert command("convert", "take.npz", ".").status == 0
    assert read_sequence(here / "take.npz").n_frames == 12


@pytest.mark.parametrize(
    "arguments",
    [
        ("convert", "take.npz", "../../work"),
        ("convert", "take.npz", "/"),
        ("edit", "take.npz", "--stack", "stack.json", "--out", ".."),
        ("rig", "face.obj", "--out", "/"),
        ("register", "face.obj", "--out", ".."),
        ("batch", "--labels", "anger", "--seeds", 1, "--out", ".."),
        (*GENERATE, "--out", ".."),
        (*GENERATE, "--out", "new.npz", "--recipe-out", "/"),
        ("corpus", "samples", "--folder", ".."),
        ("train", "autoencoder", "--out", ".."),
        ("evaluate", "own-faces", "face.obj", "--out", ".."),
    ],
    ids=lambda arguments: " ".join(map(str, arguments)),
)
def test_a_folder_around_the_current_one_is_not_written_to(
    command: Command, here: Path, arguments: tuple[object, ...]
) -> None:
    before = bytes_below(here.parent)
    sentence = command(*arguments).sentence
    assert "expected a folder of its own for what is written, found one that" in sentence
    assert bytes_below(here.parent) == before


def test_the_current_folder_may_be_written_to(command: Command, here: Path) -> None:
    assert command("convert", "take.npz", ".").status == 0
    assert len(list(here.glob("frame_*.obj"))) == 12


def test_a_link_is_followed_and_stays(command: Command, here: Path) -> None:
    for name, leads_to in (("old.npz", "frames/clip.npz"), ("new.npz", "frames/new.npz")):
        (here / name).symlink_to(leads_to)
    (here / "frames/clip.npz").write_bytes(b"old")
    for name in ("old.npz", "new.npz"):
        assert command("convert", "take.npz", name).status == 0
        assert (here / name).is_symlink()
        assert read_sequence(here / (here / name).readlink()).n_frames == 12
    assert {path.suffix for path in (here / "frames").iterdir()} == {".obj", ".json", ".npz"}


def test_links_in_a_circle_are_not_replaced(command: Command, here: Path) -> None:
    (here / "loop.npz").symlink_to("loop.npz")
    sentence = command("convert", "take.npz", "loop.npz").sentence
    assert sentence.endswith("cannot be written: links that go round in a circle")
    assert (here / "loop.npz").readlink() == Path("loop.npz")
