"""The distances of two clips as a table that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.io.tables.table import write_table

from .distance import NAMES, Distances


def write_distances(
    path: Path, distances: Distances, fps: float, facts: Mapping[str, object]
) -> None:
    """Write a CSV file, whole or not at all: mean, 95th percentile and maximum in mm of each frame.

    Those of all of the face come first, then those of each region.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    names, columns = [f"{name}_mm" for name in NAMES], [distances.figures]
    for region, (figures, _whole) in distances.parts.items():
        names += [f"{region}_{name}_mm" for name in NAMES]
        columns.append(figures)
    write_table(path, facts, names, columns, fps, (0, len(distances.figures)))
