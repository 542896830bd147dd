"""Probabilities as shapes: curves, stacked areas, and runs of the likeliest label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats

from .axis import FrameAxis

Points = NDArray[np.float64]
UNCERTAIN = -1  # in place of a label's index


def curve(values: Floats, axis: FrameAxis, top: float, height: float) -> Points:
    """Lay out the visible part of a curve.

    More frames than pixels become the lowest and the highest value of each column of two
    pixels, so that a peak of one frame stays visible.

    Parameters
    ----------
    values : floats (T,)
        In 0..1, clipped to it.
    top, height : float
        Where the curve lies, in pixels.

    Returns
    -------
    Points
        Pixels (N, 2).
    """
    start, stop = axis.visible
    seen = np.asarray(values[start:stop], dtype=np.float64)
    starts = _column_starts(len(seen), axis)
    if starts is None:
        x = axis.left + (start - axis.first + np.arange(len(seen))) * axis.pixels_per_frame
        y = seen
    else:
        y = np.empty(2 * len(starts))
        y[0::2] = np.minimum.reduceat(seen, starts)
        y[1::2] = np.maximum.reduceat(seen, starts)
        x = np.repeat(_column_centers(start, len(seen), starts, axis), 2)
    return np.stack([x, top + height * (1 - np.clip(y, 0, 1))], axis=1)


def stacked(
    per_frame: Floats, axis: FrameAxis, top: float, height: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay out areas that lie on each other, label by label.

    More frames than pixels become the mean of each column, so that the areas still fill the
    plot. A single frame becomes a bar across it.

    Parameters
    ----------
    per_frame : floats (T, L)
        Probabilities.
    top, height : float
        Where the areas lie, in pixels.

    Returns
    -------
    x : floats (N,)
        Pixel columns.
    y : floats (L + 1, N)
        Borders of the areas, in pixels.
    """
    start, stop = axis.visible
    rows = np.asarray(per_frame[start:stop], dtype=np.float64)
    starts = _column_starts(len(rows), axis)
    if len(rows) == 1:
        x, rows = np.array([axis.left, axis.left + axis.width]), np.repeat(rows, 2, axis=0)
    elif starts is None:
        x = axis.left + (start - axis.first + np.arange(len(rows))) * axis.pixels_per_frame
    else:
        counts = np.diff(np.r_[starts, len(rows)])
        x = _column_centers(start, len(rows), starts, axis)
        rows = np.add.reduceat(rows, starts, axis=0) / counts[:, None]
    total = np.cumsum(rows, axis=1).T
    borders = np.concatenate([np.zeros((1, len(x))), total])
    return x, top + height * (1 - np.clip(borders, 0, 1))


def leaders(
    per_frame: Floats, axis: FrameAxis, threshold: float = 0.0
) -> list[tuple[float, float, int]]:
    """Find runs of the likeliest label, no finer than a pixel column.

    Parameters
    ----------
    per_frame : floats (T, L)
        Probabilities.
    threshold : float
        Where the likeliest is below it, the index is `UNCERTAIN`.

    Returns
    -------
    list of (x0, x1, label index)
        Pixel columns from and to.
    """
    start, stop = axis.visible
    stop = min(stop, len(per_frame))
    if stop <= start:
        return []
    columns = max(int(axis.width), 1)
    count = min(columns, stop - start)
    at = np.linspace(start, stop - 1, count).round().astype(np.int64)
    rows = per_frame[at]
    best = np.where(rows.max(axis=1) < threshold, UNCERTAIN, rows.argmax(axis=1))
    edges = np.flatnonzero(np.diff(best)) + 1
    # A run ends half-way between the last frame that has its label and the next.
    borders = [axis.x(float(at[edge - 1] + at[edge]) / 2) for edge in edges]
    right = axis.left + axis.width
    starts, stops = [axis.left, *borders], [*borders, right]
    first = np.r_[0, edges]
    runs = [(a, b, int(best[k])) for a, b, k in zip(starts, stops, first, strict=True)]
    inside = [(max(a, axis.left), min(b, right), k) for a, b, k in runs]
    return [run for run in inside if run[0] < run[1]]


def _column_starts(count: int, axis: FrameAxis) -> NDArray[np.int64] | None:
    """Find where each column of two pixels begins among `count` rows; None where all have room."""
    columns = max(int(axis.width / 2), 1)
    if count <= 2 * columns:
        return None
    return np.linspace(0, count, columns, endpoint=False).astype(np.int64)


def _column_centers(
    start: int, count: int, starts: NDArray[np.int64], axis: FrameAxis
) -> NDArray[np.float64]:
    stops = np.r_[starts[1:], count]
    middle = start + (starts + stops - 1) / 2
    return np.asarray(axis.left + (middle - axis.first) * axis.pixels_per_frame)
