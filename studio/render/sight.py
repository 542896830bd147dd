"""Where points of a face lie in a view, and what of it lies under the mouse: numbers, no VTK."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, Ints

from .camera import FIELD_OF_VIEW, Orbit

Array = NDArray[np.float64]
_TAN = math.tan(math.radians(FIELD_OF_VIEW / 2))


@dataclass(frozen=True, eq=False)
class Sight:
    """An orbit and the pixels that it fills; (0, 0) is the upper left one."""

    orbit: Orbit
    width: float
    height: float

    @property
    def aspect(self) -> float:
        return self.width / max(self.height, 1.0)

    def pixels(self, points: Floats) -> Array:
        """(N, 2) where points (N, 3) are seen."""
        right, up, _ = self.orbit.axes()
        away = np.asarray(points, dtype=np.float64) - self.orbit.target(self.aspect)
        size = self.millimetres(points)
        x, y = away @ right / size, away @ up / size
        return np.stack([self.width / 2 + x, self.height / 2 - y], axis=-1)

    def millimetres(self, points: Floats) -> Array:
        """(N,) how many a pixel is worth where points (N, 3) are."""
        if self.orbit.parallel:
            half = np.full(len(points), self.orbit.scale(self.aspect))
        else:
            half = np.maximum(self.depth(points), 1e-3) * _TAN
        return half / (max(self.height, 1.0) / 2)

    def depth(self, points: Floats) -> Array:
        """(N,) mm from the camera to points (N, 3), along its axis."""
        towards = self.orbit.axes()[2]
        away = self.orbit.position(self.aspect) - np.asarray(points, dtype=np.float64)
        return np.asarray(away @ towards)

    def facing(self, points: Floats, normals: Floats) -> Array:
        """(N,) cosine between the normals (N, 3) of points and the way to the camera."""
        if self.orbit.parallel:
            return np.asarray(normals @ self.orbit.axes()[2])
        way = self.orbit.position(self.aspect) - np.asarray(points, dtype=np.float64)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        return np.asarray(np.einsum("nc,nc->n", normals, way))

    def shift(self, right: float, down: float, millimetres: float) -> Floats:
        """(3,) mm that a move by pixels is in the plane of the view.

        millimetres : what a pixel is worth at the depth of what is moved
        """
        x, y, _ = self.orbit.axes()
        return np.asarray(millimetres * (right * x - down * y), dtype=np.float32)

    def vertex_at(self, points: Floats, faces: Ints, x: float, y: float) -> int | None:
        """The vertex of a surface (V, 3), (F, 3) that is seen nearest to a pixel; None beside
        the surface."""
        seen = self.pixels(points) - (x, y)
        a, b, c = (seen[faces[:, k]] for k in range(3))
        areas = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
        # On a screen whose y runs down, what faces the camera turns the other way round.
        under = np.flatnonzero((areas <= 0).all(axis=1) & (areas.sum(axis=1) < 0))
        if not len(under):
            return None
        shares = areas[under] / areas[under].sum(axis=1, keepdims=True)
        depth = np.einsum("fk,fk->f", shares, self.depth(points)[faces[under]])
        corners = faces[under[int(np.argmin(depth))]]
        return int(corners[int(np.argmin(np.linalg.norm(seen[corners], axis=1)))])


def _cross(u: Array, v: Array) -> Array:
    return np.asarray(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
