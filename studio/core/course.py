"""The course of a clip: which label leads over which stretch, and for how much of the time."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .probabilities import Probabilities
from .sequence import Floats

TURN_S = 0.1  # seconds of full certainty that it takes to turn from one label to another
LISTED = 8  # stretches that are written out


@dataclass(frozen=True)
class Segment:
    """Frames start..stop-1, which one label leads."""

    label: str
    start: int
    stop: int


@dataclass(frozen=True)
class Course:
    """Stretches of frames that follow one another, no two neighbors with the same label.

    Attributes
    ----------
    segments
        The stretches, in the clip's own frames.
    fps
        Frames per second of the clip.
    """

    segments: tuple[Segment, ...]
    fps: float

    @property
    def shares(self) -> dict[str, float]:
        """How much of the time, 0 to 1, each label leads, in the order they first do."""
        total = sum(part.stop - part.start for part in self.segments)
        shares: dict[str, float] = {}
        for part in self.segments:
            shares[part.label] = shares.get(part.label, 0.0) + (part.stop - part.start) / total
        return shares

    def text(self) -> str:
        """Write shares and stretches as people read them; of many stretches the first ones."""
        if len(self.segments) == 1:
            return f"{_words(self.segments[0].label)} throughout"
        led = self.shares.items()
        shares = ", ".join(f"{_words(label)} {100 * share:.0f} %" for label, share in led)
        told = [
            f"{part.start / self.fps:.1f}-{part.stop / self.fps:.1f} s {_words(part.label)}"
            for part in self.segments[:LISTED]
        ]
        more = len(self.segments) - LISTED
        return f"{shares}: {', '.join(told)}{f', and {more} more' if more > 0 else ''}"

    def facts(self) -> dict[str, object]:
        """Say it as JSON: the `shares` by label, and the `segments` in frames and in seconds."""
        return {
            "shares": self.shares,
            "segments": [
                {
                    "label": part.label,
                    "start": part.start,
                    "stop": part.stop,
                    "seconds": [part.start / self.fps, part.stop / self.fps],
                }
                for part in self.segments
            ],
        }


def _words(label: str) -> str:
    return label.replace("_", " ")


def course_of(read: Probabilities, fps: float, start: int = 0, stop: int | None = None) -> Course:
    """Divide frames start..stop-1 into stretches that one label leads.

    Of all ways to divide them, it is the one in which the probabilities of the leading labels sum
    to the most, where every turn costs as much as `TURN_S` seconds of full certainty. So a label
    that leads for a moment, or only by a little, makes no stretch of its own.

    Parameters
    ----------
    read
        What the frames were read as.
    fps
        Frames per second.
    start, stop
        Which frames; by default all.
    """
    rows = read.per_frame[start:stop].astype(np.float64)
    leaders = _leaders(rows, TURN_S * fps)
    turns = np.flatnonzero(np.diff(leaders)) + 1
    edges = [0, *turns.tolist(), len(rows)]
    parts = itertools.pairwise(edges)
    segments = (Segment(read.labels[leaders[a]], start + a, start + b) for a, b in parts)
    return Course(tuple(segments), fps)


def _leaders(rows: NDArray[np.float64] | Floats, turn: float) -> NDArray[np.intp]:
    """Choose a label a frame (T,), for the greatest sum of rows (T, L) less `turn` a change."""
    best = np.zeros(rows.shape[1])
    came = np.empty(rows.shape, dtype=np.intp)
    stay = np.arange(rows.shape[1])
    for t, row in enumerate(rows):
        first = best.argmax()
        turned = best[first] - turn
        came[t] = np.where(best >= turned, stay, first)
        best = np.maximum(best, turned) + row
    leaders = np.empty(len(rows), dtype=np.intp)
    leaders[-1] = best.argmax()
    for t in range(len(rows) - 1, 0, -1):
        leaders[t - 1] = came[t, leaders[t]]
    return leaders
