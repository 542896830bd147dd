"""Generation: seeds, the exact first frame, poses, cancelling, and wishes out of range."""

from __future__ import annotations

import json
import threading
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
from studio.engine.loading.models import Models
from studio.takes.generate import generate_clip, make_recipe
from studio.takes.recipe import GeneratorRecipe, recipe_from_dict

from .tiny import FACE, moving_face

MODELS = ["diffusion", "diffusion-unet2d"]


@pytest.mark.parametrize("model", MODELS)
def test_a_seed_names_a_clip(shared: Engine, model: str) -> None:
    one = shared.generate("anger", 7, frames=20, model=model)
    again = shared.generate("anger", 7, frames=20, model=model)
    other = shared.generate("anger", 8, frames=20, model=model)
    assert np.array_equal(one.vertices, again.vertices)
    assert np.abs(one.vertices - other.vertices).max() > 0.01
    assert (one.n_frames, one.fps, one.name) == (20, 30.0, "anger 7")
    assert one.topology == shared.topology


def test_every_wish_is_heard(shared: Engine) -> None:
    base = shared.generate("anger", 7, frames=20).vertices
    wishes: list[dict[str, Any]] = [
        {"intensity": 0.4},
        {"guidance": 5.0},
        {"steps": 3},
        {"sampler": "ddim"},
        {"sampler": "ddpm"},
    ]
    for wish in wishes:
        assert np.abs(shared.generate("anger", 7, frames=20, **wish).vertices - base).max() > 1e-4
    assert np.abs(shared.generate("neutral", 7, frames=20).vertices - base).max() > 1e-4


@pytest.mark.parametrize("model", MODELS)
def test_the_first_frame_is_the_neutral_bit_for_bit(shared: Engine, model: str) -> None:
    neutral = moving_face(9).vertices[5]
    clip = shared.generate("happiness", 3, frames=16, neutral=neutral, model=model)
    assert np.array_equal(clip.vertices[0], neutral)
    assert np.abs(clip.vertices[1:] - neutral).max() > 0.01
    assert np.array_equal(shared.generate("anger", 1).vertices[0], FACE.vertices)


def test_the_motion_turns_with_the_face(shared: Engine) -> None:
    quarter = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], dtype=np.float32)
    turned = FACE.vertices @ quarter.T + np.float32([5, 6, 7])
    here = shared.generate("anger", 2, frames=16).vertices
    there = shared.generate("anger", 2, frames=16, neutral=turned).vertices
    np.testing.assert_allclose(there, here @ quarter.T + np.float32([5, 6, 7]), atol=1e-2)


def test_many_seeds_are_the_single_ones(shared: Engine) -> None:
    seeds = list(range(11))
    many = shared.sample(GenerationRequest("anger", frames=16), seeds)
    assert [clip.name for clip in many] == [f"anger {seed}" for seed in seeds]
    for seed in (0, 7, 8, 10):
        alone = shared.generate("anger", seed, frames=16)
        np.testing.assert_allclose(many[seed].vertices, alone.vertices, atol=1e-3)
    assert shared.sample(GenerationRequest("anger"), []) == []


@pytest.mark.parametrize("at", [0.2, 0.7])
def test_cancelling_leaves_the_engine_usable(shared: Engine, at: float) -> None:
    before = shared.generate("anger", 5, frames=70)
    progress = Progress(lambda fraction, _: progress.cancel() if fraction > at else None)
    with pytest.raises(Cancelled):
        shared.generate("anger", 5, frames=70, progress=progress)
    assert np.array_equal(shared.generate("anger", 5, frames=70).vertices, before.vertices)


def test_progress_grows_to_one_over_several_groups(shared: Engine) -> None:
    said: list[float] = []
    watch = Progress(lambda fraction, _: said.append(fraction))
    shared.sample(GenerationRequest("anger", frames=16), range(9), progress=watch)
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"label": "joy"}, "label: expected one of anger, happiness, neutral, found joy"),
        ({"seed": -1}, "seed: expected a whole number from 0 to 2147483647, found -1"),
        ({"seed": 2**31}, "seed: expected"),
        ({"seed": 1.5}, "seed: expected"),
        ({"frames": 15}, "frames: expected a whole number from 16 to 240, found 15"),
        ({"frames": 81}, "frames: expected 16 to 80, the lengths this model was trained on"),
        ({"intensity": 1.6}, "intensity: expected a number from 0 to 1.5, found 1.6"),
        ({"intensity": float("nan")}, "intensity: expected"),
        ({"guidance": -1.0}, "guidance: expected"),
        ({"steps": 0}, "steps: expected"),
        ({"sampler": "euler"}, "sampler: expected"),
        ({"model": "gan"}, "model: expected one of diffusion, .*, landmark-lstm, found gan"),
        ({"neutral": np.zeros((4, 3))}, "neutral: expected vertices of shape"),
        ({"neutral": FACE.vertices * np.nan}, "neutral: expected finite"),
    ],
)
def test_a_wish_out_of_range_is_one_sentence(
    shared: Engine, wish: dict[str, Any], says: str
) -> None:
    given = {"label": "anger", "seed": 1} | wish
    with pytest.raises(InputError, match=says):
        shared.generate(given.pop("label"), given.pop("seed"), **given)


