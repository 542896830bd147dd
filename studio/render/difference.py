"""How far one clip is from another, vertex by vertex, at the same moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats

from .steady import Steady


def frame_beside(frame: int, one: MeshSequence, other: MeshSequence) -> int:
    """Find the frame the other clip shows when this one shows `frame`.

    It is that of the same second, the last one when the other clip is over.
    """
    # Half a frame up is rounded up, so that equal rates give equal numbers.
    return min(int(frame / one.fps * other.fps + 0.5), other.n_frames - 1)


class Difference:
    """The distance of a clip from another of the same triangulation.

    Where there is a rigid region, both heads are laid on the first frame of the clip, so that
    what is left is the difference of the faces.

    Raises `InputError` when the triangulations differ.
    """

    def __init__(
        self, one: MeshSequence, other: MeshSequence, rigid: NDArray[np.bool_] | None = None
    ) -> None:
        if one.topology != other.topology:
            found = f"{other.n_vertices:,} vertices of another order"
            raise InputError.of(other.name, f"the triangulation of {one.name}", found)
        self.one, self.other = one, other
        rest = one.vertices[0]
        self._one = Steady(rest, one.vertices, rigid)
        self._other = Steady(rest, other.vertices, rigid)

    def prepare(self, frames: Sequence[int]) -> None:
        """Align these frames of the clip, and those shown beside them, in one go."""
        self._one.prepare(frames)
        beside = {frame_beside(frame, self.one, self.other) for frame in frames}
        self._other.prepare(sorted(beside))

    def displacement(self, frame: int, points: Floats) -> Floats:
        """Measure (V, 3) mm from the other clip to a frame's points (V, 3)."""
        beside = frame_beside(frame, self.one, self.other)
        away = self._one.displacement(frame, points)
        away -= self._other.displacement(beside, self.other.vertices[beside])
        return away
