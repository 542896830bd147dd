"""Reverse: some frames in a row play from the last to the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import Timing

from .mapped import RangeEdit, Times


@dataclass(frozen=True)
class ReverseEdit(RangeEdit):
    """Plays the frames of the range backward."""

    kind: ClassVar[str] = "reverse"
    title: ClassVar[str] = "Reverse"
    tip: ClassVar[str] = "Plays the frames of the range backward"

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        start, stop = self.span(before)
        inside = (times >= start) & (times <= stop - 1)
        return np.where(inside, start + stop - 1 - times, times)
