"""What every dialect makes of a file: a row for each frame, in the order of ARKit's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.io.units import Doubles, shown

from .clock import is_time
from .names import HEAD, NAMES, places

# What stands in a cell where a tracker lost the face.
EMPTY = frozenset(("", "nan", "null", "none", "na", "n/a", "-", "-nan", "nan(ind)", "#n/a"))


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file.

    Attributes
    ----------
    values
        (N, 55) weights and angles of the head as they are in the file, NaN where it has none.
    times
        The columns that are named like times or numbers of frames, by name.
    fps
        Frames a second, where the file says so.
    percent
        Whether weights go to 100; None to tell by their size.
    remarks
        What the dialect left out.
    """

    values: Doubles
    times: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fps: float | None = None
    percent: bool | None = None
    remarks: tuple[str, ...] = ()


def arranged(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Find the columns of weights and times among named ones; rows that are too short are lost.

    Raises
    ------
    InputError
        Where no column is a weight, no row is there, or a cell holds something else.
    """
    found = places(names)
    if not any(place < len(NAMES) for place in found):
        raise without_weights(path, names)
    if not rows:
        raise InputError.of(path, "frames", "only a header")
    angles = [name for place, name in enumerate(HEAD, len(NAMES)) if place in found]
    if angles and len(angles) < len(HEAD):
        raise InputError.of(path, ", ".join(HEAD), f"only {', '.join(angles)}")
    values = np.full((len(rows), len(NAMES + HEAD)), np.nan)
    whole = [len(row) >= len(names) for row in rows]
    for place, at in found.items():
        cells = [row[at] if there else "" for row, there in zip(rows, whole, strict=True)]
        values[:, place] = numbers(path, names[at], cells)
    used = set(found.values())
    times = {
        name: [row[at] if at < len(row) else "" for row in rows]
        for at, name in enumerate(names)
        if at not in used and is_time(name)
    }
    return Table(values, times)


def without_weights(path: Path, names: Sequence[str]) -> InputError:
    """Say which names there are in place of weights."""
    some = ", ".join(shown(name.strip()) or "(no name)" for name in names[:4])
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    wanted = "ARKit weights by name, such as eyeBlinkLeft and jawOpen"
    return InputError.of(path, wanted, f"only {some}{more}" if names else "no names")


def numbers(path: Path, name: str, cells: Sequence[str]) -> Doubles:
    """Read cells (N,), NaN where one is empty.

    Raises
    ------
    InputError
        Where one is neither a number nor empty.
    """
    try:
        plain = np.array([float(cell) for cell in cells])
    except ValueError:
        plain = np.full(1, np.inf)
    if not np.isinf(plain).any():
        return plain
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        text = cell.strip().replace(",", ".")
        if text.lower() not in EMPTY:
            try:
                values[row] = float(text)
            except ValueError:
                values[row] = np.inf
            if np.isinf(values[row]):
                found = f"{shown(cell.strip())} in row {row + 1}"
                raise InputError.of(path, f"numbers in column {shown(name)}", found)
    return values
