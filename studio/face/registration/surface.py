"""A foreign surface that can be asked for its nearest points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import face_normals
from studio.core.sequence import Doubles, Ints
from studio.core.surfaces import corner_matrix

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

_CANDIDATES = 16  # triangles whose centers are nearest; the nearest triangle is among them
_LONGEST = 6.0  # mm; a longer edge is halved, so that centers stand for their triangles
_HALVINGS = 4  # rounds of it: a triangle of 100 mm is in a coarse mesh, one of a meter is not
_SMOOTH = 2.0  # mm over which normals are averaged: a scanner's noise turns those of small edges


@dataclass(frozen=True, eq=False)
class Nearest:
    """The points of a surface nearest to others.

    Attributes
    ----------
    point : (P, 3) mm
    normal : (P, 3) of the surface there, unit length
    distance : (P,) mm
    triangle : (P,) of the surface's faces
    rim : (P,) whether the point lies on an open border
    """

    point: Doubles
    normal: Doubles
    distance: Doubles
    triangle: Index
    rim: Mask


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles in a fixed pose; those that have no area, or are left out, are no part of it.

    Attributes
    ----------
    vertices : (N, 3) float64 mm
    faces : (F, 3), counter-clockwise seen from outside
    source : (F,) the number that each triangle has outside
    """

    vertices: Doubles
    faces: Ints
    source: Index

    @cached_property
    def _pieces(self) -> tuple[Doubles, Index]:
        """Corners (P, 3, 3) of triangles small enough, and the face (P,) that each is part of."""
        corners, owner = self.vertices[self.faces], np.arange(len(self.faces))
        for _ in range(_HALVINGS):
            sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
            long = sides.max(axis=1) > _LONGEST
            if not long.any():
                break
            halves = _halved(corners[long], sides[long].argmax(axis=1))
            corners = np.concatenate([corners[~long], halves])
            owner = np.concatenate([owner[~long], np.tile(owner[long], 2)])
        return corners, owner

    @cached_property
    def _tree(self) -> cKDTree:
        from scipy.spatial import cKDTree

        return cKDTree(self._pieces[0].mean(axis=1))

    @cached_property
    def normals(self) -> Doubles:
        """(N, 3) Unit normals at the vertices, averaged over a small neighborhood."""
        from scipy import sparse

        count = len(self.vertices)
        flat = face_normals(self.vertices, self.faces)
        found = np.asarray(corner_matrix(self.faces, count) @ flat)
        edges = self.vertices[self.faces] - self.vertices[np.roll(self.faces, -1, axis=1)]
        length = float(np.median(np.linalg.norm(edges, axis=2))) if len(edges) else _SMOOTH
        pairs = self.faces.ravel(), np.roll(self.faces, -1, axis=1).ravel()
        near = sparse.csr_array((np.ones(len(pairs[0])), pairs), shape=(count, count))
        for _ in range(min(int((_SMOOTH / max(length, 1e-6)) ** 2), 8)):
            found = found + near @ found / 3.0
            found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12))

    @cached_property
    def rim(self) -> Mask:
        """(F, 3) Whether the side from a corner to the next belongs to that face alone."""
        ends = np.stack([self.faces, np.roll(self.faces, -1, axis=1)], axis=2).reshape(-1, 2)
        low, high = np.sort(ends.astype(np.int64), axis=1).T
        _, which, count = np.unique(
            low * len(self.vertices) + high, return_inverse=True, return_counts=True
        )
        return np.asarray(count[which].reshape(-1, 3) == 1)

    def closest(self, points: Doubles) -> tuple[Doubles, Index]:
        """Find the nearest point (P, 3) to each of (P, 3) points, and the face (P,) it lies on."""
        corners, owner = self._pieces
        count = min(_CANDIDATES, len(corners))
        pieces = np.asarray(self._tree.query(points, k=count)[1]).reshape(len(points), count)
        near = nearest_on_triangles(np.repeat(points, count, axis=0), corners[pieces.ravel()])
        near = near.reshape(len(points), count, 3)
        best = np.linalg.norm(near - points[:, None], axis=2).argmin(axis=1)
        rows = np.arange(len(points))
        return near[rows, best], owner[pieces[rows, best]]

    def nearest(self, points: Doubles) -> Nearest:
        """Find the nearest point of the surface to each of (P, 3) points."""
        point, face = self.closest(points)
        away = np.linalg.norm(point - points, axis=1)
        shares = self.barycentric(point, face)
        normal = np.einsum("pk,pkd->pd", shares, self.normals[self.faces[face]])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        # A point lies on the side that it has no share of the opposite corner in.
        on_side = np.roll(shares, 1, axis=1) < 1e-6
        rim = (on_side & self.rim[face]).any(axis=1)
        return Nearest(point, normal, np.asarray(away), face, np.asarray(rim))

    def barycentric(self, points: Doubles, faces: Index) -> Doubles:
        """(P, 3) Shares of the corners of faces (P,) in points (P, 3) that lie on them."""
        return shares_of(points, self.vertices[self.faces[faces]])


