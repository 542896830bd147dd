"""MediaPipe's face landmarker, of the shipped bundle: 478 points of a face in a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats

from .runtime import run

SIDE = 256  # pixels of a side of the picture that the landmarks are found in
COUNT = 478  # landmarks: 468 of the skin, then five of each iris

# The numbers of landmarks; right and left are the subject's.
RIGHT_EYE, LEFT_EYE = 33, 263  # outer corners
IRISES = range(468, COUNT)
INNER_LIPS = (
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324),
    *(308, 191, 80, 81, 82, 13, 312, 311, 310, 415),
)
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
MARGIN = 1.5  # the region of a face is this much larger than the box of its landmarks


def landmarks(picture: Floats) -> tuple[Floats, float]:
    """Find the landmarks of the one face that a picture shows upright, and large.

    Parameters
    ----------
    picture
        (256, 256) gray or (256, 256, 3) red, green and blue, 0..1; row 0 is the upper.

    Returns
    -------
    landmarks
        (478, 3) x to the right and y downward in pixels, whose middles lie at halves; depth in
        pixels, less towards the eye.
    presence
        How surely there is a face, 0..1.
    """
    colors = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    places, logit, _ = run("face_landmarks_detector", colors[None].astype(np.float32))
    return places.reshape(COUNT, 3), sigmoid(logit.item())


def sigmoid(logit: float) -> float:
    """Make a share, 0..1, of a logit."""
    return float(0.5 * (1.0 + np.tanh(0.5 * logit)))


def region(places: Doubles) -> tuple[Doubles, float, float]:
    """Find the square in which the face of these landmarks is looked at next.

    Parameters
    ----------
    places
        (478, 2) x to the right and y upward, in any unit.

    Returns
    -------
    middle
        (2,) of the square.
    size
        Length of its sides.
    roll
        Radians that it is turned counter-clockwise, by which the eyes lie level in it.
    """
    x, y = places[LEFT_EYE] - places[RIGHT_EYE]
    roll = float(np.arctan2(y, x))
    level = places @ turn(roll)  # each turned back
    low, high = level.min(axis=0), level.max(axis=0)
    middle: NDArray[np.float64] = turn(roll) @ ((low + high) / 2)
    return middle, MARGIN * float((high - low).max()), roll


def turn(angle: float) -> Doubles:
    """Make the matrix (2, 2) of a turn by an angle in radians, counter-clockwise."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
