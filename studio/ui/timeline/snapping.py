"""Frames that a drag goes onto when it comes near, such as markers and the ends of a range."""

from __future__ import annotations

from collections.abc import Iterable

from .axis import FrameAxis

NEAR = 5.0  # pixels to either side of a frame within which a drag goes onto it


def snapped(axis: FrameAxis, x: float, onto: Iterable[int], *, free: bool = False) -> int:
    """Find the frame that a drag to a pixel column means.

    Parameters
    ----------
    axis, x
        Where frames lie, and the column.
    onto
        Frames to go onto.
    free
        Whether to take the frame under the mouse whatever is near.

    Returns
    -------
    The nearest of these frames where one is near, else the frame under the mouse, clamped to the
    clip.
    """
    away = [(abs(axis.x(frame) - x), frame) for frame in onto]
    distance, frame = min(away, default=(NEAR + 1, 0))
    return frame if distance <= NEAR and not free else axis.frame(x)
