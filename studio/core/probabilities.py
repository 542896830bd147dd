"""What a recognizer says of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .sequence import Floats
from .tracks import Tracks


@dataclass(frozen=True, eq=False)
class Probabilities(Tracks):
    """Class probabilities of a clip: tracks whose rows, and whose summary, sum to 1.

    The row of frame t has seen no later frame.
    """

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

    def text(self, value: float) -> str:
        """Write a probability as people read it."""
        return f"{100 * value:.0f} %"
