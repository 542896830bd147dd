"""Clips as weights: what goes out comes in again, and what weights cannot say is told."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Doubles
from studio.core.system.paths import shipped
from studio.face.known import studio_face
from studio.face.registration.carrying.weighing import angles
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.io import FORMATS, read_sequence, read_weights, write_sequence
from studio.io.shapes import shapes_of
from studio.io.traits import Shape
from studio.io.weights.writing import timecode
from tests.face.foreign import foreign_mesh, foreign_shapes, registered
from tests.io.io_meshes import tetrahedra

SAMPLES = shipped("resources") / "samples"
CHANCE = np.random.default_rng(3)
_BEGIN = CHANCE.bit_generator.state
RIG = load_rig()
POSES = MeshSequence(  # a few vertices, so that they cost nothing
    np.concatenate([RIG.rest[None], RIG.rest + RIG.actions[:12]])[:, ::9],
    np.array([[0, 1, 2]]),
    name="poses",
    frame_names=("neutral", *ARKIT[:12]),
)
Written = Callable[..., tuple[Path, list[str]]]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a clip; give the file and what was told."""

    def write(clip: MeshSequence, name: str = "out.csv", **how: object) -> tuple[Path, list[str]]:
        said: list[str] = []
        progress = Progress(remarked=said.append)
        (path,) = write_sequence(clip, tmp_path / name, progress=progress, **how)  # type: ignore[arg-type]
        return path, said

    return write


@pytest.fixture(autouse=True)
def same_chance() -> None:
    """Each test draws the same, whichever others run."""
    CHANCE.bit_generator.state = _BEGIN


def acted(count: int = 8) -> Doubles:
    weights = CHANCE.uniform(0.0, 1.0, (count, len(ARKIT)))
    return np.asarray(weights * (CHANCE.random(weights.shape) < 0.3))


def of_rig(weights: Doubles, fps: float = 30.0, **pose: Doubles) -> MeshSequence:
    vertices = RIG.pose(weights, **pose)
    return MeshSequence(vertices, studio_face().template.faces, fps, "clip")


@pytest.mark.parametrize(
    ("take", "name"), [("happiness", "out.csv"), ("sadness", "out.json"), ("surprise", "out.csv")]
)
def test_a_take_comes_back_as_it_was(written: Written, take: str, name: str) -> None:
    path = SAMPLES / f"{take}.csv"
    wanted, clip = read_weights(path), read_sequence(path).sliced(20, 45)
    wanted = replace(wanted, weights=wanted.weights[20:45], head=wanted.head[20:45])
    path, said = written(clip, name)
    back = read_weights(path)
    # The rig tells all 52 apart, so that none of them may differ.
    np.testing.assert_allclose(back.weights, wanted.weights, atol=0.001)
    moved = wanted.weights.std(axis=0) > 0.01
    for one, other in zip(back.weights.T[moved], wanted.weights.T[moved], strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.9999
    np.testing.assert_allclose(back.head, wanted.head, atol=0.01)
    assert back.fps == wanted.fps
    far = "its weights put vertices 0.000 mm from where they are on average, 0.00 mm at most."
    assert said == [f"{name}: {far}"]


@pytest.mark.parametrize("take", ["short_take.csv", "angry_164.csv"])
def test_a_captured_take_comes_back(written: Written, motion: Path, take: str) -> None:
    wanted = read_weights(motion / take)
    weights, head = wanted.weights[100:120], wanted.head[100:120]
    back = read_weights(written(of_rig(weights, wanted.fps, head=head))[0])
    np.testing.assert_allclose(back.weights, weights, atol=0.001)
    np.testing.assert_allclose(back.head, head, atol=0.01)
    assert back.fps == pytest.approx(wanted.fps, rel=1e-3)


def test_the_header_is_that_of_the_app(written: Written, motion: Path) -> None:
    path, _ = written(of_rig(acted()))
    ours, theirs = (
        next(csv.reader(file.read_text().splitlines()))
        for file in (path, motion / "short_take.csv")
    )
    assert [name.lower() for name in ours] == [name.lower() for name in theirs]
    assert ours[2:] == theirs[2:]
    rows = list(csv.reader(path.read_text().splitlines()))[1:]
    assert {len(row) for row in rows} == {63} and {row[1] for row in rows} == {"61"}


def test_eyes_turn_in_the_file_as_in_takes_of_the_app(motion: Path, written: Written) -> None:
    take = read_weights(motion / "short_take.csv")
    clip = of_rig(take.weights[:60])
    tables = []
    for file in (motion / "short_take.csv", written(clip)[0]):
        rows = list(csv.DictReader(file.read_text().splitlines()))[:60]
        names = ("LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch")
        tables.append(np.array([[float(row[name]) for name in names] for row in rows]))
    theirs, ours = tables
    np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], atol=0.02)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "00:00:00:00.000"),
        (1 / 30, "00:00:00:02.000"),
        (1 / 25, "00:00:00:02.400"),
        (0.9999999, "00:00:01:00.000"),
        (3723.5, "01:02:03:30.000"),
        (86400.0, "00:00:00:00.000"),
    ],
)
def test_timecodes_count_sixtieths(seconds: float, text: str) -> None:
    assert timecode(seconds) == text


