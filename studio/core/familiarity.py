"""How far a clip lies from what a recognizer was trained on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .sequence import Floats
from .tracks import Tracks

USUAL = 0.9  # a stretch is as unfamiliar as this share of its frames at most


@dataclass(frozen=True, eq=False)
class Familiarity(Tracks):
    """Distances of each frame from the training data.

    Parameters
    ----------
    names : tuple of str
        The M measures that are compared.
    values : (T, M) float32
        Distance over the largest that counts as familiar; above 1 is too far.

    Raises
    ------
    ValueError
        If there is no frame, or not a column a measure.
    """

    summary: Floats = field(init=False)
    high: float = 2.0

    def __post_init__(self) -> None:
        ratios = np.asarray(self.values, dtype=np.float32)
        if ratios.ndim != 2 or ratios.shape[1] != len(self.names) or not len(ratios):
            raise ValueError(f"ratios have shape {ratios.shape} for {len(self.names)} measures")
        object.__setattr__(self, "summary", self._stretch(0, None))
        super().__post_init__()

    @cached_property
    def per_frame(self) -> Floats:
        """(T,) 0..1 how unfamiliar each frame is; above one half is too far."""
        return _score(self.values.max(axis=1))

    def over(self, start: int = 0, stop: int | None = None) -> float:
        """Tell how unfamiliar frames start..stop-1 are as a whole, 0..1; above 0.5 is too far."""
        return float(_score(np.float32(self._stretch(start, stop).max())))

    def cause(self, start: int = 0, stop: int | None = None) -> str:
        """Name the measure by which frames start..stop-1 are farthest."""
        return self.names[int(np.argmax(self._stretch(start, stop)))]

    def _stretch(self, start: int, stop: int | None) -> Floats:
        return np.asarray(np.quantile(self.values[start:stop], USUAL, axis=0), dtype=np.float32)


def _score(ratio: Floats | np.float32) -> Floats:
    """0 for nothing, one half at the limit, towards 1 far beyond."""
    square = np.minimum(ratio, np.float32(1e6)) ** 2
    return np.asarray(square / (1 + square), dtype=np.float32)
