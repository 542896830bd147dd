"""MediaPipe's face detector, of the shipped bundle: where in a picture a face is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from studio.core.sequence import Doubles, Floats

from .face_landmarker import load_network

SIDE = 128  # pixels of a side of the picture that a face is detected in
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
    colors = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    pixels = torch.from_numpy(np.ascontiguousarray(2 * colors - 1, dtype=np.float32))
    boxes, logits = load_network("face_detector")(pixels[None])
    best = int(logits[0, :, 0].argmax())
    found = boxes[0, best].numpy().astype(np.float64).reshape(8, 2) / SIDE
    anchor = _anchors()[best]
    score = float(torch.sigmoid(logits[0, best, 0]))
    return Detection(score, found[0] + anchor, found[1], found[2:] + anchor)


def _anchors() -> Doubles:
    """Make the places (896, 2) that the answers of the network are told from."""
    places = []
    for cells, answers in _GRIDS:
        row, column = np.divmod(np.arange(cells * cells), cells)
        middles = (np.stack([column, row], axis=1) + 0.5) / cells
        places.append(np.repeat(middles, answers, axis=0))
    return np.concatenate(places)
