"""Tables of action units: there and back, and what other tools' tables have."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, Probabilities, UnitTracks
from studio.core.unit_tracks import Columns
from studio.face.action_units import PRESETS, UNITS, explained, unit_label
from studio.face.facs import LABELS
from studio.io.tracks.files import read_units, write_units
from studio.io.tracks.unit_table import UnitTable


def table(frames: int = 6) -> UnitTable:
    rng = np.random.default_rng(4)
    values = rng.uniform(0.0, 5.0, (frames, len(UNITS))).astype(np.float32).round(2)
    tracks = UnitTracks(
        tuple(map(unit_label, UNITS)),
        values,
        values.max(axis=0),
        probability=rng.random((frames, len(UNITS))).astype(np.float32),
        thresholds=np.full(len(UNITS), 1.25, dtype=np.float32),
    )
    pose = rng.uniform(-1.0, 1.0, (frames, 6)).round(1)
    times = np.arange(frames) / 25.0
    sure = np.linspace(1.0, 0.3, frames).round(2)
    return UnitTable(tracks, times, np.arange(1, frames + 1), sure, pose)


def header(path: Path) -> list[str]:
    with path.open() as file:
        return next(csv.reader(file))


def test_openface_has_its_columns_and_its_two_kinds_never_contradict(tmp_path: Path) -> None:
    made, path = table(), tmp_path / "a.csv"
    write_units(path, made)
    names = header(path)
    assert names[:5] == ["frame", "face_id", "timestamp", "confidence", "success"]
    assert names[5:11] == ["pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"]
    assert sum(name.endswith("_r") for name in names) == 17
    assert sum(name.endswith("_c") for name in names) == 18
    assert "AU45_r" in names
    assert "AU28_r" not in names
    found = read_units(path)
    assert not found.remarks
    at, own = found.tracks.names.index("AU12"), made.tracks.names.index("AU12")
    assert found.tracks.values[:, at] == pytest.approx(made.tracks.values[:, own])
    assert np.array_equal(found.tracks.occurs[:, at], made.tracks.occurs[:, own])
    assert 43 in found.tracks.units
    assert found.pose == pytest.approx(made.pose)
    assert found.times == pytest.approx(made.times, abs=1e-3)
    assert np.array_equal(found.success, made.success)


def test_fex_has_its_columns(tmp_path: Path) -> None:
    rows = np.full((6, len(LABELS)), 1 / len(LABELS), dtype=np.float32)
    made = replace(table(), emotions=Probabilities(LABELS, rows, rows[0]))
    path = tmp_path / "a.csv"
    write_units(path, made, Columns.feat)
    names = header(path)
    assert [name for name in names if name.startswith("AU")] == [
        unit_label(unit) for unit in PRESETS["py-feat"]
    ]
    assert {"Pitch", "Roll", "Yaw", "happiness"} <= set(names)
    found = read_units(path)
    at = [made.tracks.units.index(unit) for unit in PRESETS["py-feat"]]
    assert found.tracks.probability == pytest.approx(made.tracks.probability[:, at], abs=1e-5)
    assert found.pose == pytest.approx(made.pose, abs=1e-5)
    assert found.emotions is not None


def test_tables_of_the_field_with_spaces_two_faces_and_contradictions(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "frame, face_id, timestamp, confidence, success, AU01_r, AU01_c, AU28_c\n"
        "1, 0, 0.0, 0.98, 1, -0.2, 1.0, 0.0\n"
        "1, 1, 0.0, 0.98, 1, 4.0, 1.0, 1.0\n"
        "2, 0, 0.04, 0.98, 0, 2.2, 1.0, 1.0\n"
    )
    found = read_units(path)
    assert len(found.times) == 2
    assert found.tracks.values[:, 0] == pytest.approx([0.0, 2.2])
    assert found.tracks.occurs[:, 1].tolist() == [False, True]
    assert found.success.tolist() == [True, False]
    assert any("2 faces" in remark for remark in found.remarks)
    assert any("AU01 50 %" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("frame,value\n1,2\n", "only frame, value"),
        ("", "an empty file"),
        ("\n", "no names"),
        ("frame,AU01_r\n", "only a header"),
        ("frame,AU01_r\n1,much\n", "much in row 1"),
        ("frame,AU01\n1,inf\n", "infinity"),
        ("frame,AU01_r\n1\n", "row 1"),
        ("AU01,AU01\n1,1\n", "twice"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=found):
        read_units(path)


def test_thresholds_and_presets_choose() -> None:
    tracks = table().tracks
    fewer = tracks.over({12: 4.5}).only(PRESETS["DISFA"])
    assert fewer.units == PRESETS["DISFA"]
    assert fewer.occurs.sum() <= tracks.only(PRESETS["DISFA"]).occurs.sum()
    assert (fewer.occurs == (fewer.values >= fewer.thresholds)).all()
    with pytest.raises(InputError, match="threshold"):
        tracks.over({99: 1.0})
    with pytest.raises(InputError, match="threshold"):
        tracks.over({12: 7.0})
    half = tracks.at(np.array([0.5]))
    assert half.values[0] == pytest.approx(tracks.values[:2].mean(axis=0), abs=1e-5)


def test_an_emotion_is_explained_by_its_units() -> None:
    told = explained("happiness", {6: 3.0, 12: 4.0})
    assert told["emfacs"] == (1.0, (6, 12))
    assert told["facs"][0] == pytest.approx(2 / 3)
    assert explained("neutral", {6: 3.0}) == {}
