"""Which frame plays which, through edits that move frames in time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.core import Timing
from studio.document.edits.edit import Edit, Frames

from .mapped import Times

_FINE = 16  # parts of a frame in which a moment is looked for that no whole frame plays
_HALF = 0.5  # of a frame, within which a moment belongs to it


class FrameMap:
    """The frames above some edits and those below them, both ways.

    Parameters
    ----------
    edits
        Those that are active, the lowest first.
    before
        The timing below the lowest.
    """

    def __init__(self, edits: Sequence[Edit], before: Timing) -> None:
        self._edits, self._timings = tuple(edits), [before]
        for edit in self._edits:
            self._timings.append(edit.timing(self._timings[-1]))

    @property
    def timing(self) -> Timing:
        """The timing above the topmost edit."""
        return self._timings[-1]

    @property
    def before(self) -> Timing:
        """The timing below the lowest edit."""
        return self._timings[0]

    def moments(self, times: Times) -> Times:
        """Tell which moments (N,) below play at moments (N,) above, both in frames."""
        for edit, under in zip(reversed(self._edits), reversed(self._timings[:-1]), strict=True):
            times = np.clip(edit.source_times(times, under), 0, under.frames - 1)
        return times

    def below(self, frames: Frames) -> NDArray[np.intp]:
        """Tell the frames (N,) below that are nearest to what frames (N,) above play."""
        if not self._edits:
            return np.asarray(frames, dtype=np.intp)
        return _nearest(self.moments(np.asarray(frames, dtype=np.float64)))

    def above(self, frame: int) -> int | None:
        """Find the first frame above that plays a frame below.

        Where several in a row are next to it, as in slow motion, it is the nearest of them. Where
        what plays passes over it between two frames, as in quick motion, it is the nearer of these.

        Returns
        -------
        None where it does not play
        """
        if not self._edits:
            return frame
        at = _first_run(*self._whole, frame)
        if at is not None:
            return at
        at = _first_run(*self._between, frame)
        return None if at is None else min(round(at / _FINE), self.timing.frames - 1)

    @cached_property
    def _whole(self) -> tuple[Frames, Times]:
        """The frames and moments (T,) below that the frames above play."""
        moments = self.moments(np.arange(self.timing.frames, dtype=np.float64))
        return _nearest(moments), moments

    @cached_property
    def _between(self) -> tuple[Frames, Times]:
        """Those that play at each sixteenth of a frame above, where a cut shows as a jump."""
        moments = self.moments(np.arange((self.timing.frames - 1) * _FINE + 1) / _FINE)
        return _nearest(moments), moments


def _nearest(moments: Times) -> NDArray[np.intp]:
    """Round moments (N,) to frames, a half always up."""
    return np.floor(moments + _HALF).astype(np.intp)


def _first_run(near: Frames, moments: Times, frame: int) -> int | None:
    """Find the place nearest to a frame in the first run of those (N,) that belong to it."""
    there = np.flatnonzero(near == frame)
    if not len(there):
        return None
    run = there[: 1 + int(np.argmax(np.r_[np.diff(there), 2] > 1))]
    return int(run[np.abs(moments[run] - frame).argmin()])


@lru_cache(maxsize=32)
def frame_map(edits: tuple[Edit, ...], before: Timing) -> FrameMap:
    """Give the map through some active edits, the lowest first, which is remembered.

    Parameters
    ----------
    edits
        The edits.
    before
        The timing below the lowest.
    """
    return FrameMap(edits, before)


def moves_time(edit: Edit) -> bool:
    """Whether an edit may play frames at other moments than those below it."""
    kind = type(edit)
    return kind.source_times is not Edit.source_times or kind.timing is not Edit.timing
