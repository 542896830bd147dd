"""Pushes on some vertices of a surface, in which those around them take part, farther ones less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats

from .edges import Edges

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Spread:
    """Neighbors among some vertices of a surface.

    Attributes
    ----------
    rounds : in which neighbors are taken along
    _beside : by their first neighbors, second ones and so on: vertices that have one, which it is,
        and how far they go along with it, 0..1
    """

    rounds: int
    _beside: tuple[tuple[Index, Index, Floats], ...]

    @classmethod
    def of(cls, edges: Edges, vertices: Index, rounds: int, share: Doubles) -> Spread:
        """Look at vertices (L,), and how far the ends of each edge (E,) go along, 0..1."""
        graph = edges.joined(share)[vertices][:, vertices]
        many = np.diff(graph.indptr)
        some = [np.flatnonzero(many > one) for one in range(int(many.max(initial=0)))]
        at = [graph.indptr[rows] + one for one, rows in enumerate(some)]
        beside = tuple(
            (rows, graph.indices[place].astype(np.intp), graph.data[place, None].astype(np.float32))
            for rows, place in zip(some, at, strict=True)
        )
        return cls(rounds, beside)

    def __call__(self, pushed: Floats) -> None:
        """Have all of the vertices take part in pushes (L, T), which are changed."""
        for _ in range(self.rounds):
            before = pushed.copy()
            for rows, beside, share in self._beside:
                pushed[rows] = np.maximum(pushed[rows], share * before[beside])
