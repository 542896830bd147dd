"""Where a mesh lies in the world: kept with the clip, and written again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence, Progress
from studio.io import read_sequence, write_sequence
from studio.render.comparing.difference import Difference
from tests.io.io_meshes import FACES, tetrahedra

FAR = np.array([12_345.0, -3_000_000.0, 77.0])


@pytest.fixture
def far() -> MeshSequence:
    """Five frames three kilometers down."""
    return tetrahedra().at(FAR)


def world(clip: MeshSequence) -> np.ndarray:
    return np.asarray(clip.in_world(clip.vertices), dtype=np.float64)


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
@pytest.mark.parametrize("format", ["obj", "ply", "off", "npz", "npy"])
def test_what_lies_far_away_comes_back_there(
    tmp_path: Path, far: MeshSequence, format: str, unit: str
) -> None:
    files = write_sequence(far, tmp_path / "take", format=format, unit=unit)
    if format == "npy":  # it holds no faces
        found = np.load(files[0])
        assert found.dtype == np.float64
        scale = {"mm": 1, "cm": 10, "m": 1000}[unit]
        np.testing.assert_allclose(found * scale, world(far), rtol=0, atol=1e-8)
        return
    read = read_sequence(files[0] if format == "npz" else tmp_path / "take")
    np.testing.assert_allclose(world(read), world(far), rtol=0, atol=1.5e-5)
    assert np.abs(read.vertices).max() < 200


def test_the_place_is_kept_with_the_kept_arrays(tmp_path: Path, far: MeshSequence) -> None:
    write_sequence(far, tmp_path / "take")
    first, again = (read_sequence(tmp_path / "take") for _ in range(2))
    np.testing.assert_array_equal(world(again), world(first))
    assert again.remarks == first.remarks
    assert "far from the origin, around (" in first.remarks[-1]


def test_near_the_origin_nothing_changes(tmp_path: Path, sequence: MeshSequence) -> None:
    write_sequence(sequence, tmp_path / "take", format="ply")
    head = (tmp_path / "take" / "frame_0001.ply").read_bytes()[:400]
    assert b"property float x" in head
    read = read_sequence(tmp_path / "take")
    assert not read.is_shifted
    assert read.in_world(read.vertices) is read.vertices


def test_the_place_is_kept_by_a_cut_and_another_name(far: MeshSequence) -> None:
    for clip in (far.sliced(1, 3), far.renamed("other")):
        np.testing.assert_array_equal(clip.origin, FAR)
    with pytest.raises(ValueError, match="read-only"):
        far.origin[0] = 1.0


def test_stl_says_what_it_loses_far_away(tmp_path: Path, far: MeshSequence) -> None:
    said: list[str] = []
    progress = Progress(remarked=said.append)
    write_sequence(far, tmp_path / "far", format="stl", progress=progress)
    lost = "far: STL holds coordinates to 0.2 mm this far from the origin"
    assert said == [f"{lost}; OBJ, PLY and NPZ hold all of them."]
    write_sequence(far.at(np.zeros(3)), tmp_path / "near", format="stl", progress=progress)
    assert len(said) == 1


def test_far_clips_are_compared_in_the_world(cases: Path) -> None:
    one, other = (read_sequence(cases / name) for name in ("far_a", "far_b"))
    for frame in range(2):
        away = Difference(one, other).displacement(frame, one.vertices[frame])
        assert away is not None
        np.testing.assert_allclose(np.linalg.norm(away, axis=1), 3.0, atol=1e-3)


def test_points_far_away_stay_there_too(tmp_path: Path) -> None:
    points = MeshSequence(np.float32([[[0, 0, 0], [10, 20, 30]]]), FACES[:0], origin=FAR)
    (file,) = write_sequence(points, tmp_path / "points.ply")
    np.testing.assert_array_equal(world(read_sequence(file)), world(points))
