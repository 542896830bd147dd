"""glTF as others write it: every way in which surfaces are stored and moved."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from studio.core import InputError
from studio.io import can_read, read_sequence
from studio.io.shapes import read_shapes
from tests.io.gltf.gltf_files import CORNERS, FACES, Made, deltas, face

TIMES = (np.arange(5) / 30).astype(np.float32)
WEIGHTS = np.array([[0, 1], [0.5, 0.5], [1, 0], [0.25, 0], [0, -0.5]], np.float32)


def shown(weights: np.ndarray, moved: dict[str, np.ndarray]) -> np.ndarray:
    """Frames in mm, as weights of targets make them."""
    every = np.stack(list(moved.values())).astype(np.float64)
    return 1000 * (CORNERS + np.einsum("tk,kvi->tvi", weights, every))


def test_weights_are_played_at_the_rate_of_their_keys(tmp_path: Path) -> None:
    moved = deltas("jawOpen", "smile")
    made = face(moved)
    made.moved("weights", TIMES, WEIGHTS)
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    np.testing.assert_allclose(clip.vertices, shown(WEIGHTS, moved), atol=1e-5)
    np.testing.assert_array_equal(clip.faces, FACES)
    assert (clip.fps, clip.read_as.rate_by, clip.read_as.unit_by) == (30.0, "file", "file")
    assert (clip.told, clip.name, clip.frame_names) == ((), "a", ())


def test_between_keys_curves_are_what_the_standard_says(tmp_path: Path) -> None:
    moved, times = deltas("a"), np.array([0.5, 1.5], np.float32)
    ways = {
        "LINEAR": (np.array([[0.0], [1.0]], np.float32), [0, 0.25, 0.5, 0.75, 1]),
        "STEP": (np.array([[0.5], [1.0]], np.float32), [0.5, 0.5, 0.5, 0.5, 1]),
        # From 0, leaving at a slope of 2, to 1, arriving at a slope of 0.
        "CUBICSPLINE": (
            np.array([9, 0, 2, 0, 1, 9], np.float32)[:, None],
            [2 * (t**3 - 2 * t**2 + t) + 3 * t**2 - 2 * t**3 for t in (0, 0.25, 0.5, 0.75, 1)],
        ),
    }
    for way, (values, wanted) in ways.items():
        made = face(moved)
        made.moved("weights", times, values, way=way)
        clip = read_sequence(made.write(tmp_path / f"{way}.glb"), fps=4)
        wanted_frames = shown(np.array(wanted)[:, None], moved)
        np.testing.assert_allclose(clip.vertices, wanted_frames, atol=1e-5)


def test_steps_are_taken_on_their_frames(tmp_path: Path) -> None:
    """Though no key lies just where a frame does."""
    made, times = face(deltas("a")), (np.arange(900) / 29.97).astype(np.float32)
    made.moved(
        "weights", times, np.arange(900, dtype=np.float32), way="STEP", extras={"fps": 29.97}
    )
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    moved = np.linalg.norm(clip.vertices - clip.vertices[0], axis=(1, 2))
    np.testing.assert_allclose(moved / moved[1], np.arange(900), atol=1e-3)


@pytest.mark.parametrize(
    ("times", "fps", "by", "count"),
    [
        ([0, 1 / 24, 2 / 24, 5 / 24], 24.0, "file", 6),  # keys that change nothing are left out
        ([0.04, 0.04 + 1001 / 30000, 0.04 + 2002 / 30000], 30000 / 1001, "file", 3),
        ([0, 0.5, 1.0], 30.0, "guess", 31),  # set by hand, on frames of the usual rate
        ([0, 5 / 24, 7 / 24], 24.0, "guess", 8),
        ([0, 0.1234, 1.0], 30.0, "guess", 31),
        ([2.0], 30.0, "guess", 1),
    ],
)
def test_the_rate_is_told_by_keys_that_lie_on_frames(
    times: list[float], fps: float, by: str, count: int, tmp_path: Path
) -> None:
    made, keys = face(deltas("a")), np.array(times, np.float32)
    made.moved("weights", keys, np.linspace(0, 1, len(keys), dtype=np.float32))
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    assert (clip.n_frames, clip.read_as.rate_by) == (count, by)
    assert clip.fps == pytest.approx(fps, rel=1e-6)
    faster = read_sequence(tmp_path / "a.glb", fps=48)
    assert faster.n_frames == round(48 * (keys[-1] - keys[0])) + 1


def test_extras_say_rate_and_unit(tmp_path: Path) -> None:
    made = face(deltas("a"))
    made.moved("weights", TIMES, WEIGHTS[:, :1], extras={"fps": 59.94})
    made.tree["scenes"][0]["extras"] = {"unit": "cm"}
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    assert (clip.fps, clip.read_as.unit, clip.n_frames) == (59.94, "cm", 9)
    assert clip.size == pytest.approx(2.0)


def test_targets_without_an_animation_are_poses(tmp_path: Path) -> None:
    moved = deltas("jawOpen", "smile")
    clip = read_sequence(face(moved).write(tmp_path / "a.glb"))
    assert clip.frame_names == ("neutral", "jawOpen", "smile")
    np.testing.assert_allclose(
        clip.vertices, shown(np.array([[0, 0], [1, 0], [0, 1]]), moved), atol=1e-5
    )


def test_a_head_that_moves_brings_its_shapes(tmp_path: Path) -> None:
    names = [f"eyeLook{way}{side}" for way in ("Up", "Down", "In") for side in ("Left", "Right")]
    names += ["jawOpen", "jawLeft", "jawRight", "mouthSmile_L", "mouthSmile_R"]
    moved = deltas(*names)
    made = face(moved)
    made.moved("weights", TIMES, np.tile(np.linspace(0, 1, 5, dtype=np.float32)[:, None], 11))
    path = made.write(tmp_path / "a.glb")
    assert read_sequence(path).n_frames == 5
    shapes = read_shapes(path)
    assert len(shapes.names) == 11
    np.testing.assert_allclose(shapes.deltas[17], 1000 * moved["jawOpen"], atol=1e-5)


def test_sparse_whole_and_strided_arrays_are_the_same_face(tmp_path: Path) -> None:
    plain = read_sequence(face({"a": SOME}).write(tmp_path / "plain.glb"))
    made = Made()
    short = np.rint(CORNERS * 10 * 32767).astype(np.int16)
    both = np.concatenate([short, np.zeros((4, 5), np.int16)], axis=1)  # beside other numbers
    view = made.view(both.tobytes(), byteStride=16)
    said = {"componentType": 5122, "count": 4, "type": "VEC3", "normalized": True}
    at = made.add("accessors", said | {"bufferView": view})
    small = made.sparse(np.rint(SOME * 10 * 32767).astype(np.int16))
    made.tree["accessors"][small]["normalized"] = True
    primitive = {"attributes": {"POSITION": at}, "indices": made.array(FACES.ravel())}
    made.add("meshes", {"primitives": [primitive | {"targets": [{"POSITION": small}]}]})
    made.add("nodes", {"mesh": 0, "scale": [0.1, 0.1, 0.1]})
    made.tree["extensionsRequired"] = ["KHR_mesh_quantization"]
    clip = read_sequence(made.write(tmp_path / "whole.glb"))
    np.testing.assert_allclose(clip.vertices, plain.vertices, atol=2e-3)
    assert clip.frame_names == ("neutral", "target 1")


SOME = np.array([[0, 0, 0], [0.01, 0, 0], [0, 0, 0], [0, -0.02, 0]], np.float32)


def test_nodes_hang_on_each_other_and_mirrors_turn_triangles(tmp_path: Path) -> None:
    made = Made()
    turn = Rotation.from_euler("xyz", [20, -30, 40], degrees=True)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = 2 * turn.as_matrix(), (1, 2, 3)
    made.mesh()
    made.add("nodes", {"children": [1], "matrix": matrix.T.ravel().tolist()})
    made.add("nodes", {"mesh": 0, "translation": [0, 0.1, 0], "scale": [-1, 1, 1]})
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    inner = CORNERS * [-1, 1, 1] + [0, 0.1, 0]
    wanted = 1000 * (2 * turn.apply(inner) + [1, 2, 3])
    np.testing.assert_allclose(clip.vertices[0] + clip.origin, wanted, atol=1e-4)
    np.testing.assert_array_equal(clip.faces, FACES[:, ::-1])


def test_a_node_turns_on_the_shorter_way(tmp_path: Path) -> None:
    made = face()
    keys = Rotation.from_euler("y", [[0], [90]], degrees=True)
    turns = keys.as_quat().astype(np.float32) * [[1], [-1]]  # the same turn, the longer way
    made.moved("rotation", np.array([0, 1], np.float32), turns.astype(np.float32))
    clip = read_sequence(made.write(tmp_path / "a.glb"), fps=10)
    between = Slerp([0, 1], keys)(np.linspace(0, 1, 11))
    wanted = np.stack([1000 * turn.apply(CORNERS) for turn in between])
    np.testing.assert_allclose(clip.vertices, wanted, atol=1e-4)


def test_parts_are_joined_and_their_targets_matched_by_name(tmp_path: Path) -> None:
    made = Made()
    first, second = deltas("jawOpen", "smile"), deltas("blink", "jawOpen")
    for moved in (first, second):
        made.add("nodes", {"mesh": made.mesh(moved), "name": f"part {len(made.tree['meshes'])}"})
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    assert clip.frame_names == ("neutral", "jawOpen", "smile", "blink")
    assert clip.told[0] == "Its 2 meshes are joined into one: part 1 and part 2."
    jaw = clip.vertices[1] - clip.vertices[0]
    wanted = np.concatenate([first["jawOpen"], second["jawOpen"]])
    np.testing.assert_allclose(jaw, 1000 * wanted, atol=1e-5)
    np.testing.assert_array_equal(clip.faces, np.concatenate([FACES, FACES + 4]))


def test_primitives_that_share_vertices_share_them_here(tmp_path: Path) -> None:
    made = face(deltas("a"))
    (mesh,) = made.tree["meshes"]
    one = mesh["primitives"][0]
    parts = FACES[:1], FACES[1:]
    mesh["primitives"] = [one | {"indices": made.array(part.ravel())} for part in parts]
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    assert clip.n_vertices == 4
    np.testing.assert_array_equal(clip.faces, FACES)


@pytest.mark.parametrize(
    ("corners", "mode", "wanted"),
    [
        ([0, 1, 2, 3], 5, [[0, 1, 2], [2, 1, 3]]),
        ([0, 1, 2, 3], 6, [[0, 1, 2], [0, 2, 3]]),
        ([0, 1, 2], 0, np.zeros((0, 3))),
    ],
)
def test_strips_fans_and_points(
    corners: list[int], mode: int, wanted: object, tmp_path: Path
) -> None:
    made = Made()
    made.mesh(faces=np.array(corners, np.uint8), mode=mode)
    made.add("nodes", {"mesh": 0})
    np.testing.assert_array_equal(read_sequence(made.write(tmp_path / "a.glb")).faces, wanted)


def test_triangles_that_share_no_vertices_are_joined(tmp_path: Path) -> None:
    made, moved = Made(), SOME[FACES.ravel()]
    made.mesh({"a": moved}, CORNERS[FACES.ravel()], None)
    made.add("nodes", {"mesh": 0})
    clip = read_sequence(made.write(tmp_path / "a.glb"))
    np.testing.assert_allclose(clip.vertices[0], 1000 * CORNERS, atol=1e-5)
    np.testing.assert_array_equal(clip.faces, FACES)
    assert "share no vertices" in clip.told[0]


def test_joints_carry_vertices(tmp_path: Path) -> None:
    made = Made()
    made.mesh()
    (primitive,) = made.tree["meshes"][0]["primitives"]
    joints = np.array([[0, 1, 0, 0]] * 4, np.uint8)
    share = np.array([[255, 0, 0, 0], [0, 255, 0, 0], [51, 204, 0, 0], [255, 0, 0, 0]], np.uint8)
    primitive["attributes"] |= {
        "JOINTS_0": made.array(joints),
        "WEIGHTS_0": made.array(share, normalized=True),
    }
    back = np.stack([np.eye(4), np.eye(4)]).astype(np.float32)
    back[1, 3, :3] = (-0.1, 0, 0)  # columns first
    made.add("skins", {"joints": [1, 2], "inverseBindMatrices": made.array(back.reshape(2, 16))})
    made.add("nodes", {"mesh": 0, "skin": 0, "translation": [9, 9, 9]})  # which a skin ignores
    made.add("nodes", {"children": [2]})
    made.add("nodes", {"translation": [0.1, 0, 0]})
    made.add("scenes", {"nodes": [0, 1]})
    turns = Rotation.from_euler("z", [[0], [90]], degrees=True)
    made.moved("rotation", np.array([0, 1], np.float32), turns.as_quat().astype(np.float32), node=2)
    clip = read_sequence(made.write(tmp_path / "a.glb"), fps=1)
    joint = np.array([0.1, 0, 0])
    turned = turns[1].apply(CORNERS - joint) + joint
    amount = share[:, 1:2] / 255
    wanted = 1000 * (CORNERS * (1 - amount) + turned * amount)
    np.testing.assert_allclose(clip.vertices, [1000 * CORNERS, wanted], atol=1e-4)


def test_of_several_animations_one_is_named(tmp_path: Path) -> None:
    made = face(deltas("a"))
    made.add("nodes", {"name": "camera"})
    made.moved("translation", TIMES, np.zeros((5, 3), np.float32), node=1, name="camera")
    for name, top in (("smile", 1.0), ("frown", -1.0)):
        rise = np.linspace(0, top, 5, dtype=np.float32)
        made.moved("weights", TIMES, rise, name=name)
    path = made.write(tmp_path / "a.glb")
    first, other = read_sequence(path), read_sequence(f"{path}#frown")
    assert first.told == ("It plays smile; FILE#NAME opens another: frown.",)
    assert (first.name, other.name) == ("a", "frown")
    assert first.vertices[-1] - first.vertices[0] == pytest.approx(
        other.vertices[0] - other.vertices[-1], abs=1e-4
    )
    with pytest.raises(InputError, match=r"an animation named sad, found smile and frown"):
        read_sequence(f"{path}#sad")


def test_buffers_lie_beside_or_in_the_file(tmp_path: Path) -> None:
    made = face(deltas("a"))
    (tmp_path / "a b.bin").write_bytes(made.blob)
    held = "data:application/octet-stream;base64," + base64.b64encode(made.blob).decode()
    for uri in ("a%20b.bin", "./a b.bin", held):
        path = made.written_apart(tmp_path / "a.gltf", uri)
        assert can_read(path)
        assert read_sequence(path).frame_names == ("neutral", "a")


def test_names_of_targets_that_are_alike_or_none_at_all(tmp_path: Path) -> None:
    made = face(deltas("a", "b"))
    (mesh,) = made.tree["meshes"]
    for said, wanted in (
        ({"targetNames": ["x", "x"]}, ("x", "x (2)")),
        ({"targetNames": ["x"]}, ("target 1", "target 2")),
        ({"targetNames": [None, ""]}, ("None", "target 2")),
        ([], ("target 1", "target 2")),
    ):
        mesh["extras"] = said
        assert read_sequence(made.write(tmp_path / "a.glb")).frame_names[1:] == wanted


def test_a_captured_take_on_its_own_head(geometry: Path, tmp_path: Path) -> None:
    with np.load(geometry / "facecap.npz") as data:
        neutral, faces, moved, names = (data[k] for k in ("neutral", "faces", "deltas", "names"))
        times, weights = data["times"], data["weights"]
    made = Made()
    made.mesh(dict(zip(map(str, names), moved, strict=True)), neutral, faces.astype(np.uint16))
    made.add("nodes", {"mesh": 0})
    made.moved("weights", times, weights)
    clip = read_sequence(made.write(tmp_path / "a.glb"), unit="cm")
    wanted = 10 * (neutral + (weights @ moved.reshape(52, -1)).reshape(-1, *neutral.shape))
    assert (clip.fps, clip.n_frames) == (30.0, 335)
    assert np.abs(clip.vertices + clip.origin - wanted).max() < 1e-5 * clip.size
