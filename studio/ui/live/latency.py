"""How long a pose takes from its packet to the painted frame."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np

_LAST = 240  # frames that are looked back on


class Latency:
    """The delays of the last frames, in seconds.

    Attributes
    ----------
    painted
        How many frames there were since it was cleared.
    """

    def __init__(self) -> None:
        self.painted = 0
        self._delays: deque[float] = deque(maxlen=_LAST)

    def __len__(self) -> int:
        return len(self._delays)

    def add(self, seconds: float) -> None:
        """Note the delay of one more painted frame."""
        self._delays.append(seconds)
        self.painted += 1

    def clear(self) -> None:
        """Forget them, before others are measured."""
        self._delays.clear()
        self.painted = 0

    @property
    def median(self) -> float:
        """The delay that half of the frames keep below, 0 where none was painted."""
        return median(self._delays) if self._delays else 0.0

    @property
    def most(self) -> float:
        """The delay that 95 of 100 frames keep below, 0 where none was painted."""
        return float(np.percentile(list(self._delays), 95)) if self._delays else 0.0
