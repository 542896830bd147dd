"""Poses: the weights of all channels in a frame, which can be laid on other frames."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from studio.face.rig import ARKIT, ARKIT_INDEX

from .captured import Captured
from .channel_edit import ChannelsEdit
from .curves import within

Pose = Mapping[str, float]
TWEEN_LEAST, TWEEN_MOST = -0.5, 1.5  # of the way from the key before to the key after
_SAME = 1e-4  # of a weight, that nobody sees


def pose_at(edit: ChannelsEdit, below: Captured, frame: int) -> dict[str, float]:
    """Tell the weights of all channels in a frame."""
    row = edit.edited(below.weights[[frame]], np.array([frame]))[0]
    return dict(zip(ARKIT, row.tolist(), strict=True))


def flipped(pose: Pose) -> dict[str, float]:
    """Swap left and right."""
    return {other_side(name): value for name, value in pose.items()}


def other_side(channel: str) -> str:
    """Name the channel that does the same on the other side; itself where it has no side."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        twin = f"{channel.removesuffix(side)}{other}"
        if channel.endswith(side) and twin in ARKIT_INDEX:
            return twin
    return channel


def laid(
    edit: ChannelsEdit, below: Captured, frame: int, pose: Pose, strength: float = 1.0
) -> dict[str, float]:
    """Go from what a frame shows towards a pose.

    Parameters
    ----------
    edit, below, frame
        Where it is laid.
    pose
        Weights by channel; a channel that it does not name stays.
    strength
        0 for what is there, 1 for the pose.

    Returns
    -------
    The weights of the channels that have a curve or come out otherwise.
    """
    now = pose_at(edit, below, frame)
    ways = {name: value - now[name] for name, value in pose.items() if name in now}
    return {
        name: within(name, now[name] + strength * way)
        for name, way in ways.items()
        if name in edit.by_channel or abs(way) > _SAME
    }


def tweened(
    edit: ChannelsEdit, frame: int, share: float, channels: Collection[str] | None = None
) -> dict[str, float]:
    """Go a share of the way from the keys before a frame to those after it.

    Parameters
    ----------
    edit, frame
        Where.
    share
        0 for the keys before, 1 for those after, from -0.5 to 1.5.
    channels
        Which; by default all that have a key on both sides.

    Returns
    -------
    The weights of the channels that have a key on both sides.
    """
    share, out = min(max(share, TWEEN_LEAST), TWEEN_MOST), {}
    for curve in edit.curves:
        before, after = curve.beside(frame)
        wanted = channels is None or curve.channel in channels
        if wanted and before is not None and after is not None:
            value = before.value + share * (after.value - before.value)
            out[curve.channel] = within(curve.channel, value)
    return out
