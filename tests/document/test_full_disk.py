"""A disk that refuses, at any moment, costs one sentence and nothing that was there."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from studio.core import (
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    Probabilities,
    StudioError,
)
from studio.document import (
    AutosaveFolder,
    ClipState,
    DocumentState,
    Session,
    read_session,
    write_session,
)
from studio.io import read_sequence, write_sequence
from studio.io.tables.probabilities import write_probabilities
from studio.render.stills import write_png
from studio.takes.recipe import GeneratorRecipe
from studio.takes.text import Notes
from tests.closed import closed

ROOM = 4096  # bytes that fit into a file on the disk that is nearly full


_count = itertools.count(1)


def _clip() -> MeshSequence:
    """80 kB as numbers, others each time; single frames have no room on the disk either."""
    vertices = np.linspace(0, next(_count), 10 * 700 * 3, dtype=np.float32).reshape(10, 700, 3)
    faces = np.stack([np.arange(698), np.arange(1, 699), np.arange(2, 700)], 1)
    return MeshSequence(vertices, faces)


def _probabilities() -> Probabilities:
    rows = np.full((400, 2), 0.5, dtype=np.float32)
    return Probabilities(("anger", "fear"), rows, rows[0])


def _session(clip: MeshSequence) -> Session:
    return Session(DocumentState((ClipState("one", clip),), "one"))


WRITERS: dict[str, Callable[[Path], object]] = {
    "obj": lambda place: write_sequence(_clip(), place / "take", format="obj"),
    "ply": lambda place: write_sequence(_clip(), place / "take", format="ply"),
    "stl": lambda place: write_sequence(_clip(), place / "take", format="stl"),
    "npz": lambda place: write_sequence(_clip(), place / "take.npz"),
    "npy": lambda place: write_sequence(_clip(), place / "take.npy"),
    "csv": lambda place: write_probabilities(
        place / "take.csv", _probabilities(), 30.0, (0, 400), {}
    ),
    "png": lambda place: write_png(
        np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8), place / "take.png"
    ),
    "recipes": lambda place: Notes(place / "recipes.json").add(
        "take",
        GeneratorRecipe(GenerationRequest(face=FaceChoice(landmarks=tuple(range(5000))))),
    ),
    "session": lambda place: write_session(_session(_clip()), place / "take.studio"),
    "autosave": lambda place: AutosaveFolder(place / "autosave").write(_session(_clip())),
}
DURABLE = ("session", "autosave")


@contextmanager
def _nearly_full() -> Iterator[None]:
    """No file may grow beyond `ROOM`: what is written past it is refused by the system."""
    resource = pytest.importorskip("resource")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _everything(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_no_room_for_the_bytes(
    name: str, there: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a file is written, then no more."""
    write = WRITERS[name]
    if there:
        write(tmp_path)
        (tmp_path / "mine.txt").write_text("mine")
    before = _everything(tmp_path)
    with _nearly_full(), pytest.raises(StudioError, match=r"cannot be written: \w+") as refused:
        write(tmp_path)
    assert "\n" not in str(refused.value)
    assert _everything(tmp_path) == before
    write(tmp_path)
    assert len(_everything(tmp_path)) >= len(before)


@pytest.mark.parametrize(
    ("name", "moment"),
    [*((name, "rename") for name in WRITERS), *((name, "fsync") for name in DURABLE)],
)
def test_no_room_at_the_last_moment(
    name: str, moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some disks say only when data are flushed, or a name is given, that they are full."""
    write = WRITERS[name]
    write(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    before = _everything(tmp_path)
    refused = 0

    def refuse(*_args: object, **_more: object) -> None:
        nonlocal refused
        refused += 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        for function in ("fsync",) if moment == "fsync" else ("rename", "replace"):
            full.setattr(os, function, refuse)
        with pytest.raises(StudioError, match="no space left"):
            write(tmp_path)
    assert refused
    assert _everything(tmp_path) == before
    write(tmp_path)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_a_folder_that_may_not_be_looked_into(name: str, there: bool, tmp_path: Path) -> None:
    place = tmp_path / "closed"
    place.mkdir()
    if there:
        WRITERS[name](place)
    before = _everything(tmp_path)
    with closed(place), pytest.raises(StudioError, match="no permission to write there"):
        WRITERS[name](place)
    assert _everything(tmp_path) == before


READERS: dict[str, Callable[[Path], object]] = {
    "obj": lambda place: read_sequence(place / "take"),
    "ply": lambda place: read_sequence(place / "take"),
    "npz": lambda place: read_sequence(place / "take.npz"),
    "session": lambda place: read_session(place / "take.studio"),
    "autosave": lambda place: AutosaveFolder(place / "autosave").read(),
}


@pytest.mark.parametrize("name", READERS)
def test_nothing_to_read_in_a_folder_that_may_not_be_looked_into(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path)
    READERS[name](tmp_path)
    with closed(tmp_path), pytest.raises(InputError, match="permission"):
        READERS[name](tmp_path)
