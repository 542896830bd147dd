"""Delete: frames go, and what follows them closes up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import Timing
from studio.document.edits.edit import Beginning

from .mapped import RangeEdit, Times


@dataclass(frozen=True)
class DeleteEdit(RangeEdit):
    """Takes the frames of the range out."""

    kind: ClassVar[str] = "delete"
    title: ClassVar[str] = "Delete frames"
    tip: ClassVar[str] = "Takes the frames of the range out; what follows closes up"

    @classmethod
    def begun(cls, at: Beginning) -> DeleteEdit:
        """Take out the range, or the frame on show."""
        return cls(*at.frames)

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: without the range."""
        start, stop = self.span(before)
        return replace(before, frames=before.frames - (stop - start))

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above; the cut lies between two."""
        start, stop = self.span(before)
        return np.where(times > start - 1, np.maximum(times, start) + (stop - start), times)
