"""How far one clip is from another over time, in figures a person can compare."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats

from .difference import Difference, shared_moments

P95 = 0.95  # of the vertices are not farther
_CHUNK = 16  # frames between two looks at a stop
_SHOWN = 0.3  # seconds between two parts that are shown
_DROPPED = 12  # last bits of a float32 that are left out where values are counted: 0.05 %


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
    """

    figures: Floats
    whole: Floats
    shared: int

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


class _Count:
    """Counts distances by their leading bits, to tell a percentile of more than memory holds."""

    def __init__(self) -> None:
        self.of = np.zeros(1 << (32 - _DROPPED), dtype=np.int64)
        self.total, self.sum = 0, 0.0

    def add(self, distances: Floats) -> None:
        """Count distances (V,) in mm."""
        np.add.at(self.of, distances.view(np.uint32) >> _DROPPED, 1)
        self.total += len(distances)
        self.sum += float(distances.sum(dtype=np.float64))

    def quantile(self, share: float) -> float:
        """Tell the distance that a share (0..1) of all are not above."""
        if not self.total:
            return 0.0
        place = int(np.searchsorted(self.of.cumsum(), share * self.total))
        ends = np.array([place, place + 1], dtype=np.uint32) << _DROPPED
        return float(ends.view(np.float32).mean()) if place else 0.0


def measure(
    one: MeshSequence,
    other: MeshSequence,
    rigid: NDArray[np.bool_] | None,
    progress: Progress,
    show: Callable[[Distances], object] | None = None,
) -> Distances:
    """Measure a clip against another, as `Difference` does for a frame.

    Parameters
    ----------
    one, other
        The clips, of the same triangulation.
    rigid
        (V,) the region that no expression moves; None leaves the heads where they are.
    progress
        To hear a stop.
    show
        Given what is measured so far, a few times a second.

    Raises
    ------
    InputError
        When the triangulations differ.
    Cancelled
        Where a stop was asked for.
    """
    difference, count = Difference(one, other, rigid), _Count()
    shared = len(shared_moments(one.timing, other.timing))
    figures = np.zeros((shared, 3), dtype=np.float32)
    last = time.monotonic()
    for start in progress.each(range(0, shared, _CHUNK)):
        frames = range(start, min(start + _CHUNK, shared))
        difference.prepare(frames)
        for frame in frames:
            progress.check()
            away = difference.displacement(frame, one.vertices[frame])
            if away is not None:
                figures[frame] = _figures(away, count)
        if show is not None and time.monotonic() - last > _SHOWN:
            show(_so_far(figures[: frames.stop], count, shared))
            last = time.monotonic()
    return _so_far(figures, count, shared)


def _figures(away: Floats, count: _Count) -> tuple[float, float, float]:
    """Tell mean, 95th percentile and maximum of displacements (V, 3) in mm, and count them."""
    distances = np.sqrt(np.einsum("vi,vi->v", away, away))
    count.add(distances)
    mean = float(distances.mean(dtype=np.float64))
    return mean, _quantile(distances, P95), float(distances.max())


def _quantile(values: Floats, share: float) -> float:
    """Tell the value (N,) that a share are not above; numpy's own takes ten times as long."""
    place = share * (len(values) - 1)
    low, high = math.floor(place), math.ceil(place)
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def _so_far(figures: Floats, count: _Count, shared: int) -> Distances:
    top = float(figures[:, 2].max()) if len(figures) else 0.0
    whole = (count.sum / max(count.total, 1), min(count.quantile(P95), top), top)
    return Distances(figures.copy(), np.array(whole, dtype=np.float32), shared)
