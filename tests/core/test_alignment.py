"""Rigid alignments are the nearest there are, and heads are told from what moves by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from studio.core.alignment import apply_rigid, displaced, rigid_alignment, undo_rigid

Array = NDArray[np.float64]
seeds = st.integers(0, 2**31 - 1)


def moved_points(seed: int, frames: int = 4, points: int = 40) -> tuple[Array, Array, Array, Array]:
    rng = np.random.default_rng(seed)
    goal = rng.normal(scale=50.0, size=(points, 3))
    turns = Rotation.random(frames, random_state=seed % 2**31).as_matrix()
    shifts = rng.normal(scale=100.0, size=(frames, 3))
    source = (goal - shifts[:, None]) @ turns  # so that source @ R.T + t is the goal
    return source, goal, turns, shifts


@given(seeds)
def test_alignment_finds_the_rotation_and_the_shift(seed: int) -> None:
    source, goal, turns, shifts = moved_points(seed)
    rotation, shift = rigid_alignment(source, goal)
    np.testing.assert_allclose(rotation, turns, atol=1e-8)
    np.testing.assert_allclose(shift, shifts, atol=1e-6)


@given(seeds)
def test_alignment_never_mirrors(seed: int) -> None:
    source, goal, _, _ = moved_points(seed)
    rotation, _ = rigid_alignment(source * [-1, 1, 1], goal)
    np.testing.assert_allclose(np.linalg.det(rotation), 1.0, atol=1e-9)


@given(seeds)
def test_points_that_moved_do_not_pull_the_rest_along(seed: int) -> None:
    source, goal, turns, _ = moved_points(seed, points=60)
    moved = source.copy()
    moved[:, :12] += np.array([0.0, 15.0, 5.0])
    plain, _ = rigid_alignment(moved, goal)
    robust, _ = rigid_alignment(moved, goal, rounds=6)
    assert np.abs(robust - turns).max() < 1e-6 < np.abs(plain - turns).max()


@given(seeds)
def test_undo_is_the_inverse(seed: int) -> None:
    source, _, turns, shifts = moved_points(seed)
    frames = source.astype(np.float32)
    back = undo_rigid(apply_rigid(frames, turns, shifts), turns, shifts)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, frames, atol=1e-3)


def test_alignment_is_the_best_in_least_squares() -> None:
    rng = np.random.default_rng(0)
    source, goal, _, _ = moved_points(3)
    source = source + rng.normal(scale=2.0, size=source.shape)
    rotation, shift = rigid_alignment(source, goal)

    def squares(turn: Array, move: Array) -> float:
        return float(((source @ turn.transpose(0, 2, 1) + move[:, None] - goal) ** 2).sum())

    best = squares(rotation, shift)
    for k in range(20):
        near = Rotation.from_rotvec(rng.normal(scale=1e-2, size=3)).as_matrix() @ rotation
        assert squares(near, shift + rng.normal(scale=0.1, size=3)) > best, k


@given(seeds)
def test_a_displacement_turns_with_the_face(seed: int) -> None:
    posed, rest, turns, shifts = moved_points(seed)
    frames, away = posed.astype(np.float32), np.float32([3, -2, 1])
    moved = apply_rigid(displaced(frames, away[None, None], turns), turns, shifts)
    np.testing.assert_allclose(moved, np.broadcast_to(rest + away, moved.shape), atol=1e-3)
    np.testing.assert_array_equal(displaced(frames, 0 * away[None, None], turns), frames)
