"""Despike: vertices that jump away for a frame or two go where those around them in time are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import Progress, Timing
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats

from .edit import Below, Edit, Frames

_LIMIT = Range(0.05, 100.0)
_REACH = 2  # frames before and after that tell where a vertex should be: two jumps in a row show


@dataclass(frozen=True)
class DespikeEdit(Edit):
    """Puts what leaves the way of its neighbors in time back on it.

    The way is a line through the five frames around a frame, by medians, which two that jump do not
    move.

    Parameters
    ----------
    limit
        How far a vertex may be from the line, in mm.

    Raises
    ------
    InputError
        For a limit out of range.
    """

    kind: ClassVar[str] = "despike"
    title: ClassVar[str] = "Despike"
    tip: ClassVar[str] = "Puts vertices that jump away for a frame or two back on their way"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "limit", "&Limit", "mm that a vertex may be off its way", allowed=_LIMIT, step=0.5,
            default=3.0,
        ),
    )  # fmt: skip

    limit: float = 3.0

    def __post_init__(self) -> None:
        _LIMIT.check("limit", self.limit)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the limit."""
        return f"{self.title} · {self.limit:g} mm"

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames and those around them."""
        return np.unique(_around(frames, before))

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Put spikes back: (N, V, 3) mm of frames (N,)."""
        out = below.at(frames)
        for row, around in enumerate(_around(frames, below.timing)):
            progress.check()
            there = below.seen(around)
            way = _way(there, (around - frames[row]).astype(np.float32))
            off = np.linalg.norm(out[row] - way, axis=1) > self.limit
            out[row, off] = way[off]
        return out


def _around(frames: Frames, before: Timing) -> Frames:
    """Tell the frames (N, 5) around frames (N,): at the ends of the clip the nearest five."""
    width = min(2 * _REACH + 1, before.frames)
    starts = np.clip(frames - _REACH, 0, before.frames - width)
    return np.asarray(starts[:, None] + np.arange(width))


def _way(points: Floats, since: Floats) -> Floats:
    """Tell where (V, 3) the line by medians through (K, V, 3) is, (K,) frames since each."""
    if len(points) < 3:
        return np.asarray(points[int(np.abs(since).argmin())])
    pace = _median(np.diff(points, axis=0))
    return _median(points - since[:, None, None] * pace)


def _median(rows: Floats) -> Floats:
    """Find the median (V, 3) of a few rows (K, V, 3), in a fifth of the time of NumPy's own."""
    ordered: list[Floats] = [*rows]
    for turn in range(len(ordered)):
        for low in range(turn % 2, len(ordered) - 1, 2):
            one, other = ordered[low], ordered[low + 1]
            ordered[low], ordered[low + 1] = np.minimum(one, other), np.maximum(one, other)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return np.asarray((ordered[middle - 1] + ordered[middle]) / 2)
