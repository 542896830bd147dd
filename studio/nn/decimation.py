"""Quadric edge collapse that keeps a subset of the original vertices.

Garland and Heckbert's error quadrics (SIGGRAPH 1997) with half-edge collapses: a vertex may only
move onto a neighbor, so what is left is a selection, and features of the fine mesh are read at
the coarse vertices without interpolation. Two terms join the planes of the faces: planes that
stand on open edges, so that the neck loop keeps its shape, and a weak pull to the original
positions, so that flat regions thin out evenly instead of in index order.
"""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.sequence import in_one_order

Ints = NDArray[np.int32]
Reals = NDArray[np.float64]
Entry = tuple[float, int, int, int]

LEAST = 4  # vertices a component keeps: a tetrahedron still has a volume
OPEN_EDGE = 10.0
POSITION = 1e-2
SHARPEST_TURN = 0.2


class Decimation(NamedTuple):
    """What a collapse leaves.

    Attributes
    ----------
    kept
        (Vc,) int32, ascending indices into the fine vertices.
    faces
        (Fc, 3) int32, into the kept vertices.
    ancestor
        (V,) int32, the kept vertex (0..Vc-1) each fine vertex was merged into.
    """

    kept: Ints
    faces: Ints
    ancestor: Ints


def decimate(vertices: NDArray[np.floating], faces: Ints, target: int) -> tuple[Ints, Ints]:
    """Choose the vertices to keep (Vc,) and the coarse faces (Fc, 3); see `collapse`."""
    result = collapse(vertices, faces, target)
    return result.kept, result.faces


def collapse(vertices: NDArray[np.floating], faces: Ints, target: int) -> Decimation:
    """Thin a mesh out to about `target` of its own vertices.

    Each connected part keeps its share, at least four vertices (or all it has). More than `target`
    stay where no further collapse is legal. The result does not depend on the order of the faces.

    Parameters
    ----------
    vertices, faces
        (V, 3) and (F, 3).

    Raises
    ------
    InputError
        If the floor exceeds the target.
    """
    mesh = _Mesh(np.asarray(vertices, dtype=np.float64), in_one_order(faces))
    part = components(faces, len(vertices))
    for label, budget in enumerate(_budgets(np.bincount(part), target)):
        mesh.reduce(np.flatnonzero(part == label), budget)
    return mesh.result()


def components(faces: Ints, n_vertices: int) -> Ints:
    """Label each vertex (V,) with the connected part it belongs to, counted by smallest vertex."""
    from scipy import sparse  # what is loaded is cut already
    from scipy.sparse import csgraph

    a, b = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]]).T
    graph = sparse.coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(n_vertices,) * 2)
    labels = csgraph.connected_components(graph, directed=False)[1]
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int32)


def _budgets(sizes: NDArray[np.integer], target: int) -> NDArray[np.integer]:
    """Vertices each part keeps: its share, not under the floor; the largest part evens out."""
    least = np.minimum(sizes, LEAST)
    if target < least.sum():
        wanted = f"at least {least.sum()} vertices for {len(sizes)} parts"
        raise InputError.of("decimation target", wanted, str(target))
    share = np.rint(sizes * (target / sizes.sum())).astype(int)
    budgets = np.clip(share, least, sizes)
    while (surplus := budgets.sum() - target) > 0:
        largest = (budgets - least).argmax()
        budgets[largest] -= min(surplus, budgets[largest] - least[largest])
    return np.asarray(budgets)


