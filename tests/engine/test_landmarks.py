"""Models of landmark motion: read late, drawn from a seed, laid on any face of the topology."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import (
    Cancelled,
    CheckpointError,
    GenerationRequest,
    InputError,
    MeshSequence,
    Progress,
)
from studio.engine import Engine
from studio.engine.loading import model_set
from studio.engine.loading.sets import inspect_set
from studio.engine.motion.landmarks import Placed
from studio.engine.pose import to_template_pose
from studio.face.rig import ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.nn.checkpoint import load_checkpoint, save_checkpoint

from .tiny import (
    FACE,
    LABELS,
    MOTION_GAN,
    QUARTER,
    foreign_mesh,
    moving_face,
    open_tiny,
    write_landmarks,
    write_set,
)

MODELS = ["motion-gan", "landmark-lstm"]


@pytest.fixture(scope="module")
def shipped_like(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Untrained models for the studio's own face."""
    folder = write_set(tmp_path_factory.mktemp("own") / "own", load_template())
    return Engine.open(folder, "cpu")


def opened(folder: Path) -> Engine:
    return Engine.open(folder, "cpu", template=FACE)


def test_they_are_offered_after_the_others_and_read_when_asked_for(tmp_path: Path) -> None:
    engine = open_tiny(write_landmarks(tmp_path / "tiny"))
    assert engine.generators == ("diffusion", "diffusion-unet2d", *MODELS)
    assert engine.kinds >= {*MODELS, "sparse-to-dense"}
    engine.generate("anger", 1, frames=16)
    engine.limits("motion-gan"), engine.checkpoint("motion-gan")
    assert engine.models.read == frozenset()
    engine.generate("anger", 1, frames=16, model="motion-gan")
    assert engine.models.read == {"motion-gan", "sparse-to-dense"}


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_names_a_clip_alone_and_among_others(moving: Engine, model: str) -> None:
    many = moving.sample(GenerationRequest("anger", frames=20, model=model), [7, 8])
    again = moving.generate("anger", 8, frames=20, model=model)
    assert np.array_equal(many[1].vertices, again.vertices)
    assert np.abs(many[0].vertices - many[1].vertices).max() > 0.01
    assert (again.n_frames, again.fps, again.name) == (20, 30.0, "anger 8")
    assert again.topology == moving.topology
    other = moving.generate("happiness", 8, frames=20, model=model)
    assert np.abs(other.vertices - again.vertices).max() > 1e-5


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("surface", ["s2d", "rbf"])
def test_a_clip_begins_with_the_neutral_and_turns_with_it(
    moving: Engine, model: str, surface: str
) -> None:
    neutral = moving_face(9).vertices[5]
    wish: dict[str, Any] = {"frames": 16, "model": model, "surface": surface}
    here = moving.generate("anger", 3, neutral=neutral, **wish)
    assert np.array_equal(here.vertices[0], neutral)
    assert np.abs(here.vertices[1:] - neutral).max() > 0.01
    shift = np.float32([5, 6, 7])
    there = moving.generate("anger", 3, neutral=neutral @ QUARTER.T + shift, **wish)
    np.testing.assert_allclose(there.vertices, here.vertices @ QUARTER.T + shift, atol=1e-2)


@pytest.mark.parametrize("wish", [{"exact": True}, {"surface": "rbf"}])
def test_the_landmarks_lie_where_their_motion_says(moving: Engine, wish: dict[str, Any]) -> None:
    placed = Placed.of(FACE.vertices, FACE)
    curve = np.random.default_rng(0).normal(size=(5, 68, 3)).astype(np.float32)
    curve[0] = 0
    dense = moving.landmarks.dense(curve, placed, Progress(), **wish)
    np.testing.assert_allclose(dense[:, FACE.landmarks], curve, atol=1e-3)
    assert not dense[0].any()


def test_intensity_beyond_what_was_learned_scales_the_motion(moving: Engine) -> None:
    def size(intensity: float) -> float:
        clip = moving.generate("anger", 5, frames=16, intensity=intensity, model="motion-gan")
        return float(np.abs(clip.vertices - clip.vertices[0]).mean())

    assert size(0.0) == 0.0
    assert size(1.5) == pytest.approx(1.5 * size(1.0), rel=1e-3)


