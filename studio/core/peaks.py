"""Where a label's curve has a clear maximum, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.core import Tracks
from studio.core.sequence import Floats

HIGH, LOW = 0.5, 0.35  # a peak reaches the one and lasts until the curve falls below the other
NEUTRAL = "neutral"
CLEAR = 0.15  # how much a curve that never falls that low must vary


@dataclass(frozen=True)
class Peak:
    """A label's curve at its highest.

    Attributes
    ----------
    label
        Index of the curve.
    value
        0..1, where in its range it is highest.
    """

    frame: int
    label: int
    value: float


def find_peaks(tracks: Tracks) -> tuple[Peak, ...]:
    """Find a peak where a curve is high in its range, one a stretch, by frame; rest has none."""
    rows = tracks.shares
    found = [
        peak
        for index, label in enumerate(tracks.names)
        if label != NEUTRAL
        for peak in _peaks_of(rows[:, index], index)
    ]
    return tuple(sorted(found, key=lambda peak: (peak.frame, -peak.value)))


def next_peak(peaks: Sequence[Peak], frame: int, step: int) -> int | None:
    """Find the frame of the nearest peak after (step 1) or before (-1) a frame, round the ends."""
    frames = sorted({peak.frame for peak in peaks})
    if not frames:
        return None
    if step > 0:
        return next((known for known in frames if known > frame), frames[0])
    return next((known for known in reversed(frames) if known < frame), frames[-1])


def _peaks_of(values: Floats, label: int) -> list[Peak]:
    above = np.r_[False, values >= LOW, False]
    edges = np.flatnonzero(np.diff(above))
    peaks = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        run = values[start:stop]
        whole = (start, stop) == (0, len(values))
        if run.max() < HIGH or (whole and run.max() - run.min() < CLEAR):
            continue
        at = start + _middle_of_top(run)
        peaks.append(Peak(at, label, float(values[at])))
    return peaks


def _middle_of_top(run: Floats) -> int:
    """Find the highest frame; of several that are as good as equal and adjoin, the middle one."""
    best = int(run.argmax())
    level = np.flatnonzero(run < run[best] - 1e-3)
    before, after = level[level < best], level[level > best]
    first = int(before[-1]) + 1 if len(before) else 0
    last = int(after[0]) - 1 if len(after) else len(run) - 1
    return (first + last) // 2
