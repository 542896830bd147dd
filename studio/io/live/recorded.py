"""What was recorded of a phone, on a regular grid in time, and as the file its app would write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.io.files import whole_file
from studio.io.units import Doubles
from studio.io.weights.grid import PAUSE, resampled, standard_rate
from studio.io.weights.names import NAMES
from studio.io.weights.take import HIGHEST, LOWEST, WeightTake
from studio.io.weights.writing import live_link_lines

from .history import Poses
from .packet import HEAD, WEIGHTS

_EVEN = 0.25  # of a frame that times may be off where they count as even


def write_poses(poses: Poses, path: Path) -> None:
    """Write poses as the app does, each at its time by the phone's clock; a gap stays one."""
    with whole_file(path) as part, part.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(live_link_lines(poses.seconds, poses.values))


def take_of(poses: Poses, rest: Floats | None = None) -> WeightTake:
    """Lay poses on a grid in time of their usual rate; the time between them stays what it was.

    Parameters
    ----------
    poses
        One or more.
    rest
        (61,) what is subtracted from each, by which the face is at rest where it looks so; None
        takes them as they are.

    Returns
    -------
    WeightTake
        Single frames that are missing lie between their neighbors; over longer gaps the last pose
        is held, and the remarks say where.
    """
    values = calibrated(poses.values, rest)
    seconds = poses.seconds - poses.seconds[0]
    fps = _rate(seconds)
    ticks = seconds * fps
    even = bool(np.abs(ticks - np.rint(ticks)).max() < _EVEN)
    ticks = np.rint(ticks) if even else ticks
    wanted = np.arange(int(np.floor(ticks[-1] + 1e-6)) + 1)
    place = np.interp(wanted, ticks, np.arange(len(ticks)))
    gaps = np.flatnonzero(np.diff(seconds) > PAUSE / 2)
    filled = len(wanted) - len(np.unique(ticks))
    for gap in gaps:
        inside = (wanted > ticks[gap]) & (wanted < ticks[gap + 1])
        place[inside] = gap
        filled -= int(inside.sum())
    laid = resampled(values.astype(np.float64), place)
    head = np.degrees(laid[:, HEAD])
    remarks = _remarks(seconds, gaps, filled if even else 0)
    if not even:
        remarks = (f"Its times are uneven; it is laid on {fps:g} frames a second.", *remarks)
    return WeightTake(np.clip(laid[:, WEIGHTS], LOWEST, HIGHEST), head, fps, NAMES, remarks)


def calibrated(values: Floats, rest: Floats | None) -> Floats:
    """Subtract what values (..., 61) are at rest (61,)."""
    return values if rest is None else values - rest


def _rate(seconds: Doubles) -> float:
    """Measure the usual rate of moments (N,), without the gaps; 30 where there is one alone."""
    steps = np.diff(seconds)
    if not len(steps):
        return 30.0
    usual = float(np.median(steps))
    steady = steps[steps <= PAUSE / 2]
    counts = np.maximum(np.rint(steady / usual), 1)
    if not len(steady):
        return max(1.0 / usual, 1.0)
    return standard_rate(float(counts.sum() / steady.sum()), int(counts.sum()))


def _remarks(seconds: Doubles, gaps: NDArray[np.intp], filled: int) -> tuple[str, ...]:
    said = []
    if filled:
        frames = "1 frame that did not arrive lies"
        frames = frames if filled == 1 else f"{filled} frames that did not arrive lie"
        said.append(f"{frames} between the neighbors.")
    for gap in gaps[:5]:
        long = seconds[gap + 1] - seconds[gap]
        said.append(f"Nothing arrived for {long:.1f} s from {seconds[gap]:.1f} s on; it is held.")
    if len(gaps) > 5:
        said.append(f"{len(gaps) - 5} more gaps are held.")
    return tuple(said)
