"""The rig: what goes in moves what it should, and linearly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.core import InputError
from studio.face.rig import ARKIT, ARKIT_INDEX, Rig, head_rotation, load_rig, proportions
from studio.face.template import load_template

Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def rig() -> Rig:
    return load_rig()


def weights(**values: float) -> Array:
    out = np.zeros((1, len(ARKIT)), dtype=np.float32)
    for name, value in values.items():
        out[0, ARKIT_INDEX[name]] = value
    return out


def moved(rig: Rig, **values: float) -> Array:
    """(V, 3) how the average face moves."""
    return np.asarray(rig.pose(weights(**values))[0] - rig.rest)


def landmark(motion: Array, index: int) -> Array:
    return np.asarray(motion[load_template().landmarks[index]])


def test_there_are_52_names_and_each_moves_something(rig: Rig) -> None:
    assert len(ARKIT) == len(set(ARKIT)) == 52
    reach = np.linalg.norm(rig.actions, axis=2).max(axis=1)
    assert reach.min() > 0.5, ARKIT[int(reach.argmin())]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31 - 1), st.floats(-1.0, 1.5, width=32))
def test_pose_is_linear_in_the_weights(seed: int, factor: float) -> None:
    rig, rng = load_rig(), np.random.default_rng(seed)
    a, b = rng.uniform(-0.2, 1.0, (2, 1, len(ARKIT))).astype(np.float32)
    identity = rng.normal(size=5)
    neutral = rig.neutral(identity)
    together = rig.pose(a + factor * b, identity) - neutral
    apart = (rig.pose(a, identity) - neutral) + factor * (rig.pose(b, identity) - neutral)
    np.testing.assert_allclose(together, apart, atol=2e-3)


def test_no_weights_no_motion(rig: Rig) -> None:
    np.testing.assert_array_equal(rig.pose(weights())[0], rig.neutral())
    np.testing.assert_array_equal(rig.neutral(), load_template().vertices)


def test_the_jaw_lowers_the_chin_and_not_the_brows(rig: Rig) -> None:
    motion = moved(rig, jawOpen=1.0)
    assert landmark(motion, 8)[1] < -10.0
    assert np.abs(motion[load_template().regions["brows"]]).max() < 0.5


def test_a_smile_raises_and_widens_the_corners(rig: Rig) -> None:
    motion = moved(rig, mouthSmileLeft=1.0, mouthSmileRight=1.0)
    right, left = landmark(motion, 48), landmark(motion, 54)
    assert min(right[1], left[1]) > 2.0
    assert left[0] > 1.0 > -1.0 > right[0]


def test_a_frown_lowers_them(rig: Rig) -> None:
    motion = moved(rig, mouthFrownLeft=1.0, mouthFrownRight=1.0)
    assert max(landmark(motion, 48)[1], landmark(motion, 54)[1]) < -2.0


def test_brows_rise_and_lids_close(rig: Rig) -> None:
    up = moved(rig, browInnerUp=1.0)
    assert min(landmark(up, 21)[1], landmark(up, 22)[1]) > 2.0
    blink = rig.pose(weights(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))[0]
    ids = load_template().landmarks
    for upper, lower in ((37, 41), (43, 47)):
        open_gap = rig.rest[ids[upper], 1] - rig.rest[ids[lower], 1]
        closed = blink[ids[upper], 1] - blink[ids[lower], 1]
        assert closed < 0.35 * open_gap


@pytest.mark.parametrize("name", [name for name in ARKIT if name.endswith("Left")])
def test_what_is_called_left_moves_the_left_side(rig: Rig, name: str) -> None:
    if name in ("jawLeft", "mouthLeft"):  # these say where to, not which side
        assert moved(rig, **{name: 1.0})[load_template().landmarks[57], 0] > 1.0
        return
    size = np.linalg.norm(moved(rig, **{name: 1.0}), axis=1)
    x = rig.rest[:, 0]
    assert size[x > 5].sum() > 2 * size[x < -5].sum()


@pytest.mark.parametrize("name", [name for name in ARKIT if name.endswith("Right")])
def test_the_right_mirrors_the_left(rig: Rig, name: str) -> None:
    template = load_template()
    right = rig.actions[ARKIT_INDEX[name]]
    left = rig.actions[ARKIT_INDEX[name.removesuffix("Right") + "Left"]]
    skin = template.regions["skin"]
    reflected = left[template.mirror] * np.array([-1, 1, 1], dtype=np.float32)
    gap = np.linalg.norm(right - reflected, axis=1)[skin]
    assert gap.mean() < 0.1 * np.linalg.norm(right, axis=1)[skin].max()


def test_looking_out_turns_the_left_eye_to_the_left(rig: Rig) -> None:
    template = load_template()
    for name, region in (("eyeLookOutLeft", "eye_left"), ("eyeLookInRight", "eye_right")):
        eye = template.regions[region]
        front = np.argmax(np.where(eye, template.vertices[:, 2], -np.inf))
        assert moved(rig, **{name: 1.0})[front, 0] > 1.0


def test_nothing_rigid_moves(rig: Rig) -> None:
    rigid = load_template().regions["rigid"]
    assert np.linalg.norm(rig.actions[:, rigid], axis=2).max() < 0.6


def test_identity_adds_its_directions_and_may_be_short(rig: Rig) -> None:
    whole = np.zeros(len(rig.identity))
    whole[:2] = [0.5, -1.0]
    np.testing.assert_allclose(rig.neutral(whole), rig.neutral(whole[:2]), atol=1e-4)
    expected = rig.rest + 0.5 * rig.identity[0] - rig.identity[1]
    np.testing.assert_allclose(rig.neutral(whole), expected, atol=1e-3)
    assert len(rig.identity_names) == len(rig.identity)
    assert {"gender", "age", "jaw width"} <= set(rig.identity_names)


def test_too_long_an_identity_or_other_weights_are_one_sentence(rig: Rig) -> None:
    count = len(rig.identity)
    with pytest.raises(InputError, match=f"up to {count} numbers, found {count + 1}"):
        rig.neutral(np.zeros(count + 1))
    for wrong in (np.zeros(52), np.zeros((2, 51))):
        with pytest.raises(InputError, match=r"weights of shape \(T, 52\)"):
            rig.pose(wrong)


def test_a_wider_face_stretches_farther(rig: Rig) -> None:
    wide = rig.rest * np.array([1.2, 1.0, 1.0], dtype=np.float32)
    np.testing.assert_allclose(proportions(wide, rig.rest), [1.2, 1.0, 1.0], atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.tuples(*[st.floats(-60, 60)] * 3))
def test_the_head_turns_as_a_whole_about_its_pivot(angles: tuple[float, float, float]) -> None:
    rig = load_rig()
    still = rig.pose(weights(jawOpen=0.4))[0]
    turned = rig.pose(weights(jawOpen=0.4), head=np.array([angles]))[0]
    from_pivot = [np.linalg.norm(points - rig.pivot, axis=1) for points in (still, turned)]
    np.testing.assert_allclose(from_pivot[1], from_pivot[0], atol=1e-2)
    rotation = head_rotation(np.array([angles]))[0]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_yaw_turns_to_the_subjects_left_and_pitch_down(rig: Rig) -> None:
    nose = load_template().landmarks[30]
    yaw, pitch, roll = rig.pose(np.zeros((3, 52)), head=np.diag([20.0, 20.0, 20.0]))
    assert yaw[nose, 0] > rig.rest[nose, 0] + 10
    assert abs(pitch[nose, 0] - rig.rest[nose, 0]) < 1e-2
    assert abs(pitch[nose, 1] - rig.rest[nose, 1]) > 10
    assert abs(roll[nose, 2] - rig.rest[nose, 2]) < 1e-2
