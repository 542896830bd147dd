"""Squares of a picture, as networks look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from studio.core.sequence import Doubles, Floats
from studio.nn.tflite.face_landmarker import turn

Pixels = NDArray[np.uint8]
_FLIP = np.array([1.0, -1.0])  # pictures count downward, angles go upward
_RIM = 2  # pixels about a square that its edge is blended from


@dataclass(frozen=True, eq=False)
class Square:
    """A square of a picture.

    Attributes
    ----------
    middle
        (2,) pixels to the right and downward.
    size
        Length of its sides in pixels.
    roll
        Radians it is turned counter-clockwise, as it is seen.
    """

    middle: Doubles
    size: float
    roll: float = 0.0

    @classmethod
    def around(cls, picture: Pixels) -> Square:
        """Make the least square that holds a whole picture (H, W, 3)."""
        height, width = picture.shape[:2]
        return cls(np.array([width / 2, height / 2]), float(max(width, height)))

    def out(self, places: Doubles) -> Doubles:
        """Take places (N, 2) in shares of the square, from its upper left, to pixels."""
        level = (places - 0.5) * self.size * _FLIP
        return np.asarray((level @ turn(self.roll).T) * _FLIP + self.middle)


def sampled(
    picture: Pixels, square: Square, side: int, beyond: Literal["border", "zeros"] = "border"
) -> Floats:
    """Sample the pixels of a square, bilinear and at their middles alone.

    The networks were trained on pictures that were made so: what is finer makes them see worse.

    Parameters
    ----------
    picture
        (H, W, 3) uint8.
    side
        Pixels a side of what is made.
    beyond
        What lies outside of the picture: its border, or black.

    Returns
    -------
    (side, side, 3) float32, 0..1
    """
    corners = square.out(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))
    limit = np.array(picture.shape[1::-1])
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - _RIM, 0, limit)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + _RIM, 0, limit)
    if (high <= low).any():
        return np.zeros((side, side, 3), dtype=np.float32)
    part = torch.from_numpy(np.ascontiguousarray(picture[low[1] : high[1], low[0] : high[0]]))
    colors = part.permute(2, 0, 1)[None].float() / 255
    # The square in the coordinates of grid_sample, where the part goes from -1 to 1.
    span = (high - low).astype(np.float64)
    rows = (_FLIP[:, None] * turn(square.roll) * _FLIP) * square.size / span[:, None]
    shift = 2 * (square.middle - low) / span - 1
    affine = torch.from_numpy(np.column_stack([rows, shift]).astype(np.float32))[None]
    grid = functional.affine_grid(affine, [1, 3, side, side], align_corners=False)
    made = functional.grid_sample(colors, grid, padding_mode=beyond, align_corners=False)
    return np.asarray(made[0].permute(1, 2, 0).numpy())
