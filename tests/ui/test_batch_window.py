"""Many clips worked on behind the window: chosen, told one by one, tried again, stopped."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from studio.io import read_sequence, write_sequence
from studio.takes.many.manifest import Manifest
from studio.ui.batch.window import BatchWindow
from tests.document.clips import square

from .windows import Make


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two clips in a tree, and a bad one."""
    folder = tmp_path / "tree"
    write_sequence(square(5), folder / "a.npz")
    write_sequence(square(6), folder / "deep" / "b.npz")
    (folder / "bad.npz").write_bytes(b"PK nothing of the kind")
    return folder


def opened(make: Make) -> BatchWindow:
    window = make()
    window.registry["file.batch"].trigger()
    batch = window.findChild(BatchWindow)
    assert batch is not None
    return batch


def choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


def words(batch: BatchWindow) -> list[str]:
    return [row.word for row in batch.rows.rows]


def test_clips_are_done_told_and_tried_again(
    make: Make, tree: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    batch = opened(make)
    assert not batch.start.isEnabled() and batch.summary.text() == "Add clips or folders."
    batch.add([tree])
    choose(batch.fields.verb, "convert")
    choose(batch.fields.format, "npz")
    batch.fields.folder.setText(str(tmp_path / "out"))
    batch.fields.jobs.setValue(1)
    qtbot.mouseClick(batch.start, Qt.MouseButton.LeftButton)
    assert not batch.fields.verb.isEnabled()
    qtbot.waitUntil(lambda: not batch.desk.lanes.many.busy)
    assert words(batch) == ["made", "failed", "made"]
    assert "bad.npz: expected" in batch.rows.rows[1].told
    assert batch.summary.text().startswith("3 clips found: 2 made, 1 failed in ")
    assert read_sequence(tmp_path / "out" / "deep" / "b.npz").n_frames == 6
    batch.table.selectRow(0)
    assert batch.open_result.isEnabled() and batch.start.text() == "&Try failed again"

    write_sequence(square(7), tree / "bad.npz")
    qtbot.mouseClick(batch.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not batch.desk.lanes.many.busy)
    assert words(batch) == ["made", "made", "made"]
    assert batch.summary.text().startswith("3 clips found: 1 made, 2 there already in ")


def test_what_is_refused_is_said(make: Make, tree: Path, qtbot: QtBot) -> None:
    batch = opened(make)
    batch.add([tree])
    choose(batch.fields.verb, "convert")
    batch.fields.folder.setText(str(tree / "inside"))
    said: list[Exception] = []
    batch.desk.reported.disconnect()
    batch.desk.reported.connect(said.append)
    qtbot.mouseClick(batch.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(said))
    assert "expected a folder outside of what is read" in batch.summary.text()
    assert batch.start.isEnabled()


def test_a_stop_keeps_what_is_whole_and_leaves_nothing_half(
    make: Make, tmp_path: Path, qtbot: QtBot
) -> None:
    write_sequence(square(5), tmp_path / "many" / "000.npz")
    for number in range(1, 600):  # more than are done before the stop is heard
        copyfile(tmp_path / "many" / "000.npz", tmp_path / "many" / f"{number:03d}.npz")
    batch = opened(make)
    batch.add([tmp_path / "many"])
    choose(batch.fields.verb, "convert")
    batch.fields.folder.setText(str(tmp_path / "out"))
    batch.fields.jobs.setValue(1)
    qtbot.mouseClick(batch.start, Qt.MouseButton.LeftButton)
    states = Manifest.of(tmp_path / "out").folder
    qtbot.waitUntil(lambda: bool([*states.glob("*.json")]))
    qtbot.mouseClick(batch.stop, Qt.MouseButton.LeftButton)
    batch.desk.lanes.many.close()
    count = len([*states.glob("*.json")])
    assert 0 < count < 600
    assert not [*(tmp_path / "out").rglob("*.part")]
    whole = len([path for path in (tmp_path / "out").iterdir() if path.is_dir()]) - 1
    assert whole in (count, count + 1), "the last may be whole before that is noted"


def test_the_fields_write_the_command(make: Make, tree: Path, tmp_path: Path) -> None:
    batch = opened(make)
    fields, out = batch.fields, tmp_path / "out"
    fields.folder.setText(str(out))
    fields.jobs.setValue(2)
    choose(fields.verb, "recognize")
    fields.frames.setChecked(True)
    table = str(out / "recognized.csv")
    arguments = ("recognize", str(tree), "--jobs", "2", "--csv", table, "--frames")
    assert fields.wanted([tree]).arguments == arguments
    choose(fields.verb, "register")
    arguments = ("register", str(tree), "--jobs", "2", "--out", str(out))
    assert fields.wanted([tree]).arguments == arguments
    assert not fields.form.isRowVisible(fields.format)
