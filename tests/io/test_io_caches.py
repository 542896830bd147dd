"""PC2 and MDD: exact, on the mesh beside them, at the rate that they say or that is told."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.io import read_sequence, write_sequence
from tests.io.io_meshes import FACES, tetrahedra

CLIP = tetrahedra(4)
PC2 = struct.Struct("<12siiffi")


def pc2(
    path: Path, *, points: int = 5, step: float = 1.0, frames: int = 4, version: int = 1
) -> Path:
    head = PC2.pack(b"POINTCACHE2\0", version, points, 3.0, step, frames)
    path.write_bytes(head + CLIP.vertices.astype("<f4").tobytes())
    return path


def mdd(path: Path, times: np.ndarray, points: int = 5) -> Path:
    head = struct.pack(">ii", len(times), points) + np.asarray(times, ">f4").tobytes()
    path.write_bytes(head + np.resize(CLIP.vertices, (len(times), 5, 3)).astype(">f4").tobytes())
    return path


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder in which meshes of the names of the caches lie."""
    write_sequence(CLIP.sliced(0, 1), tmp_path / "take.obj")
    return tmp_path


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
@pytest.mark.parametrize("suffix", ["pc2", "mdd"])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str, unit: str) -> None:
    clip = MeshSequence(CLIP.vertices, FACES, 59.94, "take")
    path = tmp_path / f"take.{suffix}"
    assert write_sequence(clip, path, unit=unit) == [path, tmp_path / "take.obj"]
    said: list[str] = []
    back = read_sequence(path, progress=Progress(remarked=said.append))
    np.testing.assert_allclose(
        back.vertices, clip.vertices, rtol=0, atol=0 if unit == "mm" else 2e-5
    )
    np.testing.assert_array_equal(back.faces, FACES)
    assert (back.fps, back.read_as.unit, said) == (59.94, unit, [])
    (tmp_path / f"take.{suffix}.json").unlink()
    bare = read_sequence(path, progress=Progress(remarked=said.append))
    assert (bare.read_as.unit, bare.read_as.unit_by) == (unit, "beside"), "as the mesh says"
    assert bare.fps == (59.94 if suffix == "mdd" else 30.0)
    assert ("rate (30 frames a second) is guessed" in "".join(said)) == (suffix == "pc2")


def test_bytes_are_as_other_programs_write_them(tmp_path: Path) -> None:
    write_sequence(CLIP, tmp_path / "take.pc2")
    data = (tmp_path / "take.pc2").read_bytes()
    assert PC2.unpack(data[:32]) == (b"POINTCACHE2\0", 1, 5, 0.0, 1.0, 4)
    np.testing.assert_array_equal(np.frombuffer(data[32:], "<f4"), CLIP.vertices.ravel())
    write_sequence(CLIP, tmp_path / "take.mdd")
    data = (tmp_path / "take.mdd").read_bytes()
    assert struct.unpack(">ii4f", data[:24]) == (4, 5, *map(np.float32, (0, 0.04, 0.08, 0.12)))
    np.testing.assert_array_equal(np.frombuffer(data[24:], ">f4"), CLIP.vertices.ravel())


def test_a_sample_rate_is_frames_a_sample(beside: Path) -> None:
    path = pc2(beside / "take.pc2", step=0.5)
    clip = read_sequence(path)
    assert (clip.fps, clip.read_as.rate_by) == (60.0, "guess")
    assert clip.remarks == ("It has a sample each 0.5 frames, of 30 a second.",)
    given = read_sequence(path, fps=48)
    assert (given.fps, given.remarks) == (48.0, ("It has a sample each 0.5 frames.",))
    np.testing.assert_array_equal(given.vertices, CLIP.vertices)


@pytest.mark.parametrize("fps", [23.976, 24, 24000 / 1001, 29.97, 30, 59.94, 120, 1000])
@pytest.mark.parametrize("start", [0.0, 1 / 24, 20.0])
def test_times_are_seconds(beside: Path, fps: float, start: float) -> None:
    path = mdd(beside / "take.mdd", start + np.arange(200) / fps)
    clip = read_sequence(path)
    assert clip.fps == pytest.approx(fps, rel=1e-5) and not clip.remarks
    if fps in (24, 30, 120):
        assert clip.fps == fps


