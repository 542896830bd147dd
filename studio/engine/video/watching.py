"""A face followed from picture to picture: where it is, its landmarks, what they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles, Floats
from studio.nn.tflite.face_detector import SIDE as SMALL
from studio.nn.tflite.face_detector import Detection, detect_all
from studio.nn.tflite.face_landmarker import MARGIN, SIDE, landmarks, region
from studio.nn.tflite.face_scores import scores

from .sampling import Pixels, Square, sampled

SURE = 0.5  # presence; below it the face is lost
_DETECTED = 0.5  # score of the detector from which on there is a face
_FLIP = np.array([1.0, -1.0])


@dataclass(frozen=True, eq=False)
class Sighting:
    """A face in a picture.

    Attributes
    ----------
    landmarks
        (478, 3) float32 pixels to the right and downward, whose middles lie at halves; depth in
        pixels, less towards the eye.
    scores
        (52,) float32 in `ARKIT` order, as MediaPipe's network tells them.
    presence
        How surely there is a face, 0..1.
    """

    landmarks: Floats
    scores: Floats
    presence: float


class Watcher:
    """Follows one face through pictures that are shown to it in their order.

    Parameters
    ----------
    face
        Which of several, counted from 1, the largest.
    """

    def __init__(self, face: int = 1) -> None:
        self.face = face
        self.most = 0  # faces that were seen at once where the face was looked for
        self._next: Square | None = None
        self._last: Square | None = None

    def __call__(self, picture: Pixels) -> Sighting | None:
        """Find the face in the next picture (H, W, 3) uint8; None where it is not there."""
        seen = self._looked(picture, self._next) if self._next is not None else None
        if seen is None:
            place = self._searched(picture)
            seen = self._looked(picture, place, settle=True) if place is not None else None
        self._next = None if seen is None else _region(seen.landmarks)
        self._last = self._next or self._last
        return seen

    def count(self, picture: Pixels) -> None:
        """Count the faces of a picture (H, W, 3), of which more may be there than at first."""
        self.most = max(self.most, len(faces_in(picture)))

    def _looked(self, picture: Pixels, place: Square, *, settle: bool = False) -> Sighting | None:
        points, presence = _points(picture, place)
        if settle and presence >= SURE:
            points, presence = _points(picture, _region(points))
        return Sighting(points, scores(points), presence) if presence >= SURE else None

    def _searched(self, picture: Pixels) -> Square | None:
        """Look for the face where it may be; a face that was followed is looked for near by."""
        found = faces_in(picture)
        self.most = max(self.most, len(found))
        if self._last is None:
            return found[self.face - 1] if len(found) >= self.face else None
        last = self._last
        near = [one for one in found if np.linalg.norm(one.middle - last.middle) < last.size]
        if near or self.face > 1:
            return min(near, key=lambda one: np.linalg.norm(one.middle - last.middle), default=None)
        return found[0] if found else None


def faces_in(picture: Pixels) -> list[Square]:
    """Find the regions of all faces of a picture (H, W, 3), the largest first.

    The detector sees faces that fill a fifth of what it is shown, so parts are looked at, too.
    """
    found = _detected(picture, Square.around(picture))
    height, width = picture.shape[:2]
    side = min(height, width)
    steps = np.linspace(side / 2, max(height, width) - side / 2, 3)
    places = [(step, side / 2) if width >= height else (side / 2, step) for step in steps]
    parts = [Square(np.array(place), side) for place in places]
    parts += [
        Square(np.array([x, y]), side * 0.6)
        for x in np.linspace(side * 0.3, width - side * 0.3, 3)
        for y in np.linspace(side * 0.3, height - side * 0.3, 2)
    ]
    for part in parts:
        found += [
            one
            for one in _detected(picture, part, whole=False)
            if all(_apart(one, other) for other in found)
        ]
    return sorted(found, key=lambda one: -one.size)


def _apart(one: Square, other: Square) -> bool:
    between = float(np.linalg.norm(one.middle - other.middle))
    return between > max(one.size, other.size) / 2


def _detected(picture: Pixels, shown: Square, *, whole: bool = True) -> list[Square]:
    """Find the faces in a square; in one that is a part of the picture, those that lie within."""
    small = sampled(picture, shown, SMALL, beyond="zeros")
    found = detect_all(small, _DETECTED)
    return [_square(one, shown) for one in found if whole or _within(one)]


def _within(one: Detection) -> bool:
    return bool((np.abs(one.middle - 0.5) + one.size / 2 < 0.5).all())


def _square(one: Detection, shown: Square) -> Square:
    right, down = one.keys[1] - one.keys[0]
    size = MARGIN * float(one.size.max()) * shown.size
    return Square(shown.out(one.middle[None])[0], size, float(np.arctan2(-down, right)))


def _points(picture: Pixels, place: Square) -> tuple[Floats, float]:
    """Find the landmarks (478, 3) in a square, and how surely there is a face."""
    found, presence = landmarks(sampled(picture, place, SIDE))
    flat = place.out(found[:, :2].astype(np.float64) / SIDE)
    depth = found[:, 2:] * (place.size / SIDE)
    return np.concatenate([flat, depth], axis=1).astype(np.float32), presence


def _region(points: Floats) -> Square:
    flat: Doubles = points[:, :2].astype(np.float64) * _FLIP
    middle, size, roll = region(flat)
    return Square(middle * _FLIP, size, roll)
