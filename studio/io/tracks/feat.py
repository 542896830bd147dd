"""Tables as py-feat's Fex has them: probability of 20 units, pose in degrees, emotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from studio.core import InputError, Probabilities, UnitTracks
from studio.core.sequence import Doubles
from studio.face.action_units import PRESETS, unit_label
from studio.face.facs import LABELS

from .unit_table import UnitTable

UNITS = PRESETS["py-feat"]
_ANGLES = ("Pitch", "Yaw", "Roll")  # about x, y and z
_EVEN = 2.5  # intensity of a probability of one half


def feat_columns(table: UnitTable) -> dict[str, Doubles]:
    """Arrange a table in Fex's columns, by name; units that were not read are left out."""
    tracks = table.tracks
    out = {
        "frame": np.asarray(table.frames - table.frames[:1], dtype=np.float64),
        "approx_time": table.times,
        "FaceScore": table.confidence,
    }
    turns = np.degrees(table.pose[:, 3:])
    out |= {name: turns[:, _ANGLES.index(name)] for name in ("Pitch", "Roll", "Yaw")}
    out |= dict(zip(("X", "Y", "Z"), table.pose[:, :3].T, strict=True))
    for unit in UNITS:
        if unit in tracks.units:
            column = tracks.probability[:, tracks.units.index(unit)]
            out[unit_label(unit)] = column.astype(np.float64)
    if table.emotions is not None:
        for label, column in zip(table.emotions.labels, table.emotions.per_frame.T, strict=True):
            out[label] = column.astype(np.float64)
    return out


def digits(name: str) -> str:
    """Say how many digits a column has."""
    return "%d" if name == "frame" else "%.6f"


def is_feat(names: Sequence[str]) -> bool:
    """Whether columns are those of a Fex."""
    return any(_is_unit(name) for name in names)


def _is_unit(name: str) -> bool:
    return name[:2] == "AU" and name[2:].isdigit()


def feat_table(path: Path, columns: Mapping[str, Doubles]) -> UnitTable:
    """Read Fex's columns; a probability of one half is drawn as half of the highest intensity.

    Raises
    ------
    InputError
        Where no frame is there.
    """
    names = [name for name in columns if _is_unit(name)]
    chances = np.stack([np.clip(np.nan_to_num(columns[name]), 0.0, 1.0) for name in names], axis=1)
    count = len(chances)
    if not count:
        raise InputError.of(path, "frames", "only a header")
    values = (2 * _EVEN * chances).astype(np.float32)
    tracks = UnitTracks(
        tuple(unit_label(int(name[2:])) for name in names),
        values,
        values.max(axis=0),
        probability=chances.astype(np.float32),
        thresholds=np.full(len(names), _EVEN, dtype=np.float32),
    )
    none = np.zeros(count)
    moved = [columns.get(name, none) for name in ("X", "Y", "Z")]
    turned = [np.radians(columns.get(name, none)) for name in _ANGLES]
    frames = columns.get("frame", np.arange(count)).astype(np.int64)
    return UnitTable(
        tracks,
        columns.get("approx_time", frames / 30.0),
        frames,
        np.nan_to_num(columns.get("FaceScore", np.ones(count))),
        np.stack([*moved, *turned], axis=1),
        _emotions(columns),
        ("intensities are probabilities, times five",),
    )


def _emotions(columns: Mapping[str, Doubles]) -> Probabilities | None:
    if not set(LABELS) <= columns.keys():
        return None
    rows = np.stack([np.nan_to_num(columns[label]) for label in LABELS], axis=1)
    return Probabilities(LABELS, rows.astype(np.float32), rows.mean(axis=0).astype(np.float32))
