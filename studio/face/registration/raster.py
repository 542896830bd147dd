"""Orthographic pictures of a mesh by a z-buffer in numpy, and what lies under each pixel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats, Ints

NOTHING = -1  # in `Picture.triangle`, where no surface lies under a pixel
_MOST = 1 << 19  # pairs of a triangle and a pixel in its box that are tried at once


@dataclass(frozen=True, eq=False)
class Picture:
    """What lies under each pixel of a square picture.

    Attributes
    ----------
    triangle
        (S, S) int32, the nearest triangle, `NOTHING` where there is none. Row 0 is the upper.
    barycentric
        (S, S, 3) float32, where in that triangle; zeros where there is none.
    """

    triangle: Ints
    barycentric: Floats

    def painted(self, faces: Ints, shade: Floats, background: float) -> Floats:
        """Paint (S, S) with a number a vertex (N,), and the background where nothing lies."""
        corners = shade[faces[np.maximum(self.triangle, 0)]]
        inside = np.einsum("ijk,ijk->ij", self.barycentric, corners)
        return np.where(self.triangle == NOTHING, background, inside).astype(np.float32)


class Spent(Exception):
    """More pictures of a mesh would cost more than they may."""


class Effort:
    """What pictures may still cost: pairs of a triangle and a pixel in its box that are tried.

    A surface covers a pixel a few times. Triangles at random cover it a thousand times, and
    pictures of them from all sides would take minutes.
    """

    def __init__(self, pairs: float = np.inf) -> None:
        self.left = pairs

    def take(self, pairs: int) -> None:
        """Spend some of it; raise `Spent` where so many are not left."""
        if pairs > self.left:
            raise Spent
        self.left -= pairs

    @contextmanager
    def spared(self) -> Iterator[None]:
        """Draw in the block at no cost."""
        left, self.left = self.left, np.inf
        try:
            yield
        finally:
            self.left = left


def draw(points: Doubles, faces: Ints, size: int, effort: Effort | None = None) -> Picture:
    """Find what lies under each pixel, seen along -z, both sides of a triangle alike.

    Parameters
    ----------
    points
        (N, 3) x to the right and y downward in pixels, whose middles lie at halves; z towards
        the eye, in any unit.
    faces
        (F, 3) triangles.
    size
        S, pixels a side.
    effort
        What the picture is taken from.

    Raises
    ------
    Spent
        Where the picture costs more than is left of the effort; nothing is drawn.
    """
    corners = points[faces]
    low, high = _boxes(corners, size)
    wide, tall = (high - low).T
    seen = np.flatnonzero((wide > 0) & (tall > 0))
    cells = (low[seen], wide[seen], tall[seen])
    if effort is not None:
        effort.take(int(cells[1] @ cells[2]))
    planes = _planes(corners[seen])
    nearest = np.full(size * size, -np.inf)
    triangle = np.full(size * size, NOTHING, dtype=np.int32)
    barycentric = np.zeros((size * size, 3), dtype=np.float32)
    for part in _parts(cells[1] * cells[2]):
        owner, x, y = _middles(part, *cells)
        shares = _at(planes, owner, x, y, (1, 2))
        shares = (1 - shares[0] - shares[1], *shares)
        inside = np.flatnonzero(np.minimum(np.minimum(shares[0], shares[1]), shares[2]) >= 0)
        owner, x, y = owner[inside], x[inside], y[inside]
        (depth,) = _at(planes, owner, x, y, (0,))
        pixel = y * size + x
        np.maximum.at(nearest, pixel, depth)
        won = np.flatnonzero(depth == nearest[pixel])
        triangle[pixel[won]] = seen[owner[won]]
        for corner in range(3):
            barycentric[pixel[won], corner] = shares[corner][inside[won]]
    return Picture(triangle.reshape(size, size), barycentric.reshape(size, size, 3))


def _boxes(corners: Doubles, size: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the pixels (F, 2) from and up to which the middles may lie in a triangle."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    least = np.minimum(np.minimum(a, b), c)
    most = np.maximum(np.maximum(a, b), c)
    low = np.clip(np.ceil(least - 0.5), 0, size).astype(np.intp)
    return low, np.clip(np.floor(most + 0.5), 0, size).astype(np.intp)


def _planes(corners: Doubles) -> Doubles:
    """Find depth and the shares of the second and third corner as planes over the picture.

    Returns
    -------
    (3, 3, F) the value at the middle of pixel (0, 0), and what a pixel to the right and down adds;
    a triangle seen from its edge has no shares, NaN
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v = b - a, c - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    area[area == 0] = np.nan
    right = np.stack([np.zeros_like(area), v[:, 1] / area, -u[:, 1] / area])
    down = np.stack([np.zeros_like(area), -v[:, 0] / area, u[:, 0] / area])
    start = (0.5 - a[:, 0]) * right + (0.5 - a[:, 1]) * down
    slope = np.stack([start, right, down], axis=1)
    slope[0] = slope[1] * u[:, 2] + slope[2] * v[:, 2]
    slope[0, 0] += a[:, 2]
    return slope


def _parts(pixels: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Divide the triangles so that not too many pixels are tried at once."""
    total = np.cumsum(pixels)
    count = int(total[-1] // _MOST) + 1 if len(total) else 1
    return np.split(np.arange(len(total)), np.searchsorted(total, np.arange(1, count) * _MOST))


def _middles(
    part: NDArray[np.intp], low: NDArray[np.intp], wide: NDArray[np.intp], tall: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """List the pixels in the box of each triangle: whose box, column and row."""
    count = wide[part] * tall[part]
    owner = np.repeat(part, count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    down, right = np.divmod(place, wide[owner])
    return owner, low[owner, 0] + right, low[owner, 1] + down


def _at(
    planes: Doubles,
    owner: NDArray[np.intp],
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    which: tuple[int, ...],
) -> tuple[Doubles, ...]:
    """Evaluate planes of the triangles at pixels."""
    return tuple(
        planes[one, 0][owner] + planes[one, 1][owner] * x + planes[one, 2][owner] * y
        for one in which
    )
