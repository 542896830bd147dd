"""Trim: some frames in a row play, and no others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from studio.core import Timing

from .mapped import RangeEdit, Times


@dataclass(frozen=True)
class TrimEdit(RangeEdit):
    """Keeps the frames of the range."""

    kind: ClassVar[str] = "trim"
    title: ClassVar[str] = "Trim"
    tip: ClassVar[str] = "Keeps the frames of the range alone"

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: the range alone."""
        start, stop = self.span(before)
        return replace(before, frames=stop - start)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        return times + self.start
