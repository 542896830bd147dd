"""Repeat: some frames in a row play several times, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import Timing
from studio.core.parameters import Parameter
from studio.core.request import Range

from .mapped import RangeEdit, Times

_TIMES = Range(2, 1000, whole=True)


@dataclass(frozen=True)
class RepeatEdit(RangeEdit):
    """Plays the frames of the range several times in a row.

    Parameters
    ----------
    times
        How often in all, 2 or more.

    Raises
    ------
    InputError
        For a number of times outside that.
    """

    kind: ClassVar[str] = "repeat"
    title: ClassVar[str] = "Duplicate frames"
    tip: ClassVar[str] = "Plays the frames of the range several times in a row"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *RangeEdit.parameters,
        Parameter("times", "&Times", "How often they play in all", allowed=_TIMES, default=2),
    )

    times: int = 2

    def __post_init__(self) -> None:
        _TIMES.check("times", self.times)

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: longer by each further time."""
        start, stop = self.span(before)
        return replace(before, frames=before.frames + (self.times - 1) * (stop - start))

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        start, stop = self.span(before)
        length = stop - start
        inside = start + np.mod(times - start, length)
        # Between two times the last frame stays until the first one comes.
        inside = np.minimum(inside, stop - 1)
        after = start + self.times * length
        return np.where(
            times < start, times, np.where(times >= after, times - (after - stop), inside)
        )
