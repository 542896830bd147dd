"""Markers: moments of a recording with a note, and the frames where they play."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError

_SAME = 0.5  # of a frame, within which two moments are one to a user


@dataclass(frozen=True, order=True)
class Marker:
    """A moment that somebody wants to find again.

    Parameters
    ----------
    moment
        In frames of the recording, also between two, so that it stays on what is seen there
        whatever edits of time do.
    note
        What is to be said of it; may be empty.

    Raises
    ------
    InputError
        For a moment before the first frame.
    """

    moment: float
    note: str = ""

    def __post_init__(self) -> None:
        if not self.moment >= 0:
            raise InputError.of("marker", "a moment of the recording", f"{self.moment:g}")


@dataclass(frozen=True, order=True)
class Place:
    """Where a marker plays.

    Attributes
    ----------
    frame
        Of what plays.
    number
        Which of the clip's markers it is, from 0.
    note
        Its note.
    """

    frame: int
    number: int
    note: str


def places(markers: tuple[Marker, ...], now: NDArray[np.float64]) -> tuple[Place, ...]:
    """Find where markers play.

    Parameters
    ----------
    markers
        Of the clip.
    now
        (T,) the moments of the recording that play, in frames, as `ClipState.source_times` tells.

    Returns
    -------
    By frame. A marker plays as often as its moment does, and nowhere where that is cut out; where
    a frame stands still, at the first of the frames that show it.
    """
    reach = _reach(now)
    found = list[Place]()
    for number, marker in enumerate(markers):
        away = np.abs(now - marker.moment)
        near = np.flatnonzero(away <= reach)
        runs = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1) if len(near) else []
        for run in runs:
            found.append(Place(int(run[np.argmin(away[run])]), number, marker.note))
    return tuple(sorted(found))


def _reach(now: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell how far (T,) from a frame a moment may be that is seen at none but it.

    That is half the way to the nearer of the frames beside it, which is more than half a frame
    where the clip plays faster, and not at a cut.
    """
    if len(now) < 2:
        return np.full(len(now), _SAME)
    steps = np.abs(np.diff(now))
    before, after = np.r_[steps[:1], steps], np.r_[steps, steps[-1:]]
    reach: NDArray[np.float64] = np.maximum(np.fmin(before, after) / 2, _SAME)
    return reach
