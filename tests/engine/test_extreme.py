"""The set of twelve extreme expressions that ships."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import GenerationRequest
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.engine.loading.sets import DEFAULT, digest
from studio.face.template import load_template
from studio.training.datasets.acting.recipes import RECIPES


@pytest.fixture(scope="module")
def extreme() -> Engine:
    return Engine.open(shipped("checkpoints") / "anny-extreme", device="cpu")


def test_it_knows_the_twelve_and_builds_on_the_autoencoder_of_the_usual_set(
    extreme: Engine,
) -> None:
    assert extreme.labels == (*RECIPES, "neutral")
    assert not extreme.problems
    usual = shipped("checkpoints") / DEFAULT / "autoencoder.safetensors"
    assert extreme.models.digest("autoencoder") == digest(usual)


@pytest.mark.parametrize("label", ["bareteeth", "cheeks_in", "mouth_side"])
def test_what_it_makes_reads_as_asked_and_starts_at_the_face(extreme: Engine, label: str) -> None:
    face = load_template().vertices
    request = GenerationRequest(label, 3, frames=32, steps=8, bearing=0.0)
    (clip,) = extreme.sample(request, [3])
    np.testing.assert_array_equal(clip.vertices[0], face)
    said = extreme.recognize(clip, face)
    assert said.labels[int(said.clip.argmax())] == label
    moved = np.linalg.norm(clip.vertices - face, axis=2).max(axis=1)
    assert moved.max() > 3.0
