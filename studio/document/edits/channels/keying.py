"""What is done to keys of channels, several at once; each gives another edit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from studio.core import Progress

from .captured import Captured
from .channel_edit import ChannelsEdit
from .curves import ChannelCurve, ChannelKey, Tangent, within
from .reduction import BOUND_MM, reduced

_QUIET = Progress()


class Spot(NamedTuple):
    """Where a key is."""

    channel: str
    frame: int


@dataclass(frozen=True)
class Placed:
    """An edit whose keys went elsewhere, and where they are now.

    Attributes
    ----------
    edit, spots
        These.
    """

    edit: ChannelsEdit
    spots: frozenset[Spot]


def spots_of(edit: ChannelsEdit, channels: Collection[str] | None = None) -> list[Spot]:
    """List the keys of some channels, by default of all."""
    curves = (one for one in edit.curves if channels is None or one.channel in channels)
    return [Spot(curve.channel, key.frame) for curve in curves for key in curve.keys]


def held(
    edit: ChannelsEdit,
    channels: Iterable[str],
    below: Captured,
    bound: float = BOUND_MM,
    progress: Progress = _QUIET,
) -> ChannelsEdit:
    """Let channels have curves: those without get few keys that follow the capture.

    Parameters
    ----------
    edit, channels
        Which channels of which edit.
    below
        What the edit lies on.
    bound
        mm that no vertex may go by it.
    progress
        Hears a stop.
    """
    bare = [name for name in channels if name not in edit.by_channel]
    if not bare:
        return edit
    return edit.with_curves(reduced(below.weights, bare, below.shapes, bound, progress))


def with_values(
    edit: ChannelsEdit,
    frame: int,
    values: Mapping[str, float],
    below: Captured,
    tangent: Tangent | None = None,
) -> ChannelsEdit:
    """Put keys in a frame.

    Parameters
    ----------
    edit, below
        As in `held`.
    frame
        Its number.
    values
        The weights, by channel; each is brought into its range.
    tangent
        How they go on; by default as the key that was there, or the one before.
    """
    edit = held(edit, values, below)
    curves = []
    for name, value in values.items():
        curve = edit.by_channel[name]
        leading = curve.key_at(frame) or curve.beside(frame)[0] or curve.keys[0]
        key = ChannelKey(frame, within(name, value), tangent or leading.tangent)
        curves.append(curve.put([key]))
    return edit.with_curves(curves)


def without(edit: ChannelsEdit, spots: Collection[Spot]) -> ChannelsEdit:
    """Take keys out; a channel without any is as captured."""
    gone, curves = set(spots), list[ChannelCurve]()
    empty = []
    for curve in _among(edit, spots):
        kept = tuple(key for key in curve.keys if (curve.channel, key.frame) not in gone)
        if kept:
            curves.append(replace(curve, keys=kept))
        else:
            empty.append(curve.channel)
    return edit.with_curves(curves, *empty)


def with_tangent(edit: ChannelsEdit, spots: Collection[Spot], tangent: Tangent) -> ChannelsEdit:
    """Let keys go on to the next ones otherwise."""

    def turned(_name: str, key: ChannelKey) -> ChannelKey:
        return replace(key, tangent=tangent)

    return _changed(edit, spots, turned).edit


def moved(edit: ChannelsEdit, spots: Collection[Spot], by: int, more: float, last: int) -> Placed:
    """Move keys by frames and by a weight, as far as there is room from frame 0 to the last.

    A key that goes where another one is takes its place.
    """
    frames = [spot.frame for spot in spots]
    by = min(max(by, -min(frames, default=0)), last - max(frames, default=last))

    def shifted(name: str, key: ChannelKey) -> ChannelKey:
        return replace(key, frame=key.frame + by, value=within(name, key.value + more))

    return _changed(edit, spots, shifted)


def scaled(
    edit: ChannelsEdit,
    spots: Collection[Spot],
    about: tuple[float, float],
    factors: tuple[float, float],
    last: int,
) -> Placed:
    """Scale how far keys are from a frame and a weight.

    Parameters
    ----------
    edit, spots
        Which keys of which edit.
    about
        The frame and the weight.
    factors
        Of time, at least 0, and of weights.
    last
        The last frame that there is.
    """
    frame, value = about
    in_time, in_weight = max(factors[0], 0.0), factors[1]

    def stretched(name: str, key: ChannelKey) -> ChannelKey:
        to = int(np.floor(frame + (key.frame - frame) * in_time + 0.5))
        weight = within(name, value + (key.value - value) * in_weight)
        return replace(key, frame=min(max(to, 0), last), value=weight)

    return _changed(edit, spots, stretched)


def thinned(
    edit: ChannelsEdit,
    channels: Sequence[str],
    below: Captured,
    bound: float = BOUND_MM,
    progress: Progress = _QUIET,
) -> ChannelsEdit:
    """Give channels as few keys as keep every vertex within a bound of what plays now.

    Parameters
    ----------
    edit, channels, below, bound, progress
        As in `held`.
    """
    now = edit.edited(below.weights, np.arange(below.frames))
    return edit.with_curves(reduced(now, channels, below.shapes, bound, progress))


def _among(edit: ChannelsEdit, spots: Collection[Spot]) -> list[ChannelCurve]:
    named = {spot.channel for spot in spots}
    return [curve for curve in edit.curves if curve.channel in named]


def _changed(
    edit: ChannelsEdit, spots: Collection[Spot], change: Callable[[str, ChannelKey], ChannelKey]
) -> Placed:
    """Change some keys; of two that come to one frame the later one stays."""
    chosen, curves, placed = set(spots), list[ChannelCurve](), set[Spot]()
    for curve in _among(edit, spots):
        inside = [key for key in curve.keys if (curve.channel, key.frame) in chosen]
        rest = [key for key in curve.keys if (curve.channel, key.frame) not in chosen]
        put = {key.frame: key for key in (change(curve.channel, key) for key in inside)}
        kept = {key.frame: key for key in rest} | put
        curves.append(replace(curve, keys=tuple(kept[frame] for frame in sorted(kept))))
        placed |= {Spot(curve.channel, frame) for frame in put}
    return Placed(edit.with_curves(curves), frozenset(placed))
