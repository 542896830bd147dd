"""Where a frame lies on the timeline, and which ticks its ruler shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats

_STEPS = (1, 2, 5)
Points = NDArray[np.float64]


@dataclass(frozen=True)
class FrameAxis:
    """Frames 0..n_frames-1 laid out from `left` over `width` pixels."""

    n_frames: int
    left: float
    width: float

    @property
    def pixels_per_frame(self) -> float:
        return self.width / max(self.n_frames - 1, 1)

    def x(self, frame: float) -> float:
        """The pixel column of a frame."""
        return self.left + frame * self.pixels_per_frame

    def frame(self, x: float) -> int:
        """The frame nearest to a pixel column, clamped to the clip."""
        nearest = round((x - self.left) / self.pixels_per_frame) if self.width > 0 else 0
        return min(max(nearest, 0), self.n_frames - 1)

    def steps(self, label_width: float, tick_width: float = 5.0) -> tuple[int, int]:
        """Frames between labels and between ticks, 1-2-5 numbers that leave room for both."""
        major = _nice(label_width / self.pixels_per_frame if self.width > 0 else self.n_frames)
        parts = (10, 5, 2) if major % 10 == 0 else (5,) if major % 5 == 0 else (2,)
        for part in parts:
            if major % part == 0 and major // part * self.pixels_per_frame >= tick_width:
                return major, major // part
        return major, major


def _nice(least: float) -> int:
    """The smallest 1-2-5 number of frames that is not below `least`."""
    decade = 1
    while True:
        for step in _STEPS:
            if step * decade >= least:
                return step * decade
        decade *= 10


def time_text(frame: int, fps: float) -> str:
    """``1:02.35``: minutes, seconds and hundredths at a frame."""
    hundredths = round(100 * frame / fps)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def curve(values: Floats, axis: FrameAxis, top: float, height: float) -> Points:
    """(N, 2) pixels of a curve of values (T,) in 0..1.

    More frames than pixels become the lowest and the highest value of each column of two
    pixels, so that a peak of one frame stays visible.
    """
    columns = max(int(axis.width / 2), 1)
    if len(values) <= 2 * columns:
        x = axis.left + np.arange(len(values)) * axis.pixels_per_frame
        y = np.asarray(values, dtype=np.float64)
    else:
        starts = np.linspace(0, len(values), columns, endpoint=False).astype(np.int64)
        y = np.empty(2 * columns)
        y[0::2] = np.minimum.reduceat(values, starts)
        y[1::2] = np.maximum.reduceat(values, starts)
        x = axis.left + np.repeat((np.arange(columns) + 0.5) * axis.width / columns, 2)
    return np.stack([x, top + height * (1 - np.clip(y, 0, 1))], axis=1)


def leaders(per_frame: Floats, axis: FrameAxis) -> list[tuple[float, float, int]]:
    """Runs (x0, x1, label index) of the likeliest label, no finer than a pixel column."""
    columns = max(int(axis.width), 1)
    at = np.linspace(0, len(per_frame) - 1, min(columns, len(per_frame))).round().astype(np.int64)
    best = per_frame[at].argmax(axis=1)
    edges = np.flatnonzero(np.diff(best)) + 1
    # A run ends half-way between the last frame that has its label and the next.
    borders = [axis.x(float(at[edge - 1] + at[edge]) / 2) for edge in edges]
    starts = [axis.left, *borders]
    stops = [*borders, axis.left + axis.width]
    first = np.r_[0, edges]
    return [(a, b, int(best[k])) for a, b, k in zip(starts, stops, first, strict=True)]
