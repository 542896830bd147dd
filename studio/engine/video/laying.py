"""What was seen in a video as a clip: weights, the face at rest, frames without the face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, ReadAs
from studio.core.read_as import Gaps
from studio.core.sequence import Doubles, Floats
from studio.core.video.footage import Footage
from studio.face.known import studio_face
from studio.face.rig import load_rig
from studio.io.memory import check_room
from studio.io.weights.grid import Grid, grid, resampled
from studio.io.weights.take import WeightTake, clip_of

from .weighing import Weighing, weigh

Span = tuple[float, float]
_FAR = 35.0  # degrees that a head may be turned for its weights to be worth much
_TURNED = 0.25  # share of the frames from which on that is said
_MANY = 3  # stretches without a face that are told one by one


def lay(footage: Footage, name: str, gaps: Gaps = "fill", rest: Span | None = None) -> MeshSequence:
    """Move the studio's face as the one that was seen.

    Parameters
    ----------
    footage
        What was seen, whatever was made of it before.
    name
        Of the clip.
    gaps
        What becomes of frames without the face: made from those on both sides, the one before is
        held, or they are left out.
    rest
        Seconds from the first picture on that show the face at rest; None for the calmest.

    Raises
    ------
    InputError
        Where the span shows no face, and where the frames do not fit into memory.
    """
    take, footage = take_of(footage, gaps, rest)
    template = studio_face().template
    check_room(footage.place, 36 * len(take.weights) * len(template.vertices))
    vertices = load_rig().pose(take.weights, head=take.head)
    clip = clip_of(take, vertices, template.faces, name, footage.fps)
    read_as = ReadAs(rate_by=clip.read_as.rate_by, gaps=gaps)
    return replace(clip, read_as=read_as, footage=footage)


def take_of(footage: Footage, gaps: Gaps, rest: Span | None) -> tuple[WeightTake, Footage]:
    """Make the take of a face that was followed: weights and turns on a regular grid in time.

    Parameters
    ----------
    footage, gaps, rest
        As in `lay`.

    Returns
    -------
    The take, and the footage with the pictures that its frames lie on.

    Raises
    ------
    InputError
        Where the span shows no face.
    """
    keep, laid = rows_of(footage)
    seen = footage.seen[keep]
    resting = None if rest is None else _said(footage, keep, rest)
    found = weigh(footage.landmarks[keep][seen], laid.fps, resting)
    rows = _whole(np.hstack([found.weights, found.head]), seen, gaps)
    values, near = resampled(rows, laid.place), np.rint(laid.place).astype(int)
    lost = ~seen[near]
    if gaps == "close":
        values, near = values[~lost], near[~lost]
    remarks = (
        *footage.remarks,
        *_several(footage),
        *laid.remarks,
        *_lost(lost, gaps),
        _rested(footage, keep[seen][found.resting], rest),
        *_turned(found),
    )
    footage = replace(
        footage,
        shown=keep[near].astype(np.int32),
        resting=keep[seen][found.resting].astype(np.int32),
        rest=rest,
        gaps=gaps,
    )
    take = WeightTake(values[:, :-3], values[:, -3:], laid.fps, remarks=remarks, timed=True)
    return take, footage


def rows_of(footage: Footage) -> tuple[NDArray[np.intp], Grid]:
    """Find the pictures (M,) that are shown at moments of their own, and the frames on them."""
    keep = np.flatnonzero(np.diff(footage.seconds, prepend=-np.inf) > 1e-4)
    times = footage.seconds[keep] - footage.seconds[0]
    return keep, grid(footage.place, times, None, footage.fps)


def span_of(footage: Footage, first: int, last: int) -> Span:
    """Tell the seconds from one frame to another one, both included, of the clip without gaps."""
    _, laid = rows_of(footage)
    return first / laid.fps, last / laid.fps


def _said(footage: Footage, keep: NDArray[np.intp], rest: Span) -> NDArray[np.bool_]:
    """Find which of the pictures (M,) that show the face lie in a span.

    Raises
    ------
    InputError
        Where none does.
    """
    times = footage.seconds[keep] - footage.seconds[0]
    half = 0.5 * float(np.median(np.diff(times))) if len(times) > 1 else 0.5
    inside = (times > rest[0] - half) & (times < rest[1] + half)
    found: NDArray[np.bool_] = inside[footage.seen[keep]]
    if not found.any():
        wanted = f"the face at rest from {rest[0]:.2f} to {rest[1]:.2f} s"
        raise InputError.of(footage.place, wanted, "no picture with the face there")
    return found


def _several(footage: Footage) -> tuple[str, ...]:
    """Say which of several faces it is."""
    if footage.faces < 2:
        return ()
    which = "largest" if footage.face == 1 else f"number {footage.face} by size"
    return (f"{footage.faces} faces are seen; it is the {which}. --face and the panel choose.",)


def _rested(footage: Footage, resting: NDArray[np.intp], rest: Span | None) -> str:
    """Say where the face at rest is taken from."""
    begins = float((footage.seconds[resting] - footage.seconds[0]).min())
    which = "that were said to show it" if rest is not None else "estimated as the calmest"
    many = _many(len(resting), "frame")
    return (
        f"Its face at rest is taken from {many}, the first at {begins:.1f} s, {which}; who it is "
        "is not known, and the studio's face moves."
    )


def _whole(values: Floats, seen: NDArray[np.bool_], gaps: Gaps) -> Doubles:
    """Lay values (N, C) of the frames that are seen (T,) in rows of all, and fill the others."""
    there, every = np.flatnonzero(seen), np.arange(len(seen))
    if gaps == "hold":
        before = np.maximum(np.searchsorted(there, every, side="right") - 1, 0)
        return values[before].astype(np.float64)
    columns = [np.interp(every, there, column) for column in values.T.astype(np.float64)]
    return np.stack(columns, axis=1)


def _lost(lost: NDArray[np.bool_], gaps: Gaps) -> tuple[str, ...]:
    """Say which frames (T,) show no face, and what becomes of them."""
    if not lost.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]))).reshape(-1, 2)
    spans = [f"{a}" if b - a == 1 else f"{a} to {b - 1}" for a, b in edges.tolist()]
    more = f" and {len(spans) - _MANY} more stretches" if len(spans) > _MANY else ""
    became = {"hold": "hold the one before", "close": "are left out"}
    what = became.get(gaps, "are made from those on both sides")
    one = "Frame" if lost.sum() == 1 else "Frames"
    return (f"{one} {', '.join(spans[:_MANY])}{more}, in which no face is seen, {what}.",)


def _turned(found: Weighing) -> tuple[str, ...]:
    """Warn of a head that looks away for much of the time."""
    away = float((np.abs(found.head[:, :2]).max(axis=1) > _FAR).mean())
    if away < _TURNED:
        return ()
    return (f"The head is turned by more than {_FAR:.0f} degrees in {100 * away:.0f} % of it.",)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
