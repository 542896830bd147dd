"""What gives the template's skin life: lips, brows, lash lines and a little color.

The skin is unrolled around an upright axis through the head. The two sides share one half
texture, so the seam at the back never crosses a picture of the face.

It is painted while the program starts, so that scipy, whose filters and graphs take two thirds of a
second to import, stays out of it.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats

from .eyes import Image

WIDTH, HEIGHT = 640, 800
NEAR = 16  # texels around a line that its strokes may cover
SPAN = np.radians(110.0)  # from the middle of the face to the border of the texture
ALBEDO = np.array([0.905, 0.735, 0.655], dtype=np.float32)
_LIP = np.array([0.775, 0.475, 0.450], dtype=np.float32)
_BROW = np.array([0.27, 0.20, 0.155], dtype=np.float32)
_LASH = np.array([0.22, 0.15, 0.13], dtype=np.float32)
_BLUSH = np.array([0.90, 0.60, 0.535], dtype=np.float32)
Field = NDArray[np.float32]


class Unrolled:
    """Texture coordinates of the skin, fixed by the rest positions (N, 3) of its vertices."""

    def __init__(self, skin: Floats) -> None:
        low, high = skin.min(axis=0).astype(float), skin.max(axis=0).astype(float)
        self.axis = (low[2] + high[2]) / 2
        self.low, self.height = low[1], max(high[1] - low[1], 1e-6)

    def coordinates(self, points: Floats) -> Field:
        """Map points (N, 3) to coordinates (N, 2) in 0..1."""
        angle = np.arctan2(np.abs(points[:, 0]), points[:, 2] - self.axis)
        up = (points[:, 1] - self.low) / self.height
        return np.stack([np.minimum(angle / SPAN, 1.0), up], axis=1).astype(np.float32)

    def pixels(self, points: Floats) -> Field:
        """Map points to column and row (N, 2) in the texture."""
        return self.coordinates(points) * np.array([WIDTH, HEIGHT], dtype=np.float32)

    @property
    def pixel(self) -> float:
        """Height of a texture row in millimeters."""
        return float(self.height / HEIGHT)


def plain_texture() -> Image:
    """One color, for skin whose landmarks are not known."""
    return np.asarray(np.broadcast_to(np.round(255 * ALBEDO), (2, 2, 3)), dtype=np.uint8)


def skin_texture(unrolled: Unrolled, landmarks: Floats) -> Image:
    """(HEIGHT, WIDTH, 3), bottom row first, for the 68 landmarks (68, 3) in iBUG order."""
    at, pixel = unrolled.pixels(landmarks), unrolled.pixel
    color = np.broadcast_to(ALBEDO, (HEIGHT, WIDTH, 3)).copy()
    for place, size, share in (
        (at[[40, 41, 48, 3]].mean(axis=0), 17.0, 0.38),
        (at[30], 11.0, 0.42),
    ):
        color = _mix(color, _BLUSH, share * _spot(place, size / pixel))
    color = _mix(color, _LIP, 0.85 * _soft(_lips(at), 0.9 / pixel))
    color = _mix(color, _BROW, 0.80 * _brow(at, pixel))
    upper = np.maximum(0, 1 - _distance(at[[36, 37, 38, 39]]) * pixel / 1.5)
    lower = np.maximum(0, 1 - _distance(at[[36, 41, 40, 39]]) * pixel / 1.1)
    color = _mix(color, _LASH, np.maximum(0.75 * np.sqrt(upper), 0.35 * np.sqrt(lower)))
    color *= (1 + 0.05 * _grain())[..., None]
    return np.asarray(np.clip(255 * color, 0, 255), dtype=np.uint8)


def _blurred(
    field: Field, sigma: float | tuple[float, float], edge: Literal["symmetric", "edge"]
) -> Field:
    """Filter with a Gaussian along rows and columns, in double precision, out to four sigma.

    Parameters
    ----------
    field
        (H, W).
    sigma
        In texels, of rows and columns where they differ.
    edge
        What lies beyond the border, as numpy names it.
    """
    for axis, size in enumerate(np.broadcast_to(sigma, 2)):
        reach, count = int(4 * size + 0.5), field.shape[axis]
        weight = np.exp(-0.5 / size**2 * np.arange(-reach, reach + 1) ** 2)
        weight = (weight / weight.sum())[reach:]
        margin = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
        wide = np.moveaxis(np.pad(field.astype(np.float64), margin, mode=edge), axis, 0)
        total = weight[0] * wide[reach : reach + count]
        for k in range(reach, 0, -1):
            total += (wide[reach - k :][:count] + wide[reach + k :][:count]) * weight[k]
        field = np.moveaxis(total, 0, axis).astype(field.dtype)
    return field


def _lips(at: Field) -> Field:
    """1 within the outer lip contour of the half face, 0 outside."""
    contour = at[[51, 50, 49, 48, 59, 58, 57]].copy()
    contour[[0, -1], 0] = -2.0
    return _polygon(contour)


def _brow(at: Field, pixel: float) -> Field:
    """How dense the brow is at each texel: thick at the nose, thin outside, made of hairs."""
    line = at[[21, 20, 19, 18, 17]].copy()
    # The inner end lies low; a brow drawn into it would frown at rest.
    line[0, 1] += 0.6 * (line[1, 1] - line[0, 1])
    line = _rounded(line)
    away, along = _distance_along(line)
    half = np.interp(along, [0, 0.15, 0.6, 1], [2.3, 3.1, 2.5, 0.8]) / pixel
    body = np.clip(1.25 * (1 - (away / half) ** 2), 0, 1)
    hairs = _noise(11, (3.2, 0.9))
    hairs = hairs / hairs.std()
    return _blurred(body * np.clip(0.9 + 0.13 * hairs, 0, 1.1), 0.8, "symmetric")


def _grain() -> Field:
    """Fine unevenness that ends before the border, where texels are stretched over the nape."""
    return np.asarray(_noise(3, 1.6) * np.clip((WIDTH - _grid()[0]) / (0.25 * WIDTH), 0, 1))


def _rounded(line: Field, rounds: int = 3) -> Field:
    """Cut the corners of a polyline (N, 2) (Chaikin); its ends are kept."""
    for _ in range(rounds):
        a, b = line[:-1], line[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], cut, line[-1:]])
    return line


@lru_cache(maxsize=1)
def _grid() -> tuple[Field, Field]:
    """Column and row of every texel's middle."""
    columns, rows = (np.arange(n, dtype=np.float32) + np.float32(0.5) for n in (WIDTH, HEIGHT))
    x, y = np.meshgrid(columns, rows)
    return x, y


