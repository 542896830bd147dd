"""Tables as OpenFace 2.2 writes them: intensities ``_r`` of 17 units, occurrence ``_c`` of 18.

What occurs follows from the intensity and the threshold of the unit, so that the columns never
contradict each other. AU45, the blink, is what the studio reads as the closing of the eyes, 43.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from studio.core import InputError, UnitTracks
from studio.core.sequence import Doubles
from studio.face.action_units import unit_label

from .unit_table import UnitTable

INTENSITY = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45)
OCCURRENCE = (*INTENSITY[:-1], 28, 45)
POSE = ("pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz")
_FIRST = ("frame", "face_id", "timestamp", "confidence", "success")
_BLINK, _CLOSED = 45, 43
_STEPS = np.arange(0.1, 5.0, 0.1)  # thresholds that are tried


def openface_columns(table: UnitTable) -> dict[str, Doubles]:
    """Arrange a table in OpenFace's columns, by name; units that were not read are left out."""
    tracks = table.tracks
    count = len(table.times)
    whole = (table.frames, np.zeros(count), table.times, table.confidence, table.success)
    out = {name: np.asarray(column, float) for name, column in zip(_FIRST, whole, strict=True)}
    out |= dict(zip(POSE, table.pose.T, strict=True))
    for units, end, values in (
        (INTENSITY, "_r", np.clip(tracks.values, 0.0, 5.0)),
        (OCCURRENCE, "_c", tracks.occurs),
    ):
        for unit in units:
            known = _CLOSED if unit == _BLINK else unit
            if known in tracks.units:
                column = values[:, tracks.units.index(known)]
                out[unit_label(unit) + end] = column.astype(np.float64)
    return out


def digits(name: str) -> str:
    """Say how OpenFace writes the numbers of a column."""
    if name in ("frame", "face_id", "success"):
        return "%d"
    if name.endswith(("_r", "_c")) or name == "confidence":
        return "%.2f"
    return "%.1f" if name.startswith("pose_T") else "%.3f"


def is_openface(names: Sequence[str]) -> bool:
    """Whether columns are OpenFace's."""
    return any(name.startswith("AU") and name.endswith(("_r", "_c")) for name in names)


def openface_table(path: Path, columns: Mapping[str, Doubles]) -> UnitTable:
    """Read OpenFace's columns.

    Of several faces the one that is seen most is taken. A unit of which the table tells occurrence
    alone counts as a trace where it occurs. The threshold of a unit is the one that agrees best
    with its occurrence.

    Raises
    ------
    InputError
        Where no frame is there.
    """
    columns, remarks = _one_face(columns)
    ends = {name[:-2] for name in columns if name.startswith("AU") and name[-2:] in ("_r", "_c")}
    names = sorted(ends, key=lambda name: int(name[2:]))
    values, limits, apart = [], [], []
    for name in names:
        occurs = columns.get(f"{name}_c")
        strength = columns.get(f"{name}_r")
        if strength is None:
            assert occurs is not None
            strength = occurs
        strength = np.clip(np.nan_to_num(strength), 0.0, 5.0)
        limit, against = _threshold(strength, occurs)
        values.append(strength)
        limits.append(limit)
        if against > 0.0:
            apart.append(f"{name} {100 * against:.0f} %")
    if apart:
        remarks.append(f"occurrence and intensity contradict each other: {', '.join(apart)}")
    known = tuple(unit_label(_CLOSED) if name == unit_label(_BLINK) else name for name in names)
    rows = np.stack(values, axis=1).astype(np.float32)
    if not len(rows):
        raise InputError.of(path, "frames", "only a header")
    count = len(rows)
    tracks = UnitTracks(
        known, rows, rows.max(axis=0), thresholds=np.array(limits, dtype=np.float32)
    )
    return UnitTable(
        tracks,
        columns.get("timestamp", np.arange(count) / 30.0),
        columns.get("frame", np.arange(1, count + 1)).astype(np.int64),
        _confidence(columns, count),
        np.stack([columns.get(name, np.zeros(count)) for name in POSE], axis=1),
        remarks=tuple(remarks),
    )


def _confidence(columns: Mapping[str, Doubles], count: int) -> Doubles:
    """How sure the tracker was; nothing where it says itself that it failed."""
    sure = np.nan_to_num(columns.get("confidence", np.ones(count)))
    return np.asarray(np.where(columns.get("success", np.ones(count)) > 0, sure, 0.0))


def _one_face(columns: Mapping[str, Doubles]) -> tuple[dict[str, Doubles], list[str]]:
    """Keep the face that is seen most."""
    faces = columns.get("face_id")
    if faces is None or not len(faces):
        return dict(columns), []
    ids, counts = np.unique(faces, return_counts=True)
    if len(ids) == 1:
        return dict(columns), []
    chosen = ids[counts.argmax()]
    kept = {name: column[faces == chosen] for name, column in columns.items()}
    return kept, [f"{len(ids)} faces; face {chosen:g}, which is seen most, is read"]


def _threshold(strength: Doubles, occurs: Doubles | None) -> tuple[float, float]:
    """Find the threshold that agrees best with occurrence, and the share of frames against it."""
    if occurs is None or not len(strength):
        return 0.5, 0.0
    wrong = ((strength[:, None] >= _STEPS) != (occurs[:, None] > 0.5)).mean(axis=0)
    best = np.flatnonzero(wrong == wrong.min())
    # Of those that agree as well, the one nearest to where a trace begins.
    place = int(best[np.abs(_STEPS[best] - 0.5).argmin()])
    return float(_STEPS[place]), float(wrong[place])
