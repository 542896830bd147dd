"""Lips that meet, and never go through each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, Ints
from studio.face.known import studio_face
from studio.face.registration.surface import nearest_on_triangles

from .laid import Laid
from .spread import Spread

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_INNER = slice(60, 68)  # of iBUG's landmarks, the inner rims of the lips
# mm from them: vertices of the upper lip that may meet the lower one, that, and all that moves.
_NEAR, _BELOW, _AROUND = 9.0, 10.0, 15.0
_APART = 1e3  # mm
_SPACING = 3.0  # mm between the points that stand for the lower lip
_STEPS = 6  # of them along the longest side of a triangle, at most
_CLOSE = 0.3  # mm between the lips, from which they are looked at
_DEEPEST = 5.0  # mm below a lip, beyond which a vertex is elsewhere
_BESIDE = 0.3  # mm that the nearest point may lie beside the way to the surface
_LEAST, _MOVES = 0.02, 0.05  # mm that are worth a push, and that lips go before any
_TRIES, _AGAIN = 3, 0.1  # pushes of a frame, and mm of one that another may have to follow
_ROUNDS, _FADE = 6, 3.0  # of neighbors, and mm along the surface over which a push fades out
_CORNER = 2.5  # mm along the surface from the corners of the mouth, which stay
_SLANT = 0.5  # the least cosine between where a vertex is pushed and where it lies too deep


@dataclass(frozen=True, eq=False)
class _Sunk:
    """Vertices (P,) of the upper lip before or in the lower one.

    Attributes
    ----------
    rows : (P,) their numbers in the upper lip
    frames : (P,)
    deep : (P,) mm below the surface, negative before it
    triangle : (P,) of the lower lip, where the surface is nearest
    normal : (P, 3) of that
    """

    rows: Index
    frames: Index
    deep: Floats
    triangle: Index
    normal: Floats


@dataclass(frozen=True, eq=False)
class Lips:
    """The lips of a foreign face.

    Attributes
    ----------
    vertices : (L,) of both lips
    rest : (L, 3) mm
    side : (L,) 1 on the upper lip, -1 on the lower one, less in size near the corners of the mouth
    upper : (U,) which of them may meet the lower lip
    lower : (F, 3) triangles of the lower lip
    _triangle, _shares : (S,) the triangles of points on the lower lip, and (S, 3) where in them
    _spread : from a vertex to the others of its lip
    """

    vertices: Index
    rest: Floats
    side: Floats
    upper: Index
    lower: Ints
    _triangle: Index
    _shares: Floats
    _spread: Spread

    @classmethod
    def of(cls, laid: Laid, fitted: Floats) -> Lips:
        """Look at a foreign face that the template (V, 3) in mm is fitted to."""
        from scipy.spatial import cKDTree

        rims = fitted[studio_face().template.landmarks[_INNER]].astype(np.float64)
        ring = np.concatenate([rims, (rims + np.roll(rims, -1, axis=0)) / 2])
        away = np.asarray(cKDTree(ring).query(laid.vertices)[0])
        side = np.where(laid.skin & (away < _AROUND), laid.sides, 0)
        vertices = np.flatnonzero(side)
        at = np.zeros(len(side), dtype=np.int32)
        at[vertices] = np.arange(len(vertices))
        upper = at[(side > 0) & (away < _NEAR)].astype(np.intp)
        below = (side < 0) & (away < _BELOW)
        lower = at[laid.faces[below[laid.faces].all(axis=1)]]
        low, high, length = laid.edges.low, laid.edges.high, laid.edges.length
        along = np.where(side[low] == side[high], np.exp(-length / _FADE), 0.0)
        spread = Spread.of(laid.edges, vertices, _ROUNDS, along)
        rest = laid.vertices[vertices].astype(np.float32)
        corners = np.flatnonzero(laid.skin & (away < _AROUND) & (side == 0))
        reach = np.minimum(laid.edges.distance(corners, _CORNER)[vertices], _CORNER)
        signs = (side[vertices] * reach / _CORNER).astype(np.float32)
        return cls(vertices, rest, signs, upper, lower, *_sampled(rest[lower]), spread)

    @cached_property
    def _depth(self) -> Floats:
        """(U,) mm that each vertex of the upper lip is below the lower one at rest, at least 0."""
        rows = np.arange(len(self.upper))
        found = self._sunk(self.rest[:, None], rows, np.zeros_like(rows))
        depth = np.zeros(len(self.upper), dtype=np.float32)
        depth[found.rows] = np.maximum(found.deep, 0.0)
        return depth

    @cached_property
    def _facing(self) -> tuple[Index, Floats, Floats]:
        """Find what each vertex of the upper lip has before it at rest.

        (U,) a vertex of the lower lip, (U, 3) the normal and (U,) mm between them along it. Lips
        are round: elsewhere along the lower one the other is not nearer than by this.
        """
        from scipy.spatial import cKDTree

        own, there = self.rest[self.upper], self._points(self.rest[:, None])[:, 0]
        near = np.asarray(cKDTree(there).query(own)[1])
        triangle = self._triangle[near]
        normal = _normals(self.rest[self.lower[triangle]])
        gap = np.einsum("ud,ud->u", own - there[near], normal)
        return self.lower[triangle, 0].astype(np.intp), normal, gap

    def part(self, moved: Floats) -> None:
        """Part lips that would go through each other, in displacements (W, T, 3) in mm."""
        if not (len(self.upper) and len(self.lower)):
            return
        away = moved[self.vertices]
        own = away[self.upper]
        below, normal, gap = self._facing
        nearer = np.einsum("utd,ud->ut", own - away[below], normal) + gap[:, None]
        close = (nearer < _CLOSE) & (np.abs(away).max(axis=(0, 2)) > _MOVES)
        some = np.flatnonzero(close.any(axis=0))
        lips = self.rest[:, None] + away[:, some]
        for _ in range(_TRIES):
            if not len(some):
                return
            push, way = self._parted(lips, close[:, some])
            pushed = np.abs(push).max(axis=0)
            push = push[..., None] * way
            touched = np.flatnonzero(pushed)
            moved[np.ix_(self.vertices, some[touched])] += push[:, touched]
            again = pushed > _AGAIN
            some, lips = some[again], (lips + push)[:, again]

    def _parted(self, points: Floats, close: Mask) -> tuple[Floats, Floats]:
        """Find how far lips (L, T, 3) have to go, (L, T) mm, and which way, (T, 3)."""
        found = self._sunk(points, *np.nonzero(close))
        deep = found.deep - self._depth[found.rows]
        through = deep > _LEAST
        deep, normal, frame = deep[through], found.normal[through], found.frames[through]
        way = np.zeros((points.shape[1], 3), dtype=np.float32)
        np.add.at(way, frame, deep[:, None] * normal)
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        half = deep / (2 * np.maximum(np.einsum("pd,pd->p", normal, way[frame]), _SLANT))
        push = np.zeros(points.shape[:2], dtype=np.float32)
        np.maximum.at(push, (self.upper[found.rows[through]], frame), half)
        for corner in self.lower[found.triangle[through]].T:
            np.maximum.at(push, (corner, frame), half)
        self._spread(push)
        return push * self.side[:, None], way

    def _points(self, lips: Floats) -> Floats:
        """Find the points (S, T, 3) that stand for the lower lip, in lips (L, T, 3)."""
        corners = self.lower[self._triangle]
        out = self._shares[:, 0, None, None] * lips[corners[:, 0]]
        for corner in (1, 2):
            out += self._shares[:, corner, None, None] * lips[corners[:, corner]]
        return np.asarray(out)

    def _sunk(self, lips: Floats, rows: Index, frames: Index) -> _Sunk:
        """Find vertices (P,) of `upper`, of a frame each, before or in the lower lip.

        Parameters
        ----------
        lips : (L, T, 3) mm
        rows, frames : (P,)
        """
        from scipy.spatial import cKDTree

        points, own = self._points(lips), lips[self.upper[rows], frames]
        # Frames lie far apart, so that one search serves all of them.
        apart = _APART * np.arange(lips.shape[1])[:, None] * np.array([1.0, 0.0, 0.0])
        tree = cKDTree((points + apart).reshape(-1, 3), balanced_tree=False, compact_nodes=False)
        found = tree.query(own + apart[frames], distance_upper_bound=_DEEPEST)
        away, near = map(np.asarray, found)
        here = np.isfinite(away)
        rows, frames, own = rows[here], frames[here], own[here]
        triangle = self._triangle[near[here] // lips.shape[1]]
        corners = lips[self.lower[triangle], frames[:, None]]
        normal = _normals(corners)
        deep = np.einsum("pd,pd->p", corners[:, 0] - own, normal)
        there = nearest_on_triangles(own.astype(np.float64), corners.astype(np.float64))
        straight = np.linalg.norm(there - own, axis=1)
        before = straight - np.abs(deep) < _BESIDE
        return _Sunk(*(each[before] for each in (rows, frames, deep, triangle, normal)))


def _normals(corners: Floats) -> Floats:
    """(P, 3) Of triangles (P, 3, 3)."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9))


def _sampled(corners: Floats) -> tuple[Index, Floats]:
    """Spread points over triangles (F, 3, 3): (S,) the triangle, and (S, 3) shares of corners."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max(axis=1, initial=0.0)
    steps = np.clip(np.ceil(sides / _SPACING), 1, _STEPS).astype(int)
    triangles, shares = [np.zeros(0, dtype=np.intp)], [np.zeros((0, 3), dtype=np.float32)]
    for count in np.unique(steps):
        own = np.flatnonzero(steps == count)
        first, second = np.divmod(np.arange(count**2), count)
        inside = first + second < count
        one = np.stack([first, second], axis=1)[inside] / count + 1 / (3 * count)
        some = np.c_[one, 1 - one.sum(axis=1)].astype(np.float32)
        triangles.append(np.repeat(own, len(some)))
        shares.append(np.tile(some, (len(own), 1)))
    return np.concatenate(triangles), np.concatenate(shares)