def _noise(seed: int, sigma: float | tuple[float, float]) -> Field:
    """Smooth chance, the same every time."""
    field = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH), dtype=np.float32)
    return _blurred(field, sigma, "symmetric")


def _spot(center: Field, size: float) -> Field:
    x, y = _grid()
    return np.asarray(np.exp(-((x - center[0]) ** 2 + (y - center[1]) ** 2) / (2 * size**2)))


def _soft(mask: Field, size: float) -> Field:
    return _blurred(mask, size, "edge")


def _polygon(corners: Field) -> Field:
    """1 inside a polygon (N, 2), by the even-odd rule."""
    x, y = _grid()
    inside = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside.astype(np.float32)


def _distance(line: Field) -> Field:
    return _distance_along(line)[0]


def _distance_along(line: Field) -> tuple[Field, Field]:
    """Texels to the nearest point of a polyline (N, 2), and how far along it that is, 0..1.

    Only looked at near the line; infinite elsewhere.
    """
    best = np.full((HEIGHT, WIDTH), np.inf, dtype=np.float32)
    where = np.zeros_like(best)
    left, low = np.maximum(line.min(axis=0) - NEAR, 0).astype(int)
    right, high = (line.max(axis=0) + NEAR).astype(int)
    window = np.s_[low:high, left:right]
    x, y = (axis[window] for axis in _grid())
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    begins = np.concatenate([[0], np.cumsum(steps)])
    for (a, b), step, begin in zip(itertools.pairwise(line), steps, begins, strict=False):
        d = (b - a) / max(step, 1e-9)
        share = np.clip((x - a[0]) * d[0] + (y - a[1]) * d[1], 0, step)
        away = np.hypot(x - a[0] - share * d[0], y - a[1] - share * d[1])
        nearer = away < best[window]
        where[window] = np.where(nearer, begin + share, where[window])
        best[window] = np.where(nearer, away, best[window])
    return best, where / begins[-1]


def _mix(color: Field, other: Field, share: Field) -> Field:
    return np.asarray(color + (other - color) * share[..., None])
