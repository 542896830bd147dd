"""Arrays of every usual shape, with and without faces; points in every format that holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.io import read_sequence, write_sequence
from tests.io.io_meshes import FACES, tetrahedra

CLIP = tetrahedra(4)  # V = 5
V = CLIP.vertices
T = len(V)


@pytest.mark.parametrize(
    ("array", "remark"),
    [
        (V, ""),
        (V.astype(np.float64), ""),
        (V.reshape(T, -1), ""),
        (V.reshape(1, T, -1), ""),
        (V.reshape(T, 1, -1), ""),
        (V[None], ""),
        (V[:, None], ""),
        (V[None, None], ""),
        (np.asfortranarray(V), ""),
        (V.transpose(0, 2, 1), "The array (4, 3, 5) holds x, y and z apart."),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_frames_of_every_shape(tmp_path: Path, array: np.ndarray, remark: str, suffix: str) -> None:
    path = tmp_path / f"take{suffix}"
    if suffix == ".npy":
        np.save(path, array)
    else:
        np.savez(path, vertices=array, faces=FACES)
    found = read_sequence(path)
    np.testing.assert_array_equal(found.vertices, V)
    points = "No faces, and not the 4538 vertices of the studio's face: points."
    wanted = [remark, points if suffix == ".npy" else ""]
    assert found.remarks == tuple(filter(None, wanted))
    assert len(found.faces) == (0 if suffix == ".npy" else len(FACES))


@pytest.mark.parametrize("array", [V[0], V[0].ravel(), V[:1], V[0].T, V[0].reshape(1, -1)])
def test_one_frame_of_every_shape(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "face.npy", array)
    np.testing.assert_array_equal(read_sequence(tmp_path / "face.npy").vertices, V[:1])


def test_vertices_of_the_studios_face_side_by_side(tmp_path: Path) -> None:
    """As audio drivers write them: (T, V*3), and a batch of one of these."""
    from studio.face.known import studio_face

    face = studio_face().template
    frames = np.repeat(face.vertices[None], 2, axis=0)
    for shape in ((2, -1), (1, 2, -1)):
        np.save(tmp_path / "take.npy", frames.reshape(shape))
        found = read_sequence(tmp_path / "take.npy")
        assert found.topology == face.topology and found.remarks == ()
        np.testing.assert_array_equal(found.vertices, frames)


@pytest.mark.parametrize(
    ("fps", "wanted"),
    [
        (25, 25.0),
        (np.array([25]), 25.0),
        (np.array([[59.94]]), 59.94),
        ([30000, 1001], 30000 / 1001),
        ([60, 2], 30.0),
        ([24, 24], 24.0),
        (np.full(4, 50.0), 50.0),
        ("23.976", 23.976),
        ("30000/1001", 30000 / 1001),
        (b"25 fps", 25.0),
        ([], 30.0),
    ],
)
def test_a_rate_as_a_number_a_pair_or_many(tmp_path: Path, fps: object, wanted: float) -> None:
    np.savez(tmp_path / "take.npz", vertices=V, faces=FACES, fps=fps)
    assert read_sequence(tmp_path / "take.npz").fps == wanted


@pytest.mark.parametrize(
    ("names", "faces"),
    [
        ("vertices faces fps unit", FACES),
        ("verts triangles frame_rate units", FACES.astype(np.float32)),
        ("Points F mocap_framerate unit", FACES.astype(np.uint8)),
        ("v tris FPS unit", np.c_[FACES, np.full(len(FACES), -1)]),
    ],
)
def test_arrays_by_other_names(tmp_path: Path, names: str, faces: np.ndarray) -> None:
    values = (V / 10, faces, 24.0, b"cm")
    np.savez(tmp_path / "take.npz", **dict(zip(names.split(), values, strict=True)))
    found = read_sequence(tmp_path / "take.npz")
    np.testing.assert_allclose(found.vertices, V, atol=1e-4)
    np.testing.assert_array_equal(found.faces, FACES)
    assert found.fps == 24.0


def test_an_array_without_a_name_and_faces_of_four_corners(tmp_path: Path) -> None:
    np.savez(tmp_path / "plain.npz", V)
    np.testing.assert_array_equal(read_sequence(tmp_path / "plain.npz").vertices, V)
    np.savez(tmp_path / "quads.npz", vertices=V, faces=[[0, 1, 2, 3], [1, 2, 4, -1]])
    found = read_sequence(tmp_path / "quads.npz")
    np.testing.assert_array_equal(found.faces, [[0, 1, 2], [0, 2, 3], [1, 2, 4]])


@pytest.mark.parametrize("format", ["obj", "ply", "off", "npy", "npz"])
@pytest.mark.parametrize("frames", [1, 4])
def test_points_come_back_from_every_format_that_holds_them(
    tmp_path: Path, format: str, frames: int
) -> None:
    points = MeshSequence(V[:frames], np.zeros((0, 3), np.int32), 25.0, "cloud")
    files = write_sequence(points, tmp_path / "cloud", format=format)
    place = files[0] if len(files) == 1 else tmp_path / "cloud"
    found = read_sequence(place, fps=25)
    np.testing.assert_allclose(found.vertices, points.vertices, atol=1e-5)
    assert len(found.faces) == 0 and found.fps == 25.0
