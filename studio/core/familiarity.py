"""How far a clip lies from what a recognizer was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .sequence import Floats, read_only

USUAL = 0.9  # a stretch is as unfamiliar as this share of its frames at most


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Distances of each frame from the training data.

    measures : M names of what is compared
    ratios : (T, M) float32, distance over the largest that counts as familiar; above 1 is too far
    """

    measures: tuple[str, ...]
    ratios: Floats

    def __post_init__(self) -> None:
        ratios = np.ascontiguousarray(self.ratios, dtype=np.float32)
        if ratios.ndim != 2 or ratios.shape[1] != len(self.measures) or not len(ratios):
            raise ValueError(f"ratios have shape {ratios.shape} for {len(self.measures)} measures")
        read_only(ratios)
        object.__setattr__(self, "ratios", ratios)

    @cached_property
    def per_frame(self) -> Floats:
        """(T,) 0..1 how unfamiliar each frame is; above one half is too far."""
        return _score(self.ratios.max(axis=1))

    def over(self, start: int = 0, stop: int | None = None) -> float:
        """0..1 how unfamiliar frames start..stop-1 are as a whole; above one half is too far."""
        return float(_score(np.float32(self._stretch(start, stop).max())))

    def cause(self, start: int = 0, stop: int | None = None) -> str:
        """The measure by which these frames are farthest."""
        return self.measures[int(np.argmax(self._stretch(start, stop)))]

    def _stretch(self, start: int, stop: int | None) -> Floats:
        return np.asarray(np.quantile(self.ratios[start:stop], USUAL, axis=0), dtype=np.float32)


def _score(ratio: Floats | np.float32) -> Floats:
    """0 for nothing, one half at the limit, towards 1 far beyond."""
    square = np.minimum(ratio, np.float32(1e6)) ** 2
    return np.asarray(square / (1 + square), dtype=np.float32)