class _Mesh:
    """A triangle mesh that shrinks: connectivity in sets, quadrics in one array."""

    def __init__(self, points: Reals, faces: Ints) -> None:
        self.points = points
        self.corners: list[tuple[int, int, int]] = [tuple(face) for face in faces.tolist()]
        self.around: list[set[int]] = [set() for _ in points]
        for index, face in enumerate(self.corners):
            for vertex in face:
                self.around[vertex].add(index)
        self.quadrics = _quadrics(points, faces)
        self.parent = np.arange(len(points), dtype=np.int32)
        self.version = [0] * len(points)

    def reduce(self, part: NDArray[np.integer], budget: int) -> None:
        """Collapse inside one part until `budget` vertices are left or nothing is legal."""
        surplus = len(part) - budget
        heap = [entry for vertex in part for entry in self._entries(int(vertex), both=False)]
        for allow_folds in (False, True):
            surplus = self._drain(heap, surplus, allow_folds=allow_folds)

    def _drain(self, heap: list[Entry], surplus: int, *, allow_folds: bool) -> int:
        """Collapse from the heap; entries refused once are tried again after others went."""
        waiting: list[Entry] = []
        progress = True
        while surplus > 0 and progress:
            heap.extend(waiting)
            heapq.heapify(heap)
            waiting, progress = [], False
            while heap and surplus > 0:
                entry = heapq.heappop(heap)
                if not self._current(entry):
                    continue
                if not self._legal(entry[1], entry[2], allow_folds=allow_folds):
                    waiting.append(entry)
                    continue
                for fresh in self._merge(entry[1], entry[2]):
                    heapq.heappush(heap, fresh)
                surplus, progress = surplus - 1, True
        heap.extend(waiting)
        return surplus

    def _current(self, entry: Entry) -> bool:
        _, gone, into, stamp = entry
        return stamp == self.version[gone] + self.version[into]

    def _entries(self, vertex: int, *, both: bool) -> list[Entry]:
        """Heap entries (cost, gone, into, stamp) of the half-edges that leave (and reach) it."""
        ring = sorted(self._ring(vertex))
        quadrics = self.quadrics[ring] + self.quadrics[vertex]
        stamps = [self.version[vertex] + self.version[other] for other in ring]
        costs = _errors(quadrics, self.points[ring])
        out = [(c, vertex, o, s) for c, o, s in zip(costs, ring, stamps, strict=True)]
        if both:
            costs = _errors(quadrics, self.points[[vertex] * len(ring)])
            out += [(c, o, vertex, s) for c, o, s in zip(costs, ring, stamps, strict=True)]
        return out

    def _ring(self, vertex: int) -> set[int]:
        ring = {corner for face in self.around[vertex] for corner in self.corners[face]}
        ring.discard(vertex)
        return ring

    def _is_open(self, vertex: int) -> bool:
        return len(self._ring(vertex)) != len(self.around[vertex])

    def _legal(self, gone: int, into: int, *, allow_folds: bool) -> bool:
        """Whether the mesh stays a surface: link condition, open loops kept, no face folds over."""
        shared = self.around[gone] & self.around[into]
        opposite = {c for face in shared for c in self.corners[face]} - {gone, into}
        if self._ring(gone) & self._ring(into) != opposite or len(opposite) != len(shared):
            return False
        if len(shared) != 1 and self._is_open(gone):
            return False
        moved = [self._moved(face, gone, into) for face in sorted(self.around[gone] - shared)]
        present = {frozenset(self.corners[face]) for face in self.around[into]}
        if not moved or any(frozenset(face) in present for face in moved):
            return False
        return allow_folds or self._keeps_facing(sorted(self.around[gone] - shared), moved)

    def _moved(self, face: int, gone: int, into: int) -> tuple[int, int, int]:
        a, b, c = (into if corner == gone else corner for corner in self.corners[face])
        return a, b, c

    def _keeps_facing(self, before: list[int], after: list[tuple[int, int, int]]) -> bool:
        corners = np.array([self.corners[face] for face in before] + after)
        old, new = np.split(_normals(self.points[corners]), 2)
        lengths = np.linalg.norm(old, axis=1) * np.linalg.norm(new, axis=1)
        return bool(np.all((old * new).sum(axis=1) > SHARPEST_TURN * lengths))

    def _merge(self, gone: int, into: int) -> list[Entry]:
        for face in self.around[gone] & self.around[into]:
            for corner in self.corners[face]:
                self.around[corner].discard(face)
        for face in self.around[gone]:
            self.corners[face] = self._moved(face, gone, into)
        self.around[into] |= self.around[gone]
        self.around[gone] = set()
        self.quadrics[into] += self.quadrics[gone]
        self.parent[gone] = into
        self.version[gone] += 1
        self.version[into] += 1
        return self._entries(into, both=True)

    def result(self) -> Decimation:
        root = self.parent
        while not np.array_equal(root, root[root]):
            root = root[root]
        kept = np.unique(root)
        place = np.full(len(root), -1, dtype=np.int32)
        place[kept] = np.arange(len(kept))
        alive = sorted({face for vertex in kept for face in self.around[vertex]})
        faces = place[np.array([self.corners[face] for face in alive], dtype=np.int32)]
        return Decimation(kept.astype(np.int32), in_one_order(faces.reshape(-1, 3)), place[root])


def _normals(triangles: Reals) -> Reals:
    """(F, 3) normals, twice the area long, of (F, 3, 3) corners."""
    u, v = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    return np.asarray(np.cross(u, v))


def _errors(quadrics: Reals, points: Reals) -> list[float]:
    """Squared distances x^T Q x of homogeneous points (N, 3) under (N, 4, 4)."""
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    errors = np.einsum("ni,nij,nj->n", homogeneous, quadrics, homogeneous)
    out: list[float] = errors.tolist()
    return out


def _quadrics(points: Reals, faces: Ints) -> Reals:
    """(V, 4, 4) error quadrics: planes of faces, planes on open edges, original positions."""
    normals = _normals(points[faces])
    areas = np.linalg.norm(normals, axis=1)
    units = normals / np.maximum(areas, 1e-12)[:, None]
    planes = _plane_quadrics(units, points[faces[:, 0]], areas)
    out = np.zeros((len(points), 4, 4))
    weight = np.zeros(len(points))
    for corner in range(3):
        np.add.at(out, faces[:, corner], planes)
        np.add.at(weight, faces[:, corner], areas)
    _add_open_edges(out, points, faces, units)
    return out + POSITION * _position_quadrics(points, weight)


def _plane_quadrics(normals: Reals, points: Reals, weights: Reals) -> Reals:
    offset = -(normals * points).sum(axis=1, keepdims=True)
    plane = np.concatenate([normals, offset], axis=1)
    return np.asarray(weights[:, None, None] * plane[:, :, None] * plane[:, None, :])


def _position_quadrics(points: Reals, weights: Reals) -> Reals:
    out = np.zeros((len(points), 4, 4))
    out[:, range(3), range(3)] = 1.0
    out[:, :3, 3] = out[:, 3, :3] = -points
    out[:, 3, 3] = (points**2).sum(axis=1)
    return np.asarray(out * weights[:, None, None])


def _add_open_edges(out: Reals, points: Reals, faces: Ints, units: Reals) -> None:
    """Add planes through the edges of one face, perpendicular to it."""
    edges = np.concatenate([faces[:, list(pair)] for pair in pairwise((0, 1, 2, 0))])
    owner = np.tile(np.arange(len(faces)), 3)
    keys = np.sort(edges, axis=1)
    _, first, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
    alone = first[count == 1]
    a, b = edges[alone].T
    along = points[b] - points[a]
    normals = np.cross(along, units[owner[alone]])
    lengths = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(lengths, 1e-12)[:, None]
    planes = _plane_quadrics(normals, points[a], OPEN_EDGE * lengths**2)
    np.add.at(out, a, planes)
    np.add.at(out, b, planes)
