"""GLB of ours: each way of writing motion keeps what it says that it keeps."""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.core.read_as import ReadAs
from studio.face.identity import random_face
from studio.face.known import studio_face
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.io import FORMATS, read_sequence, write_sequence
from studio.io.shapes import read_shapes, shapes_of, write_shapes_file
from studio.io.traits import Shape
from tests.io.io_meshes import tetrahedra

COUNT = 20


@cache
def take() -> MeshSequence:
    """Somebody who smiles and turns the head, and is at rest in no frame."""
    weights, head = np.zeros((COUNT, 52)), np.zeros((COUNT, 3))
    rising = np.sin(np.linspace(0, np.pi, COUNT)) ** 2
    for name, low, high in (("mouthSmileLeft", 0.2, 0.7), ("jawOpen", 0.1, 0.5)):
        weights[:, ARKIT_INDEX[name]] = low + high * rising
    weights[::3, ARKIT_INDEX["eyeBlinkRight"]] = 1
    head[:, 0], head[:, 1] = np.linspace(3, 15, COUNT), 4 * rising
    vertices = load_rig().pose(weights, np.array(random_face(4)), head)
    return MeshSequence(vertices, studio_face().template.faces, 59.94, "take")


def wobble() -> MeshSequence:
    """A surface of no rig, which no few components show."""
    chance, faces = np.random.default_rng(2), np.array([[0, 1, 2], [2, 3, 4], [4, 5, 6]], np.int32)
    vertices = chance.uniform(-90, 90, (7, 3)) + chance.normal(0, 3, (30, 7, 3))
    return MeshSequence(vertices.astype(np.float32), faces, 25.0)


def written(clip: MeshSequence, path: Path, **settings: float | str) -> tuple[MeshSequence, str]:
    """Write, and read again; also what was remarked."""
    told: list[str] = []
    write_sequence(clip, path, settings=settings, progress=Progress(remarked=told.append))
    return read_sequence(path), " ".join(told)


