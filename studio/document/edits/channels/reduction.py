"""Few keys for weights that have a number in every frame, within a bound in mm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, Progress
from studio.core.sequence import Doubles, Floats
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX

from .curves import MOST, ChannelCurve, ChannelKey, least, smooth
from .solving import reaches

BOUND_MM = 0.1  # that no vertex may go, unless somebody says
_SHARE = 0.75  # of how far a frame lets each channel go that is taken where vertices went too far
_LOOKED = 500  # of the vertices, those that any channel moves, by which keys are found at first
_CHUNK = 256  # frames of which vertices are in memory at once
_QUIET = Progress()
Bools = NDArray[np.bool_]


def reduced(
    weights: Doubles,
    channels: Sequence[str],
    shapes: FaceShapes,
    bound: float = BOUND_MM,
    progress: Progress = _QUIET,
) -> list[ChannelCurve]:
    """Find few smooth keys that keep every vertex of every frame within a bound.

    Each channel begins with a key at both ends and gets one where it is farthest off, between any
    two (Douglas and Peucker, Cartographica 10, 1973, with smooth curves in place of straight ones).
    How far it may be off is what alone would move a vertex by the bound; in frames where several
    together move one farther, all may be off less, until none is.

    Parameters
    ----------
    weights
        (T, 52), those of every frame.
    channels
        Which of them.
    shapes
        What each moves.
    bound
        mm.
    progress
        Hears a stop.

    Returns
    -------
    A curve a channel, in the order of `channels`.

    Raises
    ------
    InputError
        For a bound that is not above zero.
    """
    if not bound > 0.0:
        raise InputError.of("the bound of a reduction", "a number of mm above 0", f"{bound:g}")
    columns = np.array([ARKIT_INDEX[name] for name in channels], dtype=np.intp)
    wanted = np.stack(
        [np.clip(weights[:, ARKIT_INDEX[name]], least(name), MOST) for name in channels], axis=1
    )
    allowed = bound / np.maximum(reaches(shapes)[columns], 1e-6)
    keyed = _keyed(wanted, shapes.deltas[columns], allowed, bound, progress)
    return [
        _curve(name, np.flatnonzero(keyed[:, place]), wanted[:, place])
        for place, name in enumerate(channels)
    ]


def _keyed(
    wanted: Doubles, deltas: Floats, allowed: Doubles, bound: float, progress: Progress
) -> Bools:
    """Choose the frames that get keys: (T, C) of weights (T, C) that move (C, V, 3) mm."""
    keyed: Bools = np.zeros(wanted.shape, dtype=bool)
    off = np.full(wanted.shape, np.inf)
    share = np.ones((len(wanted), 1))
    _fill(keyed, wanted, allowed * share, off)
    if len(deltas) == 1:  # one channel alone keeps the bound by what it is allowed
        return keyed
    for points in (_looked(deltas), np.flatnonzero(deltas.any(axis=(0, 2)))):
        while True:
            progress.check()
            _fill(keyed, wanted, allowed * share, off)
            far = _farthest(off, deltas[:, points]) > bound
            if not far.any():
                break
            share[far] *= _SHARE
    return keyed


def _curve(name: str, frames: NDArray[np.intp], values: Doubles) -> ChannelCurve:
    at = zip(frames.tolist(), values[frames].tolist(), strict=True)
    return ChannelCurve(name, tuple(ChannelKey(frame, value) for frame, value in at))


def _looked(deltas: Floats) -> NDArray[np.intp]:
    """Choose vertices of (C, V, 3) that channels move, the one that each moves most among them."""
    far = np.linalg.norm(deltas, axis=2)
    moved = np.flatnonzero(far.max(axis=0) > 0.0)
    return np.union1d(moved[:: max(len(moved) // _LOOKED, 1)], far.argmax(axis=1))


def _fill(keyed: Bools, wanted: Doubles, allowed: Doubles, off: Doubles) -> None:
    """Add keys (T, C) until no channel is off by more than allowed (T, C); keep by how much."""
    for channel in np.flatnonzero((np.abs(off) > allowed).any(axis=0)):
        off[:, channel] = _channel(keyed[:, channel], wanted[:, channel], allowed[:, channel])


def _channel(keyed: Bools, wanted: Doubles, allowed: Doubles) -> Doubles:
    """Add keys (T,) until a channel (T,) is off by no more than allowed; by how much it is."""
    moments = np.arange(len(wanted), dtype=np.float64)
    keyed[0] = True
    while True:
        frames = np.flatnonzero(keyed)
        if len(frames) == 1:
            found = np.full(len(wanted), wanted[frames[0]])
        else:
            inside = np.minimum(moments, frames[-1])
            found = smooth(frames, wanted[frames], inside)
        off = found - wanted
        over = np.abs(off) - allowed
        if over.max() <= 0.0:
            return off
        if len(frames) == 1:
            keyed[-1] = True
        # The worst of each stretch between two keys; those of all stretches come at once.
        stretch = np.cumsum(keyed)
        order = np.lexsort((over, stretch))
        last = order[np.r_[np.diff(stretch[order]) > 0, True]]
        keyed[last[over[last] > 0.0]] = True


def _farthest(off: Doubles, deltas: Floats) -> Doubles:
    """Tell how far weights that are off by (T, C) move the vertex that goes farthest: (T,) mm."""
    flat, out = deltas.reshape(len(deltas), -1), np.empty(len(off))
    for start in range(0, len(off), _CHUNK):
        part = off[start : start + _CHUNK].astype(np.float32)
        moved = (part @ flat).reshape(len(part), -1, 3)
        squared = np.einsum("tvi,tvi->tv", moved, moved)
        out[start : start + len(part)] = np.sqrt(squared.max(axis=1, initial=0.0))
    return out


def kept_within(curves: Sequence[ChannelCurve], weights: Doubles, shapes: FaceShapes) -> float:
    """Tell how far curves in place of weights (T, 52) move any vertex at most, in mm."""
    frames, off = np.arange(len(weights)), np.zeros((len(weights), len(ARKIT)))
    for curve in curves:
        column = ARKIT_INDEX[curve.channel]
        off[:, column] = curve.values(frames) - weights[:, column]
    return float(_farthest(off, shapes.deltas).max(initial=0.0))
