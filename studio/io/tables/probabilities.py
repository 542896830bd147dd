"""Probabilities as a table that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.core import Probabilities

from .table import write_table


def write_probabilities(
    path: Path,
    probabilities: Probabilities,
    fps: float,
    frames: tuple[int, int],
    facts: Mapping[str, object],
) -> None:
    """Write a CSV file of frames start..stop-1, whole or not at all.

    It has a column a label, and how strongly the face acts, where the reader says.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    names, columns = [*probabilities.labels], [probabilities.per_frame[slice(*frames)]]
    if probabilities.intensity is not None:
        names.append("intensity")
        columns.append(probabilities.intensity[slice(*frames)])
    write_table(path, facts, names, columns, fps, frames)
