"""Probabilities as a table that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import Probabilities

from .files import whole_file


def write_probabilities(
    path: Path,
    probabilities: Probabilities,
    fps: float,
    frames: tuple[int, int],
    facts: Mapping[str, object],
) -> None:
    """Write a CSV file of frames start..stop-1, whole or not at all.

    Lines that begin with # say where the numbers come from, one fact each; then a row of names
    and a row a frame: its number, its time in seconds from the clip's start, a column a label,
    and how strongly it acts, where the reader says.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    text = io.StringIO()
    for name, value in facts.items():
        text.write(f"# {name}: {' '.join(str(value).split())}\n")
    numbers = np.arange(*frames)
    names = ["frame", "time_s", *probabilities.labels]
    columns: list[NDArray[np.generic]] = [numbers, numbers / fps]
    columns.append(probabilities.per_frame[slice(*frames)])
    if probabilities.intensity is not None:
        names.append("intensity")
        columns.append(probabilities.intensity[slice(*frames)])
    csv.writer(text, lineterminator="\n").writerow(names)
    table: NDArray[np.float64] = np.column_stack(columns)
    digits = ["%d", "%.4f", *["%.6f"] * (table.shape[1] - 2)]
    np.savetxt(text, table, fmt=digits, delimiter=",")
    with whole_file(path) as part:
        part.write_text(text.getvalue(), encoding="utf-8", newline="")
