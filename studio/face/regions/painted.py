"""A region that somebody painted: a weight a vertex of one triangulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Floats, read_only


@dataclass(frozen=True, eq=False)
class PaintedMask:
    """How much each vertex of a face belongs to a region; equal where all of it is.

    Parameters
    ----------
    name
        What it is called.
    topology
        Hash of the triangulation that it belongs to.
    weights
        (V,) float32, 0..1.

    Raises
    ------
    InputError
        For weights that are no such numbers.
    """

    name: str
    topology: str
    weights: Floats

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.float32)
        inside = weights.ndim == 1 and bool(((weights >= 0) & (weights <= 1)).all())
        if not inside or not len(weights):
            raise InputError.of("mask", "a weight from 0 to 1 for each vertex", "others")
        read_only(weights)
        object.__setattr__(self, "weights", weights)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PaintedMask) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)

    @property
    def _told(self) -> tuple[str, str, bytes]:
        return self.name, self.topology, self.weights.tobytes()
