"""Smoothing: tremble goes, peaks stay."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from studio.core import Timing
from studio.core.parameters import Parameter
from studio.core.request import SHARE, Range
from studio.core.sequence import Floats

from .edit import Frames
from .filtered import FilterEdit

_SECONDS = Range(0.0, 2.0)
_ORDER = 3  # of the polynomials: they follow a peak that is as wide as the window


@dataclass(frozen=True)
class SmoothingEdit(FilterEdit):
    """Fits a cubic to the frames around each frame (Savitzky and Golay, 1964).

    At the ends the cubic of the first or last whole window is read where the frame lies.

    Parameters
    ----------
    seconds
        How long the window is; it is an odd number of frames.
    amount
        0 leaves the clip as it is, 1 takes the fit.

    Raises
    ------
    InputError
        For values out of range.
    """

    kind: ClassVar[str] = "smoothing"
    title: ClassVar[str] = "Smoothing"
    tip: ClassVar[str] = "Takes tremble out of the motion and keeps its peaks"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "seconds", "&Window", "Seconds of motion that are smoothed together",
            allowed=_SECONDS, step=0.05, default=0.25,
        ),
        Parameter("amount", "&Amount", "0 for none, 1 for all", allowed=SHARE, step=0.1,
                  default=1.0),
    )  # fmt: skip

    seconds: float = 0.25
    amount: float = 1.0

    def __post_init__(self) -> None:
        _SECONDS.check("seconds", self.seconds)
        SHARE.check("amount", self.amount)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the window, and how much of it is taken."""
        return f"{self.title} · {self.seconds:g} s, {self.amount:.0%}"

    @property
    def changes(self) -> bool:
        """Whether anything is smoothed."""
        return self.amount > 0.0 and self.seconds > 0.0

    def window(self, before: Timing) -> int:
        """Tell how many frames are smoothed together: an odd number, 1 for none."""
        half = round(self.seconds * before.fps / 2)
        return max(min(2 * half + 1, before.frames - 1 + before.frames % 2), 1)

    def weights(self, frames: Frames, before: Timing) -> tuple[Frames, Floats]:
        """Tell which frames (K,) are summed, and their weights (N, K)."""
        window = self.window(before)
        starts = np.clip(frames - window // 2, 0, before.frames - window)
        around = starts[:, None] + np.arange(window)
        numbers = np.unique(around)
        rows = np.arange(len(frames))
        out = np.zeros((len(frames), len(numbers)), np.float32)
        places = np.searchsorted(numbers, around)
        out[rows[:, None], places] = self.amount * _cubics(window)[frames - starts]
        out[rows, np.searchsorted(numbers, frames)] += 1.0 - self.amount
        return numbers, out


@lru_cache(maxsize=16)
def _cubics(window: int) -> Floats:
    """Tell the value at each place of a window of the cubic that fits it best, as (W, W) weights.

    A window of three frames has a line instead, since a cubic goes through all of them.
    """
    order = min(_ORDER, max(window - 2, 0))
    places = np.linspace(-1, 1, window) if window > 1 else np.zeros(1)
    basis = np.linalg.qr(np.vander(places, order + 1))[0]
    return np.asarray(basis @ basis.T, dtype=np.float32)
