"""Takes: what a face does, from a seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.face.bearing import eye_weights
from studio.face.facs import LABELS, PROTOTYPES, weights_of
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.wandering import wandering
from studio.training.datasets.acting.course import Course, draw_course
from studio.training.datasets.acting.speech import MOUTH, draw_speech
from studio.training.datasets.acting.take import Take, draw_take, together
from studio.training.datasets.acting.units import ACTED, draw_units, shown
from studio.training.datasets.subjects import Manner, draw_manner, local_changes, phenotypes

PLAIN = Manner(np.ones(52, np.float32), np.zeros(52, np.float32), "emfacs", 1.0, 0.0)
EYES = np.array([name.startswith(("eyeLook", "eyeBlink")) for name in ARKIT])
seeds = st.integers(0, 2**31 - 1)


def take(seed: int, label: str, manner: Manner | None = None) -> Take:
    rng = np.random.default_rng(seed)
    return draw_take(rng, manner or draw_manner(rng), label)


@settings(max_examples=30, deadline=None)
@given(seeds, st.sampled_from(LABELS))
def test_a_take_keeps_its_bounds(seed: int, label: str) -> None:
    found = take(seed, label)
    frames = len(found.weights)
    assert 24 <= frames <= 240
    assert found.weights.shape == found.whole.shape == (frames, len(ARKIT))
    bearing = found.bearing
    assert bearing.head.shape == (frames, 3) and np.isfinite(bearing.head).all()
    assert bearing.gaze.shape == (frames, 2) and np.abs(bearing.gaze).max() <= 1.0
    assert bearing.blink.shape == (frames,)
    assert 0.0 <= bearing.blink.min() <= bearing.blink.max() <= 1.0
    assert found.weights.dtype == found.activation.dtype == np.float32
    assert -0.05 - 1e-6 <= found.weights.min() <= found.weights.max() <= 1.6 + 1e-6
    assert 0.0 <= found.activation.min() <= found.activation.max() <= found.intensity + 1e-6


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
    assert 0.15 <= found.intensity <= 1.5
    assert found.activation.max() > 0.8 * found.intensity
    assert found.activation[0] < 0.05


def test_the_same_seed_gives_the_same_take_and_another_does_not() -> None:
    one, again, other = take(1, "fear"), take(1, "fear"), take(2, "fear")
    np.testing.assert_array_equal(one.whole, again.whole)
    np.testing.assert_array_equal(one.bearing.head, again.bearing.head)
    assert one.weights.shape != other.weights.shape or (one.weights != other.weights).any()


def test_a_course_begins_is_held_and_ends() -> None:
    curve = Course(((10, 20, 30, 44),), (1.0,)).curve(60)
    assert not curve[:11].any() and not curve[44:].any()
    assert (curve[20:31] == 1.0).all()
    assert curve[15] == pytest.approx(0.5) and curve[37] == pytest.approx(0.5)
    assert (np.diff(curve[10:21]) > 0).all() and (np.diff(curve[30:45]) < 0).all()


def test_a_course_that_repeats_keeps_its_floor_between() -> None:
    course = Course(((5, 10, 15, 20), (30, 35, 40, 45)), (0.6, 1.0), 0.3)
    curve = course.curve(60)
    assert curve[10:16].tolist() == [0.6] * 6 and curve[35:41].tolist() == [1.0] * 6
    assert (curve[20:31] == 0.3).all()
    assert curve[4] == curve[46] == 0.0
    late = course.shifted(4.0, 2.0).pulses
    assert late == ((9.0, 19.0, 19.0, 24.0), (34.0, 44.0, 44.0, 49.0))


def test_courses_are_shown_once_held_to_the_end_or_repeated() -> None:
    drawn = [draw_course(np.random.default_rng(seed), 200, 1.0) for seed in range(300)]
    held = [course.curve(200)[-1] == 1.0 for course in drawn]
    repeated = [len(course.pulses) > 1 for course in drawn]
    assert 0.18 < np.mean(held) < 0.32 and 0.18 < np.mean(repeated) < 0.32
    for course in drawn:
        curve = course.curve(200)
        assert curve[0] == 0.0 and 0.95 < curve.max() <= 1.0
    short = [draw_course(np.random.default_rng(seed), 30, 1.0) for seed in range(50)]
    assert all(len(course.pulses) == 1 for course in short)


@pytest.mark.parametrize("label", LABELS[:-1])
def test_units_are_those_of_a_published_prototype_and_of_acting(label: str) -> None:
    preset = PROTOTYPES["emfacs"][label]
    acted = {unit for _, units in ACTED[label] for unit in units}
    variants, whole = set(), 0
    for seed in range(60):
        units = draw_units(np.random.default_rng(seed), PLAIN, label)
        tables = [PROTOTYPES[name][label] for name in PROTOTYPES]
        fits = [len(set(table.required) - units.keys()) <= 1 for table in tables]
        known = [units.keys() <= {*table.required, *table.optional, *acted} for table in tables]
        assert any(fit and known for fit, known in zip(fits, known, strict=True))
        assert all(0.0 < strength <= 1.6 for strength in units.values())
        whole += set(preset.required) <= units.keys()
        variants.add(frozenset(units))
    assert whole > 25 and len(variants) > 3


def test_units_are_shown_as_strong_as_asked_and_both_sides_nearly_alike() -> None:
    course, units = Course(((10, 20, 60, 80),), (1.0,)), {4: 1.0, 12: 0.5}
    full = weights_of({4: 0.7, 12: 0.35})
    many = [shown(np.random.default_rng(k), units, 0.7, course, 100)[30:50] for k in range(40)]
    np.testing.assert_allclose(np.mean(many, axis=(0, 1)), full, atol=0.05)
    left, right = (ARKIT_INDEX[f"mouthSmile{side}"] for side in ("Left", "Right"))
    uneven = [abs(w[:, left].mean() / w[:, right].mean() - 1.0) for w in many]
    assert 0.02 < np.mean(uneven) < 0.3


@pytest.mark.parametrize(
    ("label", "action"),
    [("happiness", "mouthSmileLeft"), ("anger", "browDownRight"), ("surprise", "browInnerUp")],
)
def test_the_face_shows_the_prototype_while_it_is_active(label: str, action: str) -> None:
    shown, rest = [], []
    for seed in range(25):
        found = take(seed, label, PLAIN)
        curve = found.weights[:, ARKIT_INDEX[action]] / found.intensity
        shown.append(curve[found.activation > 0.9 * found.intensity].mean())
        rest.append(curve[found.activation < 0.01].mean())
    assert np.median(shown) > 0.4
    assert abs(np.nanmedian(rest)) < 0.05


def test_gaze_and_blinks_are_channels_beside_the_weights() -> None:
    manner = Manner(*(PLAIN.gain, PLAIN.rest, "emfacs", 1.0, 2.0))
    for seed in range(8):
        found = take(seed, "happiness", manner)
        bearing = found.bearing
        assert np.abs(found.weights[:, EYES]).max() < 0.1  # tremor alone
        assert bearing.blink.max() > 0.7
        shut = found.whole[:, ARKIT_INDEX["eyeBlinkLeft"]]
        assert (shut >= bearing.blink - 1e-6).all()
        beside = ~EYES
        np.testing.assert_array_equal(found.whole[:, beside], found.weights[:, beside])


def test_gaze_and_blinks_move_the_eyes_they_name() -> None:
    gaze = np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.4], [0.0, -0.4]], dtype=np.float32)
    rows = eye_weights(gaze, np.array([0.0, 0.0, 0.0, 1.0], dtype=np.float32))
    named = [{ARKIT[k]: round(float(row[k]), 6) for k in np.flatnonzero(row)} for row in rows]
    assert named[0] == {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5}
    assert named[1] == {"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5}
    assert named[2] == {"eyeLookUpLeft": 0.4, "eyeLookUpRight": 0.4}
    assert named[3].keys() == {
        f"eye{x}{s}" for x in ("LookDown", "Blink") for s in ("Left", "Right")
    }
    squeezed = np.zeros((1, 52), dtype=np.float32)
    squeezed[0, ARKIT_INDEX["eyeBlinkLeft"]] = 0.7
    none = np.zeros((1, 2), dtype=np.float32)
    for blink, wanted in ((0.0, 0.7), (0.4, 0.7), (0.9, 0.9)):
        both = together(squeezed, none, np.array([blink], dtype=np.float32))
        assert both[0, ARKIT_INDEX["eyeBlinkLeft"]] == pytest.approx(wanted)
        assert both[0, ARKIT_INDEX["eyeBlinkRight"]] == pytest.approx(blink)


def test_speech_moves_the_mouth_several_times_a_second_and_no_eye() -> None:
    still = ~MOUTH & ~np.array([name.startswith(("brow", "tongue")) for name in ARKIT])
    rates, widest = [], []
    for seed in range(12):
        talk = draw_speech(np.random.default_rng(seed), 240)
        assert not talk[:, still].any()
        jaw = talk[:, ARKIT_INDEX["jawOpen"]]
        opens = (jaw[1:-1] > jaw[:-2]) & (jaw[1:-1] >= jaw[2:]) & (jaw[1:-1] > 0.05)
        spoken = (talk[:, MOUTH].max(axis=1) > 0.02).sum() / 30.0
        rates.append(opens.sum() / spoken)
        widest.append(jaw.max())
    assert 1.5 < np.mean(rates) < 6.0 and 0.2 < np.median(widest) < 0.8


def test_some_takes_speak_some_blend_and_neutral_ones_speak_most() -> None:
    takes = [take(seed, "sadness", PLAIN) for seed in range(150)]
    assert 0.2 < np.mean([t.speech for t in takes]) < 0.4
    assert 0.08 < np.mean([t.blend for t in takes]) < 0.22
    assert 0.5 < np.mean([take(seed, "neutral", PLAIN).speech for seed in range(150)]) < 0.7


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
