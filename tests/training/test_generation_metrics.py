"""Figures of motion, on motion whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.spatial.transform import Rotation

from studio.training.evaluation.generation_metrics import (
    diversity,
    fast_share,
    frechet_distance,
    jerk,
    kernel_distance,
    motion_distance,
    rigid_drift,
)

seeds = st.integers(0, 2**31 - 1)


@settings(max_examples=20)
@given(seeds)
def test_fid_is_the_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(50, 4)), 1.5 * rng.normal(size=(70, 4)) + 0.3
    one, two = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    gap = a.mean(axis=0) - b.mean(axis=0)
    expected = gap @ gap + np.trace(one + two - 2 * sqrtm(one @ two).real)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6, abs=1e-8)
    assert frechet_distance(b, a) == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_fid_of_the_same_set_is_nothing_and_of_a_shifted_one_the_square() -> None:
    features = np.random.default_rng(0).normal(size=(30, 64))  # fewer clips than features
    assert frechet_distance(features, features) == pytest.approx(0.0, abs=1e-6)
    assert frechet_distance(features, features + 0.5) == pytest.approx(64 * 0.25)


def test_kid_is_nothing_between_draws_of_one_distribution() -> None:
    """Unbiased: over many draws of small sets the mean is zero within its error."""
    rng = np.random.default_rng(0)
    draws = [
        kernel_distance(rng.normal(size=(20, 6)), rng.normal(size=(20, 6)), subsets=1)[0]
        for _ in range(400)
    ]
    assert abs(np.mean(draws)) < 3 * np.std(draws) / np.sqrt(len(draws))
    far, _ = kernel_distance(rng.normal(size=(80, 6)), rng.normal(size=(80, 6)) + 1.0)
    assert far > 10 * abs(np.mean(draws))


def test_kid_is_the_formula() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    def mean(x: np.ndarray, y: np.ndarray, *, same: bool) -> float:
        found = [
            (p @ q / 3 + 1) ** 3
            for i, p in enumerate(x)
            for j, q in enumerate(y)
            if not (same and i == j)
        ]
        return float(np.mean(found))

    expected = mean(a, a, same=True) + mean(b, b, same=True) - 2 * mean(a, b, same=False)
    assert kernel_distance(a, b, size=5, subsets=3)[0] == pytest.approx(expected)


def test_diversity_looks_within_labels_only() -> None:
    features = np.array([[0.0], [2.0], [100.0], [104.0], [7.0]])
    label = np.array([0, 0, 1, 1, 2])
    assert diversity(features, label) == pytest.approx((2 + 4) / 2)


def test_jerk_of_known_motion() -> None:
    time = np.arange(20) / 30.0
    way = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    cubic = (time**3)[:, None, None] * way  # third derivatives 6 and 12
    assert jerk(cubic, 30.0) == pytest.approx(9.0)
    assert jerk((time**2)[:, None, None] * way, 30.0) == pytest.approx(0.0, abs=1e-8)


@settings(max_examples=20)
@given(seeds)
def test_a_head_that_only_moves_as_a_whole_does_not_drift(seed: int) -> None:
    rng = np.random.default_rng(seed)
    face = rng.normal(scale=50.0, size=(60, 3))
    turns = Rotation.random(6, random_state=seed % 2**31).as_matrix()
    frames = face @ turns.transpose(0, 2, 1) + rng.normal(scale=30.0, size=(6, 1, 3))
    rigid = np.arange(60) < 40
    assert rigid_drift(frames.astype(np.float32), rigid) < 1e-3
    loose = frames.astype(np.float32)
    loose[1:, 40:] += 25.0  # what is not rigid may move
    assert rigid_drift(loose, rigid) < 1e-3
    loose[1:, :40] += rng.normal(scale=1.0, size=(40, 3)).astype(np.float32)
    assert 0.7 < rigid_drift(loose, rigid) < 1.7


def test_fast_share_tells_a_slow_wave_from_a_fast_one() -> None:
    time = np.arange(120)[:, None] / 30.0
    slow, fast = np.sin(2 * np.pi * 1.0 * time), np.sin(2 * np.pi * 9.0 * time)
    assert fast_share(slow, 30.0) < 0.01
    assert fast_share(fast, 30.0) > 0.99
    assert fast_share(np.ones((30, 2)), 30.0) == 0.0


def test_motion_distance_is_in_the_units_of_the_vertices() -> None:
    still = np.zeros((4, 10, 3), dtype=np.float32)
    assert motion_distance(still, still) == 0.0
    assert motion_distance(still, still + np.float32([3.0, 4.0, 0.0])) == pytest.approx(5.0)
