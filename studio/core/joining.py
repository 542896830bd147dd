"""Frames that lead from one motion to another without a jolt.

The `ends` of a gap are the two frames right before it and the two right behind it. What is in
between meets them in value and in velocity: it is moved onto them by the correction that adds the
least acceleration (a discrete cubic spline), which is gone a few frames into the gap.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .geometry import Real, smoothstep
from .sequence import Doubles, Floats, read_only

REACH = 16  # frames into a gap that a correction reaches from each end


def ends_of(before: Floats, after: Floats) -> Floats:
    """Take the ends of a gap.

    Parameters
    ----------
    before, after : (A, ...) and (B, ...) frames on both sides, one at least on each. Where there is
        but one, the motion stands still there.

    Returns
    -------
    (4, ...)
    """
    first, last = before[-2:], after[:2]
    return np.concatenate([first[:1], first[-1:], last[:1], last[-1:]])


@lru_cache(maxsize=64)
def joint(frames: int, reach: int | None = REACH) -> tuple[Doubles, Doubles]:
    """Give the map that moves what is in a gap onto its ends.

    Parameters
    ----------
    frames : N, of the gap, at least one
    reach : frames that are moved at each end; None moves all of them

    Returns
    -------
    own : (N, N)
    given : (N, 4); ``own @ between + given @ ends`` meets the ends, both read-only
    """
    bend = np.diff(np.eye(frames + 4), n=2, axis=0)  # second differences, ends included
    place = np.arange(frames)
    free = np.full(frames, True) if reach is None else (place < reach) | (place >= frames - reach)
    given = np.zeros((frames, 4))
    inner = bend[:, 2:-2][:, free]
    given[free] = -np.linalg.lstsq(inner, bend[:, [0, 1, -2, -1]], rcond=None)[0]
    own = np.eye(frames) - given @ _continued(frames)
    read_only(own)
    read_only(given)
    return own, given


def _continued(frames: int) -> Doubles:
    """Continue a gap straight on to where its ends are: (4, N)."""
    out = np.zeros((4, frames))
    if frames == 1:
        out[:] = 1.0
        return out
    out[0, :2], out[1, :2] = (3, -2), (2, -1)
    out[2, -2:], out[3, -2:] = (-1, 2), (-2, 3)
    return out


def joined(between: Floats, ends: Floats, reach: int | None = REACH) -> Floats:
    """Move what is in a gap onto its ends.

    Parameters
    ----------
    between : (N, ...) frames
    ends : (4, ...)
    reach : as in `joint`

    Returns
    -------
    (N, ...) float32
    """
    own, given = joint(len(between), reach)
    flat, sides = between.reshape(len(between), -1), ends.reshape(4, -1)
    moved = own.astype(np.float32) @ flat + given.astype(np.float32) @ sides
    return np.asarray(moved.reshape(between.shape), dtype=np.float32)


def curved(ends: NDArray[Real], frames: int) -> NDArray[Real]:
    """Go from ends (4, ...) as a cubic (Hermite) does, with the least acceleration: (N, ...)."""
    _, given = joint(frames, None)
    flat = ends.reshape(4, -1)
    # About the first of them, so that rounding does not show in what stands still.
    way = flat[1] + given @ (flat - flat[1])
    return np.asarray(way.reshape(frames, *ends.shape[1:]), dtype=ends.dtype)


def passed(frames: int) -> Floats:
    """Tell how far on the way each frame of a gap is: (N,), rising from nearly 0 to nearly 1."""
    return smoothstep((np.arange(frames, dtype=np.float32) + 1) / np.float32(frames + 1))
