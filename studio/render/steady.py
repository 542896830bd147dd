"""The head held still, so that what a face moves is told from where the head goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import rigid_alignment
from studio.core.sequence import Floats

POINTS = 120  # of the rigid region that are looked at; more change nothing that can be seen
ROUNDS = 3
CHUNK = 256  # frames aligned at a time


@dataclass(frozen=True, eq=False)
class Steady:
    """How each frame is laid on a face at rest.

    rest : (V, 3) millimetres
    rotation, shift : (T, 3, 3) and (T, 3) float32; None where the head is left where it is
    """

    rest: Floats
    rotation: Floats | None = None
    shift: Floats | None = None

    @classmethod
    def on(cls, rest: Floats, vertices: Floats, rigid: NDArray[np.bool_] | None) -> Steady:
        """For frames (T, V, 3), by their rigid region (V,); None leaves the head alone."""
        known = np.flatnonzero(rigid) if rigid is not None else np.zeros(0, dtype=np.intp)
        if len(known) < 3:
            return cls(rest)
        chosen = known[:: max(len(known) // POINTS, 1)]
        parts = [
            rigid_alignment(vertices[start : start + CHUNK, chosen], rest[chosen], rounds=ROUNDS)
            for start in range(0, len(vertices), CHUNK)
        ]
        rotations, shifts = zip(*parts, strict=True)
        return cls(
            rest,
            np.concatenate(rotations).astype(np.float32),
            np.concatenate(shifts).astype(np.float32),
        )

    def displacement(self, frame: int, points: Floats) -> Floats:
        """(V, 3) of a frame's points (V, 3) from the face at rest."""
        if self.rotation is None or self.shift is None:
            return np.asarray(points - self.rest)
        away = points @ self.rotation[frame].T
        away += self.shift[frame] - self.rest
        return np.asarray(away)
