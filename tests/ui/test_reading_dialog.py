"""The unit and the rate of a clip in the window: shown, and changed with the keyboard alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core import Numbered, ReadAs
from studio.document import ClipState
from studio.ui.clips.reading_dialog import ReadingDialog
from studio.ui.clips.rows import Row
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import Make


def guessed() -> ClipState:
    clip = replace(ball(12), fps=30.0, read_as=ReadAs("m", "guess", "guess"))
    return ClipState("one", clip, name="take")


def test_the_dialog_says_what_is_and_what_would_be(qtbot: QtBot) -> None:
    clip = guessed()
    dialog = ReadingDialog(clip)
    qtbot.addWidget(dialog)
    assert (dialog.unit.currentData(), dialog.rate.value()) == ("m", 30.0)
    assert dialog.told.text() == "take: the unit was guessed, the rate was guessed."
    size = clip.recording.size
    assert dialog.becomes.text() == f"{size:,.1f} mm at its largest, 0.40 s long."
    dialog.unit.setCurrentIndex(dialog.unit.findData("cm"))
    dialog.rate.setValue(24)
    assert dialog.becomes.text() == f"{size / 100:,.1f} mm at its largest, 0.50 s long."
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog._accept()
    assert caught.args == ["cm", 24.0, None]


def test_a_rate_nobody_touched_stays_to_the_last_decimal(qtbot: QtBot) -> None:
    clip = guessed()
    dialog = ReadingDialog(replace(clip, recording=replace(clip.recording, fps=30000 / 1001)))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog._accept()
    assert caught.args == ["m", 30000 / 1001, None]


def test_a_clip_without_coordinates_has_a_rate_alone(qtbot: QtBot) -> None:
    dialog = ReadingDialog(ClipState("one", ball(6), name="fear 1"))
    qtbot.addWidget(dialog)
    assert not dialog.unit.isEnabled()
    dialog.rate.setValue(60)
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog._accept()
    assert caught.args == [None, 60.0, None]


def test_a_clip_with_gaps_says_how_many_and_asks(qtbot: QtBot) -> None:
    files = Numbered(("f1.obj", "f2.obj", "f5.obj"), (0, 1, 4))
    clip = replace(ball(5), fps=10.0, read_as=ReadAs("mm", "file", "given", numbered=files))
    dialog = ReadingDialog(ClipState("one", clip, name="take"))
    qtbot.addWidget(dialog)
    assert dialog.told.text().endswith("3 of 5 frames are there.")
    assert dialog.gaps.currentData() == "fill" and dialog.becomes.text().endswith("0.50 s long.")
    dialog.show()
    QTest.keyClick(dialog.gaps, Qt.Key.Key_End)
    assert dialog.becomes.text().endswith("0.30 s long.")
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog._accept()
    assert caught.args == ["mm", 10.0, "close"]


def test_a_row_tells_them_in_its_tip() -> None:
    tip = Row.of(guessed(), None).tip.splitlines()
    assert "30 frames a second, guessed" in tip
    assert "Unit m, guessed" in tip
    assert not any(
        "Unit" in line for line in Row.of(ClipState("x", ball(3)), None).tip.splitlines()
    )


@pytest.fixture
def window(again: Make) -> MainWindow:
    window = again()
    window.build_view()
    window.document.open_clip(guessed().recording)
    return window


def test_they_are_changed_with_the_keyboard_and_taken_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    before = window.document.current_clip
    assert before is not None
    assert window.status.rates.text().strip() == "clip 30 fps (guessed) · m (guessed)"
    window.registry["edit.reading"].trigger()
    (dialog,) = window.findChildren(ReadingDialog)
    qtbot.waitUntil(dialog.isVisible)
    QTest.keyClick(dialog.unit, Qt.Key.Key_Up)  # from meters to decimeters
    dialog.rate.setFocus()
    dialog.rate.selectAll()
    QTest.keyClicks(dialog.rate, "24")
    QTest.keyClick(dialog.rate, Qt.Key.Key_Return)
    clip = window.document.current_clip
    assert clip is not None
    assert (clip.recording.read_as, clip.timing.fps) == (ReadAs("dm", "given", "given"), 24.0)
    np.testing.assert_allclose(clip.recording.vertices, before.recording.vertices / 10, rtol=1e-6)
    assert window.status.rates.text().strip() == "clip 24 fps · dm"
    assert window.player.playhead.fps == 24.0
    assert window.stage.viewport is not None and window.stage.viewport.scene is not None
    assert window.stage.viewport.scene.sequence is clip.recording
    window.document.undo()
    assert window.document.current_clip == before
    assert window.player.playhead.fps == 30.0
