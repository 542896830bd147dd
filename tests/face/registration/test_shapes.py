"""Weights that went into a face's own shapes come out of its motion again."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import InputError
from studio.core.alignment import undo_rigid
from studio.face.registration.carrying.bounded import bounded
from studio.face.registration.carrying.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.face.template import load_template

CHANCE = np.random.default_rng(5)


def _shapes() -> FaceShapes:
    """The rig's own actions on every third triangle's vertices, without one of them."""
    rig, used = load_rig(), slice(0, None, 3)
    deltas = rig.actions[:, used].copy()
    deltas[ARKIT_INDEX["tongueOut"]] = 0.0
    return FaceShapes(rig.rest[used].copy(), np.zeros((0, 3), np.int32), deltas)


def test_weights_come_back() -> None:
    shapes = _shapes()
    weights = CHANCE.uniform(0.0, 1.0, (40, len(ARKIT))).astype(np.float32)
    weights *= CHANCE.random(weights.shape) < 0.3
    weights[0], weights[:, ARKIT_INDEX["tongueOut"]] = 0.0, 0.0
    played = shapes.played(weights)
    np.testing.assert_array_equal(played[0], shapes.neutral)
    np.testing.assert_allclose(shapes.weights(played), weights, atol=0.01)
    turn = head_rotation(CHANCE.uniform(-15, 15, (40, 3)))
    moved = undo_rigid(played, turn, CHANCE.uniform(-9, 9, (40, 3)))
    np.testing.assert_allclose(shapes.weights(moved), weights, atol=0.02)


def test_the_names_are_those_of_the_shapes_there_are() -> None:
    assert _shapes().names == ARKIT[:-1]
    assert load_template().n_vertices > len(_shapes().neutral)


def test_other_vertices_are_refused() -> None:
    shapes = _shapes()
    with pytest.raises(InputError, match="frames of"):
        shapes.weights(shapes.neutral[None, 1:])
    with pytest.raises(InputError, match="deltas of shape"):
        FaceShapes(shapes.neutral, shapes.faces, np.array(shapes.deltas[1:]))


def test_bounded_weights_are_the_best_within_the_bounds() -> None:
    """No direction that stays within the bounds leads downhill from the answer."""
    basis = CHANCE.standard_normal((9, 30)) + 2 * CHANCE.standard_normal((9, 1))
    gram = basis @ basis.T + 0.01 * np.eye(9)
    wanted = (3 * CHANCE.standard_normal((50, 30))) @ basis.T
    found = bounded(gram, wanted, 0.0, 1.0)
    uphill = found @ gram - wanted
    inner = (found > 0) & (found < 1)
    assert np.abs(uphill[inner]).max() < 1e-6
    assert uphill[found == 0].min() > -1e-6
    assert uphill[found == 1].max() < 1e-6
    assert (found.min(), found.max()) == (0.0, 1.0)
