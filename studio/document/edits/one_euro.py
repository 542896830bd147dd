"""The one-euro filter: what is still is calmed, what moves fast is let through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import Progress, Timing
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats

from .edit import CHUNK, Below, Edit, Frames

_CUTOFF, _BETA = Range(0.05, 60.0), Range(0.0, 10.0)
_SPEED_CUTOFF = 1.0  # Hz, of the speed that opens the filter, as in the paper
_WARM_S = 2.0  # seconds before the first frame of a group that the filter has to settle


@dataclass(frozen=True)
class OneEuroEdit(Edit):
    """Smooths each vertex the less, the faster it moves (Casiez, Roussel and Vogel, 2012).

    It looks back only, so what it calms comes a little late.

    Parameters
    ----------
    cutoff
        Hz at rest: lower is calmer.
    beta
        How much a speed of 1 mm/s adds to the cutoff, in Hz: higher is quicker.

    Raises
    ------
    InputError
        For values out of range.
    """

    kind: ClassVar[str] = "one-euro"
    title: ClassVar[str] = "One-euro filter"
    tip: ClassVar[str] = "Calms what is still and lets through what moves fast"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "cutoff", "&Cutoff", "Hz at rest; lower is calmer", allowed=_CUTOFF, step=0.5,
            default=1.5,
        ),
        Parameter(
            "beta", "&Beta", "Hz that 1 mm/s adds; higher is quicker", allowed=_BETA, step=0.01,
            default=0.05,
        ),
    )  # fmt: skip

    cutoff: float = 1.5
    beta: float = 0.05

    def __post_init__(self) -> None:
        _CUTOFF.check("cutoff", self.cutoff)
        _BETA.check("beta", self.beta)

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) may change: all but the first, where it begins."""
        return np.asarray(frames > 0)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames and those before them in which the filter settles."""
        return np.unique(np.concatenate([run for run, _ in _runs(frames, before)]))

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Filter the vertices (N, V, 3) mm of frames (N,)."""
        out = np.empty((len(frames), *below.vertices.shape[1:]), np.float32)
        for run, wanted in _runs(frames, below.timing):
            progress.check()
            filtered = self._filtered(below.seen(run), 1.0 / below.timing.fps)
            out[np.isin(frames, wanted)] = filtered[wanted - run[0]].swapaxes(1, 2)
        return out

    def _filtered(self, points: Floats, seconds: float) -> Floats:
        """Filter (K, V, 3) mm that are so many seconds apart: (K, 3, V), as NumPy likes long rows.

        What is computed for each frame is written where the one before was, as it is large.
        """
        out = np.ascontiguousarray(points.swapaxes(1, 2))
        speed, before = np.zeros_like(out[0]), out[0].copy()
        slow, way = _alpha(_SPEED_CUTOFF, seconds), np.float32(2 * np.pi * seconds)
        for now, last in zip(out[1:], out[:-1], strict=True):
            change = now - before
            before[...] = now
            change /= np.float32(seconds)
            change -= speed
            change *= slow
            speed += change
            fast = np.sqrt(np.square(speed, out=change).sum(axis=0))
            fast *= way * np.float32(self.beta)
            fast += way * np.float32(self.cutoff)
            fast /= fast + 1
            now -= last
            now *= fast
            now += last
        return out


def _alpha(cutoff: float, seconds: float) -> np.float32:
    """Tell how much of a new value is taken at a cutoff in Hz."""
    way = 2 * np.pi * seconds * cutoff
    return np.float32(way / (way + 1))


def _runs(frames: Frames, before: Timing) -> list[tuple[Frames, Frames]]:
    """Part frames (N,) into groups, each with the frames (K,) that are filtered for it."""
    warm = round(_WARM_S * before.fps)
    out = []
    for group in np.unique(frames // CHUNK):
        wanted = frames[frames // CHUNK == group]
        out.append((np.arange(max(group * CHUNK - warm, 0), wanted.max() + 1), wanted))
    return out
