"""A take of weights on a regular grid in time, and what was filled and guessed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, ReadAs
from studio.core.read_as import Teller
from studio.core.sequence import Floats, Ints
from studio.io.units import Doubles

from .clock import moments
from .dialects import read_table
from .grid import grid, resampled
from .names import NAMES
from .table import Table

# What a tracker means by a weight; beyond it, it is a fault.
LOWEST, HIGHEST = -0.2, 1.5
_PERCENT = 2.0  # a usual frame whose largest weight is above is in percent


@dataclass(frozen=True, eq=False)
class WeightTake:
    """One take on a regular grid in time.

    Attributes
    ----------
    weights
        (T, 52) in the order of `names`, within -0.2..1.5.
    head
        (T, 3) degrees, yaw, pitch, roll; zeros where the file has no angles.
    remarks
        What was guessed, filled or repaired, a sentence each.
    timed
        Whether the file says anything of time.
    """

    weights: Floats
    head: Floats
    fps: float
    names: tuple[str, ...] = NAMES
    remarks: tuple[str, ...] = ()
    timed: bool = True


def read_weights(path: Path, *, fps: float | None = None, default_fps: float = 30.0) -> WeightTake:
    """Read a take in any dialect; lost and dropped frames are filled, pauses closed up.

    Parameters
    ----------
    fps
        Sample at this rate; by default the rate of the take, whose frames then stay as they are.
    default_fps
        Frames a second where the file says nothing of time.

    Raises
    ------
    InputError
        Where it names no weights or a value cannot be read.
    """
    table = read_table(path)
    values, filled = _filled(path, table)
    read = moments(path, table.times, len(values))
    seconds, said, rate = read.seconds, list(read.remarks), table.fps
    if not read.timed:
        rate = table.fps or fps or default_fps
        seconds = seconds / rate
    keep = np.flatnonzero(np.diff(seconds, prepend=-np.inf) > 1e-4)
    if len(keep) < len(seconds):
        twice = len(seconds) - len(keep)
        many = "1 row is" if twice == 1 else f"{twice} rows are"
        said.append(f"{many} left out, because another has the same time.")
    laid = grid(path, seconds[keep], rate, fps)
    count = len(NAMES)
    weights, percent = _to_one(values[keep, :count], table)
    beyond = int(np.count_nonzero((weights < LOWEST) | (weights > HIGHEST)))
    if beyond:
        many = "1 weight is" if beyond == 1 else f"{beyond} weights are"
        said.append(f"{many} beyond {LOWEST} to {HIGHEST} and cut to it.")
    taken = np.clip(resampled(weights, laid.place), LOWEST, HIGHEST)
    head = resampled(np.degrees(values[keep, count:]), laid.place)
    remarks = (*table.remarks, *filled, *percent, *said, *laid.remarks)
    timed = read.timed or table.fps is not None
    return WeightTake(taken, head, laid.fps, remarks=remarks, timed=timed)


def in_order(take: WeightTake, names: tuple[str, ...]) -> Floats:
    """(T, C) weights of a take in the order of other names."""
    return np.ascontiguousarray(take.weights[:, [take.names.index(name) for name in names]])


def clip_of(
    take: WeightTake, vertices: Floats, faces: Ints, name: str, fps: float | None
) -> MeshSequence:
    """Make the clip of a face that a take moved.

    Parameters
    ----------
    vertices, faces
        (T, V, 3) mm and (F, 3).
    fps
        The rate that the take was asked for at, None where it says its own.
    """
    by: Teller = "given" if fps is not None else "file" if take.timed else "guess"
    return MeshSequence(vertices, faces, take.fps, name, take.remarks, read_as=ReadAs(rate_by=by))


def _filled(path: Path, table: Table) -> tuple[Doubles, tuple[str, ...]]:
    """Fill (N, 55) values: what the tracker lost from its neighbors, what is missing with zero."""
    values, count = table.values.copy(), len(NAMES)
    lost: NDArray[np.bool_] = np.isnan(values)
    missing: NDArray[np.bool_] = np.asarray(lost.all(axis=0))
    if missing[:count].all():
        raise InputError.of(path, "rows with weights", "empty cells alone")
    values[:, missing] = 0.0
    lost[:, missing] = False
    rows = np.arange(len(values))
    for column in np.flatnonzero(lost.any(axis=0)):
        known = ~lost[:, column]
        values[:, column] = np.interp(rows, rows[known], values[known, column])
    said = []
    names = [name for name, gone in zip(NAMES, missing[:count], strict=True) if gone]
    if names:
        said.append(f"Missing and taken as 0: {_some(names)}.")
    numbers = np.flatnonzero(lost.any(axis=1)) + 1
    if len(numbers):
        word, verb = ("Row", "was") if len(numbers) == 1 else ("Rows", "were")
        some = _some([str(number) for number in numbers])
        said.append(f"{word} {some} {verb} lost by the tracker and filled from the neighbors.")
    return values, tuple(said)


def _to_one(weights: Doubles, table: Table) -> tuple[Doubles, tuple[str, ...]]:
    """Bring percent to one."""
    percent = table.percent
    if percent is None:
        percent = float(np.median(weights.max(axis=1))) > _PERCENT
    if not percent:
        return weights, ()
    return weights / 100.0, ("Its weights are read as percent.",)


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - 5} more" if len(words) > 5 else ""
    return ", ".join(words[:5]) + more
