"""A channel over time by its keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.sequence import Doubles
from studio.face.rig import ARKIT_INDEX

Tangent = Literal["smooth", "linear", "step"]
TANGENTS: tuple[Tangent, ...] = get_args(Tangent)
MOST = 2.0  # weight of a channel
_DIGITS = 10  # of a weight
BELOW = {"cheekPuff": -1.0}  # the least weight of channels that go below nothing: cheeks sucked in


def least(channel: str) -> float:
    """Tell the least weight that a channel may have."""
    return BELOW.get(channel, 0.0)


def within(channel: str, value: float) -> float:
    """Bring a weight into what its channel may be."""
    return float(min(max(value, least(channel)), MOST))


@dataclass(frozen=True)
class ChannelKey:
    """The weight in a frame, and how it goes on to the next key.

    Parameters
    ----------
    frame
        Its number.
    value
        The weight.
    tangent
        "smooth" never leaves the range between two keys, "linear" is straight, and "step" stays
        until the next key.
    """

    frame: int
    value: float
    tangent: Tangent = "smooth"


@dataclass(frozen=True, eq=False)
class ChannelCurve:
    """The keys of one channel.

    Before the first and after the last key the weight stays as it is there. What is smooth is the
    monotone cubic of Fritsch and Carlson (SIAM Journal on Numerical Analysis 17, 1980), so that
    nothing overshoots a key.

    Parameters
    ----------
    channel
        By ARKit's name.
    keys
        By frame, one a frame, and one at least.

    Raises
    ------
    InputError
        For a name that ARKit does not know, keys that are not by frame, and weights out of range.
    """

    channel: str
    keys: tuple[ChannelKey, ...]

    def __post_init__(self) -> None:
        if self.channel not in ARKIT_INDEX:
            raise InputError.of("channels", "a name of ARKit's 52 shapes", self.channel)
        frames = [key.frame for key in self.keys]
        if not frames or frames[0] < 0 or not np.all(np.diff(frames) > 0):
            raise InputError.of(self.channel, "one key or more by frame, one a frame", str(frames))
        low = least(self.channel)
        for key in self.keys:
            if not low <= key.value <= MOST:
                wanted = f"weights from {low:g} to {MOST:g}"
                raise InputError.of(self.channel, wanted, f"{key.value:g}")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        alike = isinstance(other, ChannelCurve) and hash(self) == hash(other)
        return alike and isinstance(other, ChannelCurve) and self._told == other._told

    def __hash__(self) -> int:
        return self._hash

    @property
    def _told(self) -> tuple[object, ...]:
        return self.channel, self.keys

    @cached_property
    def _hash(self) -> int:
        """Found once, as a curve may have thousands of keys."""
        return hash(self._told)

    @cached_property
    def frames(self) -> NDArray[np.intp]:
        """(K,) the frames that have a key."""
        return np.array([key.frame for key in self.keys], dtype=np.intp)

    @cached_property
    def weights(self) -> Doubles:
        """(K,) the weights there."""
        return np.array([key.value for key in self.keys], dtype=np.float64)

    def values(self, moments: NDArray[np.number]) -> Doubles:
        """Tell the weight (N,) at moments (N,), in frames, also between two."""
        at = np.clip(moments, self.frames[0], self.frames[-1]).astype(np.float64)
        if len(self.keys) == 1:
            return np.full(len(at), self.weights[0])
        out = smooth(self.frames, self.weights, at)
        kinds = [key.tangent for key in self.keys]
        if set(kinds) != {"smooth"}:
            goes = np.array([TANGENTS.index(kind) for kind in kinds])
            place = np.searchsorted(self.frames, at, side="right") - 1
            straight = np.interp(at, self.frames, self.weights)
            out = np.where(goes[place] == TANGENTS.index("linear"), straight, out)
            out = np.where(goes[place] == TANGENTS.index("step"), self.weights[place], out)
        return np.asarray(out)

    def key_at(self, frame: int) -> ChannelKey | None:
        """Find the key of a frame."""
        place = int(np.searchsorted(self.frames, frame))
        found = self.keys[place] if place < len(self.keys) else None
        return found if found is not None and found.frame == frame else None

    def beside(self, frame: int) -> tuple[ChannelKey | None, ChannelKey | None]:
        """Find the keys before and after a frame; its own is neither."""
        before, after = np.searchsorted(self.frames, [frame, frame + 1]).tolist()
        return (
            self.keys[before - 1] if before > 0 else None,
            self.keys[after] if after < len(self.keys) else None,
        )

    def put(self, keys: Iterable[ChannelKey]) -> ChannelCurve:
        """Put keys in their frames instead of what was there."""
        placed = {key.frame: key for key in (*self.keys, *keys)}
        return replace(self, keys=tuple(placed[frame] for frame in sorted(placed)))


def smooth(frames: NDArray[np.intp], weights: Doubles, moments: Doubles) -> Doubles:
    """Pass smoothly through weights (K,) in frames (K,) at moments (N,) between these: (N,)."""
    from scipy.interpolate import PchipInterpolator  # takes long to import

    # The harmonic mean of slopes that are almost nothing overflows.
    return np.asarray(PchipInterpolator(frames, np.round(weights, _DIGITS))(moments))
