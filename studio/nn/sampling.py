"""A mesh at several resolutions: what is kept, how to come back up, and the spiral of each vertex.

Everything is computed once per triangulation with numpy and stored in tables; the networks only
look up. A vertex that is merged away comes back as a blend of the corners of the nearest coarse
triangle. The weights are barycentric and clamped to the triangle: non-negative and of sum one, so
a constant (and a shift of the whole head) is reproduced exactly, and a linear function wherever
the vertex lies on the coarse surface. "Nearest" is searched around the vertex it was merged into,
along the surface: closed lips touch in space, yet must not borrow from each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError

from .decimation import Decimation, Ints, Reals, collapse, decimate

__all__ = ["Entries", "Hierarchy", "build_hierarchy", "decimate", "spiral_table", "up_sampling"]

Points = NDArray[np.floating]
Axes = tuple[tuple[float, float, float], ...]

UP_FORWARD_LEFT: Axes = ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
SHORTEST_FIELD = 0.1
SAME_ANGLE = 1e-6


class Entries(NamedTuple):
    """A sparse matrix (R, C) by its N entries, row by row and from left to right.

    A network that is loaded needs no more of sparse matrices, so scipy, which takes a third of a
    second to import, is left to those that build a hierarchy.

    Attributes
    ----------
    rows, columns
        (N,) integers.
    values
        (N,) float32.
    shape
        R and C.
    """

    rows: NDArray[np.integer]
    columns: NDArray[np.integer]
    values: NDArray[np.float32]
    shape: tuple[int, int]

    @property
    def starts(self) -> NDArray[np.integer]:
        """The place of each row's first entry, and after the last row N: (R + 1,)."""
        counts = np.bincount(self.rows, minlength=self.shape[0])
        return np.concatenate([[0], np.cumsum(counts)])

    def ordered(self) -> Entries:
        """Bring entries that come in any order, none of them twice, into theirs.

        Raises
        ------
        ValueError
            Where one lies outside the matrix.
        """
        for places, size in zip((self.rows, self.columns), self.shape, strict=True):
            if len(places) and not 0 <= places.min() <= places.max() < size:
                raise ValueError("an entry lies outside its matrix")
        order = np.argsort(self.rows.astype(np.int64) * self.shape[1] + self.columns, kind="stable")
        return Entries(self.rows[order], self.columns[order], self.values[order], self.shape)

    def transposed(self) -> Entries:
        """Turn the matrix into (C, R)."""
        return Entries(self.columns, self.rows, self.values, self.shape[::-1]).ordered()


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """One triangulation at n + 1 resolutions, finest first.

    Attributes
    ----------
    faces
        n + 1 arrays (F_i, 3) int32.
    kept
        n arrays (V_{i+1},) int32, into the vertices of level i.
    spirals
        n arrays (V_i, S_i) int32, the vertex itself first.
    up_index, up_weight
        n arrays (V_i, 3) int32 and float32: vertex v of level i is the sum over k of
        ``up_weight[i][v, k]`` times vertex ``up_index[i][v, k]`` of level i + 1.
    """

    faces: tuple[Ints, ...]
    kept: tuple[Ints, ...]
    spirals: tuple[Ints, ...]
    up_index: tuple[Ints, ...]
    up_weight: tuple[NDArray[np.float32], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Vertices at each level, finest first."""
        return len(self.spirals[0]), *(len(kept) for kept in self.kept)

    def up_matrix(self, level: int) -> Entries:
        """Make the up-sampling matrix (V_i, V_{i+1}), at most three entries a row."""
        index, weight = self.up_index[level], self.up_weight[level]
        rows, corners = np.nonzero(weight)
        shape = (len(index), self.sizes[level + 1])
        return Entries(rows, index[rows, corners], weight[rows, corners], shape).ordered()

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Name every table flatly, as ``kept_0`` (N,) or ``faces_1`` (F, 3)."""
        return {
            f"{field.name}_{level}": array
            for field in fields(self)
            for level, array in enumerate(getattr(self, field.name))
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Hierarchy:
        """Undo `arrays` (N,), (F, 3), ...; other names are ignored.

        Raises
        ------
        InputError
            If a table is missing.
        """
        steps = max(1, sum(name.startswith("kept_") for name in arrays))
        tables: dict[str, Any] = {}
        for field in fields(cls):
            names = [f"{field.name}_{i}" for i in range(steps + (field.name == "faces"))]
            if missing := [name for name in names if name not in arrays]:
                raise InputError.of("mesh hierarchy", "all tables", f"no {missing[0]}")
            tables[field.name] = tuple(arrays[name] for name in names)
        return cls(**tables)


def build_hierarchy(
    vertices: Points,
    faces: Ints,
    factors: Sequence[int] = (4, 4, 4),
    lengths: Sequence[int] = (9, 9, 9),
    *,
    axes: Axes = UP_FORWARD_LEFT,
) -> Hierarchy:
    """Build tables for a mesh (V, 3), (F, 3), thinned by `factors`, with spirals of `lengths`.

    Raises
    ------
    InputError
        If factors and lengths differ in number, a face index is out of range or an edge is used
        twice in one direction.
    """
    if len(factors) != len(lengths) or not factors:
        raise InputError.of("spiral lengths", f"one for each of {len(factors)} steps", str(lengths))
    points, current = np.asarray(vertices, dtype=np.float64), np.asarray(faces, dtype=np.int32)
    if not len(current) or current.min() < 0 or current.max() >= len(points):
        raise InputError.of("faces", f"indices from 0 to {len(points) - 1}", "others or no face")
    all_faces, steps = [current], []
    for factor, length in zip(factors, lengths, strict=True):
        table = spiral_table(points, current, length, axes=axes)
        coarse = collapse(points, current, ceil(len(points) / factor))
        steps.append((coarse.kept, table, *up_sampling(points, coarse)))
        points, current = points[coarse.kept], coarse.faces
        all_faces.append(current)
    return Hierarchy(tuple(all_faces), *zip(*steps, strict=True))


# Up-sampling


def up_sampling(vertices: Points, coarse: Decimation) -> tuple[Ints, NDArray[np.float32]]:
    """Find coarse vertices (V, 3) and their weights (V, 3) that bring each fine vertex back."""
    points = np.asarray(vertices, dtype=np.float64)
    fine, face = _candidates(coarse)
    corners = points[coarse.kept][coarse.faces[face]]
    weights, distances = _barycentric(points[fine], corners)
    order = np.lexsort((face, distances, fine))
    seen, first = np.unique(fine[order], return_index=True)
    best = order[first]
    index = np.repeat(coarse.ancestor[:, None], 3, axis=1)
    weight = np.tile([1.0, 0.0, 0.0], (len(points), 1))
    index[seen], weight[seen] = coarse.faces[face[best]], weights[best]
    index[coarse.kept] = np.arange(len(coarse.kept), dtype=np.int32)[:, None]
    weight[coarse.kept] = (1.0, 0.0, 0.0)
    return index.astype(np.int32), weight.astype(np.float32)


def _candidates(coarse: Decimation) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Pairs (fine vertex, coarse face): the faces that touch the ring around its ancestor."""
    from scipy import sparse

    n_faces, n_coarse = len(coarse.faces), len(coarse.kept)
    ones = np.ones(3 * n_faces, dtype=np.int32)
    rows = coarse.faces.ravel(), np.repeat(np.arange(n_faces), 3)
    touches = sparse.csr_array((ones, rows), shape=(n_coarse, n_faces))
    near = sparse.csr_array(touches @ touches.T @ touches)
    pairs = near[coarse.ancestor].tocoo()
    return pairs.row, pairs.col


def _barycentric(points: Reals, corners: Reals) -> tuple[Reals, Reals]:
    """Weights (N, 3) of the nearest point in each triangle (N, 3, 3), and its distance (N,)."""
    options = [_in_plane(points, corners)]
    options += [_on_edge(points, corners, k, (k + 1) % 3) for k in range(3)]
    weights = np.stack(options)
    nearest = np.einsum("onk,nkc->onc", weights, corners)
    distances = np.linalg.norm(nearest - points, axis=2)
    distances[0, (weights[0] < 0).any(axis=1)] = np.inf
    best, rows = distances.argmin(axis=0), np.arange(len(points))
    return weights[best, rows], distances[best, rows]


def _in_plane(points: Reals, corners: Reals) -> Reals:
    """Barycentric weights of the foot of the perpendicular; negative if it lies outside."""
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    w = points - corners[:, 0]
    uu, uv, vv = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    uw, vw = (u * w).sum(1), (v * w).sum(1)
    area = uu * vv - uv**2
    flat = area <= 1e-12 * uu * vv
    area = np.where(flat, 1.0, area)
    s, t = (vv * uw - uv * vw) / area, (uu * vw - uv * uw) / area
    return np.where(flat[:, None], -1.0, np.stack([1 - s - t, s, t], axis=1))


def _on_edge(points: Reals, corners: Reals, start: int, end: int) -> Reals:
    """Weights of the nearest point on one edge."""
    a, along = corners[:, start], corners[:, end] - corners[:, start]
    squared = np.maximum((along * along).sum(1), 1e-30)
    weights = np.zeros((len(points), 3))
    weights[:, end] = np.clip(((points - a) * along).sum(1) / squared, 0.0, 1.0)
    weights[:, start] = 1.0 - weights[:, end]
    return weights


# Spirals


def spiral_table(
    vertices: Points, faces: Ints, length: int, *, axes: Axes = UP_FORWARD_LEFT
) -> Ints:
    """List each vertex, then its rings, walked counter-clockwise from outside: (V, S) int32.

    The walk starts at the neighbor nearest in direction to a fixed field (the first of `axes` that
    is not almost normal to the surface there), projected into the tangent plane, so that the table
    depends on the shape alone: not on the order of the faces nor on the numbering. Outer rings
    follow the order of the inner one. Where the rings of a small part run out, the vertex itself
    fills the row.
    """
    points = np.asarray(vertices, dtype=np.float64)
    rings = [_first_ring(*item) for item in _fans(points, faces, axes)]
    table = np.repeat(np.arange(len(points), dtype=np.int32)[:, None], length, axis=1)
    for center, row in enumerate(table):
        walk = _walk(center, rings, length)
        row[: len(walk)] = walk
    return table


def _walk(center: int, rings: list[list[int]], length: int) -> list[int]:
    """Breadth first: the ring of each vertex, read on from the one it was reached through."""
    walk, source, seen = [center], [center], {center}
    for place, vertex in enumerate(walk):
        ring, turn = rings[vertex], 0
        if vertex != center:
            turn = ring.index(source[place])
        for other in ring[turn:] + ring[:turn]:
            if len(walk) == length:
                return walk
            if other not in seen:
                seen.add(other)
                walk.append(other)
                source.append(vertex)
    return walk


def _fans(
    points: Reals, faces: Ints, axes: Axes
) -> Iterator[tuple[dict[int, int], dict[int, float]]]:
    """At each vertex: who follows whom around it, and each neighbor's angle to the field."""
    after: list[dict[int, int]] = [{} for _ in points]
    for corners in np.asarray(faces).tolist():
        for a, b, c in (corners, corners[1:] + corners[:1], corners[2:] + corners[:2]):
            if b in after[a]:
                raise InputError.of("faces", "an oriented surface", f"edge {a}-{b} used twice")
            after[a][b] = c
    ahead, aside = _tangent_frames(points, faces, axes)
    for vertex, follow in enumerate(after):
        ring = sorted(set(follow) | set(follow.values()))
        offset = points[ring] - points[vertex]
        angles = np.arctan2(offset @ aside[vertex], offset @ ahead[vertex])
        yield follow, dict(zip(ring, angles.tolist(), strict=True))


def _tangent_frames(points: Reals, faces: Ints, axes: Axes) -> tuple[Reals, Reals]:
    """(V, 3) projected field, and the direction a quarter turn counter-clockwise from it."""
    corners = points[np.asarray(faces)]
    normals = np.zeros_like(points)
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    np.add.at(normals, np.asarray(faces).ravel(), np.repeat(face_normals, 3, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-30)[:, None]
    ahead = np.zeros_like(points)
    for axis in np.array(axes)[::-1]:
        flat = axis - normals * (normals @ axis)[:, None]
        size = np.linalg.norm(flat, axis=1, keepdims=True)
        ahead = np.where(size > SHORTEST_FIELD, flat / np.maximum(size, 1e-30), ahead)
    return ahead, np.cross(normals, ahead)


def _first_ring(follow: dict[int, int], angles: dict[int, float]) -> list[int]:
    """Neighbors in counter-clockwise order, from the one nearest in direction to the field."""
    ring: list[int] = []
    starts = set(follow) - set(follow.values()) or set(follow)
    rest = set(angles)
    while rest:
        vertex: int | None = _leading({v: angles[v] for v in (starts & rest or rest)})
        while vertex in rest:
            rest.discard(vertex)
            ring.append(vertex)
            vertex = follow.get(vertex)
    if not ring:
        return ring
    turn = ring.index(_leading(angles))
    return ring[turn:] + ring[:turn]


def _leading(angles: dict[int, float]) -> int:
    """Find the vertex of smallest angle either way; of two alike, the counter-clockwise one."""
    least = min(abs(angle) for angle in angles.values())
    alike = [v for v, angle in angles.items() if abs(angle) <= least + SAME_ANGLE]
    return max(alike, key=lambda v: angles[v])