def test_a_model_that_is_not_there_is_one_sentence(engine: Engine) -> None:
    host = engine.models.host
    host.models = Models({"autoencoder": host.models.modules["autoencoder"]}, host.models.device)
    with pytest.raises(CheckpointError, match="tiny: the model set has no diffusion model"):
        engine.generate("anger", 1)
    with pytest.raises(CheckpointError, match="tiny: the model set has no recognizer model"):
        engine.recognize(moving_face(5))


def test_threads_get_what_a_single_caller_gets(shared: Engine) -> None:
    clips = [moving_face(40, seed) for seed in range(4)]
    expected = [shared.recognize(clip).clip for clip in clips]
    made = shared.generate("anger", 1, frames=20).vertices
    answers: dict[int, Any] = {}

    def work(number: int) -> None:
        clip = MeshSequence(clips[number].vertices, FACE.faces)
        new = shared.generate("anger", 1, frames=20).vertices
        answers[number] = shared.recognize(clip).clip, new

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, (clip, new) in answers.items():
        np.testing.assert_allclose(clip, expected[number], atol=1e-6)
        assert np.array_equal(new, made)
    assert len(answers) == 4


def test_beyond_the_learned_intensities_the_motion_is_scaled(shared: Engine) -> None:
    low, high = shared.limits().intensities

    def motion(intensity: float) -> float:
        clip = shared.generate("anger", 5, frames=16, intensity=intensity)
        return float(np.abs(clip.vertices - clip.vertices[0]).mean())

    assert motion(0.0) < 1e-5
    assert 0.3 < motion(low / 2) / motion(low) < 0.7
    assert 1.2 < motion(1.5 * high) / motion(high) < 1.8


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("sampler", ["dpm", "sde", "ddim", "ddpm"])
def test_looking_on_changes_nothing(shared: Engine, model: str, sampler: str) -> None:
    wish: dict[str, Any] = {"frames": 20, "model": model, "sampler": sampler, "steps": 24}
    seen: list[MeshSequence] = []
    watched = shared.generate("anger", 7, on_estimate=seen.append, **wish)
    assert np.array_equal(watched.vertices, shared.generate("anger", 7, **wish).vertices)
    assert 1 <= len(seen) <= 5
    for estimate in seen:
        assert estimate.vertices.shape == watched.vertices.shape
        assert estimate.topology == watched.topology
        np.testing.assert_allclose(estimate.vertices[0], watched.vertices[0], atol=1e-4)


def test_estimates_come_closer_to_the_clip(shared: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.generation.SHARE", 1e9)
    seen: list[MeshSequence] = []
    clip = shared.generate("anger", 7, frames=20, steps=24, on_estimate=seen.append)
    away = [float(np.abs(estimate.vertices - clip.vertices).mean()) for estimate in seen]
    moved = float(np.abs(clip.vertices - clip.vertices[0]).mean())
    assert len(seen) == 5
    assert away[-1] < min(away[0], moved)


def test_a_recipe_makes_the_clip_again_bit_for_bit(shared: Engine) -> None:
    wanted = GenerationRequest("anger", 11, 20, 0.8, guidance=3.0, steps=5, sampler="sde")
    recipe = recipe_from_dict(json.loads(json.dumps(make_recipe(wanted, shared).to_dict())))
    assert isinstance(recipe, GeneratorRecipe)
    own = shared.generate(
        "anger", 11, frames=20, intensity=0.8, guidance=3.0, steps=5, sampler="sde"
    )
    again = generate_clip(shared, recipe, progress=Progress())
    assert np.array_equal(again.vertices, own.vertices)
    assert again.name == "anger 11"
    other = generate_clip(shared, recipe, moving_face(9).sliced(4, 5), progress=Progress())
    from_itself = generate_clip(shared, recipe, other.sliced(0, 1), progress=Progress())
    assert np.array_equal(other.vertices, from_itself.vertices)


def test_a_checkpoint_is_named_by_its_files(shared: Engine) -> None:
    names = {shared.checkpoint(model) for model in MODELS}
    assert len(names) == 2
    assert all(len(name) == 12 for name in names)
    assert shared.generators == tuple(MODELS)
