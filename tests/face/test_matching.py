"""A known face is recognized however a file lists it, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence, Progress, topology_hash
from studio.core.errors import InputError
from studio.face.known import known, studio_face
from studio.face.matching import match
from studio.io import read_sequence, write_sequence
from studio.takes.reading import read_clip

TEMPLATE = studio_face().template
RNG = np.random.default_rng(5)
# A person that is not the template, who moves.
FRAMES = (TEMPLATE.vertices * [1.1, 0.9, 1] + RNG.normal(0, 0.5, (2, 4538, 3))).astype(np.float32)
ORDER = RNG.permutation(TEMPLATE.n_vertices)  # a file's vertex k is the template's ORDER[k]
MIXED = np.argsort(ORDER)[TEMPLATE.faces[RNG.permutation(len(TEMPLATE.faces))]].astype(np.int32)
CLIP = MeshSequence(FRAMES, TEMPLATE.faces, 30.0, "person")


def test_triangles_in_another_order_are_the_same_face() -> None:
    mixed = TEMPLATE.faces[RNG.permutation(len(TEMPLATE.faces))]
    shifted = np.roll(mixed, 1, axis=1)
    assert known(topology_hash(mixed, 4538)) is known(topology_hash(shifted, 4538)) is studio_face()
    assert match(FRAMES, shifted) is None, "there is nothing to put right"
    assert known(TEMPLATE.listed_topology) is studio_face(), "as model files name it"


@pytest.mark.parametrize(
    ("vertices", "faces", "said"),
    [
        (FRAMES[:, ORDER], MIXED, "its vertices in another order"),
        (FRAMES, TEMPLATE.faces[:, ::-1], "its triangles wound the other way"),
        (FRAMES[:, ORDER], MIXED[:, [1, 0, 2]], "its triangles wound the other way"),
        (
            FRAMES[:, TEMPLATE.faces.ravel()],
            np.arange(TEMPLATE.faces.size, dtype=np.int32).reshape(-1, 3),
            "vertices that it does not need",  # each corner a vertex
        ),
        (
            np.concatenate([FRAMES, FRAMES[:, :7] + 1], axis=1),
            TEMPLATE.faces,
            "vertices that it does not need",  # some lie loose
        ),
    ],
)
def test_vertices_are_put_in_order(vertices: np.ndarray, faces: np.ndarray, said: str) -> None:
    found = match(vertices, faces)
    assert found is not None and found.template is TEMPLATE
    np.testing.assert_array_equal(vertices[:, found.order], FRAMES)
    assert found.remark == f"The studio face with {said}: put in order."


def _parting() -> np.ndarray:
    vertices = FRAMES[:, TEMPLATE.faces.ravel()].copy()
    vertices[1, 0] += 1
    return vertices


def _another_diagonal() -> np.ndarray:
    faces = TEMPLATE.faces.copy()
    faces[0, 0] = next(v for v in range(4538) if v not in faces[0])
    return faces


@pytest.mark.parametrize(
    ("vertices", "faces"),
    [
        (FRAMES * np.float32([-1, 1, 1]), TEMPLATE.faces[:, ::-1]),  # in a mirror
        (FRAMES, _another_diagonal()),
        (FRAMES, TEMPLATE.faces[1:]),
        (FRAMES[:, :4500], np.minimum(TEMPLATE.faces, 4499)),
        (_parting(), np.arange(TEMPLATE.faces.size, dtype=np.int32).reshape(-1, 3)),
        (FRAMES[:, :3], np.zeros((9014, 3), np.int32)),
        (FRAMES, np.zeros((9014, 3), np.int32)),
    ],
)
def test_other_meshes_are_left_alone(vertices: np.ndarray, faces: np.ndarray) -> None:
    assert match(vertices, faces) is None


@pytest.mark.parametrize("format", ["obj", "stl", "ply"])
def test_files_that_lose_the_order_are_the_face_again(tmp_path: Path, format: str) -> None:
    mixed = MeshSequence(FRAMES[:, ORDER], MIXED)
    write_sequence(mixed, tmp_path / "take", format=format)
    found = read_sequence(tmp_path / "take", cache=False)
    assert found.topology == TEMPLATE.topology
    np.testing.assert_allclose(found.vertices, FRAMES, atol=1e-5)
    assert found.remarks[-1].endswith("put in order.")
    as_filed = read_sequence(tmp_path / "take", cache=False, reorder=False)
    assert as_filed.topology != TEMPLATE.topology


def test_another_mesh_is_refused_by_its_first_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows is damaged, and would be told of if it were read."""
    monkeypatch.setattr("studio.io.frames._SOON", 0)
    monkeypatch.setattr("studio.io.formats.npz.SOON", 0)
    monkeypatch.setattr("studio.io.formats.npy.SOON", 0)
    monkeypatch.setattr("studio.io.formats.arrays.SOON", 0)
    frames = np.zeros((3, 5, 3), np.float32)
    frames[2] = np.nan
    faces = np.array([[0, 1, 2], [2, 3, 4]], np.int32)
    np.savez(tmp_path / "stored.npz", vertices=frames, faces=faces)
    np.savez_compressed(tmp_path / "packed.npz", vertices=frames.reshape(3, -1), faces=faces)
    np.save(tmp_path / "points.npy", frames)
    write_sequence(MeshSequence(frames[:2], faces), tmp_path / "folder")
    (tmp_path / "folder" / "frame_0002.obj").write_text("rubbish")
    for name in ("stored.npz", "packed.npz", "points.npy", "folder"):
        wanted = (
            f"{name}: expected the studio's 4538-vertex face to recognize, found 5 vertices; any"
        )
        with pytest.raises(InputError, match=wanted):
            read_clip(tmp_path / name, Progress(), purpose="to recognize")
        with pytest.raises(InputError, match=r"finite|keyword|vertex lines"):
            read_clip(tmp_path / name, Progress())


def test_a_face_in_another_order_is_not_refused(tmp_path: Path) -> None:
    (path,) = write_sequence(MeshSequence(FRAMES[:1, ORDER], MIXED), tmp_path / "face.obj")
    found = read_clip(path, Progress(), purpose="to recognize")
    np.testing.assert_allclose(found.vertices, FRAMES[:1], atol=1e-5)
    write_sequence(CLIP, tmp_path / "clip.npz")
    assert read_clip(tmp_path / "clip.npz", Progress(), purpose="to recognize").remarks == ()
