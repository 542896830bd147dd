"""Tracks made calmer for the eye; the numbers themselves stay what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from studio.core import Tracks
from studio.core.sequence import Floats

Read = TypeVar("Read", bound=Tracks)


def smoothed(tracks: Read, fps: float, seconds: float, *, centered: bool) -> Read:
    """Average each frame with the frames around it, or causally with those before it.

    At the ends fewer frames are averaged, so rows that sum to 1 still do. The summary is
    untouched.

    Parameters
    ----------
    tracks : values (T, N)
    fps : frames per second
    seconds : how long a stretch is averaged
    centered : around each frame; else up to it
    """
    width = max(round(seconds * fps), 1)
    if width == 1:
        return tracks
    return replace(tracks, values=moving_average(tracks.values, width, centered=centered))


def moving_average(rows: Floats, width: int, *, centered: bool) -> Floats:
    """Average rows over a window of frames.

    Parameters
    ----------
    rows : (T, L)
    width : frames in the window, an odd number of them when centered
    centered : whether the window lies around a frame; else it ends there

    Returns
    -------
    (T, L)
    """
    frames = np.arange(len(rows))
    half = width // 2
    start = np.maximum(frames - (half if centered else width - 1), 0)
    stop = np.minimum(frames + (half if centered else 0) + 1, len(rows))
    total = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, 0, dtype=np.float64)])
    mean = (total[stop] - total[start]) / (stop - start)[:, None]
    return np.asarray(mean, dtype=np.float32)
