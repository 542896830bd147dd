"""A face that brings its own ARKit shapes, which weights move by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import rigid_alignment
from studio.core.errors import InputError
from studio.core.sequence import Floats, Ints, read_only, topology_hash
from studio.face.rig import ARKIT

from .similarity import Similarity, similarity
from .turning import laid_by_shapes, turned

Index = NDArray[np.intp]

_STILL = 0.02  # of the farthest motion of any vertex, in those that show how the head moves
_FEWEST = 40  # of these; a face without them is told by those that move least
_MOST = 6000  # vertices that weights are solved by; more cost time alone
_SAME = 0.02  # of the size, within which two faces are in one unit
_POINTS = 120  # that show it; more tell no more


@dataclass(frozen=True, eq=False)
class FaceShapes:
    """What each ARKit weight of 1 adds to a face, on its own vertices.

    Attributes
    ----------
    neutral : (N, 3) float32 mm
    faces : (F, 3) int32
    deltas : (52, N, 3) float32 mm, in the order of `ARKIT`; zero for shapes that the face lacks
    path : the file or folder that it was read from, empty where there is none

    Raises
    ------
    InputError
        For shapes that do not fit each other.
    """

    neutral: Floats
    faces: Ints
    deltas: Floats
    path: str = ""

    def __post_init__(self) -> None:
        wanted = (len(ARKIT), len(self.neutral), 3)
        if self.deltas.shape != wanted:
            raise InputError.of("shapes", f"deltas of shape {wanted}", str(self.deltas.shape))
        for array in (self.neutral, self.faces, self.deltas):
            read_only(array)

    @cached_property
    def topology(self) -> str:
        """Hash of the triangulation."""
        return topology_hash(self.faces, len(self.neutral))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The shapes that the face has, by ARKit's names."""
        there = np.asarray(self.deltas.any(axis=(1, 2)))
        return tuple(name for name, has in zip(ARKIT, there, strict=True) if has)

    @cached_property
    def reach(self) -> Floats:
        """(N,) mm, how far any shape moves each vertex."""
        return np.asarray(np.linalg.norm(self.deltas, axis=2).max(axis=0))

    @cached_property
    def moving(self) -> Index:
        """The vertices that shapes move, of many every second or third."""
        moving = np.flatnonzero(self._moves)
        return moving[:: max(len(moving) // _MOST, 1)]

    @cached_property
    def _moves(self) -> NDArray[np.bool_]:
        return np.asarray(self.reach > _STILL * self.reach.max(initial=0.0))

    @cached_property
    def still(self) -> Index:
        """Some vertices that hardly any shape moves, which show how the head does."""
        count = max(int((~self._moves).sum()), min(_FEWEST, len(self.reach)))
        still = np.sort(np.argsort(self.reach, kind="stable")[:count])
        return still[:: max(len(still) // _POINTS, 1)]

    @property
    def has_rest(self) -> bool:
        """Whether a part of the head stays still whatever the shapes do."""
        return int((~self._moves).sum()) >= _FEWEST

    def laid_on(self, neutral: Floats) -> FaceShapes:
        """Lay the face, whatever its unit and place, on the same vertices (N, 3) in mm."""
        if np.array_equal(neutral, self.neutral):
            return self
        lay = self.lay(neutral)
        size = (lay.scale * lay.rotation.T).astype(np.float32)
        there = np.asarray(lay.laid(self.neutral.astype(np.float64)), dtype=np.float32)
        return replace(self, neutral=there, deltas=np.asarray(self.deltas @ size))

    def lay(self, neutral: Floats) -> Similarity:
        """Find what lays the face on the same vertices (N, 3) in mm, told by the still ones."""
        source, goal = self.neutral[self.still], neutral[self.still]
        even, wide = np.ones(len(source)), np.float64
        lay = similarity(source.astype(wide), goal.astype(wide), even)[0]
        if abs(lay.scale - 1.0) > _SAME:
            return lay
        (rotation,), (shift,) = rigid_alignment(source[None], goal, rounds=3)
        return Similarity(1.0, rotation, shift)

    def at_rest_as(self, neutral: Floats) -> FaceShapes:
        """Give the same shapes to another face (N, 3) of this triangulation."""
        return replace(self, neutral=neutral)

    def grown(self, factor: float) -> FaceShapes:
        """Give the same for a face that is so many times larger."""
        size = np.float32(factor)
        return replace(self, neutral=self.neutral * size, deltas=self.deltas * size)

    def played(self, weights: Floats, head: Floats | None = None) -> Floats:
        """Move the face.

        Parameters
        ----------
        weights : (T, 52) in the order of `ARKIT`
        head : (T, 3) yaw, pitch, roll in degrees, about where the studio's head turns

        Returns
        -------
        (T, N, 3) float32 mm
        """
        flat = np.asarray(weights, dtype=np.float32) @ self.deltas.reshape(len(ARKIT), -1)
        moved = flat.reshape(len(weights), *self.neutral.shape)
        moved += self.neutral
        if head is None or not head.any():
            return moved
        return turned(moved, head.astype(np.float64), laid_by_shapes(self.neutral, self.deltas))
