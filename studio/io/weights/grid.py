"""A regular grid in time, from the moments of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.core.sequence import Floats
from studio.io.units import Doubles

_RATES = (23.976, 24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 59.94, 60.0, 120.0)
# Longer than this nobody blends over: the take was paused.
PAUSE = 1.0
_MOST = 10  # frames for each row; more are no drops but times that mean nothing


@dataclass(frozen=True, eq=False)
class Grid:
    """Where on the rows each frame lies.

    Attributes
    ----------
    place
        (T,) rows, in fractions.
    fps
        Frames a second.
    remarks
        What was dropped, closed up or resampled.
    """

    place: Doubles
    fps: float
    remarks: tuple[str, ...] = ()


def grid(path: Path, time: Doubles, rate: float | None, fps: float | None) -> Grid:
    """Lay frames over rows; they stay as they are where their times are even.

    Parameters
    ----------
    time
        (N,) seconds that rise.
    rate
        Frames a second where that is known, None to measure it.
    fps
        Sample at this rate.

    Raises
    ------
    InputError
        Where the times would make many times as many frames as there are rows.
    """
    if len(time) < 2:
        return Grid(np.zeros(1), fps or rate or 30.0)
    step = np.diff(time)
    if not np.isfinite(step).all():
        raise InputError.of(path, "times that rise in even steps", "endless ones")
    usual = float(np.median(step))
    pauses = step > max(PAUSE, 3 * usual)
    step = np.where(pauses, usual, step)
    counts = np.maximum(np.rint(step / usual), 1)
    if counts.sum() > _MOST * (len(time) + 1):
        found = f"{len(time)} rows whose times span {counts.sum():.0f} usual steps"
        raise InputError.of(path, "times that rise in even steps", found)
    measured = rate or standard_rate(float(counts.sum() / step.sum()), int(counts.sum()))
    even = bool((np.abs(step / usual - counts) < 0.25).all())
    ticks = np.concatenate([[0.0], np.cumsum(counts if even else step * measured)])
    stride = 1.0 if fps is None else measured / fps
    wanted = np.arange(int(np.floor(ticks[-1] / stride + 1e-6)) + 1) * stride
    said = _said(int(pauses.sum()), int(counts.sum()) - len(step), measured, fps, even=even)
    return Grid(np.interp(wanted, ticks, np.arange(len(ticks))), fps or measured, said)


def _said(
    pauses: int, dropped: int, measured: float, fps: float | None, *, even: bool
) -> tuple[str, ...]:
    said = []
    if pauses:
        said.append(f"{_many(pauses, 'pause')} in its times closed up.")
    if not even:
        said.append(f"Its times are uneven; it is resampled at {measured:g} frames a second.")
    elif dropped:
        said.append(f"{_many(dropped, 'dropped frame')} filled from the neighbors.")
    if fps is not None and abs(fps - measured) > 1e-6:
        said.append(f"It is resampled from {measured:g} to {fps:g} frames a second.")
    return tuple(said)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"


def standard_rate(measured: float, frames: int) -> float:
    """Choose a standard rate, if over so many frames it is right to within one."""
    near = min(_RATES, key=lambda rate: abs(rate - measured))
    return near if abs(near / measured - 1) * frames < 1 else round(measured, 3)


def resampled(values: Doubles, place: Doubles) -> Floats:
    """(T, C) values blended at fractional rows; a whole row is taken as it is."""
    low = np.clip(np.floor(place + 1e-9).astype(np.int64), 0, len(values) - 1)
    high = np.minimum(low + 1, len(values) - 1)
    share = np.clip(place - low, 0, 1)[:, None]
    share[share < 1e-6] = 0
    return np.asarray(values[low] * (1 - share) + values[high] * share, dtype=np.float32)
