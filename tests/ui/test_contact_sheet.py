"""The contact sheet: takes come as they are made, play, are ticked, kept and saved."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from studio.core import Progress, StudioError
from studio.ui.clips import thumbnails
from studio.ui.clips.thumbnails import SCALE, TILE
from studio.ui.generate.contact_sheet import ContactSheet
from studio.ui.generate.sheet_picture import sheet_picture, write_picture
from studio.ui.generate.sheet_view import READ, SEED, caption, is_ticked, read_of, take_of
from studio.ui.generate.takes import Verdict
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine
from .windows import Make, settle


def open_sheet(window: MainWindow) -> ContactSheet:
    window.registry["takes.sheet"].trigger()
    sheet = window.findChild(ContactSheet)
    sheet.length.setValue(16)
    sheet.count.setValue(6)
    sheet.first.setValue(3)
    return sheet


@pytest.fixture
def sheet(window: MainWindow, qtbot: QtBot) -> Iterator[ContactSheet]:
    window.document.set_generation(label="fear", intensity=0.5)
    sheet = open_sheet(window)
    sheet.sample.click()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: sheet.view.all_drawn)
    yield sheet


def test_it_begins_with_the_settings_and_leaves_them_alone(
    window: MainWindow, sheet: ContactSheet
) -> None:
    assert sheet.label.currentData() == "fear"
    requests = [recipe.request for _, recipe in sheet.view.takes]
    assert [request.seed for request in requests] == [3, 4, 5, 6, 7, 8]
    assert {(r.label, r.intensity, r.frames) for r in requests} == {("fear", 0.5, 16)}
    assert window.document.state.generation.frames == 60
    assert window.document.state.clips == ()
    window.registry["takes.sheet"].trigger()
    assert len(window.findChildren(ContactSheet)) == 1


def test_ticked_takes_are_kept_as_one_step(window: MainWindow, sheet: ContactSheet) -> None:
    view = sheet.view
    assert not sheet.keep.isEnabled()
    box = view.visualItemRect(view.item(1))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    view.setCurrentRow(4)
    QTest.keyClick(view, Qt.Key.Key_Space)
    view.setCurrentRow(5)
    QTest.keyClick(view, Qt.Key.Key_Space)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert [is_ticked(item) for item in view.tiles()] == [False, True, False, False, True, False]
    assert "2" in sheet.keep.text()
    sheet.keep.click()
    clips = window.document.state.clips
    assert [(clip.name, clip.seed) for clip in clips] == [("fear 4", 4), ("fear 7", 7)]
    assert len(window.document.unsaved.made) == 2
    window.document.undo()
    assert window.document.state.clips == ()
    window.document.redo()
    window.services.takes.keep(sheet.view.takes[1:3])
    assert [clip.seed for clip in window.document.state.clips] == [4, 7, 5], "4 is there already"
    assert "fear 4 is there already" in window.status.notice.text()


def test_each_tile_says_what_it_reads_as(
    window: MainWindow, sheet: ContactSheet, engine: SmallEngine
) -> None:
    for item, (sequence, _) in zip(sheet.view.tiles(), sheet.view.takes, strict=True):
        known, told = engine.recognize(sequence), read_of(item)
        assert told == Verdict(item.data(SEED), known.label, known.confidence)
        spoken = f"Seed {told.seed}, reads {known.label} {100 * known.confidence:.0f} %"
        assert item.data(Qt.ItemDataRole.AccessibleTextRole) == spoken
        assert caption((sequence, take_of(item)[1]), told).startswith(f"{told.seed} · ")
    drawn = sheet.view.viewport().grab().toImage()
    sheet.view.item(0).setData(READ, None)
    assert sheet.view.viewport().grab().toImage() != drawn


def test_no_tooltip_covers_a_face(sheet: ContactSheet) -> None:
    view = sheet.view
    at = view.visualItemRect(view.item(0)).center()
    asked = QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), asked)
    assert not QToolTip.isVisible()
    assert "Hover plays" in sheet.state.text(), "what they would say stands above the sheet"


def test_all_takes_play_at_once_until_that_is_taken_back(
    sheet: ContactSheet, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MOVING", 3)
    view = sheet.view
    sheet.play_all.click()
    assert sheet.play_all.text() == "Stop &all"
    qtbot.waitUntil(lambda: all(view.pictures(item, take_of(item)[0]) for item in view.tiles()))
    frame = view.frame
    qtbot.waitUntil(lambda: view.frame > frame)
    view.play(view.item(1))
    assert view.playing is None, "the pointer chooses none where all play"
    sheet.play_all.click()
    assert not view._clock.isActive()
    assert not any(view.pictures(item, take_of(item)[0]) for item in view.tiles())


def test_faces_are_as_large_as_was_chosen_last(window: MainWindow, sheet: ContactSheet) -> None:
    widths = []
    for row in range(3):
        sheet.size_box.setCurrentIndex(row)
        widths.append(sheet.view.visualItemRect(sheet.view.item(0)).width())
    assert widths[0] < widths[1] < widths[2]
    sheet.close()
    again = open_sheet(window)
    assert again.size_box.currentData() == "large"
    again.size_box.setCurrentIndex(1)
    again.close()


def test_without_a_recognizer_takes_come_all_the_same(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(kinds=frozenset({"diffusion", "autoencoder"})))
    window.desk.models.load()
    settle(qtbot, window)
    sheet = open_sheet(window)
    sheet.sample.click()
    settle(qtbot, window)
    assert len(sheet.view.takes) == 6
    assert {read_of(item) for item in sheet.view.tiles()} == {None}


def test_the_tile_under_the_pointer_plays(sheet: ContactSheet, qtbot: QtBot) -> None:
    view = sheet.view
    view.play(view.item(2))
    qtbot.waitUntil(lambda: view.frame > 1)
    view.play(view.item(0))
    assert view.frame == 0
    view.play(None)
    assert not view._clock.isActive()


def test_the_sheet_is_saved_as_a_picture(
    window: MainWindow, sheet: ContactSheet, qtbot: QtBot, tmp_path: Path
) -> None:
    assert sheet.save.isEnabled()
    path = tmp_path / "sheet.png"
    sheet.save_picture(path)
    settle(qtbot, window)
    picture = QImage(str(path))
    assert picture.width() > 6 * SCALE * TILE.width()
    assert "sheet.png" in window.status.notice.text()
    (tmp_path / "file").write_text("")
    sheet.save_picture(tmp_path / "file" / "sheet.png")
    settle(qtbot, window)
    assert "cannot be written" in window.messages.shown
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == [
        "file",
        "sheet.png",
    ]


def test_cancel_keeps_what_is_made_and_closing_stops_the_rest(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(pause=0.01))
    window.desk.models.load()
    settle(qtbot, window)
    sheet = open_sheet(window)
    sheet.sample.click()
    assert sheet.stop.isVisible() and not sheet.sample.isVisible()
    qtbot.waitUntil(lambda: len(sheet.view.takes) >= 4)
    sheet.stop.click()
    assert sheet.sample.isVisible()
    assert 4 <= len(sheet.view.takes) < 6
    assert take_of(sheet.view.item(5)) is None
    sheet.view.tick(sheet.view.item(5))
    assert sheet.view.ticked == []
    sheet.sample.click()
    sheet.close()
    assert not window.desk.lanes.sheet.busy
    qtbot.wait(150)
    assert window.document.state.clips == ()


def test_without_models_it_says_why(make: Make) -> None:
    window = make()
    sheet = open_sheet(window)
    assert not sheet.sample.isEnabled()
    assert sheet.state.text()


def test_every_control_speaks(sheet: ContactSheet) -> None:
    for kind in (QPushButton, QComboBox, QAbstractSpinBox):
        for control in sheet.findChildren(kind):
            assert control.toolTip(), control
            assert control.accessibleName() or control.property("text"), control


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_picture_has_rows_of_six(count: int) -> None:
    tile = QImage(TILE * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.red)
    picture = sheet_picture([(tile, str(k)) for k in range(count)], "A title " * 20)
    rows = -(-count // 6)
    assert picture.height() >= rows * SCALE * TILE.height()
    assert picture.width() >= min(count, 6) * SCALE * TILE.width()


def test_a_disk_that_is_full_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    def full(_path: Path, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    picture = sheet_picture([], "Nothing")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StudioError, match="no space left on the disk"):
        write_picture(picture, tmp_path / "sheet.png", progress=Progress())
    monkeypatch.undo()
    assert not list(tmp_path.glob("*sheet*"))
    write_picture(picture, tmp_path / "sheet.png", progress=Progress())
    assert not QImage(str(tmp_path / "sheet.png")).isNull()
