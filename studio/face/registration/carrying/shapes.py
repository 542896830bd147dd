"""A face that brings its own ARKit shapes: motion solved in them, and weights played by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats, Ints, read_only, topology_hash
from studio.face.rig import ARKIT

from .bounded import bounded
from .head import HeadMotion
from .portions import portions
from .turning import laid_by_shapes, turned

Index = NDArray[np.intp]

MOST = 1.5  # weight of a shape; trackers give a little more than one
_STILL = 0.02  # of the farthest motion of any vertex, in those that show how the head moves
_POINTS = 120  # that show it; more tell no more
_RIDGE = 0.01  # mm^2 for a unit of a shape: less than noise, and a shape of nothing gets no weight


@dataclass(frozen=True, eq=False)
class FaceShapes:
    """What each ARKit weight of 1 adds to a face, on its own vertices.

    Attributes
    ----------
    neutral : (N, 3) float32 mm
    faces : (F, 3) int32
    deltas : (52, N, 3) float32 mm, in the order of `ARKIT`; zero for shapes that the face lacks

    Raises
    ------
    InputError
        For shapes that do not fit each other.
    """

    neutral: Floats
    faces: Ints
    deltas: Floats

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

    def weights(self, vertices: Floats, progress: Progress | None = None) -> Floats:
        """Solve a clip of the face in its shapes, whatever way the head goes.

        Parameters
        ----------
        vertices : (T, N, 3) mm
        progress : hears how far it is, and stops it

        Returns
        -------
        (T, 52) float32, in the order of `ARKIT`, 0..1.5, nearest in least squares

        Raises
        ------
        InputError
            For frames of another number of vertices.
        """
        count, message = len(self.neutral), "Solving the face's shapes"
        parts = portions(vertices, count, "motion to solve", message, progress)
        out = np.empty((len(vertices), len(ARKIT)), dtype=np.float32)
        basis, gram = self._system
        for part in parts:
            frames = vertices[part]
            head = HeadMotion.of(frames[:, self._still], self.neutral[self._still])
            moved = (head.off(frames) - self.neutral).reshape(len(frames), -1)
            wanted_sum = moved.astype(np.float64) @ basis.T
            out[part] = bounded(gram, wanted_sum, 0.0, MOST)
        return out

    @cached_property
    def _system(self) -> tuple[Doubles, Doubles]:
        basis = self.deltas.reshape(len(ARKIT), -1).astype(np.float64)
        gram = basis @ basis.T
        return basis, gram + _RIDGE * np.eye(len(ARKIT))

    @cached_property
    def _still(self) -> Index:
        """Vertices that hardly any shape moves, which show how the head does."""
        reach = np.linalg.norm(self.deltas, axis=2).max(axis=0)
        still = np.flatnonzero(reach <= _STILL * reach.max(initial=0.0))
        return still[:: max(len(still) // _POINTS, 1)]