@pytest.mark.parametrize("fps", [12.5, 23.976, 59.94, 120.0])
@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_the_rate_comes_back(written: Written, fps: float, name: str) -> None:
    still = replace(POSES, vertices=np.repeat(POSES.vertices, 10, axis=0), frame_names=(), fps=fps)
    back = read_weights(written(still, name, face=shapes_of(POSES))[0])
    assert back.fps == pytest.approx(fps, rel=1e-4) and len(back.weights) == 130


def test_a_single_frame_is_a_take_too(written: Written) -> None:
    weights = acted(1)
    back = read_weights(written(of_rig(weights))[0])
    np.testing.assert_allclose(back.weights, weights, atol=0.001)


def test_turns_are_read_off_rotations() -> None:
    degrees = CHANCE.uniform(-80, 80, (40, 3))
    np.testing.assert_allclose(angles(head_rotation(degrees)), degrees, atol=1e-6)


def test_a_person_of_the_rig_with_a_turning_head_is_known(written: Written) -> None:
    weights, head = acted(), CHANCE.uniform(-20, 20, (8, 3))
    person = CHANCE.normal(0, 0.5, len(RIG.identity))
    path, said = written(of_rig(weights, identity=person, head=head))
    back = read_weights(path)
    np.testing.assert_allclose(back.weights, weights, atol=0.01)
    np.testing.assert_allclose(back.head, head, atol=0.05)
    assert len(said) == 1


def test_a_face_that_is_none_of_the_rigs_is_estimated_and_what_is_lost_is_told(
    written: Written,
) -> None:
    weights = acted(20)
    weights[0] = 0.0
    bumps = np.asarray(CHANCE.normal(0, 0.3, RIG.rest.shape), np.float32)
    shift = np.linspace(0, 30, 20, dtype=np.float32)[:, None, None]
    frames = RIG.pose(weights) + bumps + shift * np.float32([0, 1, 0])
    clip = MeshSequence(frames, studio_face().template.faces, name="clip")
    path, said = written(clip)
    far, estimated, gone = said
    assert "mm at most" in far and "estimated from the clip" in estimated
    assert "head goes up to 30.0 mm" in gone
    at = ARKIT_INDEX["jawOpen"]
    assert np.abs(read_weights(path).weights[:, at] - weights[:, at]).max() < 0.1
    path, said = written(clip, settings={"rest": "first"})
    np.testing.assert_allclose(read_weights(path).weights, weights, atol=0.02)
    assert not any("estimated" in sentence for sentence in said)


def test_what_weights_cannot_show_is_told_in_millimeters(written: Written) -> None:
    clip = of_rig(acted())
    frames = clip.vertices.copy()
    frames[3, 100] += np.float32([0, 0, 5])
    _, said = written(replace(clip, vertices=frames))
    assert "4." in said[0].rpartition(", ")[2] or "5." in said[0].rpartition(", ")[2]


def test_a_head_with_shapes_of_its_own_is_solved_in_these(written: Written) -> None:
    shapes = foreign_shapes()
    weights = acted(3) * np.isin(ARKIT, shapes.names)
    weights[0] = 0.0
    clip = MeshSequence(shapes.played(weights), shapes.faces, name="own")
    path, _ = written(clip, face=shapes)
    np.testing.assert_allclose(read_weights(path).weights, weights, atol=0.02)
    path, _ = written(clip, face=registered(clip).with_shapes(shapes))
    np.testing.assert_allclose(read_weights(path).weights, weights, atol=0.02)
    _, said = written(clip, face=registered(clip))
    assert any("studio's face fitted to it" in sentence for sentence in said)


def test_poses_named_by_shapes_are_weights_of_one(written: Written) -> None:
    weights = read_weights(written(POSES)[0]).weights
    np.testing.assert_allclose(weights, np.eye(13, len(ARKIT), -1), atol=0.01)


@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_other_triangulations_are_refused(written: Written, tmp_path: Path, name: str) -> None:
    wanted = rf"{name}: expected a clip of the studio's face, .* triangulation of 5 vertices"
    with pytest.raises(InputError, match=wanted):
        written(tetrahedra(3), name)
    with pytest.raises(InputError, match=wanted):
        written(tetrahedra(3), name, face=registered(foreign_mesh()))
    assert not list(tmp_path.iterdir())


def test_sizes_are_estimated(written: Written) -> None:
    clip = of_rig(acted(30))
    for name, kind in (("out.csv", "livelink"), ("out.json", "arkit")):
        size = written(clip, name)[0].stat().st_size
        estimate = FORMATS[kind].estimate(Shape(30, clip.n_vertices, len(clip.faces)))
        assert 0.7 * size < estimate < 1.4 * size
