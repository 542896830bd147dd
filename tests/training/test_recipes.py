"""The twelve extreme expressions: what their recipes draw, and a corpus of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.core import Progress
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.training.datasets import corpus as stored
from studio.training.datasets.acting.recipes import (
    RECIPES,
    SIDES,
    STRONG,
    draw_recipe,
    recipe_weights,
)
from studio.training.datasets.acting.take import EXTREME, Take, draw_take
from studio.training.datasets.corpus import Corpus, draw_takes, load_corpus
from studio.training.datasets.people import extreme_config
from studio.training.datasets.subjects import Manner
from studio.training.trainers.diffusion import begin_as, save_diffusion

PLAIN = Manner(np.ones(52, np.float32), np.zeros(52, np.float32), "emfacs", 1.0, 0.0)
PUFF = ARKIT_INDEX["cheekPuff"]
ONE_SIDED = {"mouthLeft": 1.0, "jawLeft": 0.35, "mouthSmileLeft": 0.35, "mouthDimpleLeft": 0.4}


def drawn(label: str, seed: int) -> dict[str, float]:
    """The weights of one draw by their names, without those that are 0."""
    total = np.sum(draw_recipe(np.random.default_rng(seed), label), axis=0)
    return {ARKIT[place]: float(total[place]) for place in np.flatnonzero(total)}


def take(label: str, seed: int) -> Take:
    return draw_take(np.random.default_rng(seed), PLAIN, label)


def test_there_are_the_twelve_of_coma() -> None:
    assert len(RECIPES) == 12
    assert all(recipe_weights(label).any() for label in RECIPES)


@pytest.mark.parametrize("label", [name for name in RECIPES if name != "mouth_side"])
def test_a_draw_is_the_recipe_within_its_jitter(label: str) -> None:
    full = recipe_weights(label)
    names = {ARKIT[place] for place in np.flatnonzero(full)}
    for seed in range(30):
        found = drawn(label, seed)
        assert found.keys() == names
        for name, weight in found.items():
            share = weight / full[ARKIT_INDEX[name]]
            both = name.endswith(("Left", "Right"))
            low, high = (SIDES if both else (1.0, 1.0)) * np.array(STRONG)
            assert low - 1e-6 <= share <= high + 1e-6
    for name in names:
        if name.endswith("Left"):
            other = name.removesuffix("Left") + "Right"
            shares = [found[name] / found[other] for found in (drawn(label, k) for k in range(30))]
            low, high = SIDES
            assert low / high <= min(shares) < max(shares) <= high / low and np.std(shares) > 0.05


def test_a_mouth_goes_to_either_side_and_takes_all_of_that_side_along() -> None:
    sides = []
    for seed in range(60):
        found = drawn("mouth_side", seed)
        side = "Left" if "mouthLeft" in found else "Right"
        wanted = {name.removesuffix("Left") + side for name in ONE_SIDED}
        assert found.keys() == {*wanted, "mouthPucker"}
        sides.append(side)
    assert 15 < sides.count("Left") < 45


def test_cheeks_go_in_as_far_as_the_recipe_says_and_nothing_else_goes_below_zero() -> None:
    for seed in range(20):
        found = take("cheeks_in", seed)
        least = found.weights.min(axis=0)
        assert least[PUFF] < -0.8 * STRONG[0] * found.intensity * 0.7
        assert np.delete(least, PUFF).min() >= -0.05 - 1e-6
    emotion = [take("happiness", seed).weights[:, PUFF].min() for seed in range(20)]
    assert min(emotion) >= -0.05 - 1e-6


@pytest.mark.parametrize("label", RECIPES)
def test_a_take_goes_from_rest_to_its_expression_without_speech(label: str) -> None:
    alike = []
    for seed in range(6):
        found = take(label, seed)
        assert not found.speech and not found.blend
        assert EXTREME[0] <= found.intensity <= EXTREME[1]
        assert found.activation[0] < 0.05 and found.activation.max() > 0.8 * found.intensity
        assert np.abs(found.weights[0]).max() < 0.15
        full = recipe_weights(label)
        if label == "mouth_side" and found.weights[:, ARKIT_INDEX["mouthRight"]].max() > 0.2:
            full = np.stack([full[ARKIT_INDEX[_mirrored(name)]] for name in ARKIT])
        apex = found.weights[int(np.argmax(found.activation))]
        alike.append(apex @ full / np.linalg.norm(apex) / np.linalg.norm(full))
    assert np.median(alike) > 0.9  # strays show beside weak ones


def _mirrored(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def test_a_corpus_keeps_its_labels_and_one_of_old_is_of_the_seven(
    corpus: Corpus, tmp_path: Path
) -> None:
    people = {"train": (2, 0, 0), "val": (0, 0, 0), "test": (0, 0, 0)}
    config = replace(extreme_config(), people=people, takes_per_label=1)
    origin, split = config.origins(ict=False)
    drawn = draw_takes(config, origin, 1, Progress())
    labels = config.labels
    made = replace(corpus, **drawn, origin=origin, split=split, labels=labels)
    assert made.neutral == 12 and np.bincount(made.label).tolist() == [2] * 13
    assert not made.activation[made.starts[12] : made.starts[13]].any()
    stored._write(made, tmp_path / "corpus.npz")
    again = load_corpus(tmp_path)
    assert again.labels == (*RECIPES, "neutral")
    assert again.weights[:, PUFF].min() < -0.2
    with np.load(tmp_path / "corpus.npz") as data:
        old = {name: data[name] for name in data.files if name != "labels"}
    np.savez(tmp_path / "corpus.npz", **old)
    assert load_corpus(tmp_path).neutral == 6


def test_a_model_that_begins_as_another_says_the_same_in_its_own_coordinates(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    config = DiffusionConfig(latent_dim=6, motion_dim=4, width=16, heads=2, layers=1)
    old = MotionDiffusion(config).eval()
    for part in old.net.parameters():
        torch.nn.init.normal_(part, std=0.3)
    basis, _ = torch.linalg.qr(torch.randn(6, 4))
    turn, _ = torch.linalg.qr(torch.randn(4, 4))
    spaces = (basis, torch.tensor([1.0, 2.0, 0.5, 1.5])), (basis @ turn, torch.full((4,), 0.7))
    new = MotionDiffusion(replace(config, labels=3)).eval()
    for model, (axes, spread) in zip((old, new), spaces, strict=True):
        model.space.projection.basis.copy_(axes)
        model.space.projection.std.copy_(spread)
    new.space.rest_std.fill_(2.0)
    save_diffusion(old, tuple("abcdefg"), tmp_path / "old.safetensors", {})
    begin_as(new, tmp_path / "old.safetensors")
    motion, z_in = torch.randn(1, 5, 6) @ basis @ basis.T, torch.randn(1, 6)

    def said(model: MotionDiffusion) -> Tensor:
        x, none = model.space.projection(motion), torch.tensor([model.config.labels])
        step, strength = torch.tensor([300]), torch.ones(1)
        with torch.no_grad():
            return model.space.projection.inverse(model(x, step, z_in, none, strength))

    torch.testing.assert_close(said(new), said(old), atol=0.02, rtol=0.02)