def shares_of(points: Doubles, corners: Doubles) -> Doubles:
    """Find the shares (P, 3), 0..1, of triangle corners (P, 3, 3) in points (P, 3) on them."""
    first = corners[:, 0]
    u, v, w = corners[:, 1] - first, corners[:, 2] - first, points - first
    uu, uv, vv = (np.einsum("pd,pd->p", a, b) for a, b in ((u, u), (u, v), (v, v)))
    wu, wv = np.einsum("pd,pd->p", w, u), np.einsum("pd,pd->p", w, v)
    area = np.maximum(uu * vv - uv * uv, 1e-18)
    second, third = (vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area
    shares = np.clip(np.stack([1 - second - third, second, third], axis=1), 0.0, 1.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def nearest_on_triangles(points: Doubles, corners: Doubles) -> Doubles:
    """Find the point of each triangle (P, 3, 3) nearest to each point (P, 3)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    u, v, w = b - a, c - a, points - a
    uu, uv, vv = (np.einsum("pd,pd->p", p, q) for p, q in ((u, u), (u, v), (v, v)))
    wu, wv = np.einsum("pd,pd->p", w, u), np.einsum("pd,pd->p", w, v)
    area = np.maximum(uu * vv - uv * uv, 1e-18)
    s, t = (vv * wu - uv * wv) / area, (uu * wv - uv * wu) / area
    out = a + s[:, None] * u + t[:, None] * v
    outside = np.flatnonzero((s < 0) | (t < 0) | (s + t > 1))
    if len(outside):
        out[outside] = _nearest_on_sides(points[outside], corners[outside])
    return np.asarray(out)


def _nearest_on_sides(points: Doubles, corners: Doubles) -> Doubles:
    along = np.roll(corners, -1, axis=1) - corners
    squared = np.maximum(np.einsum("pkd,pkd->pk", along, along), 1e-18)
    share = np.einsum("pkd,pkd->pk", points[:, None] - corners, along) / squared
    near = corners + np.clip(share, 0.0, 1.0)[..., None] * along
    away = np.einsum("pkd,pkd->pk", near - points[:, None], near - points[:, None])
    return np.asarray(near[np.arange(len(points)), away.argmin(axis=1)])


def _halved(corners: Doubles, side: Index) -> Doubles:
    """Cut triangles (P, 3, 3) across the middle of a side (P,), from a corner to the next."""
    turned = corners[np.arange(len(corners))[:, None], (side[:, None] + np.arange(3)) % 3]
    first, second, third = turned[:, 0], turned[:, 1], turned[:, 2]
    middle = (first + second) / 2
    return np.concatenate(
        [np.stack([first, middle, third], axis=1), np.stack([middle, second, third], axis=1)]
    )
