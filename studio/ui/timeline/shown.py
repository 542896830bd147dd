"""What there is to draw on the timeline, and what is read off it at a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from studio.core import Probabilities
from studio.core.peaks import Peak, find_peaks
from studio.core.sequence import Floats

from .curve_display import CurveLook


@dataclass(frozen=True, eq=False)
class Shown:
    """Numbers of a clip, and how to draw them.

    probabilities : as smoothed for display, None for no curves
    unfamiliar : (T,) 0..1 how unlike the training data each frame is, above one half too much
    """

    probabilities: Probabilities | None = None
    look: CurveLook = field(default_factory=CurveLook)
    unfamiliar: Floats | None = None

    @cached_property
    def peaks(self) -> tuple[Peak, ...]:
        """The clear maxima of the curves, by frame."""
        return find_peaks(self.probabilities) if self.probabilities is not None else ()

    def row(self, frame: int) -> dict[str, float]:
        """The value of each label at a frame, empty where none is known."""
        known = self.probabilities
        if known is None or frame >= len(known.per_frame):
            return {}
        return dict(zip(known.labels, known.per_frame[frame].tolist(), strict=True))

    def remarks(self, frame: int) -> list[str]:
        """What is to be said of a frame besides its numbers."""
        row, doubt = self.row(frame), self.unfamiliar
        remarks = []
        if row and max(row.values()) < self.look.threshold:
            remarks.append("uncertain")
        if doubt is not None and frame < len(doubt) and doubt[frame] > 0.5:
            remarks.append("unfamiliar")
        return remarks
