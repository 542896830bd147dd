"""Action units and prototypes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.face.facs import ACTION_UNITS, LABELS, PROTOTYPES, weights_of
from studio.face.rig import ARKIT, ARKIT_INDEX

units = st.dictionaries(st.sampled_from(sorted(ACTION_UNITS)), st.floats(0, 1), max_size=8)


def test_the_seven_labels_end_with_neutral() -> None:
    assert LABELS == ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


def test_every_unit_sets_weights_the_rig_has() -> None:
    for unit, actions in ACTION_UNITS.items():
        assert actions, unit
        assert set(actions) <= set(ARKIT), unit
        assert all(0 < weight <= 1 for weight in actions.values()), unit


@pytest.mark.parametrize("preset", PROTOTYPES)
def test_every_prototype_is_made_of_units_there_are(preset: str) -> None:
    assert set(PROTOTYPES[preset]) == set(LABELS) - {"neutral"}
    for emotion, prototype in PROTOTYPES[preset].items():
        assert prototype.required, emotion
        assert {*prototype.required, *prototype.optional} <= set(ACTION_UNITS), emotion
        assert not set(prototype.required) & set(prototype.optional), emotion
        assert all(0 < share < 1 for share in prototype.optional.values()), emotion


@pytest.mark.parametrize("preset", PROTOTYPES)
def test_the_prototypes_of_a_preset_differ_on_the_rig(preset: str) -> None:
    rows = [weights_of(dict.fromkeys(p.required, 1.0)) for p in PROTOTYPES[preset].values()]
    apart = [np.abs(a - b).max() for i, a in enumerate(rows) for b in rows[:i]]
    assert min(apart) >= 0.4


@given(units)
def test_weights_lie_between_0_and_1(intensities: dict[int, float]) -> None:
    out = weights_of(intensities)
    assert out.shape == (52,)
    assert out.min() >= 0.0
    assert out.max() <= 1.0


@given(units, st.floats(0, 1))
def test_more_of_a_unit_never_lowers_a_weight(intensities: dict[int, float], factor: float) -> None:
    less = weights_of({unit: factor * value for unit, value in intensities.items()})
    assert (less <= weights_of(intensities) + 1e-6).all()


def test_both_eyes_turn_to_the_same_side() -> None:
    left = weights_of({61: 1.0})
    assert {ARKIT[i] for i in np.flatnonzero(left)} == {"eyeLookOutLeft", "eyeLookInRight"}
    right = weights_of({62: 1.0})
    assert {ARKIT[i] for i in np.flatnonzero(right)} == {"eyeLookInLeft", "eyeLookOutRight"}


def test_a_smile_is_both_corners() -> None:
    out = weights_of({6: 0.5, 12: 0.8})
    assert out[ARKIT_INDEX["mouthSmileLeft"]] == out[ARKIT_INDEX["mouthSmileRight"]]
    assert out[ARKIT_INDEX["mouthSmileLeft"]] == pytest.approx(0.8)
    assert out[ARKIT_INDEX["cheekSquintRight"]] == pytest.approx(0.5)


def test_an_unknown_unit_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        weights_of({3: 1.0})
