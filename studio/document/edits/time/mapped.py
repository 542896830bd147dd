"""What edits of time have in common: a moment below for each frame above, and frames in between."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Below, Edit, Frames, Group
from studio.document.edits.span import MOST_FRAMES, SPAN, check_span, resolved

Times = NDArray[np.float64]
_WHOLE = 1e-6  # of a frame; a moment this near to a frame is that frame, bit for bit


class TimeEdit(Edit):
    """Plays the frames below at other moments; between two frames vertices go straight."""

    group: ClassVar[Group] = "time"

    @abstractmethod
    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above, both in frames."""

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames on both sides of each moment."""
        low, high, _ = sides(self.source_times(frames.astype(np.float64), before), before)
        return np.union1d(low, high)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Interpolate the frames (N, V, 3) in mm that play at frames (N,)."""
        moments = self.source_times(frames.astype(np.float64), below.timing)
        low, high, share = sides(moments, below.timing)
        out = below.at(low)
        between = np.flatnonzero(share)
        if len(between):
            progress.check()
            later = below.at(high[between])
            out[between] += share[between, None, None] * (later - out[between])
        return out

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse what would be no frame, or more than a clip can have."""
        frames = self.timing(before).frames
        if not 1 <= frames <= MOST_FRAMES:
            wanted = f"1 to {MOST_FRAMES:,} frames after {self.title.lower()}"
            raise InputError.of(name, wanted, f"{frames:,}")


@dataclass(frozen=True)
class RangeEdit(TimeEdit):
    """An edit of time that is about some frames in a row.

    Parameters
    ----------
    start, stop
        Frames start..stop-1 below; without a stop, to the end.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = SPAN

    start: int = 0
    stop: int | None = None

    def span(self, before: Timing) -> tuple[int, int]:
        """Give the first frame and the one behind the last, the end resolved."""
        return resolved(self.start, self.stop, before)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a range that the frames below do not have."""
        check_span(self.title, self.start, self.stop, before, name)
        super().check(recording, before, name)

    def moved(self, to: Callable[[int], int]) -> Self:
        """Take the range to the numbers that its frames have now."""
        stop = None if self.stop is None else to(self.stop - 1) + 1
        return replace(self, start=to(self.start), stop=stop)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: its kind and its range."""
        if self.stop is None:
            return self.title if not self.start else f"{self.title} · from {self.start}"
        return f"{self.title} · {self.start}-{self.stop - 1}"


@dataclass(frozen=True)
class TimeChain(TimeEdit):
    """Several edits of time in a row as one, so that frames are interpolated once."""

    title: ClassVar[str] = "Time"

    maps: tuple[TimeEdit, ...] = ()

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above the last of them."""
        for one in self.maps:
            before = one.timing(before)
        return before

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below the first play at moments (N,) above the last."""
        timings = [before]
        for one in self.maps[:-1]:
            timings.append(one.timing(timings[-1]))
        for one, under in zip(reversed(self.maps), reversed(timings), strict=True):
            times = np.clip(one.source_times(times, under), 0, under.frames - 1)
        return times


def chained(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Make one of the edits of time that lie right above each other."""
    out = list[Edit]()
    for timely, group in groupby(edits, lambda edit: isinstance(edit, TimeEdit)):
        found = list(group)
        if timely and len(found) > 1:
            maps = tuple(edit for edit in found if isinstance(edit, TimeEdit))
            out.append(TimeChain(maps))
        else:
            out += found
    return tuple(out)


def at_rate(before: Timing, fps: float) -> Timing:
    """Tell the timing at another rate: as many frames as fit between the first and the last."""
    return Timing(int(np.floor((before.frames - 1) * fps / before.fps + _WHOLE)) + 1, fps)


def sides(moments: Times, before: Timing) -> tuple[Frames, Frames, Floats]:
    """Part moments into the frames around them.

    Parameters
    ----------
    moments
        (N,) in frames; one outside counts as the nearer end.
    before
        Of the frames that there are.

    Returns
    -------
    before, after : (N,) numbers of frames
    share : (N,) float32, of the latter; 0 where a moment is a frame, as far as can be told
    """
    inside = np.clip(moments, 0, before.frames - 1)
    near = np.rint(inside)
    inside = np.where(np.abs(inside - near) < _WHOLE, near, inside)
    low = np.floor(inside)
    share = (inside - low).astype(np.float32)
    whole = low.astype(np.intp)
    return whole, np.minimum(whole + 1, before.frames - 1), share
