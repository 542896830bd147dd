"""The edges of a surface: how far it is along them, and which of them motion tears."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats, Ints

if TYPE_CHECKING:
    from scipy import sparse

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_SHORTEST = 1e-3  # of the mean edge; shorter ones would outweigh all others
_TIMES, _LONGER = 2.0, 0.8  # of an edge's length, and mm beyond it, from which it is torn
_CHUNK = 1 << 13  # edges that are looked at together


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of a surface at rest, each once.

    Attributes
    ----------
    rest : (V, 3) mm
    low, high : (E,) their ends
    length : (E,) mm
    """

    rest: Doubles
    low: Index
    high: Index
    length: Doubles

    @classmethod
    def of(cls, rest: Doubles | Floats, faces: Ints) -> Edges:
        """Find those of faces (F, 3)."""
        points, count = np.asarray(rest, dtype=np.float64), len(rest)
        ends = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
        number = np.sort(ends[:, 0] * count + ends[:, 1])
        low, high = np.divmod(number[np.diff(number, prepend=-1) > 0], count)
        low, high = low[low != high], high[low != high]
        return cls(points, low, high, np.linalg.norm(points[low] - points[high], axis=1))

    def joined(self, values: Doubles) -> sparse.csr_array:
        """(V, V) Values (E,) at both ends of each edge."""
        from scipy import sparse

        ends = np.r_[self.low, self.high], np.r_[self.high, self.low]
        count = len(self.rest)
        return sparse.csr_array((np.r_[values, values], ends), shape=(count, count))

    @cached_property
    def graph(self) -> sparse.csr_array:
        """(V, V) A 1 for each pair of neighbors."""
        return self.joined(np.ones(len(self.low)))

    @cached_property
    def piece(self) -> NDArray[np.int32]:
        """(V,) The connected part that each vertex is in."""
        from scipy.sparse import csgraph

        return np.asarray(csgraph.connected_components(self.graph, directed=False)[1])

    @cached_property
    def laplacian(self) -> tuple[sparse.csr_array, Doubles]:
        """A positive (V, V), in which short edges count more than the long ones beside them.

        With it the share of the surface, (V,) mm^2, that each vertex stands for.
        """
        from scipy import sparse

        ends, twice = np.r_[self.low, self.high], np.r_[self.length, self.length]
        count = len(self.rest)
        many = np.maximum(np.bincount(ends, minlength=count), 1)
        mean = np.maximum(np.bincount(ends, twice, count) / many, 1e-9)
        shortest = _SHORTEST * float(self.length.mean()) if len(self.length) else 1.0
        length = np.maximum(self.length, shortest)
        graph = self.joined(np.sqrt(mean[self.low] * mean[self.high]) / length)
        sums = np.asarray(graph.sum(axis=1)).ravel()
        return sparse.csr_array(sparse.diags_array(sums) - graph), mean**2

    def distance(self, sources: NDArray[np.integer], limit: float) -> Doubles:
        """Measure the way (V,) in mm from the nearest of some vertices, infinite past a limit."""
        from scipy.sparse import csgraph

        if not len(sources):
            return np.full(len(self.rest), np.inf)
        graph = self.joined(np.maximum(self.length, 1e-9))
        reached = csgraph.dijkstra(
            graph, directed=False, indices=np.unique(sources), limit=limit, min_only=True
        )
        return np.asarray(reached)

    def torn(self, field: Floats, part: Mask) -> Mask:
        """Find the ends (V,) of edges within a part (V,) that displacements (V, 3T) in mm tear."""
        known = np.flatnonzero(part[self.low] & part[self.high])
        out = np.zeros(len(self.rest), dtype=bool)
        for start in range(0, len(known), _CHUNK):
            some = known[start : start + _CHUNK]
            low, high = self.low[some], self.high[some]
            apart = (field[low] - field[high]).reshape(len(some), -1, 3)
            apart += (self.rest[low] - self.rest[high])[:, None]
            rest = self.length[some]
            limit = np.maximum(_TIMES * rest, rest + _LONGER)
            torn = np.einsum("etd,etd->et", apart, apart).max(axis=1) > limit**2
            out[low[torn]] = out[high[torn]] = True
        return out

    def around(self, part: Mask) -> Mask:
        """Add the neighbors to vertices (V,)."""
        out = part.copy()
        out[self.low[part[self.high]]] = True
        out[self.high[part[self.low]]] = True
        return out
