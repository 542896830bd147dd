"""The head held still, so that what a face moves is told from where the head goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import head_alignment, head_points
from studio.core.sequence import Floats

AHEAD = 6  # frames aligned at a time: few, so that a jump into a long clip is not felt


class Measure(Protocol):
    """Anything that says how far the points of a frame are from where they are compared to.

    Attributes
    ----------
    costly
        Whether a frame takes longer than a clip should be gone through in while somebody waits.
    title
        What a legend of its colors says; empty for none.
    """

    costly: ClassVar[bool]
    title: ClassVar[str]

    def prepare(self, frames: Sequence[int]) -> None:
        """Do at once what several frames need."""

    def displacement(self, frame: int, points: Floats) -> Floats | None:
        """Measure (V, 3) mm for a frame's points (V, 3); None where there is nothing to compare."""


class Steady:
    """How each frame is laid on a face at rest, found when a frame is first asked for.

    Parameters
    ----------
    rest
        (V, 3) mm.
    vertices, rigid
        (T, V, 3) frames in mm, and their region (V,) that no expression moves; without either the
        head is left where it is.
    """

    costly: ClassVar[bool] = False
    title: ClassVar[str] = "moved, mm"

    def __init__(
        self,
        rest: Floats,
        vertices: Floats | None = None,
        rigid: NDArray[np.bool_] | None = None,
    ) -> None:
        self.rest = rest
        self._chosen = head_points(np.zeros(0, dtype=bool) if rigid is None else rigid)
        self._vertices = vertices if len(self._chosen) >= 3 else None
        n_frames = len(vertices) if vertices is not None else 0
        self._known: NDArray[np.bool_] = np.zeros(n_frames, dtype=bool)
        self._rotation: Floats = np.zeros((n_frames, 3, 3), dtype=np.float32)
        self._shift: Floats = np.zeros((n_frames, 3), dtype=np.float32)

    @property
    def holds_still(self) -> bool:
        """Whether heads are laid on the face at rest, wherever they are."""
        return self._vertices is not None

    def prepare(self, frames: Sequence[int]) -> None:
        """Align these frames in one go."""
        if self._vertices is None:
            return
        wanted = [frame for frame in frames if not self._known[frame]]
        if not wanted:
            return
        points = self._vertices[np.array(wanted)[:, None], self._chosen]
        rotation, shift = head_alignment(points, self.rest[self._chosen])
        self._rotation[wanted], self._shift[wanted] = rotation, shift
        self._known[wanted] = True

    def displacement(self, frame: int, points: Floats) -> Floats:
        """Measure (V, 3) mm of a frame's points (V, 3) from the face at rest."""
        if self._vertices is None:
            return np.asarray(points - self.rest)
        if not self._known[frame]:
            self.prepare(range(frame, min(frame + AHEAD, len(self._known))))
        away = points @ self._rotation[frame].T
        away += self._shift[frame] - self.rest
        return np.asarray(away)


def between(steady: Steady, vertices: Floats, moment: float) -> Floats:
    """Measure (V, 3) mm from the face at rest at a moment between frames (T, V, 3)."""
    frame, share = int(moment), moment % 1
    away = steady.displacement(frame, vertices[frame])
    if share:
        away *= np.float32(1 - share)
        away += np.float32(share) * steady.displacement(frame + 1, vertices[frame + 1])
    return away
