"""A face with its own shapes: which there are, and where it lies."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import InputError
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.face.template import load_template


def _shapes() -> FaceShapes:
    """The rig's own actions on every third triangle's vertices, without one of them."""
    rig, used = load_rig(), slice(0, None, 3)
    deltas = rig.actions[:, used].copy()
    deltas[ARKIT_INDEX["tongueOut"]] = 0.0
    return FaceShapes(rig.rest[used].copy(), np.zeros((0, 3), np.int32), deltas)


def test_the_names_are_those_of_the_shapes_there_are() -> None:
    assert _shapes().names == ARKIT[:-1]
    assert load_template().n_vertices > len(_shapes().neutral)


def test_shapes_of_another_number_of_vertices_are_refused() -> None:
    shapes = _shapes()
    with pytest.raises(InputError, match="deltas of shape"):
        FaceShapes(shapes.neutral, shapes.faces, np.array(shapes.deltas[1:]))


def test_shapes_are_laid_where_the_same_face_lies_in_another_unit() -> None:
    shapes, weights = _shapes(), np.full((1, len(ARKIT)), 0.1, dtype=np.float32)
    (turn,), shift = head_rotation(np.array([[30.0, -80.0, 10.0]])), np.array([700.0, 5.0, -90.0])
    for size in (1.0, 0.1, 1000.0):
        there = np.float32(size * shapes.neutral @ turn.T + shift)
        laid = shapes.laid_on(there)
        np.testing.assert_allclose(laid.neutral, there, rtol=1e-4, atol=1e-3 * size)
        moved = size * shapes.played(weights)[0] @ turn.T + shift
        np.testing.assert_allclose(laid.played(weights)[0], moved, rtol=1e-4, atol=1e-3 * size)
    assert shapes.laid_on(shapes.neutral) is shapes
