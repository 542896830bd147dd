"""Sound as numbers: 16 bits a sample, one or two channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError

SLOWEST, FASTEST = 1000, 768_000  # samples a second
Samples = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples at an even rate.

    Parameters
    ----------
    samples
        (N, C) int16, one channel or two; read-only from here on.
    rate
        Samples a second.

    Raises
    ------
    InputError
        For another shape or kind, and for a rate that no sound has.
    """

    samples: Samples
    rate: int

    def __post_init__(self) -> None:
        found: NDArray[Any] = self.samples
        if found.dtype != np.int16 or found.ndim != 2 or found.shape[1] not in (1, 2):
            shape = " x ".join(map(str, found.shape))
            raise InputError.of("sound", "16-bit samples of 1 or 2 channels", f"{shape} numbers")
        if not len(found):
            raise InputError.of("sound", "one sample or more", "none")
        if not SLOWEST <= self.rate <= FASTEST:
            wanted = f"{SLOWEST:,} to {FASTEST:,} samples a second"
            raise InputError.of("sound", wanted, f"{self.rate:,}")
        found.setflags(write=False)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """One, or two for left and right."""
        return int(self.samples.shape[1])

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""
        return int(self.samples.nbytes)

    def between(self, start: float, stop: float) -> Sound:
        """Take a part, with silence where it reaches beyond the sound.

        Parameters
        ----------
        start, stop
            In seconds, with stop behind start.
        """
        first = round(start * self.rate)
        out = np.zeros((max(round(stop * self.rate) - first, 1), self.channels), dtype=np.int16)
        lay(self.samples, first, out, 0, len(out))
        return Sound(out, self.rate)


def lay(samples: Samples, first: int, out: Samples, at: int, count: int) -> None:
    """Copy samples into others, as far as there are any.

    Parameters
    ----------
    samples, first
        Where they come from, and the first of them, which may lie before the beginning.
    out, at
        Where they go to, and the place of the first.
    count
        How many.
    """
    skipped = max(-first, 0)
    taken = min(count, len(samples) - first, len(out) - at) - skipped
    if taken > 0:
        first, at = first + skipped, at + skipped
        out[at : at + taken] = samples[first : first + taken]