def test_sampling_in_steps_means_nothing_to_them(moving: Engine) -> None:
    own = moving.limits("motion-gan")
    assert own.parameters == {"surface"}
    one = moving.generate("anger", 1, model="motion-gan", guidance=3.0, steps=5, sampler="ddim")
    assert np.array_equal(one.vertices, moving.generate("anger", 1, model="motion-gan").vertices)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"label": "joy"}, "label: expected one of"),
        ({"seed": -1}, "seed: expected a whole number"),
        ({"frames": 81}, "frames: expected 16 to 80"),
        ({"intensity": 2.0}, "intensity: expected a number from 0 to 1.5"),
        ({"surface": "spline"}, "surface: expected s2d or rbf, found spline"),
        ({"neutral": np.zeros((4, 3))}, "neutral: expected vertices"),
    ],
)
def test_a_wish_out_of_range_is_one_sentence(
    moving: Engine, wish: dict[str, Any], says: str
) -> None:
    given = {"label": "anger", "seed": 1, "model": "landmark-lstm"} | wish
    with pytest.raises(InputError, match=says):
        moving.generate(given.pop("label"), given.pop("seed"), **given)


def test_a_set_without_them_says_so(shared: Engine) -> None:
    assert not shared.kinds & set(MODELS)
    with pytest.raises(CheckpointError, match="tiny: the model set has no motion-gan model"):
        shared.generate("anger", 1, model="motion-gan")


def test_a_broken_file_is_left_out_with_its_sentence(tmp_path: Path) -> None:
    folder = write_landmarks(write_set(tmp_path / "tiny"))
    path = folder / "motion-gan.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    engine = opened(folder)
    assert "motion-gan" not in engine.generators and "landmark-lstm" in engine.generators
    with pytest.raises(CheckpointError, match=r"motion-gan\.safetensors: the file is truncated"):
        engine.generate("anger", 1, model="motion-gan")


def test_what_does_not_fit_is_found_out_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = write_landmarks(write_set(tmp_path / "tiny"))
    state = load_checkpoint(folder / "landmark-lstm.safetensors").state
    path = folder / "motion-gan.safetensors"
    save_checkpoint(path, "motion-gan", MOTION_GAN, state, labels=LABELS, topology=FACE.topology)
    engine = opened(folder)
    for _ in range(2):
        with pytest.raises(CheckpointError, match=r"motion-gan\.safetensors: its weights"):
            engine.generate("anger", 1, model="motion-gan")
    assert "motion-gan" not in engine.generators


def test_without_the_learned_surface_the_landmarks_pull_the_face(tmp_path: Path) -> None:
    folder = write_landmarks(write_set(tmp_path / "tiny"))
    name = opened(folder).checkpoint("motion-gan")
    (folder / "sparse-to-dense.safetensors").unlink()
    engine = opened(folder)
    assert engine.checkpoint("motion-gan") != name
    clip = engine.generate("anger", 1, model="motion-gan")
    pulled = engine.generate("anger", 1, model="motion-gan", surface="rbf")
    assert np.array_equal(clip.vertices, pulled.vertices)
    with pytest.raises(CheckpointError, match="no sparse-to-dense model"):
        engine.generate("anger", 1, model="motion-gan", surface="s2d")


def test_those_that_ship_serve_every_set_of_their_face_and_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_set, "shipped", lambda name: tmp_path / name)
    write_landmarks(tmp_path / "checkpoints" / "anny-landmarks")
    own = write_set(tmp_path / "own")
    assert opened(own).kinds >= set(MODELS)
    for topology, labels in (("f" * 16, LABELS), (FACE.topology, ("a", "b", "c"))):
        _, found = model_set.look_beside(own, topology, labels)
        assert found.headers == {} and found.problems == {}


def test_a_folder_of_them_alone_is_no_broken_set(tmp_path: Path) -> None:
    folder = write_landmarks(tmp_path / "landmarks")
    found = inspect_set(folder)
    assert found.problem is None and found.kinds == {*MODELS, "sparse-to-dense"}
    with pytest.raises(CheckpointError, match=r"autoencoder\.safetensors: no such file"):
        opened(folder)
    path = folder / "motion-gan.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    assert "truncated" in str(inspect_set(folder).problem)


