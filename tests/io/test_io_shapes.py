"""Faces that bring their own ARKit shapes, in the ways in which people keep them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.core.alignment import undo_rigid
from studio.face.registration.carrying.solving import solved
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation
from studio.io import read_sequence, write_sequence
from studio.io.shapes import has_shapes, read_shapes, shapes_of, write_shapes, write_shapes_file

FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1]], dtype=np.int32)
CHANCE = np.random.default_rng(3)


def _shapes() -> FaceShapes:
    corners = [[0, 0, 90], [-80, -90, 0], [80, -90, 0], [0, 110, 0]]
    deltas = CHANCE.uniform(-5, 5, (len(ARKIT), 4, 3))
    return FaceShapes(np.array(corners, np.float32), FACES, deltas.astype(np.float32))


def _poses(names: dict[str, np.ndarray], shapes: FaceShapes) -> MeshSequence:
    vertices = np.stack([shapes.neutral + delta for delta in names.values()])
    return MeshSequence(vertices, FACES, frame_names=tuple(names))


def test_a_folder_that_was_written_reads_back(tmp_path: Path) -> None:
    shapes = _shapes()
    write_shapes(shapes, tmp_path / "head")
    assert {path.stem for path in (tmp_path / "head").glob("*.obj")} == {"neutral", *ARKIT}
    read = read_shapes(tmp_path / "head")
    np.testing.assert_allclose(read.deltas, shapes.deltas, atol=1e-4)
    np.testing.assert_allclose(read.neutral, shapes.neutral, atol=1e-4)
    np.testing.assert_array_equal(read.faces, FACES)


def test_a_file_that_was_written_reads_back_and_opens_as_poses(tmp_path: Path) -> None:
    shapes, path = _shapes(), tmp_path / "head.npz"
    write_shapes_file(shapes, path)
    np.testing.assert_allclose(read_shapes(path).deltas, shapes.deltas, atol=1e-4)
    clip = read_sequence(path)
    assert clip.frame_names == ("neutral", *ARKIT)
    np.testing.assert_array_equal(clip.vertices[0], shapes.neutral)


def test_deltas_in_meters_are_read_in_millimeters(tmp_path: Path) -> None:
    shapes, path = _shapes(), tmp_path / "head.npz"
    small = {"neutral": shapes.neutral / 1000, "deltas": shapes.deltas / 1000}
    np.savez(path, **small, names=np.array(ARKIT), faces=FACES)
    np.testing.assert_allclose(read_shapes(path).deltas, shapes.deltas, atol=1e-3)


def test_names_are_known_in_other_spellings() -> None:
    """Sides as `_L` and `_R`, a word in front of all, in another order, one shape in two."""
    shapes, found = _shapes(), {}
    for name, delta in reversed(list(zip(ARKIT, shapes.deltas, strict=True))):
        short = name.replace("Left", "_L").replace("Right", "_R")
        short = name if name in ("mouthLeft", "mouthRight", "jawLeft", "jawRight") else short
        found[f"head.{short}"] = delta
    for name in ("browInnerUp", "cheekPuff"):
        whole = found.pop(f"head.{name}")
        found[f"head.{name}_L"], found[f"head.{name}_R"] = 0.25 * whole, 0.75 * whole
    found["head.Neutral"] = np.zeros((4, 3), np.float32)
    clip = _poses(found, shapes)
    assert has_shapes(clip.frame_names)
    np.testing.assert_allclose(shapes_of(clip).deltas, shapes.deltas, atol=1e-4)


def test_shapes_that_are_missing_are_zero_and_other_poses_are_left_out() -> None:
    shapes, none = _shapes(), np.zeros((4, 3), np.float32)
    some = {name: shapes.deltas[ARKIT_INDEX[name]] for name in ARKIT[:12]}
    read = shapes_of(_poses({"neutral": none, "aa": none + 1, **some}, shapes))
    assert read.names == ARKIT[:12]
    np.testing.assert_array_equal(read.neutral, shapes.neutral)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("smile", "frown", "neutral"), "poses named by ARKit's shapes"),
        (ARKIT, "one pose at rest"),
        ((*ARKIT, "aa", "oh"), "one pose at rest"),
    ],
)
def test_what_is_no_face_with_shapes_is_refused(names: tuple[str, ...], wanted: str) -> None:
    shapes = _shapes()
    clip = _poses({name: np.zeros((4, 3), np.float32) for name in names}, shapes)
    with pytest.raises(InputError, match=wanted):
        shapes_of(clip)


@pytest.mark.parametrize("wrong", ["deltas", "names", "neutral"])
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, wrong: str) -> None:
    shapes, path = _shapes(), tmp_path / "head.npz"
    arrays = {"neutral": shapes.neutral, "deltas": shapes.deltas, "names": np.array(ARKIT)}
    arrays[wrong] = arrays[wrong][1:]
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=r"head\.npz: expected deltas of shape"):
        read_shapes(path)


def test_poses_of_a_real_clip_stay_poses(tmp_path: Path) -> None:
    clip = MeshSequence(np.stack([_shapes().neutral] * 3), FACES, frame_names=("a", "b", "c"))
    write_sequence(clip, tmp_path / "poses", format="obj")
    assert not has_shapes(read_sequence(tmp_path / "poses").frame_names)


def test_the_weights_of_a_captured_take_come_back(geometry: Path) -> None:
    with np.load(geometry / "facecap.npz") as data:
        names, truth = [str(name) for name in data["names"]], data["weights"][::4]
        vertices = data["neutral"] + np.tensordot(truth, data["deltas"], 1)
    shapes = read_shapes(geometry / "facecap.npz")
    found = solved(shapes, np.float32(10 * vertices)).weights  # its unit is a centimeter
    for column, name in enumerate(names):
        spelled = name.replace("_L", "Left").replace("_R", "Right")
        if spelled in shapes.names:
            np.testing.assert_allclose(
                found[:, ARKIT_INDEX[spelled]], truth[:, column], atol=0.02, err_msg=name
            )


@pytest.mark.slow
def test_weights_of_a_scanned_head_come_back(ict: Path) -> None:
    """Its brows and cheeks are split into sides that ARKit's are not, and it has no tongue."""
    with np.load(ict / "ict.npz") as data:
        names, rest = [str(name) for name in data["expression_names"]], 10 * data["neutral"]
        deltas = 10 * data["expression"].astype(np.float32)
    poses, faces = np.concatenate([rest[None], rest + deltas]), np.zeros((0, 3), np.int32)
    shapes = shapes_of(MeshSequence(poses, faces, frame_names=("neutral", *names)))
    assert shapes.names == ARKIT[:-1]
    chance = np.random.default_rng(0)
    weights = chance.uniform(0, 1, (50, len(ARKIT))) * (chance.random((50, len(ARKIT))) < 0.3)
    weights[:, -1] = 0.0
    clip = undo_rigid(
        shapes.played(np.float32(weights)),
        head_rotation(chance.uniform(-20, 20, (50, 3))),
        chance.uniform(-50, 50, (50, 3)),
    )
    np.testing.assert_allclose(solved(shapes, clip).weights, weights, atol=0.02)
