"""The moments of rows: every reading of a column of times, of which the steadiest is taken.

A timecode may be ``HH:MM:SS:FF``, where FF counts frames to a base that nobody says (Live Link Face
counts to 60 even in takes of 30 frames a second), and ``.mmm`` behind it a part of a frame or the
millisecond of the second. Read as it was meant, the steps from row to row are nearly the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.io.units import Doubles, shown

from .names import key

# Tried in this order where several are as steady.
_BASES = (60, 30, 24, 25, 48, 50, 120, 100)
_DAY = 86400.0
_UNITS = {"seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}
_HINTS = (
    (re.compile(r"(ms|millis|milliseconds?|msec)$"), "milliseconds"),
    (re.compile(r"(us|micros|microseconds?)$"), "microseconds"),
    (re.compile(r"(ns|nanos|nanoseconds?)$"), "nanoseconds"),
    (re.compile(r"(seconds?|secs?|insec|times)$"), "seconds"),
)
_TIMES = re.compile(r"(.*time(code|stamp|line)?|times?.*|t|sec|seconds?|millis.*|.*ms)")
_FRAMES = re.compile(r"(.*frame(s|no|number|index|id|idx|count)?|index|idx|row|no|)")
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")
_SLOWEST, _FASTEST = 5.0, 500.0


@dataclass(frozen=True, eq=False)
class Moments:
    """When each row was.

    Attributes
    ----------
    seconds
        (N,) from the first row.
    timed
        Whether a second of it is a second; where it is a frame, nothing told the rate.
    remarks
        What was guessed.
    """

    seconds: Doubles
    timed: bool
    remarks: tuple[str, ...] = ()


def is_time(name: str) -> bool:
    """Whether a column is named like one of times, or of the numbers of frames."""
    return bool(_TIMES.fullmatch(key(name)) or _FRAMES.fullmatch(key(name)))


def moments(path: Path, columns: Mapping[str, Sequence[str]], count: int) -> Moments:
    """Read the moments of rows out of the columns that are named like times.

    Raises
    ------
    InputError
        Where no reading makes sense, or time runs back.
    """
    timed = {name: cells for name, cells in columns.items() if not _is_count(name, cells)}
    readings: list[Moments] = []
    problem: InputError | None = None
    for name, cells in timed.items():
        try:
            readings += _readings(path, name, cells)
        except InputError as error:
            problem = error
    if problem is not None and not readings:
        raise problem
    if readings:
        best = min(readings, key=lambda each: round(unsteadiness(each.seconds), 3))
        return _checked(path, best, timed)
    for name, cells in columns.items():
        if _is_count(name, cells):
            numbers = _filled(_numbers(path, name, cells))
            if (np.diff(numbers) > 0).all():
                return Moments(numbers - numbers[0], timed=False)
    return Moments(np.arange(count, dtype=np.float64), timed=False)


def unsteadiness(seconds: Doubles) -> float:
    """Measure how unlike the usual one the steps of (N,) moments are: 0 where all are alike.

    Each step counts by its distance from the usual one in units of it, to 1 at most. Rows that
    share a moment count once more, since they say little.
    """
    steps = np.diff(seconds)
    shared = float(np.mean(steps == 0)) if len(steps) else 0.0
    if shared > 1 / 3:
        steps = steps[steps != 0]
    usual = float(np.median(steps)) if len(steps) else 1.0
    if usual <= 0:
        return 2.0
    return shared + (float(np.minimum(np.abs(steps / usual - 1), 1).mean()) if len(steps) else 0.0)


def _is_count(name: str, cells: Sequence[str]) -> bool:
    """Whether a column numbers the frames: by its name, or whole numbers one by one."""
    if not _TIMES.fullmatch(key(name)):
        return True
    if any(pattern.search(key(name)) for pattern, _ in _HINTS):
        return False
    parts = [part for part in map(_parts, cells) if part is not None]
    if len(parts) < 3 or any(len(part) != 1 or float(part[0]) % 1 for part in parts):
        return False
    return bool(np.median(np.diff([float(part[0]) for part in parts])) == 1)


def _readings(path: Path, name: str, cells: Sequence[str]) -> Iterator[Moments]:
    """Read a column in every way that its form allows; raises `InputError` where it has none."""
    parts = [_parts(cell) for cell in cells]
    width = next((len(part) for part in parts if part), 0)
    fitting = (None, width) if 0 < width <= 4 else (None,)
    for cell, part in zip(cells, parts, strict=True):
        if (None if part is None else len(part)) not in fitting:
            found = f"{shown(cell.strip())} in column {shown(name)}"
            raise InputError.of(path, "timecodes HH:MM:SS:FF.mmm or times", found)
    if not width:
        return
    texts = [part or ("nan",) * width for part in parts]
    values = np.array([[float(text) for text in row] for row in texts])
    if width == 1:
        yield from _of_numbers(name, _filled(values[:, 0]))
        return
    clock = values @ (60.0 ** np.arange(width - 1, -1, -1))
    if width < 4:
        yield _passed_midnight(clock)
    lasts = [row[-1] for row in texts]
    if width == 3 and all(re.fullmatch(r"\d+\.\d\d|nan", last) for last in lasts):
        hundredths = np.rint(values[:, -1:] % 1 * 100)
        yield from _of_frames(np.hstack([values[:, :-1], values[:, -1:] // 1, hundredths]))
    elif width > 2:
        yield from _of_frames(values)
    if width == 4 and any("." in last for last in lasts):
        said = "What follows the dot in its timecode is read as the millisecond of the second."
        clock = values[:, :-1] @ np.array([3600.0, 60.0, 1.0])
        yield _passed_midnight(clock + values[:, -1] % 1.0, (said,))


def _parts(cell: str) -> tuple[str, ...] | None:
    """Split a time at its colons, after its date if it has one; None where it is empty."""
    text = re.sub(r"^\d{4}-\d\d-\d\d[T ]", "", cell.strip()).rstrip("Z").replace(",", ".")
    if text.lower() in ("", "nan", "null", "none"):
        return None
    parts = tuple(re.split(r"[:;]", text))
    return parts if all(_NUMBER.fullmatch(part) for part in parts) else ()


def _of_frames(values: Doubles) -> Iterator[Moments]:
    """Read the last of the parts (N, P) as frames of a second, to every base."""
    before = values[:, :-1]
    clock = before @ (60.0 ** np.arange(before.shape[1] - 1, -1, -1))
    frames = values[:, -1]
    most = float(np.nanmax(frames))
    short = len(np.unique(clock[np.isfinite(clock)])) < 2
    for base in _BASES:
        if most < base:
            guess = f"The frames of its timecode are taken as {base}ths of a second."
            said = (guess,) if short and len(frames) > 1 else ()
            yield _passed_midnight(clock + frames / base, said)


def _of_numbers(name: str, numbers: Doubles) -> Iterator[Moments]:
    """Read numbers in the unit that the name tells, or in the one that gives a sane rate."""
    spelled = key(name)
    told = next((unit for pattern, unit in _HINTS if pattern.search(spelled)), "")
    steps = np.diff(numbers)
    step = float(np.median(steps[steps != 0])) if steps.any() else 0.0
    units = [told, *_UNITS] if told else list(_UNITS)
    for unit in units:
        if len(numbers) < 2 or (step > 0 and _SLOWEST <= 1 / (step * _UNITS[unit]) <= _FASTEST):
            said = () if unit == told else (f"Column {shown(name)} is read as {unit}.",)
            yield Moments(numbers * _UNITS[unit], timed=True, remarks=said)
            return


def _passed_midnight(seconds: Doubles, remarks: tuple[str, ...] = ()) -> Moments:
    filled = _filled(seconds)
    days = np.cumsum(np.diff(filled, prepend=filled[0]) < -_DAY / 2)
    seconds = np.asarray(filled + _DAY * days, dtype=np.float64)
    return Moments(seconds, timed=True, remarks=remarks)


def _filled(values: Doubles) -> Doubles:
    """Put (N,) values where they are NaN between those that are not."""
    known = np.isfinite(values)
    rows = np.arange(len(values))
    if not known.any():
        return rows.astype(np.float64)
    return np.asarray(np.interp(rows, rows[known], values[known]), dtype=np.float64)


def _numbers(path: Path, name: str, cells: Sequence[str]) -> Doubles:
    try:
        return np.array([float(cell) if cell.strip() else np.nan for cell in cells])
    except ValueError:
        raise InputError.of(path, f"numbers in column {shown(name)}", "something else") from None


def _checked(path: Path, read: Moments, columns: Mapping[str, Sequence[str]]) -> Moments:
    """Set the first row to zero, part rows that share a moment; refuse time that runs back."""
    seconds = read.seconds - read.seconds[0]
    back = np.flatnonzero(np.diff(seconds) < -1e-6)
    if len(back):
        at = int(back[0]) + 1
        found = f"{shown(next(iter(columns.values()))[at])} in row {at + 1}"
        raise InputError.of(path, "timecodes that run on", found)
    fresh = np.flatnonzero(np.diff(seconds) > 1e-9) + 1
    together = float(np.median(np.diff(fresh))) if len(fresh) > 1 else 1.0
    if together >= 2:
        step = float(np.median(np.diff(seconds[fresh]))) / together
        said = f"About {together:.0f} rows share each of its times; they are spread evenly."
        spread = np.arange(len(seconds), dtype=np.float64) * step
        return Moments(spread, timed=True, remarks=(*read.remarks, said))
    return Moments(seconds, timed=True, remarks=read.remarks)
