"""How the files of a folder follow each other, by the numbers in their names or without any."""

from __future__ import annotations

import math
import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from studio.core import InputError
from studio.core.read_as import Gaps

from .runs import SeveralRuns

_POSES_A_SECOND = 1.0
_RUN = 5  # files that are alike but for a number make a run; fewer may be poses
_SPARSE = 4  # times as many frames as files; where more would be filled in, gaps are closed
_UNEVEN = 0.2  # of a step that a time may be off
_SLOWEST, _FASTEST = 5.0, 240.0  # frames a second that times in names are believed to mean
_USUAL = (30, 25, 24, 60, 50, 48, 120, 100, 29.97, 23.976, 59.94)
_UNITS = {"seconds": 0, "milliseconds": 3, "microseconds": 6, "nanoseconds": 9}

# What is a number in a name. A minus after a letter joins words as often as not.
_WHOLE = re.compile(r"((?:(?<![A-Za-z0-9])-)?\d+)")
_DECIMAL = re.compile(r"((?:(?<![A-Za-z0-9])-)?\d+(?:[.,]\d+)?)")
_SIGNED = re.compile(r"(-?\d+)")

Names = tuple[str, ...]
Column = list[Decimal]


@dataclass(frozen=True)
class Order:
    """The files of a clip, one after the other.

    Attributes
    ----------
    names
        In their order.
    places
        (N,) for each file the frame it is, from 0 on; those in between are missing.
    step
        What the numbers in the names go up by from one place to the next.
    rate
        Places a second, where the names say so.
    labels
        What each file is called, where that says more than a number.
    remarks
        What was found out, a sentence each.
    gaps
        What becomes of the frames that are missing.
    """

    names: Names
    places: tuple[int, ...]
    step: float = 1.0
    rate: float | None = None
    labels: Names = ()
    remarks: tuple[str, ...] = ()
    gaps: Gaps = "fill"

    @property
    def n_frames(self) -> int:
        """Frames of the clip, those that are missing included."""
        return self.places[-1] + 1

    @property
    def missing(self) -> int:
        """Frames that no file holds."""
        return self.n_frames - len(self.names)

    def told(self, remark: str) -> Order:
        """Add a sentence."""
        return replace(self, remarks=(*self.remarks, remark))

    def closed(self) -> Order:
        """Leave nothing between the files, which keep their names."""
        labels = tuple(map(_stem, self.names))
        return replace(self, places=tuple(range(len(self.names))), labels=labels)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Make a key that sorts ``frame_9`` before ``frame_10``."""
    parts = re.split(r"(\d+)", name.lower())
    return [(0, int(p), "") if k % 2 else (1, 0, p) for k, p in enumerate(parts)]


def ordered(
    folder: Path, names: Sequence[str], gaps: Gaps | None = None, default_fps: float = 30.0
) -> Order:
    """Put the files of a folder in order.

    Names that differ in a number are frames, wherever it stands, also below zero or as a time.
    Names without a common pattern are poses.

    Parameters
    ----------
    folder
        For sentences.
    names
        Files of one format.
    gaps
        What becomes of missing numbers: "fill" makes frames from those on both sides, "hold" shows
        the one before, "close" goes on with the next. None fills where that adds few.
    default_fps
        Frames a second by which whole numbers count.

    Raises
    ------
    InputError
        `SeveralRuns` in one folder, and where two files are the same frame.
    """
    rest = sorted(names, key=lambda name: (natural(name), name))
    for number in (_WHOLE, _DECIMAL, _SIGNED):
        if len(_patterns(rest, number)) == 1:
            numbers = _frame_numbers(rest, number)
            if numbers is not None:
                return _timed(rest, numbers, gaps, default_fps)
    patterns = _patterns(rest, _WHOLE)
    if len(patterns) == 1:
        patterns = _apart(folder, rest)
    run = _one_of(folder, patterns)
    if run is None or 2 * len(patterns[run]) <= len(rest):
        return _poses(rest)
    order = ordered(folder, patterns[run], gaps, default_fps)
    others = listed([name for name in rest if name not in set(patterns[run])])
    return order.told(f"{others} left out, not being of the {len(patterns[run])} frames {run}.")


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]


def pattern(name: str) -> str:
    """Tell what the name of a file is without its suffix and numbers, as ``frame_#``."""
    return _WHOLE.sub("#", _stem(name).lower())


