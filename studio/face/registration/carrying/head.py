"""The head's motion in a clip: taken off before expressions are carried, put back after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.alignment import apply_rigid, trimmed_alignment, undo_rigid
from studio.core.sequence import Doubles, Floats

_STILL = 1e-3  # mm that points may move in a head that rests: less than noise
_LEAST = 6  # points that tell a motion
_RIGID = 0.3  # of the points, that move with the head alone whatever a face of its own does


@dataclass(frozen=True, eq=False)
class HeadMotion:
    """What lays each frame on the head at rest: ``frame @ rotation.T + shift``.

    Attributes
    ----------
    rotation : (T, 3, 3)
    shift : (T, 3) mm
    moves : whether there is any motion; without, frames keep every bit
    """

    rotation: Doubles
    shift: Doubles
    moves: bool

    @classmethod
    def of(cls, points: Floats, rest: Floats) -> HeadMotion:
        """Find the motion of points (T, P, 3), few of which expressions move, at rest (P, 3)."""
        count = len(points)
        rotation, shift = np.tile(np.eye(3), (count, 1, 1)), np.zeros((count, 3))
        away = np.linalg.norm(points - rest, axis=2)
        turned = np.zeros(count, dtype=bool)
        if len(rest) >= _LEAST:
            last = int(_RIGID * (len(rest) - 1))
            turned = np.partition(away, last, axis=1)[:, last] > _STILL
        if turned.any():
            found = trimmed_alignment(points[turned], rest, _RIGID)
            rotation[turned], shift[turned] = found
        return cls(rotation, shift, bool(turned.any()))

    def off(self, frames: Floats) -> Floats:
        """Take it off frames (T, V, 3)."""
        return apply_rigid(frames, self.rotation, self.shift) if self.moves else frames

    def on(self, frames: Floats) -> Floats:
        """Put it on frames (T, V, 3) of a head at rest."""
        return undo_rigid(frames, self.rotation, self.shift) if self.moves else frames

    def seen(self, scale: float, turn: Doubles, shift: Doubles) -> HeadMotion:
        """See it from where a point x is at ``scale * x @ turn.T + shift``, (3, 3) and (3,)."""
        rotation = turn @ self.rotation @ turn.T
        moved = scale * self.shift @ turn.T + shift - np.einsum("tij,j->ti", rotation, shift)
        return HeadMotion(rotation, moved, self.moves)

    def part(self, frames: slice) -> HeadMotion:
        """Take the motion of some frames."""
        return HeadMotion(self.rotation[frames], self.shift[frames], self.moves)
