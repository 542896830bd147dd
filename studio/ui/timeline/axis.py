"""Where a frame lies on the timeline, which part of the clip is seen, and the ruler's ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1, 2, 5)
CLOSEST = 8.0  # frames across the timeline at the closest zoom
_PAGE = 0.1  # share of the view that stays behind the playhead when the view turns a page


@dataclass(frozen=True)
class FrameAxis:
    """Frames of a clip laid out from `left` over `width` pixels.

    Attributes
    ----------
    n_frames : int
        Frames of the clip.
    left, width : float
        Pixels.
    first : float
        The frame at the left edge.
    span : float or None
        Frames from there to the right edge; None for the whole clip.
    """

    n_frames: int
    left: float
    width: float
    first: float = 0.0
    span: float | None = None

    @property
    def pixels_per_frame(self) -> float:
        return self.width / (self.span or max(self.n_frames - 1, 1))

    @property
    def visible(self) -> tuple[int, int]:
        """Frames start..stop-1 reach from edge to edge, the next beyond either included."""
        last = self.first + (self.span or max(self.n_frames - 1, 1))
        return max(int(self.first), 0), min(int(last) + 2, self.n_frames)

    def x(self, frame: float) -> float:
        """Compute the pixel column of a frame."""
        return self.left + (frame - self.first) * self.pixels_per_frame

    def frame(self, x: float) -> int:
        """Find the frame nearest to a pixel column, clamped to the clip."""
        return min(max(round(self.place(x)), 0), self.n_frames - 1)

    def place(self, x: float) -> float:
        """Compute where between the frames a pixel column lies, clamped to nothing."""
        return self.first + ((x - self.left) / self.pixels_per_frame if self.width > 0 else 0.0)

    def steps(self, label_width: float, tick_width: float = 5.0) -> tuple[int, int]:
        """Choose the frames between labels and between ticks.

        Both are 1-2-5 numbers that leave room.

        Parameters
        ----------
        label_width, tick_width : float
            Pixels that a label and a tick need.
        """
        major = _nice(label_width / self.pixels_per_frame if self.width > 0 else self.n_frames)
        parts = (10, 5, 2) if major % 10 == 0 else (5,) if major % 5 == 0 else (2,)
        for part in parts:
            if major % part == 0 and major // part * self.pixels_per_frame >= tick_width:
                return major, major // part
        return major, major

    def every(self, step: int) -> range:
        """List the visible frames that are multiples of a step."""
        start, stop = self.visible
        return range(-(-start // step) * step, stop, step)


@dataclass(frozen=True)
class Zoom:
    """The part of a clip that the timeline shows: `span` frames from `first` on."""

    n_frames: int
    first: float
    span: float

    @classmethod
    def fit(cls, n_frames: int) -> Zoom:
        """Show the whole clip."""
        return cls(n_frames, 0.0, float(max(n_frames - 1, 1)))

    @property
    def whole(self) -> bool:
        return self.span >= max(self.n_frames - 1, 1)

    def by(self, factor: float, at: float) -> Zoom:
        """Show `factor` times as many frames, the frame `at` staying where it is."""
        full = float(max(self.n_frames - 1, 1))
        span = min(max(self.span * factor, min(CLOSEST, full)), full)
        return self._at(at - (at - self.first) * span / self.span, span)

    def moved(self, frames: float) -> Zoom:
        """Move the view by frames towards the end of the clip."""
        return self._at(self.first + frames, self.span)

    def revealing(self, frame: int) -> Zoom:
        """Move the view by no more than it takes to see a frame."""
        return self._at(min(max(self.first, frame - self.span), frame), self.span)

    def paged(self, frame: int) -> Zoom:
        """Keep the view where a frame is seen; else turn to a page that begins or ends near it."""
        if self.first <= frame <= self.first + self.span:
            return self
        share = _PAGE if frame > self.first else 1 - _PAGE
        return self._at(frame - share * self.span, self.span)

    def _at(self, first: float, span: float) -> Zoom:
        full = max(self.n_frames - 1, 1)
        return Zoom(self.n_frames, min(max(first, 0.0), full - span), span)


def _nice(least: float) -> int:
    """Find the smallest 1-2-5 number of frames that is not below `least`."""
    decade = 1
    while True:
        for step in _STEPS:
            if step * decade >= least:
                return step * decade
        decade *= 10


def time_text(frame: int, fps: float) -> str:
    """Write minutes, seconds and hundredths at a frame, as ``1:02.35``."""
    hundredths = round(100 * frame / fps)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def nice_step(least: float) -> float:
    """Find the smallest 1-2-5 number, decimals included, that is not below `least` > 0."""
    decade = 10.0 ** math.floor(math.log10(max(least, 1e-6)))
    return next(step * decade for step in (1, 2, 5, 10) if step * decade >= least * (1 - 1e-9))
