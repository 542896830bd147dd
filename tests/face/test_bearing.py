"""Head, gaze and blinks that go with an expression."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.sequence import Floats
from studio.face.bearing import draw_bearing, eye_weights
from studio.face.bearing_channels import Channels
from studio.face.rig import ARKIT_INDEX, load_rig
from studio.face.template import load_template

FRAMES = np.arange(60)


@pytest.fixture(scope="module")
def opening() -> Floats:
    """A head that is turned by 20 degrees opens its jaw, and shuts its lids at the end."""
    weights = np.zeros((60, 52), dtype=np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, 60)
    for side in ("Left", "Right"):
        weights[40:, ARKIT_INDEX[f"eyeBlink{side}"]] = 1.0
    return load_rig().pose(weights, head=np.tile([[20.0, 0.0, 0.0]], (60, 1))).astype(np.float32)


def test_the_first_frame_stays_and_the_head_turns_as_one(opening: Floats) -> None:
    moved = Channels.drawn(opening, 30.0, "sadness", 3).on(opening, FRAMES)
    assert np.array_equal(moved[0], opening[0])
    rigid = np.flatnonzero(load_template().regions["rigid"])[::40]
    before, after = (
        np.linalg.norm(clip[50, rigid[:, None]] - clip[50, rigid], axis=2)
        for clip in (opening, moved)
    )
    np.testing.assert_allclose(after, before, atol=0.1)
    assert np.linalg.norm(moved[50, rigid] - opening[50, rigid], axis=1).mean() > 3.0


def test_nothing_of_each_changes_nothing(opening: Floats) -> None:
    channels = Channels.drawn(opening, 30.0, "fear", 1)
    assert np.array_equal(channels.on(opening, FRAMES, 0.0, 0.0, 0.0), opening)


def test_the_same_seed_gives_the_same_and_another_another(opening: Floats) -> None:
    one, same, other = (
        Channels.drawn(opening, 30.0, "fear", seed).bearing.head for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


def test_lids_that_are_shut_shut_no_further(opening: Floats) -> None:
    shut = Channels.drawn(opening, 30.0, "neutral", 1).shut
    np.testing.assert_allclose(shut[:40], 0.0, atol=0.05)
    np.testing.assert_allclose(shut[40:], 1.0, atol=0.05)


def test_a_sad_head_hangs_and_surprise_does_not_blink() -> None:
    apex = np.ones(3000)
    sad, calm, wide = (
        [draw_bearing(np.random.default_rng(seed), label, apex, 0.3) for seed in range(8)]
        for label in ("sadness", "neutral", "surprise")
    )
    assert np.mean([b.head[:, 1].mean() for b in sad]) > 2.0  # down is positive
    assert abs(np.mean([b.head[:, 1].mean() for b in calm])) < 1.0
    assert np.mean([b.blink.mean() for b in wide]) < 0.4 * np.mean([b.blink.mean() for b in calm])


def test_looking_left_turns_each_eye_its_own_way() -> None:
    weights = eye_weights(np.array([[1.0, 0.0]], np.float32), np.zeros(1, np.float32))[0]
    on = {name for name, place in ARKIT_INDEX.items() if weights[place]}
    assert on == {"eyeLookOutLeft", "eyeLookInRight"}
