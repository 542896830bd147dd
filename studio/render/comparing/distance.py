"""How far one clip is from another over time, in figures a person can compare."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.core import Progress
from studio.core.sequence import Floats
from studio.face.known import regions_of

from .apart import Apart
from .difference import shared_moments

NAMES = ("mean", "p95", "max")  # of the figures
REGIONS = ("brows", "eyes", "mouth", "jaw")  # that are told besides all of a known face
P95 = 0.95  # of the vertices are not farther
_CHUNK = 16  # frames that are aligned in one go
_SHOWN = 0.3  # seconds between two parts that are shown
_DROPPED = 13  # last bits of a float32 that are left out where values are counted: 0.1 %


@dataclass(frozen=True, eq=False)
class Distances:
    """The distances of the vertices of a clip from those of another at the same moments.

    Parameters
    ----------
    figures
        (N, 3) float32 mm, the mean, the 95th percentile and the maximum of each frame that is
        measured, from the first on.
    whole
        (3,) float32 mm, the same over all vertices of all these frames.
    shared
        How many frames of the clip there are before the other has ended.
    how
        What is measured, in words.
    parts
        The same two of each region of the face, by its name.
    """

    figures: Floats
    whole: Floats
    shared: int
    how: str = ""
    parts: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether all frames are measured that both clips have."""
        return len(self.figures) == self.shared

    @property
    def farthest(self) -> int:
        """The frame of the largest distance."""
        return int(self.figures[:, 2].argmax()) if len(self.figures) else 0

    def at(self, frame: int) -> Floats | None:
        """Give the figures (3,) of a frame in mm; None where it is not measured, or alone."""
        return self.figures[frame] if 0 <= frame < len(self.figures) else None


class _Tally:
    """The figures of one region, frame by frame and as a whole.

    Distances are counted by their leading bits, to tell a percentile of more than memory holds.
    """

    def __init__(self, frames: int, where: NDArray[np.intp] | None = None) -> None:
        self.figures: Floats = np.zeros((frames, 3), dtype=np.float32)
        self._where = where  # numbers of its vertices; None for all
        self.of = np.zeros(1 << (32 - _DROPPED), dtype=np.int64)
        self.total, self.sum = 0, 0.0

    def add(self, frame: int, distances: Floats) -> None:
        """Take the distances (V,) in mm of all vertices in a frame."""
        mine = distances if self._where is None else distances[self._where]
        np.add.at(self.of, mine.view(np.uint32) >> _DROPPED, 1)
        self.total += len(mine)
        self.sum += float(mine.sum(dtype=np.float64))
        mean = float(mine.mean(dtype=np.float64))
        self.figures[frame] = mean, _quantile(mine, P95), float(mine.max())

    def so_far(self, frames: int) -> tuple[Floats, Floats]:
        """Give the figures of the first frames (N, 3), and those of all of them together (3,)."""
        figures = self.figures[:frames].copy()
        top = float(figures[:, 2].max()) if frames else 0.0
        whole = (self.sum / max(self.total, 1), min(self._quantile(P95), top), top)
        return figures, np.array(whole, dtype=np.float32)

    def _quantile(self, share: float) -> float:
        """Tell the distance that a share (0..1) of all are not above."""
        if not self.total:
            return 0.0
        place = int(np.searchsorted(self.of.cumsum(), share * self.total))
        ends = np.array([place, place + 1], dtype=np.uint32) << _DROPPED
        return float(ends.view(np.float32).mean()) if place else 0.0


def told_regions(topology: str) -> dict[str, NDArray[np.bool_]]:
    """Give the regions (V,) of a face that figures are told of; none where it is not known."""
    known = regions_of(topology) or {}
    return {name: known[name] for name in REGIONS if name in known}


def measure(
    between: Apart,
    regions: Mapping[str, NDArray[np.bool_]],
    progress: Progress,
    show: Callable[[Distances], object] | None = None,
) -> Distances:
    """Measure a clip against another.

    Parameters
    ----------
    between
        The two clips.
    regions
        Masks (V,) of the parts of the first that are measured besides all of it, by name.
    progress
        To hear a stop.
    show
        Given what is measured so far, a few times a second.

    Raises
    ------
    Cancelled
        Where a stop was asked for.
    """
    one = between.one
    shared = len(shared_moments(one.timing, between.other.timing))
    everything = _Tally(shared)
    inside = {name: np.flatnonzero(mask) for name, mask in regions.items() if mask.any()}
    parts = {name: _Tally(shared, where) for name, where in inside.items()}

    def so_far(frames: int) -> Distances:
        told = {name: tally.so_far(frames) for name, tally in parts.items()}
        return Distances(*everything.so_far(frames), shared, between.how, told)

    last = time.monotonic()
    for start in progress.each(range(0, shared, _CHUNK)):
        frames = range(start, min(start + _CHUNK, shared))
        between.prepare(frames)
        for frame in frames:
            progress.check()
            away = between.displacement(frame, one.vertices[frame])
            if away is not None:
                distances = np.sqrt(np.einsum("vi,vi->v", away, away))
                for tally in (everything, *parts.values()):
                    tally.add(frame, distances)
        if show is not None and time.monotonic() - last > _SHOWN:
            show(so_far(frames.stop))
            last = time.monotonic()
    return so_far(shared)


def _quantile(values: Floats, share: float) -> float:
    """Tell the value (N,) that a share are not above; numpy's own takes ten times as long."""
    place = share * (len(values) - 1)
    low, high = math.floor(place), math.ceil(place)
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def figure(value: float) -> str:
    """Write millimeters to three digits, of which what no scanner tells apart is not one."""
    return f"{value:.3g}" if value >= 1e-3 or value == 0.0 else "<0.001"


def written(figures: Floats) -> str:
    """Write mean, percentile and maximum (3,) in mm."""
    told = [f"{name} {figure(value)}" for name, value in zip(NAMES, figures.tolist(), strict=True)]
    return f"{' · '.join(told)} mm"
