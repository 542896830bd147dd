"""Alembic: what is written comes back exactly, and archives of others as they are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("alembic3d")

import imath
from alembic3d import Abc, AbcCoreAbstract, AbcGeom

from studio.core import Cancelled, InputError, MeshSequence, Progress
from studio.io import read_sequence, write_sequence
from tests.io.io_meshes import FACES, tetrahedra
from tests.io.scenes import read_here

CLIP = MeshSequence(tetrahedra(4).vertices, FACES, 59.94, "take")
SQUARE = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])


def whole(numbers: list[int]) -> Any:
    out = imath.IntArray(len(numbers))
    np.asarray(out)[:] = numbers
    return out


def points(values: np.ndarray) -> Any:
    out = imath.V3fArray(len(values))
    np.asarray(out)[:] = values
    return out


def archive(
    path: Path, pace: float = 1 / 25, start: float = 0.0, said: str = ""
) -> tuple[Any, int]:
    out = Abc.CreateArchiveWithInfo(str(path), "another program", said)
    return out, out.addTimeSampling(AbcCoreAbstract.TimeSampling(pace, start))


def plate(parent: Any, index: int, frames: list[np.ndarray], **other: Any) -> None:
    schema = AbcGeom.OPolyMesh(parent, other.get("name", "plate")).getSchema()
    schema.setTimeSampling(index)
    corners, sizes = other.get("corners", [3, 2, 1, 0]), other.get("sizes", [4])
    for k, frame in enumerate(frames):
        first = (whole(corners), whole(sizes)) if k == 0 else ()
        if k and "again" in other:
            first = (whole(other["again"]), whole(sizes))
        schema.set(AbcGeom.OPolyMeshSchemaSample(points(frame), *first))


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
def test_what_is_written_is_read_again(tmp_path: Path, unit: str) -> None:
    path, said = tmp_path / "take.abc", list[str]()
    write_sequence(CLIP, path, unit=unit, progress=Progress(remarked=said.append))
    told = f"take.abc: programs take Alembic for centimeters, and these are {unit}."
    assert said == ([] if unit == "cm" else [told]) and list(tmp_path.iterdir()) == [path]
    back = read_here("abc", path)
    rounded = 0 if unit == "mm" else 2e-5
    np.testing.assert_allclose(back.vertices, CLIP.vertices, rtol=0, atol=rounded)
    np.testing.assert_array_equal(back.faces, FACES)
    assert (back.fps, back.read_as.unit, back.told) == (59.94, unit, ())


def test_other_programs_get_faces_seen_from_outside(tmp_path: Path) -> None:
    write_sequence(CLIP, tmp_path / "take.abc")
    top = Abc.IArchive(str(tmp_path / "take.abc")).getTop()
    sample = AbcGeom.IPolyMesh(top, "face").getSchema().getValue(0)
    assert np.array(sample.getFaceCounts()).tolist() == [3] * len(FACES)
    np.testing.assert_array_equal(
        np.array(sample.getFaceIndices()).reshape(-1, 3), FACES[:, ::-1], "clockwise"
    )


def test_it_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "take.abc"
    write_sequence(CLIP, path)
    np.testing.assert_array_equal(read_sequence(path).vertices, CLIP.vertices)


@pytest.mark.parametrize("fps", [24, 24000 / 1001, 25, 29.97, 30, 60, 120])
@pytest.mark.parametrize("start", [0.0, 1 / 24])
def test_rates(tmp_path: Path, fps: float, start: float) -> None:
    path = tmp_path / "a.abc"
    out, index = archive(path, 1 / fps, start, "unit: cm")
    plate(out.getTop(), index, [SQUARE + k for k in range(100)])
    del out
    clip = read_here("abc", path)
    assert clip.fps == pytest.approx(fps, rel=1e-6) and clip.told == ()
    np.testing.assert_allclose(clip.vertices[:, 0, 0], 10 * np.arange(100))
    np.testing.assert_array_equal(clip.faces, [[0, 1, 2], [0, 2, 3]])


def test_times_that_count_frames_are_no_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    out, index = archive(path, 1.0)
    plate(out.getTop(), index, [SQUARE, SQUARE + 1, SQUARE + 2])
    del out
    clip = read_here("abc", path)
    assert (clip.n_frames, clip.fps, clip.read_as.rate_by) == (3, 30.0, "guess")
    assert clip.remarks == ("Its times are 1 apart, which are no seconds.",)
    assert "unit (m" in clip.told[-1] and "guessed" in clip.told[-1]


def test_what_moves_above_a_mesh_moves_it_and_several_are_one(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    out, index = archive(path)
    parent = AbcGeom.OXform(out.getTop(), "above")
    parent.getSchema().setTimeSampling(index)
    for k in range(4):
        sample = AbcGeom.XformSample()
        sample.setTranslation(imath.V3d(k, 0, 0))
        parent.getSchema().set(sample)
    turned = AbcGeom.OXform(parent, "mirror")
    mirror = AbcGeom.XformSample()
    mirror.setScale(imath.V3d(1, 1, -1))
    turned.getSchema().set(mirror)
    plate(turned, index, [SQUARE])
    plate(out.getTop(), index, [SQUARE + k for k in range(4)], name="other")
    del out, parent, turned
    clip = read_here("abc", path)
    assert clip.remarks == ("Its 2 meshes are one: plate, other.",)
    assert (clip.n_frames, clip.fps, len(clip.faces)) == (4, 25.0, 4)
    np.testing.assert_allclose(clip.vertices[:, 0, 0], 1000 * np.arange(4))
    np.testing.assert_array_equal(clip.faces, [[3, 2, 1], [3, 1, 0], [4, 5, 6], [4, 6, 7]])


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"sizes": [5]}, "5 corners of faces in plate, found 4"),
        ({"sizes": [-4]}, "corners of faces in plate, found 4"),
        ({"sizes": [2**31 - 1] * 2}, "corners of faces in plate, found 4"),
        ({"corners": [0, 1, 2, 9]}, "vertex indices from 0 to 3, found 9"),
        ({"corners": [0, 1, 2, -1]}, "vertex indices from 0 to 3, found -1"),
        ({"again": [0, 1, 2, 3]}, "the same faces in all frames of plate, found others"),
    ],
)
def test_faces_that_are_none(tmp_path: Path, change: dict[str, Any], wanted: str) -> None:
    path = tmp_path / "a.abc"
    out, index = archive(path)
    plate(out.getTop(), index, [SQUARE, SQUARE + 1], **change)
    del out
    with pytest.raises(InputError, match=f"^a.abc: expected .*{wanted}"):
        read_here("abc", path)


def test_archives_that_hold_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    out, index = archive(path)
    del out
    with pytest.raises(InputError, match="expected a mesh, found none"):
        read_here("abc", path)
    out, index = archive(path)
    plate(out.getTop(), index, [SQUARE, SQUARE * np.nan])
    del out
    with pytest.raises(InputError, match="finite coordinates, found nan at vertex 0"):
        read_here("abc", path)
    out, index = archive(path)
    plate(out.getTop(), index, [SQUARE, SQUARE[:3]])
    del out
    with pytest.raises(InputError, match="4 points in each frame of plate, found 3"):
        read_here("abc", path)


def test_a_writer_that_is_stopped_leaves_nothing(tmp_path: Path, stop_after: type) -> None:
    with pytest.raises(Cancelled):
        write_sequence(CLIP, tmp_path / "take.abc", progress=stop_after(2).progress)
    assert not list(tmp_path.iterdir())