@pytest.mark.parametrize("model", MODELS)
def test_making_many_can_be_cancelled(moving: Engine, model: str) -> None:
    progress = Progress(lambda fraction, _: progress.cancel() if fraction > 0.5 else None)
    with pytest.raises(Cancelled):
        moving.sample(GenerationRequest("anger", model=model), range(4), progress=progress)


@pytest.mark.parametrize("models", [("motion-gan", "landmark-lstm"), ("motion-gan", "diffusion")])
def test_a_blend_goes_from_the_one_clip_to_the_other(
    moving: Engine, models: tuple[str, str]
) -> None:
    one = GenerationRequest("anger", 3, 20, model=models[0])
    other = GenerationRequest("happiness", 4, 45, model=models[1])
    neutral = moving_face(9).vertices[5]
    made = moving.interpolate(one, other, (0.0, 0.5, 1.0), face=neutral)
    assert [clip.n_frames for clip in made] == [20, 30, 45]
    for motion, clip in ((one, made[0]), (other, made[2])):
        alone = moving.generate(
            motion.label, motion.seed, frames=motion.frames, model=motion.model, neutral=neutral
        )
        np.testing.assert_allclose(clip.vertices, alone.vertices, atol=2e-2)
    assert all(np.array_equal(clip.vertices[0], neutral) for clip in made)
    assert np.abs(made[1].vertices - made[0].vertices[:1]).max() > 0.01
    with pytest.raises(InputError, match="share: expected a number from 0 to 1"):
        moving.interpolate(one, other, (1.5,))


@pytest.mark.parametrize("model", ["motion-gan", "diffusion"])
def test_a_mix_passes_the_apex_of_every_expression(moving: Engine, model: str) -> None:
    motions = [
        GenerationRequest(label, 5, 41, model=model) for label in ("anger", "happiness", "neutral")
    ]
    mix = moving.mix(motions)
    assert mix.n_frames == 41
    assert np.array_equal(mix.vertices[0], FACE.vertices)
    for place, motion in enumerate(motions, 1):
        alone = moving.generate(motion.label, motion.seed, frames=41, model=model).vertices
        away = np.linalg.norm(alone - mix.vertices[10 * place], axis=2).max(axis=1)
        assert away.min() < 0.05
    with pytest.raises(InputError, match="mix: expected two or more expressions"):
        moving.mix(motions[:1])


@pytest.mark.parametrize("way", ["dense", "landmarks"])
def test_transfer_moves_the_other_face_and_nothing_rigid(moving: Engine, way: str) -> None:
    clip, rigid = moving_face(24), FACE.regions["rigid"]
    target = FACE.vertices * np.float32([1.1, 1.0, 1.0]) @ QUARTER.T + np.float32([5, 6, 7])
    made = moving.transfer(clip, target, FACE.vertices, way=way).vertices
    assert np.array_equal(made[:, rigid], np.tile(target[rigid], (24, 1, 1)))
    assert np.abs(made[:, ~rigid] - target[~rigid]).max() > 0.1


def test_transfer_to_the_own_face_is_the_clip_with_its_head_held_still(moving: Engine) -> None:
    clip = moving_face(24)
    posed, _ = to_template_pose(clip.vertices, FACE)
    made = moving.transfer(clip, FACE.vertices, FACE.vertices)
    np.testing.assert_allclose(made.vertices, posed, atol=0.05)


def test_a_face_at_rest_that_is_not_given_is_estimated(moving: Engine) -> None:
    clip, target = moving_face(24), FACE.vertices
    rest = moving.resting_face(clip)
    guessed, told = moving.transfer(clip, target), moving.transfer(clip, target, rest)
    assert np.array_equal(guessed.vertices, told.vertices)
    guessed, told = moving.neutralize(clip), moving.neutralize(clip, rest)
    assert np.array_equal(guessed.vertices, told.vertices)


