"""How strongly something shows over a take: it begins, is full, is held or repeated, and ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats

FPS = 30.0
ONSET_S = (0.2, 0.9)  # seconds from rest to full, at the pace of an average person
OFFSET_S = (0.3, 1.2)
HELD, REPEATED = 0.25, 0.25  # shares of takes that end while it is held, or show it again
_LOW = (0.0, 0.5)  # of the height, between two times it shows
_PULSE_S = 1.2  # the least a repetition lasts

Rng = np.random.Generator
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """Frames at which it starts, is full, begins to fade and is gone, once for every showing.

    Attributes
    ----------
    pulses
        One (start, full, fade, gone) a showing, in order.
    heights
        How strong each is, the strongest 1.
    floor
        What is left between two showings, of the height.
    """

    pulses: tuple[tuple[float, float, float, float], ...]
    heights: tuple[float, ...]
    floor: float = 0.0

    def shifted(self, lag: float, stretch: float) -> Course:
        """Give the course of something that comes `lag` frames later and takes longer."""
        moved = tuple(
            (start + lag, start + (full - start) * stretch + lag, fade + lag, gone + lag)
            for start, full, fade, gone in self.pulses
        )
        return Course(moved, self.heights, self.floor)

    def curve(self, frames: int) -> Array:
        """Give how strong it is at each frame: (T,), 0..1."""
        t = np.arange(frames, dtype=np.float64)
        out = np.zeros(frames)
        for (start, full, fade, gone), height in zip(self.pulses, self.heights, strict=True):
            rise = eased((t - start) / max(full - start, 1.0))
            fall = 1.0 - eased((t - fade) / max(gone - fade, 1.0))
            out = np.maximum(out, height * rise * fall)
        first, last = self.pulses[0][1], self.pulses[-1][2]
        between = (t > first) & (t < last)
        return np.where(between, np.maximum(out, self.floor * max(self.heights)), out)


def draw_course(rng: Rng, frames: int, pace: float) -> Course:
    """Draw a course for a take of so many frames: shown once, held to the end, or repeated."""
    kind = rng.random()
    if kind < HELD:
        start, full = _onset(rng, 0.2 * frames, 0.45 * frames, pace)
        return Course(((start, full, 2.0 * frames, 3.0 * frames),), (1.0,))
    most = int(frames / (_PULSE_S * FPS * pace))
    if kind < HELD + REPEATED and most > 1:
        return _repeated(rng, frames, pace, int(rng.integers(2, min(most, 4) + 1)))
    start, full = _onset(rng, 0.2 * frames, 0.45 * frames, pace)
    fade = max(full + 2.0, rng.uniform(0.55, 0.85) * frames)
    return Course(((start, full, fade, fade + _span(rng, OFFSET_S, pace)),), (1.0,))


def _repeated(rng: Rng, frames: int, pace: float, count: int) -> Course:
    edges = np.linspace(0.02, 0.98, count + 1) * frames
    edges[1:-1] += rng.uniform(-0.1, 0.1, count - 1) * frames / count
    pulses = []
    for begin, end in pairwise(edges.tolist()):
        room = end - begin
        start = begin + rng.uniform(0.0, 0.15) * room
        full = start + min(_span(rng, ONSET_S, pace), 0.4 * room)
        fade = max(full + 1.0, end - rng.uniform(0.25, 0.5) * room)
        pulses.append((start, full, fade, max(end, fade + 2.0)))
    heights = rng.uniform(0.6, 1.0, count)
    heights[rng.integers(count)] = 1.0
    return Course(tuple(pulses), tuple(heights.tolist()), float(rng.uniform(*_LOW)))


def _onset(rng: Rng, latest: float, most: float, pace: float) -> tuple[float, float]:
    start = rng.uniform(0.1, 1.0) * latest
    return start, start + min(_span(rng, ONSET_S, pace), most)


def _span(rng: Rng, seconds: tuple[float, float], pace: float) -> float:
    return float(rng.uniform(*seconds)) * FPS * pace


def eased(x: Array) -> Array:
    """Go from 0 to 1 with the least jerk while x (...,) does."""
    x = np.clip(x, 0.0, 1.0)
    return x**3 * (10.0 - 15.0 * x + 6.0 * x**2)


def bumps(frames: int, centers: Array, widths: Array, heights: Array) -> Floats:
    """Add bells at centers (N,) in frames, of widths (N,) and heights (N, C): (T, C)."""
    t = np.arange(frames, dtype=np.float64)[:, None]
    shape = np.exp(-0.5 * ((t - centers) / widths) ** 2)
    return np.asarray(shape @ heights, dtype=np.float32)