def tree_of(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    (size,) = struct.unpack_from("<I", data, 12)
    return dict(json.loads(data[20 : 20 + size]))


def farthest(one: MeshSequence, other: MeshSequence) -> float:
    away = (one.vertices + one.origin) - (other.vertices + other.origin)
    return float(np.linalg.norm(away, axis=2).max())


@pytest.mark.parametrize("make", [take, wobble, lambda: tetrahedra(3)])
def test_a_target_for_each_frame_keeps_float32(make: Any, tmp_path: Path) -> None:
    clip = make()
    back, told = written(clip, tmp_path / "a.glb", morphs="frames")
    step = np.spacing(np.abs(clip.vertices).max())
    assert np.abs(back.vertices - clip.vertices).max() <= step
    np.testing.assert_array_equal(back.faces, clip.faces)
    assert (back.fps, back.n_frames, back.topology) == (clip.fps, clip.n_frames, clip.topology)
    assert (back.read_as.unit_by, back.read_as.rate_by, back.told, told) == ("file", "file", (), "")


def test_times_are_those_of_the_frames(tmp_path: Path) -> None:
    written(take(), tmp_path / "a.glb", morphs="frames")
    tree, data = tree_of(tmp_path / "a.glb"), (tmp_path / "a.glb").read_bytes()
    at = tree["accessors"][tree["animations"][0]["samplers"][0]["input"]]
    start = (
        28
        + struct.unpack_from("<I", data, 12)[0]
        + tree["bufferViews"][at["bufferView"]]["byteOffset"]
    )
    times = np.frombuffer(data, "<f4", COUNT, start)
    np.testing.assert_array_equal(times, (np.arange(COUNT) / 59.94).astype(np.float32))


@pytest.mark.parametrize("bound", [0.01, 0.05, 1.0])
@pytest.mark.parametrize("make", [take, wobble])
def test_components_keep_the_bound_and_fewer_do_not(
    make: Any, bound: float, tmp_path: Path
) -> None:
    from studio.io.formats.gltf.morphs import _Components, components

    clip = make()
    back, told = written(clip, tmp_path / "a.glb", morphs="pca", bound=bound)
    away = farthest(back, clip)
    assert away <= bound
    said = tree_of(tmp_path / "a.glb")["scenes"][0]["extras"]
    assert said["error_mm"] == pytest.approx(away, abs=1e-4)
    assert f"no vertex is farther than {said['error_mm']:.2g} mm" in told
    found = components(clip.vertices, bound, Progress())
    still = clip.vertices if found.head is None else found.head.off(clip.vertices)
    assert _Components.of(still).left(len(found.names) - 1) > bound - 1e-4
    assert found.weights.min() >= 0 and found.weights.max() <= 1


def test_the_studios_face_is_written_as_arkits_shapes(tmp_path: Path) -> None:
    clip, path = take(), tmp_path / "a.glb"
    back, told = written(clip, path)
    assert farthest(back, clip) <= 0.05
    assert back.topology == clip.topology
    assert estimated(clip, "auto") == pytest.approx(size_of(path), rel=0.1)
    assert "that of 52 shapes of ARKit; no vertex is farther" in told
    tree = tree_of(path)
    assert tuple(tree["meshes"][0]["extras"]["targetNames"]) == ARKIT
    (primitive,) = tree["meshes"][0]["primitives"]
    assert all(set(target) == {"POSITION"} for target in primitive["targets"])
    paths = {channel["target"]["path"] for channel in tree["animations"][0]["channels"]}
    assert paths == {"weights", "rotation", "translation"}
    shapes = read_shapes(path)  # an animated file serves as a head all the same
    assert shapes.names == shapes_of(read_sequence(path, poses=True)).names
    rest, rig = shapes.neutral, load_rig()
    jaw, wanted = shapes.deltas[ARKIT_INDEX["jawOpen"]], rig.actions[ARKIT_INDEX["jawOpen"]]
    assert rest.shape == rig.rest.shape
    assert np.abs(np.linalg.norm(jaw, axis=1) - np.linalg.norm(wanted, axis=1)).max() < 3.0


def test_a_clip_of_the_studios_face_that_no_shapes_make_is_written_as_components(
    tmp_path: Path,
) -> None:
    bump = np.zeros_like(take().vertices)
    bump[::2, 1000:1010, 2] = 9.0
    clip = MeshSequence(take().vertices + bump, take().faces)
    back, told = written(clip, tmp_path / "a.glb")
    assert farthest(back, clip) <= 0.05 and "components" in told
    back, told = written(clip.sliced(0, 4), tmp_path / "b.glb", morphs="arkit")
    assert "more than the bound of 0.05 mm" in told
    assert farthest(back, clip.sliced(0, 4)) > 0.05


def test_shapes_of_arkit_are_refused_for_another_face(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the studio's face for morphs=arkit"):
        write_sequence(wobble(), tmp_path / "a.glb", settings={"morphs": "arkit"})
    assert not list(tmp_path.iterdir())


def test_a_head_that_turns_is_a_node_that_turns(tmp_path: Path) -> None:
    head = np.stack([np.linspace(0, 30, COUNT), np.zeros(COUNT), np.zeros(COUNT)], axis=1)
    vertices = load_rig().pose(np.zeros((COUNT, 52)), head=head)
    clip = MeshSequence(vertices, studio_face().template.faces)
    back, told = written(clip, tmp_path / "a.glb", morphs="pca", bound=0.01)
    assert farthest(back, clip) < 0.01 and "1 component" in told


@pytest.mark.parametrize("morphs", ["auto", "pca", "frames"])
def test_a_clip_far_away_keeps_its_detail(morphs: str, tmp_path: Path) -> None:
    clip = tetrahedra(3).at(np.array([1e5, -2e5, 3000.25]))
    back, _ = written(clip, tmp_path / "a.glb", morphs=morphs, bound=0.001)
    assert farthest(back, clip) < 0.0011


def test_a_single_mesh_is_still(tmp_path: Path) -> None:
    clip = take().sliced(0, 1)
    back, _ = written(clip, tmp_path / "a.glb")
    assert back.n_frames == 1 and not back.frame_names
    np.testing.assert_allclose(back.vertices, clip.vertices, atol=1e-5)
    assert "animations" not in tree_of(tmp_path / "a.glb")


def test_poses_are_targets_without_an_animation(tmp_path: Path) -> None:
    rig = load_rig()
    shapes = FaceShapes(rig.rest, studio_face().template.faces, rig.actions)
    path = tmp_path / "head.glb"
    write_shapes_file(shapes, path)
    back = read_shapes(path)
    np.testing.assert_allclose(back.neutral, shapes.neutral, atol=1e-5)
    np.testing.assert_allclose(back.deltas, shapes.deltas, atol=3e-5)
    assert read_sequence(path).frame_names == ("neutral", *ARKIT)
    assert "animations" not in tree_of(path)
    assert path.stat().st_size < 1_000_000


def test_a_cloud_of_points_stays_one(tmp_path: Path) -> None:
    clip = MeshSequence(wobble().vertices, np.zeros((0, 3), np.int32))
    back, _ = written(clip, tmp_path / "a.glb", morphs="frames")
    assert len(back.faces) == 0 and farthest(back, clip) < 1e-4


def test_a_rate_that_was_guessed_stays_a_guess(tmp_path: Path) -> None:
    clip = wobble()
    guessed = MeshSequence(clip.vertices, clip.faces, read_as=ReadAs(rate_by="guess"))
    assert written(guessed, tmp_path / "a.glb")[0].read_as.rate_by == "guess"


def test_another_reader_sees_the_same_mesh(tmp_path: Path) -> None:
    import trimesh

    clip = wobble()
    written(clip, tmp_path / "a.glb")
    scene: Any = trimesh.load(tmp_path / "a.glb", process=False)
    (mesh,) = scene.geometry.values()
    np.testing.assert_array_equal(mesh.faces, clip.faces)
    assert len(mesh.vertices) == clip.n_vertices
    trimesh.Trimesh(clip.vertices[0] / 1000, clip.faces, process=False).export(tmp_path / "b.glb")
    back = read_sequence(tmp_path / "b.glb")
    np.testing.assert_allclose(back.vertices, clip.vertices[:1], atol=1e-4)
    np.testing.assert_array_equal(back.faces, clip.faces)


def test_the_size_is_estimated(tmp_path: Path) -> None:
    written(take(), tmp_path / "a.glb", morphs="frames")
    assert estimated(take(), "frames") == pytest.approx(size_of(tmp_path / "a.glb"), rel=0.1)


def estimated(clip: MeshSequence, morphs: str) -> int:
    shape = Shape(clip.n_frames, clip.n_vertices, len(clip.faces))
    return FORMATS["glb"].estimate(shape, {"morphs": morphs})


def size_of(path: Path) -> int:
    return path.stat().st_size


@pytest.mark.parametrize("bound", [0.0, 11.0, "wide"])
def test_a_bound_that_is_none_is_refused(bound: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"bound: expected a number from 0\.001 to 10"):
        write_sequence(wobble(), tmp_path / "a.glb", settings={"bound": bound})


def test_a_stop_leaves_nothing(tmp_path: Path, stop_after: Any) -> None:
    from studio.core import Cancelled

    with pytest.raises(Cancelled):
        write_sequence(wobble(), tmp_path / "a.glb", progress=stop_after(3).progress)
    assert not list(tmp_path.iterdir())
