"""A table with a row a frame, and above it where its numbers come from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.io.files import whole_file


def write_table(
    path: Path,
    facts: Mapping[str, object],
    names: Sequence[str],
    columns: Sequence[NDArray[np.generic]],
    fps: float,
    frames: tuple[int, int],
) -> None:
    """Write a CSV file of frames start..stop-1, whole or not at all.

    Lines that begin with # say a fact each; then come a row of names and a row a frame: its number,
    its time in seconds from the clip's start, and its numbers.

    Parameters
    ----------
    path
        The file.
    facts
        What the numbers are and where they come from.
    names
        Of the columns behind the time.
    columns
        (N,) or (N, K) numbers of these frames.
    fps
        Frames per second of the clip.
    frames
        The first, and the one behind the last.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    above = "".join(f"# {name}: {' '.join(str(value).split())}\n" for name, value in facts.items())
    numbers = np.arange(*frames)
    table: NDArray[np.float64] = np.column_stack([numbers, numbers / fps, *columns])
    digits = ["%d", "%.4f", *["%.6f"] * (table.shape[1] - 2)]
    write_rows(path, ["frame", "time_s", *names], table, digits, above)


def write_rows(
    path: Path,
    names: Iterable[str],
    table: NDArray[np.float64],
    digits: Sequence[str],
    above: str = "",
) -> None:
    """Write a CSV file of a row of names and rows of numbers (N, K), whole or not at all.

    Parameters
    ----------
    path, names, table
        The file, and what stands in it.
    digits
        How the numbers of each column are written, as "%.6f".
    above
        Lines before the names.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    text = io.StringIO()
    text.write(above)
    csv.writer(text, lineterminator="\n").writerow(names)
    np.savetxt(text, table, fmt=digits, delimiter=",")
    with whole_file(path) as part:
        part.write_text(text.getvalue(), encoding="utf-8", newline="")
