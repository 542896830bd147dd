"""What a recognizer says of a clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .sequence import Floats
from .tracks import Tracks


@dataclass(frozen=True, eq=False)
class Probabilities(Tracks):
    """Class probabilities of a clip: tracks whose rows, and whose summary, sum to 1.

    The row of frame t has seen no later frame.

    Attributes
    ----------
    intensity : (T,) float32 or None
        How strongly each frame acts, whatever it shows: 0 at rest, 1 a full expression, more is
        theatrical. None: the reader does not say.
    """

    intensity: Floats | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the L classes."""
        return self.names

    @property
    def per_frame(self) -> Floats:
        """(T, L) float32, one row a frame."""
        return self.values

    @property
    def clip(self) -> Floats:
        """(L,) float32, the whole clip judged at once."""
        return self.summary

    @property
    def label(self) -> str:
        """The verdict over the whole clip."""
        return self.names[int(np.argmax(self.summary))]

    @property
    def confidence(self) -> float:
        """Probability of the verdict."""
        return float(self.summary.max())

    @property
    def strongest(self) -> float | None:
        """How strongly the clip acts where it acts most; None where the reader does not say."""
        return None if self.intensity is None else float(self.intensity.max())

    def at(self, moments: NDArray[np.float64]) -> Self:
        """Read at moments (N,) in frames, the intensity as well."""
        moved = super().at(moments)
        if self.intensity is None:
            return moved
        between = np.interp(moments, np.arange(len(self.intensity)), self.intensity)
        return replace(moved, intensity=between.astype(np.float32))

    def text(self, value: float) -> str:
        """Write a probability as people read it."""
        return f"{100 * value:.0f} %"
