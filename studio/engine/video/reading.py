"""A video as a clip of the studio's face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.read_as import Gaps
from studio.core.sequence import Doubles, Floats
from studio.face.known import studio_face
from studio.face.rig import load_rig
from studio.io.format import Source
from studio.io.weights.grid import grid, resampled
from studio.io.weights.take import WeightTake, clip_of

from .following import Followed, follow
from .weighing import weigh

_FAR = 35.0  # degrees that a head may be turned for its weights to be worth much
_TURNED = 0.25  # share of the frames from which on that is said
_MANY = 3  # stretches without a face that are told one by one


def read_video(source: Source) -> MeshSequence:
    """Follow the face in a video, and move the studio's face as it moves.

    Frames in which it is lost are made from those on both sides, or as `Source.gaps` says.

    Raises
    ------
    InputError
        Where it is no video, or shows no face.
    """
    face = _number(source)
    followed = follow(source.place, face, source.progress.part(0.0, 0.9))
    source.progress.report(0.9, f"Posing {source.place.name}")
    take = take_of(source, followed)
    template = studio_face().template
    source.check_room(36 * len(take.weights) * len(template.vertices))
    vertices = load_rig().pose(take.weights, head=take.head)
    clip = clip_of(take, vertices, template.faces, source.name, source.fps)
    return replace(clip, read_as=replace(clip.read_as, gaps=source.gaps))


def _number(source: Source) -> int:
    """Read which face is wanted."""
    part = source.part or "1"
    if not part.isdecimal() or not int(part):
        raise InputError.of(source.place, "the number of a face behind #, 1 the largest", part)
    return int(part)


def take_of(source: Source, followed: Followed) -> WeightTake:
    """Make the take of a face that was followed: weights and turns on a regular grid in time."""
    first = followed.seconds[0]
    keep = np.flatnonzero(np.diff(followed.seconds, prepend=-np.inf) > 1e-4)
    seen = followed.seen[keep]
    laid = grid(source.place, followed.seconds[keep] - first, None, source.fps)
    found = weigh(followed.landmarks[keep][seen], laid.fps)
    rows = _whole(np.hstack([found.weights, found.head]), seen, source.gaps)
    values = resampled(rows, laid.place)
    lost = ~seen[np.rint(laid.place).astype(int)]
    if source.gaps == "close":
        values = values[~lost]
    rest = followed.seconds[keep][seen][found.resting] - first
    remarks = (
        *followed.remarks,
        *laid.remarks,
        *_lost(lost, source.gaps),
        f"Its face at rest is taken from {_many(len(rest), 'frame')}, the first at "
        f"{rest.min():.1f} s; who it is is not known, and the studio's face moves.",
        *_turned(found.head),
    )
    return WeightTake(values[:, :-3], values[:, -3:], laid.fps, remarks=remarks)


def _whole(values: Floats, seen: NDArray[np.bool_], gaps: Gaps | None) -> Doubles:
    """Lay values (N, C) of the frames that are seen (T,) in rows of all, and fill the others."""
    there, every = np.flatnonzero(seen), np.arange(len(seen))
    if gaps == "hold":
        before = np.maximum(np.searchsorted(there, every, side="right") - 1, 0)
        return values[before].astype(np.float64)
    columns = [np.interp(every, there, column) for column in values.T.astype(np.float64)]
    return np.stack(columns, axis=1)


def _lost(lost: NDArray[np.bool_], gaps: Gaps | None) -> tuple[str, ...]:
    """Say which frames (T,) show no face, and what becomes of them."""
    if not lost.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]]))).reshape(-1, 2)
    spans = [f"{a}" if b - a == 1 else f"{a} to {b - 1}" for a, b in edges.tolist()]
    more = f" and {len(spans) - _MANY} more stretches" if len(spans) > _MANY else ""
    became = {"hold": "hold the one before", "close": "are left out"}
    what = became.get(gaps or "", "are made from those on both sides")
    one = "Frame" if lost.sum() == 1 else "Frames"
    return (f"{one} {', '.join(spans[:_MANY])}{more}, in which no face is seen, {what}.",)


def _turned(head: Floats) -> tuple[str, ...]:
    """Warn of a head (T, 3) that looks away for much of the time."""
    away = float((np.abs(head[:, :2]).max(axis=1) > _FAR).mean())
    if away < _TURNED:
        return ()
    return (f"The head is turned by more than {_FAR:.0f} degrees in {100 * away:.0f} % of it.",)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