def _patterns(names: Sequence[str], number: re.Pattern[str]) -> dict[str, list[str]]:
    """Sort names by what they are without their numbers."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[number.sub("#", _stem(name).lower())].append(name)
    return dict(found)


def _columns(names: Sequence[str], number: re.Pattern[str]) -> dict[int, Column]:
    """List the numbers at each place of names of one pattern where they are not all the same."""
    rows = [number.findall(_stem(name)) for name in names]
    columns = [[Decimal(t.replace(",", ".")) for t in column] for column in zip(*rows, strict=True)]
    return {place: column for place, column in enumerate(columns) if len(set(column)) > 1}


def _frame_numbers(names: Sequence[str], number: re.Pattern[str]) -> Column | None:
    """Find the number of each frame in names of one pattern; None where none tells them apart.

    Of several it is the last that counts without a gap, else the last that tells files apart.
    """
    if len(names) == 1:
        return [Decimal(0)]
    found = [c for c in _columns(names, number).values() if len(set(c)) == len(names)]
    even = [column for column in found if max(column) - min(column) == len(names) - 1]
    if number is _WHOLE and _DECIMAL.sub("#", names[0]) != _WHOLE.sub("#", names[0]):
        decimals = _patterns(names, _DECIMAL)
        times = _frame_numbers(names, _DECIMAL) if len(decimals) == 1 else None
        if times is not None and _are_times(times, counted=bool(even)):
            return times
    return next(reversed(even or found), None)


def _are_times(numbers: Column, *, counted: bool) -> bool:
    """Whether decimals are times, and not a number of a take before that of a frame."""
    digits = _digits(numbers)
    return digits > 0 and (not counted or (max(map(abs, numbers)) < 1 and digits < 4))


def _digits(numbers: Sequence[Decimal]) -> int:
    """Digits after the point."""
    return max(0, *(-int(number.as_tuple().exponent) for number in numbers))


def _apart(folder: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """Sort names of one pattern, of which no number tells all apart, by all numbers but one.

    Raises
    ------
    InputError
        Where one number alone differs, or none.
    """
    columns = _columns(names, _WHOLE)
    if len(columns) < 2:
        numbers = next(iter(columns.values()), [Decimal(0)] * len(names))
        twins = [n for n, v in zip(names, numbers, strict=True) if numbers.count(v) > 1]
        raise InputError.of(folder, "one file a frame", f"{twins[0]} and {twins[1]}")
    frame = max(columns, key=lambda place: (len(set(columns[place])), place))
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        parts = _WHOLE.split(_stem(name).lower())
        parts[2 * frame + 1] = "#"
        found["".join(parts)].append(name)
    return dict(found)


def _one_of(folder: Path, patterns: Mapping[str, Sequence[str]]) -> str | None:
    """Find the run among files; None where none is long enough.

    Raises
    ------
    SeveralRuns
        Where there are several.
    """
    runs = {name: files for name, files in patterns.items() if len(files) >= _RUN}
    if len(runs) > 1:
        suffix = os.path.splitext(next(iter(runs.values()))[0])[1]
        named = {name.replace("#", "*") + suffix: files for name, files in runs.items()}
        raise SeveralRuns(folder, {folder / name: files for name, files in named.items()})
    return next(iter(runs), None)


def _poses(names: Sequence[str]) -> Order:
    labels, places = tuple(map(_stem, names)), tuple(range(len(names)))
    order = Order(tuple(names), places, rate=_POSES_A_SECOND, labels=labels)
    return order.told(f"{len(names)} poses by name, in the order of their names, one a second.")


def _timed(names: Sequence[str], numbers: Column, gaps: Gaps | None, default_fps: float) -> Order:
    """Give files their places by their numbers."""
    pairs = sorted(zip(numbers, names, strict=True))
    names = tuple(name for _, name in pairs)
    order = _laid_out(names, [number for number, _ in pairs], gaps, default_fps)
    return replace(order, gaps=gaps) if gaps is not None else order


def _laid_out(names: Names, numbers: Column, gaps: Gaps | None, default_fps: float) -> Order:
    """Lay rising numbers on even places: as counts of frames, or else as times."""
    order = _exact(names, numbers)
    dense = order.n_frames <= _SPARSE * len(names)
    counted = not _digits(numbers) and default_fps >= order.step
    if counted and (dense or gaps in ("fill", "hold")):
        if order.step == 1 or gaps == "close":
            return order
        return _counted(order, default_fps)
    even = order if dense else _fitted(names, numbers)
    timed = even and _as_times(even, numbers)
    if timed:
        return timed
    if even and default_fps >= even.step >= default_fps / 1000:
        return _counted(even, default_fps)
    if counted:
        return replace(order, gaps="close")
    return order.closed().told("The numbers in the names are uneven: one mesh follows the other.")


def _counted(order: Order, default_fps: float) -> Order:
    rate = round(default_fps / order.step, 3)
    said = f"The numbers in the names go up by {order.step:g}: {rate:g} frames a second."
    return replace(order, rate=rate).told(said)


def _as_times(order: Order, numbers: Column) -> Order | None:
    """Read numbers as times in the unit that gives a usual frame rate; None where none does."""
    span, off = float(numbers[-1] - numbers[0]), 10.0 ** -_digits(numbers)
    for unit, digits in _UNITS.items():
        low, high = (10**digits * order.places[-1] / s for s in (span + off, span - off) if s > 0)
        if low >= _SLOWEST and high <= _FASTEST:
            middle = (low + high) / 2
            fitting = (rate for rate in (*_USUAL, round(middle)) if low <= rate <= high)
            rate = float(next(fitting, round(middle, 3)))
            said = f"The numbers in the names are {unit}: {rate:g} frames a second."
            return replace(order, rate=rate).told(said)
    return None


def _exact(names: Names, numbers: Column) -> Order:
    """Lay numbers on the multiples of the largest step that meets them all."""
    scale = 10 ** _digits(numbers)
    whole = [int((number - numbers[0]) * scale) for number in numbers]
    step = math.gcd(*whole) or 1
    return Order(names, tuple(number // step for number in whole), step / scale)


def _fitted(names: Names, numbers: Column) -> Order | None:
    """Lay numbers on places that they are about as far apart as; None where they are uneven."""
    steps = [float(after - before) for before, after in pairwise(numbers)]
    usual = sorted(steps)[len(steps) // 2]
    places = [0]
    for step in steps:
        places.append(places[-1] + max(round(step / usual), 1))
    step = float(numbers[-1] - numbers[0]) / places[-1]
    at = zip(numbers, places, strict=True)
    off = max(abs(float(number - numbers[0]) - place * step) for number, place in at)
    return Order(names, tuple(places), step) if off <= _UNEVEN * step else None


def listed(names: Sequence[str]) -> str:
    """Name the first of some files, and how many more there are, with a verb to follow."""
    return f"{names[0]} and {len(names) - 1} more are" if len(names) > 1 else f"{names[0]} is"
