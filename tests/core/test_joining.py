"""Frames between two motions meet them in value and in velocity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.joining import REACH, curved, ends_of, joined

LENGTHS = st.integers(1, 3 * REACH)


def bends(ends: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Accelerations of all frames but the outer two."""
    return np.abs(np.diff(np.concatenate([ends[:2], between, ends[2:]]), n=2, axis=0))


@given(LENGTHS, st.integers(0, 2**16))
def test_a_straight_way_is_gone_on_with(frames: int, seed: int) -> None:
    start, pace = np.random.default_rng(seed).normal(size=(2, 3))
    way = start + pace * np.arange(-2, frames + 2)[:, None]
    ends = way[[0, 1, -2, -1]]
    assert np.allclose(curved(ends, frames), way[2:-2], atol=1e-6)
    assert np.allclose(joined(way[2:-2], ends), way[2:-2], atol=1e-5)


@given(LENGTHS, st.integers(0, 2**16))
def test_whatever_stands_between_arrives_at_the_pace_of_the_ends(frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.normal(size=(4, 5))
    far = rng.normal(size=5) * 100 + rng.normal(size=5) * np.arange(frames)[:, None]
    found = joined(far, ends)
    assert found.dtype == np.float32
    # Of a straight way nothing is left where the correction reaches all of it.
    if frames <= 2 * REACH:
        assert np.allclose(found, curved(ends, frames), atol=2e-2)
    else:
        middle = slice(REACH, frames - REACH)
        assert np.allclose(found[middle], far[middle], rtol=1e-5, atol=1e-4)


def test_no_curve_between_the_ends_bends_less() -> None:
    rng = np.random.default_rng(1)
    ends = rng.normal(size=(4, 1))
    least = (bends(ends, curved(ends, 9)) ** 2).sum()
    for _ in range(20):
        other = curved(ends, 9) + 0.01 * rng.normal(size=(9, 1))
        assert (bends(ends, other) ** 2).sum() > least


def test_a_jump_at_the_joint_is_gone() -> None:
    ends = np.zeros((4, 1))
    jump = np.full((40, 1), 10.0)
    assert bends(ends, jump).max() == pytest.approx(10.0)
    assert bends(ends, joined(jump, ends)).max() < 0.3


def test_where_a_side_has_one_frame_it_stands_still() -> None:
    rows = np.arange(5.0)[:, None]
    assert ends_of(rows[:1], rows[3:]).ravel().tolist() == [0, 0, 3, 4]
    assert ends_of(rows, rows[:1]).ravel().tolist() == [3, 4, 0, 0]
