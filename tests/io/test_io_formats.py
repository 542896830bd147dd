"""The table of formats: what a new one brings is all that readers and writers need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.io import FORMATS, can_read, read_sequence, sniff, write_sequence
from studio.io.companions import companion_of
from studio.io.format import Destination, Format, Source
from tests.io.io_meshes import FACES, tetrahedra


@pytest.fixture
def add() -> Iterator[Callable[[Format], Format]]:
    """Registers a format until the end of the test."""
    before = dict(FORMATS)
    yield FORMATS.add
    for name in FORMATS.keys() - before.keys():
        del FORMATS[name]


def read_points(source: Source) -> MeshSequence:
    frames = np.stack([np.loadtxt(path, dtype=np.float32) for path in source.paths])
    return MeshSequence(frames, FACES, source.rate(), source.name)


def write_points(sequence: MeshSequence, to: Destination) -> None:
    for path, frame in zip(to.paths, sequence.vertices, strict=True):
        np.savetxt(path, frame / to.scale, fmt="%.9g")


POINTS = Format(name="pts", label="Points", layout="frames", read=read_points, write=write_points)


def test_a_format_of_frames_is_read_and_written_in_folders(
    add: Callable[[Format], Format], tmp_path: Path
) -> None:
    clip = tetrahedra(3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="OBJ, PLY, STL or OFF frames"):
        read_sequence(tmp_path / "empty")
    add(POINTS)
    files = write_sequence(clip, tmp_path / "take", format="pts", first=9)
    assert [path.name for path in files] == [f"frame_{k:04d}.pts" for k in (9, 10, 11)]
    for _ in range(2):  # the second time from the cache
        back = read_sequence(tmp_path / "take")
        np.testing.assert_array_equal(back.vertices, clip.vertices)
    assert sniff(tmp_path / "take") == "pts"
    with pytest.raises(InputError, match="OBJ, PLY, STL, OFF or PTS frames"):
        read_sequence(tmp_path / "empty")
    files[1].unlink()
    assert "go up by 2" in read_sequence(tmp_path / "take").remarks[0]


def test_frames_are_cut_before_geometry_is_written(tmp_path: Path) -> None:
    clip = tetrahedra(5)
    (file,) = write_sequence(clip, tmp_path / "take.npz", frames=(1, 3))
    np.testing.assert_array_equal(read_sequence(file).vertices, clip.vertices[1:3])
    with pytest.raises(InputError, match="a range within its 5 frames, found 2 to 5"):
        write_sequence(clip, tmp_path / "more.npz", frames=(2, 6))


def read_cache(source: Source) -> MeshSequence:
    mesh = companion_of(source)
    vertices = np.fromfile(source.place, "<f4").reshape(-1, mesh.n_vertices, 3)
    return MeshSequence(vertices, mesh.faces, source.rate(), source.name)


def write_cache(sequence: MeshSequence, to: Destination) -> None:
    sequence.vertices.astype("<f4").tofile(to.paths[0])


def test_a_mesh_lies_beside_a_file_that_holds_no_faces(
    add: Callable[[Format], Format], tmp_path: Path
) -> None:
    add(Format(name="raw", label="Raw", read=read_cache, write=write_cache, companion="obj"))
    clip, path = tetrahedra(4), tmp_path / "new" / "take.raw"
    assert write_sequence(clip, path) == [path, path.with_suffix(".obj")]
    assert sorted(file.name for file in path.parent.iterdir()) == ["take.obj", "take.raw"]
    back = read_sequence(path)
    np.testing.assert_array_equal(back.vertices, clip.vertices)
    np.testing.assert_array_equal(back.faces, clip.faces)
    path.with_suffix(".obj").unlink()
    with pytest.raises(InputError, match=r"take.raw: expected a mesh of the same name beside it"):
        read_sequence(path)


def test_a_writer_that_fails_leaves_neither_file_nor_companion(
    add: Callable[[Format], Format], tmp_path: Path
) -> None:
    def fail(_sequence: MeshSequence, to: Destination) -> None:
        to.paths[0].write_bytes(b"half")
        raise InputError("no more")

    add(Format(name="raw", label="Raw", write=fail, companion="obj"))
    with pytest.raises(InputError, match="no more"):
        write_sequence(tetrahedra(4), tmp_path / "take.raw")
    assert not list(tmp_path.iterdir())


def test_formats_that_share_a_suffix_are_told_apart_by_their_heads(
    add: Callable[[Format], Format], tmp_path: Path
) -> None:
    def starts(text: bytes) -> Callable[[bytes], bool]:
        return lambda head: head.startswith(text)

    shared = {"label": "Text", "suffixes": (".pts", ".points"), "read": read_points}
    one = add(Format(name="one", sniff=starts(b"# one"), **shared))  # type: ignore[arg-type]
    two = add(Format(name="two", sniff=starts(b"# two"), **shared))  # type: ignore[arg-type]
    for kind in (one, two):
        path = tmp_path / f"{kind.name}.POINTS"
        np.savetxt(path, tetrahedra(1).vertices[0], header=kind.name)
        assert FORMATS.reader(path) is kind and sniff(path) == kind.name
    (tmp_path / "notes.pts").write_text("a list of things to do")
    assert not can_read(tmp_path / "notes.pts")
    assert FORMATS.reader(tmp_path / "notes.pts") is one, "its reader says what it wanted"
