"""The similarity of landmarks, some of which are wrong."""

from __future__ import annotations

import numpy as np
import pytest

from studio.face.registration.similarity import similarity
from studio.face.rig import head_rotation

POINTS = np.random.default_rng(0).normal(size=(40, 3)) * 40
TURN = head_rotation(np.array([[30.0, 20.0, -50.0]]))[0]


@pytest.mark.parametrize("scale", [0.1, 1.0, 1000.0])
def test_it_is_found_whatever_a_fifth_of_the_landmarks_do(scale: float) -> None:
    goal = POINTS @ TURN.T + [5.0, -100.0, 20.0]
    goal[::5] += 60.0 * np.random.default_rng(1).normal(size=(8, 3))
    found, residual = similarity(POINTS / scale, goal, np.ones(40))
    assert found.scale == pytest.approx(scale, rel=0.01)
    np.testing.assert_allclose(found.rotation, TURN, atol=0.02)
    assert np.median(residual) < 1.0


def test_swapped_sides_are_met_by_a_reflection_alone() -> None:
    mirrored = POINTS * [-1.0, 1.0, 1.0]
    _, straight = similarity(mirrored, POINTS, np.ones(40))
    found, swapped = similarity(mirrored, POINTS, np.ones(40), mirrored=True)
    assert np.median(swapped) < 1e-6 < 1.0 < np.median(straight)
    assert np.linalg.det(found.rotation) == pytest.approx(-1.0)
