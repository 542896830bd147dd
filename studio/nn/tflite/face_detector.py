"""MediaPipe's face detector, of the shipped bundle: where in a picture a face is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from studio.core.sequence import Doubles, Floats

from .face_landmarker import sigmoid
from .runtime import run

SIDE = 128  # pixels of a side of the picture that a face is detected in
_SAME = 0.3  # share of two boxes in common, from which on they hold the same face
_MOST = 100  # answers that are looked at
_GRIDS = ((16, 2), (8, 6))  # cells a side, and answers a cell


@dataclass(frozen=True, eq=False)
class Detection:
    """A face in a picture, in shares of its side: x to the right, y downward.

    Attributes
    ----------
    score
        How surely it is one, 0..1.
    middle, size
        (2,) of the box from brow to chin.
    keys
        (6, 2) right eye, left eye, tip of the nose, mouth, right ear, left ear, as the subject
        has them.
    """

    score: float
    middle: Doubles
    size: Doubles
    keys: Doubles


def detect(picture: Floats) -> Detection:
    """Find the face that a picture shows most surely; where there is none, its score is low.

    Parameters
    ----------
    picture
        (128, 128) gray or (128, 128, 3) red, green and blue, 0..1; row 0 is the upper.
    """
    boxes, logits = _answers(picture)
    return _detection(boxes, logits, int(logits.argmax()))


def detect_all(picture: Floats, least: float = 0.5) -> list[Detection]:
    """Find all faces that a picture (128, 128) shows at least so surely, the largest first.

    Of boxes that overlap, the surest stands for the face.

    Parameters
    ----------
    picture
        (128, 128) gray or (128, 128, 3), as in `detect`.
    least
        Score from which on there is a face.
    """
    boxes, logits = _answers(picture)
    found: list[Detection] = []
    for place in np.argsort(-logits)[:_MOST]:
        one = _detection(boxes, logits, int(place))
        if one.score < least:
            break
        if all(_overlap(one, other) < _SAME for other in found):
            found.append(one)
    return sorted(found, key=lambda one: -float(one.size.max()))


def _answers(picture: Floats) -> tuple[Floats, Floats]:
    colors = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    boxes, logits = run("face_detector", (2 * colors[None] - 1).astype(np.float32))
    return boxes[0], logits[0, :, 0]


def _detection(boxes: Floats, logits: Floats, place: int) -> Detection:
    found = boxes[place].astype(np.float64).reshape(8, 2) / SIDE
    anchor = _anchors()[place]
    return Detection(sigmoid(float(logits[place])), found[0] + anchor, found[1], found[2:] + anchor)


def _overlap(one: Detection, other: Detection) -> float:
    """Tell what share of the area that two boxes cover lies in both."""
    low = np.maximum(one.middle - one.size / 2, other.middle - other.size / 2)
    high = np.minimum(one.middle + one.size / 2, other.middle + other.size / 2)
    both = float(np.prod(np.maximum(high - low, 0)))
    return both / max(float(np.prod(one.size) + np.prod(other.size)) - both, 1e-9)


@lru_cache(maxsize=1)
def _anchors() -> Doubles:
    """Make the places (896, 2) that the answers of the network are told from."""
    places = []
    for cells, answers in _GRIDS:
        row, column = np.divmod(np.arange(cells * cells), cells)
        middles = (np.stack([column, row], axis=1) + 0.5) / cells
        places.append(np.repeat(middles, answers, axis=0))
    return np.concatenate(places)