def test_neutralizing_takes_off_what_the_landmarks_do(tmp_path: Path) -> None:
    engine = open_tiny(tmp_path / "tiny")  # without a learned surface the landmarks are met
    clip = moving_face(24)
    made = engine.neutralize(clip, FACE.vertices)
    posed, _ = to_template_pose(made.vertices, FACE)
    at_rest = FACE.vertices[FACE.landmarks]
    np.testing.assert_allclose(posed[:, FACE.landmarks], np.tile(at_rest, (24, 1, 1)), atol=0.05)
    rigid = FACE.regions["rigid"]
    assert np.array_equal(made.vertices[:, rigid], clip.vertices[:, rigid])


def test_a_single_face_is_neutralized_by_what_the_rig_sees(
    moving: Engine, shipped_like: Engine
) -> None:
    rig, weights = load_rig(), np.zeros((1, 52), dtype=np.float32)
    weights[0, ARKIT_INDEX["jawOpen"]] = 0.8
    person = np.float32([0.5, -0.3, 0.4])
    clip = MeshSequence(rig.pose(weights, person), load_template().faces, name="one")
    made, rest = shipped_like.neutralize(clip).vertices[0], rig.neutral(person)
    marks = load_template().landmarks
    shown = np.linalg.norm(clip.vertices[0, marks] - rest[marks], axis=1).mean()
    assert np.linalg.norm(made[marks] - rest[marks], axis=1).mean() < 0.2 * shown
    with pytest.raises(InputError, match="at least 4 frames to find the face at rest"):
        moving.neutralize(moving_face(1))


@pytest.mark.parametrize("verb", ["transfer", "neutralize"])
def test_another_topology_is_refused(moving: Engine, verb: str) -> None:
    other = MeshSequence(np.zeros((5, 4, 3)), np.int32([[0, 1, 2]]), name="other")
    arguments = (FACE.vertices,) if verb == "transfer" else ()
    with pytest.raises(InputError, match="other: expected the studio's"):
        getattr(moving, verb)(other, *arguments)


def test_applications_can_be_cancelled(moving: Engine) -> None:
    clip, one = moving_face(24), GenerationRequest("anger", 3, 20, model="motion-gan")
    asks: list[Callable[[Progress], object]] = [
        lambda progress: moving.transfer(clip, FACE.vertices, progress=progress),
        lambda progress: moving.neutralize(clip, progress=progress),
        lambda progress: moving.interpolate(one, one, (0.5,), progress=progress),
        lambda progress: moving.mix([one, one], progress=progress),
    ]
    for ask in asks:
        progress = Progress()
        progress.cancel()
        with pytest.raises(Cancelled):
            ask(progress)


@pytest.mark.parametrize("model", MODELS)
def test_a_marked_mesh_of_any_topology_is_moved(moving: Engine, model: str) -> None:
    mesh, marks = foreign_mesh()
    request = GenerationRequest("anger", frames=20, model=model)
    one, other = moving.sample_on(request, mesh, marks, (3, 4))
    assert one.topology == mesh.topology != moving.topology
    assert np.array_equal(one.vertices[0], mesh.vertices[0])
    assert not np.array_equal(one.vertices, other.vertices)
    own = moving.generate("anger", 3, frames=20, model=model, surface="rbf").vertices
    wanted = own[:, FACE.landmarks] - own[:1, FACE.landmarks]
    found = 1000 * (one.vertices[:, marks] - one.vertices[:1, marks]) @ QUARTER
    np.testing.assert_allclose(found, wanted, atol=0.02 * np.abs(wanted).max())


def test_marks_that_do_not_fit_are_one_sentence(moving: Engine) -> None:
    mesh, _ = foreign_mesh()
    marks = list(range(68))
    for wrong, says in (
        (marks[:5], "landmarks: expected 68 vertices in the order of iBUG, found 5"),
        ([*marks[:67], 96], "landmarks: expected vertices below 96, found 96"),
        ([*marks[:67], 0], "landmarks: expected 68 different vertices"),
    ):
        with pytest.raises(InputError, match=says):
            moving.sample_on(GenerationRequest("anger", model="motion-gan"), mesh, wrong)
    with pytest.raises(InputError, match="model: expected motion-gan or landmark-lstm for another"):
        moving.sample_on(GenerationRequest("anger", model="diffusion"), mesh, marks)
