"""The highest and lowest samples of stretches, so that a waveform is painted fast at any zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.io.sound.sound import Samples

_BLOCKS = (256, 8192)  # samples
Levels = NDArray[np.int16]


class Peaks:
    """A sound by stretches of several lengths, made once.

    Parameters
    ----------
    samples
        (N, C) int16.
    """

    def __init__(self, samples: Samples) -> None:
        self.count = len(samples)
        self._low: list[Levels] = [samples.min(axis=1)]
        self._high: list[Levels] = [samples.max(axis=1)]
        for block in _BLOCKS:
            starts = np.arange(0, self.count, block)
            self._low.append(np.minimum.reduceat(self._low[0], starts))
            self._high.append(np.maximum.reduceat(self._high[0], starts))

    def between(self, edges: NDArray[np.float64]) -> tuple[Levels, Levels]:
        """Find the lowest and the highest sample of stretches.

        Parameters
        ----------
        edges
            (K + 1,) rising places in samples, where K stretches begin and the last ends.

        Returns
        -------
        low, high : (K,) int16
            To an eighth of a stretch; zero outside the sound.
        """
        level, block = 0, 1
        width = float(edges[-1] - edges[0]) / max(len(edges) - 1, 1)
        for number, each in enumerate(_BLOCKS, start=1):
            if each * 8 <= width:
                level, block = number, each
        low, high = self._low[level], self._high[level]
        first = np.floor(edges[:-1] / block).astype(np.intp)
        inside = np.flatnonzero((first >= 0) & (first < len(low)))
        out_low = np.zeros(len(first), dtype=np.int16)
        out_high = np.zeros(len(first), dtype=np.int16)
        if len(inside):
            starts = first[inside]
            # A last stretch that ends where the view does, not where the sound does.
            stop = min(max(int(np.ceil(edges[inside[-1] + 1] / block)), starts[-1] + 1), len(low))
            out_low[inside] = np.minimum.reduceat(low[:stop], starts)
            out_high[inside] = np.maximum.reduceat(high[:stop], starts)
        return out_low, out_high
