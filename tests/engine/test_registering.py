"""Landmarks that lie as on no face are refused before anything is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import InputError
from studio.engine.registration.landmarks import MeshLandmarks
from studio.engine.registration.registering import believed
from studio.engine.registration.sight import Spots
from studio.face.registration.similarity import Similarity


def seen(residual: float, presence: float, *, confidence: float = 0.9) -> MeshLandmarks:
    """Thirty landmarks that lie so many mm off."""
    number = np.arange(30, dtype=np.int32)
    spots = Spots(number, np.full((30, 3), 1 / 3, dtype=np.float32))
    return MeshLandmarks(
        number=number,
        spots=spots,
        points=np.zeros((30, 3), dtype=np.float32),
        template=spots,
        confidence=np.full(30, confidence, dtype=np.float32),
        presence=presence,
        covered=0.9,
        residual=np.full(30, residual),
        similarity=Similarity(1.0, np.eye(3), np.zeros(3)),
        inside_out=0.0,
        hollow=False,
    )


def test_landmarks_of_a_face_are_taken_as_they_are() -> None:
    found = seen(3.0, 0.98)
    marks = believed("face.obj", found)
    np.testing.assert_array_equal(marks.triangle, found.template.triangle)
    np.testing.assert_array_equal(marks.weights, found.confidence)


@pytest.mark.parametrize(
    "found", [None, seen(9.0, 0.8, confidence=0.1), seen(4.0, 0.1), seen(30.0, 1.0)]
)
def test_landmarks_that_lie_as_on_no_face_are_refused(found: MeshLandmarks | None) -> None:
    with pytest.raises(InputError, match="no side of it looks like a face"):
        believed("teapot.obj", found)
