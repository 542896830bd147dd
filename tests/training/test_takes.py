"""Takes: what a face does, from a seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.face.facs import LABELS, PROTOTYPES
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.wandering import wandering
from studio.training.datasets.subjects import Manner, draw_manner, local_changes, phenotypes
from studio.training.datasets.takes import Take, draw_take

PLAIN = Manner(np.ones(52, np.float32), np.zeros(52, np.float32), "emfacs", 1.0, 0.0)
seeds = st.integers(0, 2**31 - 1)


def take(seed: int, label: str, manner: Manner | None = None) -> Take:
    rng = np.random.default_rng(seed)
    return draw_take(rng, manner or draw_manner(rng), label)


@settings(max_examples=30, deadline=None)
@given(seeds, st.sampled_from(LABELS))
def test_a_take_keeps_its_bounds(seed: int, label: str) -> None:
    found = take(seed, label)
    frames = len(found.weights)
    assert 24 <= frames <= 150
    assert found.weights.shape == (frames, len(ARKIT))
    assert found.head.shape == (frames, 3)
    assert found.weights.dtype == found.activation.dtype == np.float32
    assert -0.05 <= found.weights.min() <= found.weights.max() <= 1.2 + 1e-6
    assert 0.0 <= found.activation.min() <= found.activation.max() <= found.intensity + 1e-6
    assert np.isfinite(found.head).all()


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_neutral_take_shows_no_emotion(seed: int) -> None:
    found = take(seed, "neutral")
    assert not found.activation.any()
    assert (found.intensity, found.blend) == (0.0, False)


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from(LABELS[:-1]))
def test_an_emotion_reaches_what_it_aims_at(seed: int, label: str) -> None:
    found = take(seed, label)
    assert 0.3 <= found.intensity <= 1.0
    assert found.activation.max() > 0.8 * found.intensity
    assert found.activation[0] < 0.05


def test_the_same_seed_gives_the_same_take_and_another_does_not() -> None:
    one, again, other = take(1, "fear"), take(1, "fear"), take(2, "fear")
    np.testing.assert_array_equal(one.weights, again.weights)
    np.testing.assert_array_equal(one.head, again.head)
    assert one.weights.shape != other.weights.shape or (one.weights != other.weights).any()


@pytest.mark.parametrize(
    ("label", "action"),
    [("happiness", "mouthSmileLeft"), ("anger", "browDownRight"), ("surprise", "browInnerUp")],
)
def test_the_face_shows_the_prototype_while_it_is_active(label: str, action: str) -> None:
    shown, rest = [], []
    for seed in range(60):
        found = take(seed, label, PLAIN)
        curve = found.weights[:, ARKIT_INDEX[action]] / found.intensity
        shown.append(curve[found.activation > 0.9 * found.intensity].mean())
        rest.append(curve[found.activation < 0.01].mean())
    assert np.median(shown) > 0.4
    assert abs(np.median(rest)) < 0.05


def test_some_takes_speak_some_blend_and_most_do_neither() -> None:
    takes = [take(seed, "sadness", PLAIN) for seed in range(300)]
    assert 0.2 < np.mean([t.speech for t in takes]) < 0.4
    assert 0.08 < np.mean([t.blend for t in takes]) < 0.22


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_manner_is_a_person_and_not_a_caricature(seed: int) -> None:
    manner = draw_manner(np.random.default_rng(seed))
    assert manner.preset in PROTOTYPES
    assert 0.4 < manner.gain.min() <= manner.gain.max() < 2.5
    assert 0.0 <= manner.rest.min() <= manner.rest.max() <= 0.2


def test_noise_has_the_deviation_and_the_pace_it_says() -> None:
    noise = wandering(np.random.default_rng(0), 4000, 6.0, 4)
    assert noise.shape == (4000, 4)
    np.testing.assert_allclose(noise.std(axis=0), 1.0, atol=0.15)
    lag = [np.corrcoef(noise[:-k, 0], noise[k:, 0])[0, 1] for k in (1, 40)]
    assert lag[0] > 0.95 > 0.2 > abs(lag[1])


def test_people_are_adults_and_their_two_sides_are_alike() -> None:
    rng = np.random.default_rng(0)
    people = phenotypes(rng, 500)
    assert people["age"].min() >= 0.62
    mix = people["african"] + people["asian"] + people["caucasian"]
    np.testing.assert_allclose(mix, 1.0)
    names = ("l-cheek-bones-incr", "r-cheek-bones-incr", "nose-hump-incr")
    local = local_changes(rng, 500, names)
    left, right = local["l-cheek-bones-incr"], local["r-cheek-bones-incr"]
    assert np.corrcoef(left, right)[0, 1] > 0.8
    assert (left != right).all()
    assert max(np.abs(v).max() for v in local.values()) <= 0.9
