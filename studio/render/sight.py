"""Where points of a face lie in a view, and what of it lies under the mouse: numbers, no VTK."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, Ints

from .camera import FIELD_OF_VIEW, Orbit

Array = NDArray[np.float64]
_CLOSE, _RIM = 3.0, 2.0  # mm towards the camera, and off the surface
_TAN = math.tan(math.radians(FIELD_OF_VIEW / 2))


@dataclass(frozen=True, eq=False)
class Sight:
    """An orbit and the pixels that it fills; (0, 0) is the upper left one."""

    orbit: Orbit
    width: float
    height: float

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / max(self.height, 1.0)

    def pixels(self, points: Floats) -> Array:
        """Find where (N, 2) points (N, 3) are seen."""
        right, up, _ = self.orbit.axes()
        away = np.asarray(points, dtype=np.float64) - self.orbit.target(self.aspect)
        size = self.millimeters(points)
        x, y = away @ right / size, away @ up / size
        return np.stack([self.width / 2 + x, self.height / 2 - y], axis=-1)

    def millimeters(self, points: Floats) -> Array:
        """Tell how many mm (N,) a pixel is worth where points (N, 3) are."""
        if self.orbit.parallel:
            half = np.full(len(points), self.orbit.scale(self.aspect))
        else:
            half = np.maximum(self.depth(points), 1e-3) * _TAN
        return half / (max(self.height, 1.0) / 2)

    def depth(self, points: Floats) -> Array:
        """Measure mm (N,) from the camera to points (N, 3), along its axis."""
        towards = self.orbit.axes()[2]
        away = self.orbit.position(self.aspect) - np.asarray(points, dtype=np.float64)
        return np.asarray(away @ towards)

    def facing(self, points: Floats, normals: Floats) -> Array:
        """Compute the cosine (N,) of the normals (N, 3) of points and the way to the camera."""
        return np.asarray(np.einsum("nc,nc->n", normals, self._way(points)))

    def hidden(self, points: Floats, faces: Ints, at: Floats, normals: Floats) -> NDArray[np.bool_]:
        """Find the points that lie behind another part of a surface.

        What a few millimeters hide is seen: the inside of lips that touch, and what stands on the
        rim of a cheek.

        Parameters
        ----------
        points : (V, 3) mm, the surface
        faces : (F, 3)
        at, normals : (M, 3) points on the surface, and its normals there

        Returns
        -------
        (M,) whether each is hidden
        """
        near = at + np.float32(_CLOSE) * self._way(at).astype(np.float32)
        both = np.concatenate([near, near + np.float32(_RIM) * normals])
        covered = self._covered(points, faces, both).reshape(2, -1)
        return np.asarray(covered.all(axis=0))

    def shift(self, right: float, down: float, millimeters: float) -> Floats:
        """Tell how far (3,) mm a move by pixels is in the plane of the view.

        Parameters
        ----------
        mm
            What a pixel is worth at the depth of what is moved.
        """
        x, y, _ = self.orbit.axes()
        return np.asarray(millimeters * (right * x - down * y), dtype=np.float32)

    def _way(self, points: Floats) -> Array:
        """(N, 3) directions from points (N, 3) to the camera."""
        if self.orbit.parallel:
            return np.broadcast_to(self.orbit.axes()[2], np.shape(points))
        way = self.orbit.position(self.aspect) - np.asarray(points, dtype=np.float64)
        return np.asarray(way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9))

    def _covered(self, points: Floats, faces: Ints, at: Floats) -> NDArray[np.bool_]:
        """(M,) whether a surface (V, 3), (F, 3) lies between the camera and points (M, 3)."""
        seen, depth = self.pixels(points), self.depth(points)
        spots, far = self.pixels(at), self.depth(at)
        face, spot = _overlapping(seen, faces, spots)
        corners = faces[face]
        a, b, c = (seen[corners[:, k]] - spots[spot] for k in range(3))
        areas = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)])
        whole = areas.sum(axis=0)
        over = ((areas >= 0).all(axis=0) | (areas <= 0).all(axis=0)) & (whole != 0)
        shares = areas[:, over] / whole[over]
        before = np.einsum("kn,nk->n", shares, depth[corners[over]]) < far[spot[over]]
        covered = np.zeros(len(at), dtype=bool)
        covered[spot[over][before]] = True
        return covered

    def vertex_at(self, points: Floats, faces: Ints, x: float, y: float) -> int | None:
        """Find the vertex of a surface (V, 3), (F, 3) that is seen nearest to a pixel.

        None beside the surface.
        """
        spot = self.spot_at(points, faces, x, y)
        if spot is None:
            return None
        corners = faces[spot[0]]
        away = np.linalg.norm(self.pixels(points[corners]) - (x, y), axis=1)
        return int(corners[int(np.argmin(away))])

    def spot_at(self, points: Floats, faces: Ints, x: float, y: float) -> tuple[int, Array] | None:
        """Find the place on a surface (V, 3), (F, 3) that is seen at a pixel.

        Returns
        -------
        The face, and the shares (3,) of its corners; None beside the surface.
        """
        seen = self.pixels(points) - (x, y)
        a, b, c = (seen[faces[:, k]] for k in range(3))
        areas = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
        # On a screen whose y runs down, what faces the camera turns the other way round.
        under = np.flatnonzero((areas <= 0).all(axis=1) & (areas.sum(axis=1) < 0))
        if not len(under):
            return None
        shares = areas[under] / areas[under].sum(axis=1, keepdims=True)
        depth = np.einsum("fk,fk->f", shares, self.depth(points)[faces[under]])
        nearest = int(np.argmin(depth))
        return int(under[nearest]), shares[nearest]


def _overlapping(
    seen: Array, faces: Ints, spots: Array
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair faces with the spots that lie in their box of pixels.

    Found by a search across, so that few pairs have to be looked at.

    Parameters
    ----------
    seen : (V, 2) corners
    faces : (F, 3)
    spots : (M, 2)

    Returns
    -------
    faces, spots : (N,) numbers of each
    """
    (left, right), (top, bottom) = (_spans(seen[:, axis], faces) for axis in (0, 1))
    order = np.argsort(spots[:, 0])
    first = np.searchsorted(spots[order, 0], left)
    count = np.searchsorted(spots[order, 0], right, side="right") - first
    face = np.repeat(np.arange(len(faces)), count)
    later = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    spot = order[first[face] + later]
    down = spots[spot, 1]
    both = (top[face] <= down) & (down <= bottom[face])
    return face[both], spot[both]


def _spans(values: Array, faces: Ints) -> tuple[Array, Array]:
    """(F,) the least and the most of the values (V,) at the corners of faces (F, 3)."""
    a, b, c = (values[faces[:, k]] for k in range(3))
    return np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)


def _cross(u: Array, v: Array) -> Array:
    return np.asarray(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
