"""Fill: frames that are lost or bad are made anew from those on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Floats

from .edit import Beginning, Frames
from .filtered import FilterEdit
from .span import FRAME, check_span


@dataclass(frozen=True)
class FillEdit(FilterEdit):
    """Passes over the frames of a range as a curve that keeps the pace at both ends (Hermite).

    Parameters
    ----------
    start, stop
        Frames start..stop-1 are made anew; there is a frame before or behind them.
    """

    kind: ClassVar[str] = "fill"
    title: ClassVar[str] = "Fill gap"
    tip: ClassVar[str] = "Makes lost or bad frames anew from those on both sides"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("start", "&From", "The first frame to fill", allowed=FRAME, default=1),
        Parameter("stop", "&To", "The frame behind the last one", allowed=FRAME, default=2),
    )

    start: int = 1
    stop: int = 2

    @classmethod
    def begun(cls, at: Beginning) -> FillEdit:
        """Fill the range, or the frame on show."""
        return cls(*at.frames)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the range."""
        return f"{self.title} · {self.start}-{self.stop - 1}"

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) are made anew, as (N,) bool."""
        return np.asarray((frames >= self.start) & (frames < self.stop))

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a range that is not there, or is all there is."""
        check_span(self.title, self.start, self.stop, before, name)
        if self.stop - self.start == before.frames:
            raise InputError.of(name, "frames beside those to fill", "none")

    def moved(self, to: Callable[[int], int]) -> FillEdit:
        """Take the range to the numbers that its frames have now."""
        return replace(self, start=to(self.start), stop=to(self.stop - 1) + 1)

    def weights(self, frames: Frames, before: Timing) -> tuple[Frames, Floats]:
        """Tell which frames (K,) are summed, and their weights (N, K)."""
        sides = self._sides(before)
        filled = self.touches(frames)
        numbers = np.union1d(frames[~filled], sides) if filled.any() else np.unique(frames)
        out = np.zeros((len(frames), len(numbers)))
        kept = np.flatnonzero(~filled)
        out[kept, np.searchsorted(numbers, frames[kept])] = 1.0
        for row in np.flatnonzero(filled):
            for side, weight in zip(sides, self._hermite(int(frames[row]), before), strict=True):
                out[row, np.searchsorted(numbers, side)] += weight
        return numbers, out.astype(np.float32)

    def _sides(self, before: Timing) -> Frames:
        """Tell two frames on each side, from the outside in; the nearest where there is no more."""
        first, last = self.start - 1, self.stop
        if first < 0:
            first = last
        if last >= before.frames:
            last = first
        there = np.array([first - 1, first, last, last + 1])
        there[0] = there[0] if there[0] >= 0 and first < self.start else first
        there[3] = there[3] if there[3] < before.frames and last >= self.stop else last
        return there

    def _hermite(self, frame: int, before: Timing) -> list[float]:
        """Tell the weights of the four sides in a frame."""
        if self.start == 0 or self.stop >= before.frames:  # one side: its frame stays
            return [0.0, 1.0, 0.0, 0.0]
        length = self.stop - self.start + 1
        t = (frame - self.start + 1) / length
        onto, off = t**3 - 2 * t**2 + t, t**3 - t**2
        to_last = 3 * t**2 - 2 * t**3
        # The pace at an end is what the frame there has gone since the one beside it.
        return [
            -length * onto,
            1 - to_last + length * onto,
            to_last - length * off,
            length * off,
        ]
