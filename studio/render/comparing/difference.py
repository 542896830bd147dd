"""How far one clip is from another, vertex by vertex, at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Timing
from studio.core.sequence import Floats
from studio.render.steady import Steady, between

LAID, IN_WORLD = "the motion of the head taken out", "where they lie in the world"
_SAME = 1e-6  # of a frame: what rounding leaves between equal moments


def moment_beside(frame: int, one: Timing, other: Timing) -> float | None:
    """Find the moment of the other clip that is as many seconds in as a frame of this one.

    Returns
    -------
    In frames of the other clip, between two of them where the rates differ; None after its last.
    """
    moment = frame / one.fps * other.fps
    near = round(moment)
    if abs(moment - near) <= _SAME * max(near, 1):
        moment = float(near)
    return moment if moment <= other.frames - 1 else None


def shared_moments(one: Timing, other: Timing) -> NDArray[np.float64]:
    """List the moments of the other clip (N,) beside the frames of this one, while both last."""
    beside = (moment_beside(frame, one, other) for frame in range(one.frames))
    return np.array([moment for moment in beside if moment is not None])


def beside_note(frame: int, one: Timing, other: Timing) -> str:
    """Say what the other clip shows beside a frame of this one, where it is none of its frames."""
    if moment_beside(frame, one, other) is None:
        return "has ended"
    steps = other.fps / one.fps
    return "" if abs(steps - round(steps)) <= _SAME else "interpolated"


class Difference:
    """The distance of a clip from another of the same triangulation.

    Where there is a rigid region, both heads are laid on the first frame of the clip, so that
    what is left is the difference of the faces. Where there is none, they are compared where they
    lie in the world.

    Raises `InputError` when the triangulations differ.
    """

    costly: ClassVar[bool] = False
    title: ClassVar[str] = "distance, mm"

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
        held = self._one.holds_still
        self._apart = None if held else (one.origin - other.origin).astype(np.float32)

    @property
    def how(self) -> str:
        """What is measured, in words."""
        return f"vertex by vertex, {LAID if self._one.holds_still else IN_WORLD}"

    def prepare(self, frames: Sequence[int]) -> None:
        """Align these frames of the clip, and those shown beside them, in one go."""
        self._one.prepare(frames)
        moments = [self._beside(frame) for frame in frames]
        whole = {int(at) for at in moments if at is not None}
        after = {int(at) + 1 for at in moments if at is not None and at % 1}
        self._other.prepare(sorted(whole | after))

    def displacement(self, frame: int, points: Floats) -> Floats | None:
        """Measure (V, 3) mm from the other clip to a frame's points (V, 3).

        Between two frames of the other clip, from where its points are on a straight way; None
        where it is over.
        """
        moment = self._beside(frame)
        if moment is None:
            return None
        away = self._one.displacement(frame, points)
        away -= between(self._other, self.other.vertices, moment)
        if self._apart is not None:
            away += self._apart
        return away

    def _beside(self, frame: int) -> float | None:
        return moment_beside(frame, self.one.timing, self.other.timing)
