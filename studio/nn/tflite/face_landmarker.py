"""MediaPipe's face landmarker: the networks of the shipped bundle, by torch."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.errors import CheckpointError
from studio.core.sequence import Doubles, Floats
from studio.core.system.paths import shipped

from .network import Network

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


@lru_cache(maxsize=3)
def load_network(name: str) -> Network:
    """Read one of the networks, once.

    Parameters
    ----------
    name
        face_landmarks_detector, face_detector or face_blendshapes.

    Raises
    ------
    CheckpointError
        Where the bundle is not there, or damaged.
    """
    return Network(_member(bundle(), f"{name}.tflite"), name)


def bundle() -> Path:
    """Find the shipped file."""
    return shipped("resources") / "face_landmarker" / "face_landmarker.task"


def _member(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise CheckpointError(
            f"{path.name}: expected MediaPipe's face landmarker with {name}, found {error}; "
            "installing the studio anew brings it back"
        ) from error


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
    network = load_network("face_landmarks_detector")
    pixels = torch.from_numpy(np.ascontiguousarray(colors, dtype=np.float32))
    places, logit, _ = network(pixels[None])
    return places.numpy().reshape(COUNT, 3), float(torch.sigmoid(logit))


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
