"""What there is to draw on the timeline, and what is read off it at a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from studio.core import Probabilities, Tracks
from studio.core.peaks import Peak, find_peaks
from studio.core.sequence import Floats

from .curve_display import CurveLook


@dataclass(frozen=True, eq=False)
class Shown:
    """Numbers of a clip, and how to draw them.

    Attributes
    ----------
    tracks : Tracks or None
        As smoothed for display, None for no curves.
    beside : Tracks or None
        Those of the compared clip at the same moments, fewer where it ends first.
    look : CurveLook
        How they are drawn.
    unfamiliar : floats (T,) or None
        0..1 how unlike the training data each frame is, above one half too much.
    frame_names : tuple of str
        What each frame is called, () where frames have only numbers.
    """

    tracks: Tracks | None = None
    beside: Tracks | None = None
    look: CurveLook = field(default_factory=CurveLook)
    unfamiliar: Floats | None = None
    frame_names: tuple[str, ...] = ()

    def label(self, frame: int) -> str:
        """Tell what a frame is called; nothing where it has only a number."""
        return self.frame_names[frame] if frame < len(self.frame_names) else ""

    @property
    def probabilities(self) -> Probabilities | None:
        """The curves, where they are shares of a whole: then one leads, and they can be stacked."""
        return self.tracks if isinstance(self.tracks, Probabilities) else None

    @property
    def areas(self) -> Probabilities | None:
        """The curves, where they are drawn as areas that lie on each other."""
        return self.probabilities if self.look.shape == "stacked" else None

    @cached_property
    def peaks(self) -> tuple[Peak, ...]:
        """The clear maxima of the curves, by frame."""
        return find_peaks(self.tracks) if self.tracks is not None else ()

    def scale(self, share: float) -> str:
        """Write what stands beside a line at a share (0..1) of the height."""
        known = self.tracks
        if known is None:
            return f"{100 * share:.0f} %"
        return known.text(known.low + share * (known.high - known.low))

    def lines(self, frame: int, least: float = 0.01) -> list[tuple[str, str]]:
        """List name and value of each curve at a frame, from the highest on.

        Curves below a share `least` (0..1) of their range are left out.
        """
        known = self.tracks
        if known is None or frame >= len(known.values):
            return []
        row, shares = known.values[frame].tolist(), known.shares[frame].tolist()
        other = self.beside if self.beside is not None and frame < len(self.beside.values) else None
        most = shares if other is None else np.maximum(shares, other.shares[frame]).tolist()
        texts = [known.text(value) for value in row]
        if other is not None:
            pairs = zip(texts, other.values[frame].tolist(), strict=True)
            texts = [f"{text} · B {other.text(value)}" for text, value in pairs]
        order = sorted(range(len(row)), key=lambda index: -shares[index])
        return [(known.names[k], texts[k]) for k in order if most[k] >= least]

    def remarks(self, frame: int) -> list[str]:
        """List what is to be said of a frame besides its numbers."""
        known, doubt = self.probabilities, self.unfamiliar
        remarks = [self.label(frame)] if self.label(frame) else []
        rows = known.values[frame : frame + 1] if known is not None else ()
        if any(row.max() < self.look.threshold for row in rows):
            remarks.append("uncertain")
        if doubt is not None and frame < len(doubt) and doubt[frame] > 0.5:
            remarks.append("unfamiliar")
        return remarks