@pytest.mark.parametrize(
    ("times", "remark"),
    [
        (np.zeros(4), "Its times do not rise."),
        (np.arange(4)[::-1], "Its times do not rise."),
        ([0, np.nan, 2, 3], "Its times do not rise."),
        ([0, 1, 2, np.inf], "Its times do not rise."),
        (np.arange(4), "Its times are 1 apart, which are no seconds."),
        ([0, 0.1, 0.2, 0.4], "Its times are uneven; frames are read as 7.5 even ones a second."),
    ],
)
def test_odd_times_are_told(beside: Path, times: list[float], remark: str) -> None:
    clip = read_sequence(mdd(beside / "take.mdd", np.asarray(times)))
    assert clip.remarks == (remark,)
    fps, by = (7.5, "file") if "uneven" in remark else (30.0, "guess")
    assert clip.fps == pytest.approx(fps) and clip.read_as.rate_by == by


def test_a_single_frame_has_no_rate(beside: Path) -> None:
    clip = read_sequence(mdd(beside / "take.mdd", np.zeros(1)))
    assert (clip.n_frames, clip.fps, clip.remarks) == (1, 30.0, ())


def test_the_mesh_beside_may_be_of_any_format_that_keeps_the_order(tmp_path: Path) -> None:
    path = pc2(tmp_path / "take.pc2")
    with pytest.raises(InputError, match="a mesh of the same name beside it, found none"):
        read_sequence(path)
    write_sequence(CLIP.sliced(1, 2), tmp_path / "take.stl")
    with pytest.raises(InputError, match="found none"):
        read_sequence(path)
    write_sequence(CLIP.sliced(1, 2), tmp_path / "other.ply").pop().rename(tmp_path / "Take.PLY")
    clip = read_sequence(path)
    np.testing.assert_array_equal(clip.faces, FACES)
    np.testing.assert_array_equal(clip.vertices, CLIP.vertices)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"points": 6}, "expected 320 bytes for 4 frames of 6 points, found 272: it is cut short"),
        ({"points": 4}, "expected 224 bytes for 4 frames of 4 points, found 272: more follows"),
        ({"points": 2**31 - 1, "frames": 2**31 - 1}, "it is cut short"),
        ({"points": 0}, "one point or more, found 0"),
        ({"frames": -1}, "one frame or more, found -1"),
        ({"points": 10, "frames": 2}, "the 5 points of the mesh beside it, found 10"),
        ({"version": 2}, "a PC2 file of version 1, found 2"),
        ({"step": 0.0}, "a sample rate above 0, found 0"),
        ({"step": float("nan")}, "a sample rate above 0, found nan"),
        ({"step": 1e-30}, "a frame rate from 1 to 1000"),
    ],
)
def test_heads_that_are_wrong(beside: Path, change: dict[str, float], wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        read_sequence(pc2(beside / "take.pc2", **change))


def test_other_files_of_these_names(beside: Path) -> None:
    for suffix in ("pc2", "mdd"):
        path = beside / f"take.{suffix}"
        for data, found in ((b"", "an empty file"), (b"v 1 2 3\n" * 9, "another|cut short")):
            path.write_bytes(data)
            with pytest.raises(InputError, match=f"take.{suffix}: expected .* found .*({found})"):
                read_sequence(path)
        whole = (pc2(path) if suffix == "pc2" else mdd(path, np.arange(4) / 25)).read_bytes()
        for cut in (3, 20, 31, 40, len(whole) - 1):
            path.write_bytes(whole[:cut])
            with pytest.raises(InputError, match="cut short"):
                read_sequence(path)
        spoiled = whole[:-8] + np.array(np.nan, ">f4").tobytes() + whole[-4:]
        path.write_bytes(spoiled if suffix == "mdd" else whole[:-4] + np.float32(np.nan).tobytes())
        with pytest.raises(InputError, match="finite coordinates, found nan at vertex 4"):
            read_sequence(path)


def test_points_without_faces_and_far_away(tmp_path: Path) -> None:
    far = CLIP.at(np.array([0.0, 3e6, 0.0]))
    said: list[str] = []
    write_sequence(far, tmp_path / "far.pc2", progress=Progress(remarked=said.append))
    assert said == [
        "far.pc2: PC2 holds coordinates to 0.2 mm this far from the origin; "
        "OBJ, PLY and NPZ hold all of them."
    ]
    back = read_sequence(tmp_path / "far.pc2")
    np.testing.assert_allclose(back.in_world(back.vertices), far.in_world(far.vertices), atol=0.13)
    points = MeshSequence(CLIP.vertices, FACES[:0])
    write_sequence(points, tmp_path / "points.mdd")
    assert len(read_sequence(tmp_path / "points.mdd").faces) == 0
