"""The edits of the clip in the window: added, ordered, switched, keyed, with mouse and keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit
from pytestqt.qtbot import QtBot

from studio.core.sequence import Floats
from studio.document import ClipState, Edit, IntensityEdit, IntensityKey, LandmarkEdit
from studio.document.edits.edit import KINDS
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit
from studio.io import read_sequence
from studio.ui.editing.curve_edit_controls import CurveEditControls
from studio.ui.export.service import ExportRequest
from studio.ui.window.main_window import MainWindow
from tests.document.clips import square
from tests.document.slower import slower_kind
from tests.render.faces import nodding

from .face_mouse import view_of
from .fakes import ball
from .windows import Make, settle


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> MainWindow:
    """A generated clip of 24 frames on the template, at rest in its first frame."""
    window = again()
    window.build_view()
    clip = window.document.add_generated(nodding(24), {"label": "fear", "seed": 3})
    window.document.mark_kept(window.document.state.clip(clip))
    window.player.seek(12)
    settle(qtbot, window)
    return window


def clip_of(window: MainWindow) -> ClipState:
    clip = window.document.current_clip
    assert clip is not None
    return clip


def intensity(window: MainWindow) -> IntensityEdit:
    edit = clip_of(window).edits[0]
    assert isinstance(edit, IntensityEdit)
    return edit


def controls(window: MainWindow) -> CurveEditControls:
    return window.stack.curve


def shown(window: MainWindow) -> Floats:
    """(V, 3) what the view shows."""
    return np.array(view_of(window).scene.surface.points)


def rows(window: MainWindow) -> list[str]:
    return [window.stack.list.item(row).text() for row in range(window.stack.list.count())]


def drag(window: MainWindow, *percents: int) -> None:
    """Take the slider, move it, let it go."""
    slider = controls(window).slider
    slider.setSliderDown(True)
    for percent in percents:
        slider.setSliderPosition(percent)
    slider.setSliderDown(False)


def test_the_slider_changes_what_is_seen_at_once_and_a_drag_is_one_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    before, document = shown(window), window.document
    window.registry["edit.intensity"].trigger()
    assert window._docks["edits"].isVisible() and rows(window) == ["Intensity · 100%"]
    assert clip_of(window).edits == (IntensityEdit(neutral=0),)
    np.testing.assert_allclose(shown(window), before, atol=1e-5)
    slider, step = controls(window).slider, document.undo_name
    slider.setSliderDown(True)
    slider.setSliderPosition(150)
    slider.setSliderPosition(40)
    held = shown(window)
    assert np.abs(held - before).max() > 0.1 and controls(window).value.value() == 40
    assert document.undo_name == step and clip_of(window).as_recorded
    window.player.seek(11)
    window.player.seek(12)
    np.testing.assert_array_equal(shown(window), held)
    slider.setSliderDown(False)
    np.testing.assert_allclose(shown(window), held, atol=1e-5)
    edited = document.evaluator.frame(clip_of(window), 12)
    np.testing.assert_allclose(shown(window), edited, atol=1e-5)
    assert rows(window) == ["Intensity · 40%"]
    slider.setSliderDown(True)
    slider.setSliderDown(False)
    assert intensity(window).keys == (IntensityKey(0, 0.4),), "held, but not moved"
    settle(qtbot, window)
    played = document.evaluator.ready(clip_of(window))
    assert view_of(window).scene.sequence is played is not None
    drag(window, 60)
    document.undo()
    assert rows(window) == ["Intensity · 40%"] and controls(window).slider.value() == 40
    document.undo()
    assert controls(window).value.value() == 100
    settle(qtbot, window)
    np.testing.assert_allclose(shown(window), before, atol=1e-5)
    document.undo()
    assert rows(window) == [] and not window.stack.remove.isEnabled()


def test_keys_make_a_curve_over_the_clip(window: MainWindow) -> None:
    window.registry["edit.intensity"].trigger()
    panel, seek = controls(window), window.player.seek
    drag(window, 50)
    assert panel.key.isEnabled() and not panel.key.isChecked()
    panel.key.click()
    assert panel.key.isChecked() and "0, 12" in panel.said.text()
    drag(window, 150)
    assert intensity(window).keys == (IntensityKey(0, 0.5), IntensityKey(12, 1.5))
    seek(6)
    assert (panel.slider.value(), panel.key.isChecked()) == (100, False)
    panel.between.setFocus()
    panel.between.activated.emit(panel.between.findData("linear"))
    panel.between.setCurrentIndex(panel.between.findData("linear"))
    panel.between.activated.emit(panel.between.currentIndex())
    assert intensity(window).between == "linear"
    drag(window, 20)
    assert intensity(window).frames == (0, 6, 12)
    panel.after.click()
    assert window.player.playhead.frame == 12 and not panel.after.isEnabled()
    panel.before.click()
    panel.before.click()
    assert window.player.playhead.frame == 0 and not panel.before.isEnabled()
    for frame in (0, 12):
        seek(frame)
        panel.key.click()
    assert intensity(window).keys == (IntensityKey(6, 0.2),)
    seek(6)
    assert not panel.key.isEnabled(), "the last key stays"
    drag(window, 70)
    seek(20)
    drag(window, 80)
    assert intensity(window).keys == (IntensityKey(6, 0.8),), "one key is for the clip"


def test_edits_are_switched_moved_and_removed_with_the_keyboard(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_dock("edits")
    window.registry["edit.intensity"].trigger()
    offsets = np.zeros((68, 3), dtype=np.float32)
    offsets[48] = [-3, 0, 0]
    window.document.move_landmarks(clip_of(window).id, 12, offsets)
    assert rows(window) == ["Landmarks · 1 key", "Intensity · 100%"], "the last lies on top"
    stack, entries = window.stack, window.stack.list
    entries.setFocus()
    entries.setCurrentRow(0)
    assert "Landmarks" in stack.said.text() and not stack.landmarks.isHidden()
    qtbot.keyClick(entries, Qt.Key.Key_Return)
    assert not clip_of(window).edits[1].on and window.document.undo_name == "Switch landmarks off"
    qtbot.keyClick(entries, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [type(edit) for edit in clip_of(window).edits] == [LandmarkEdit, IntensityEdit]
    assert entries.currentRow() == 1 and not stack.down.isEnabled() and stack.up.isEnabled()
    qtbot.keyClick(entries, Qt.Key.Key_Delete)
    assert rows(window) == ["Intensity · 100%"]
    window.document.undo()
    window.document.undo()
    window.document.undo()
    assert [edit.on for edit in clip_of(window).edits] == [True, True]


def test_landmarks_are_dragged_as_they_will_play_under_an_intensity(
    window: MainWindow, qtbot: QtBot
) -> None:
    from studio.document.landmark_drag import take_hold

    document = window.document
    window.registry["edit.landmarks"].trigger()
    settle(qtbot, window)
    clip = clip_of(window).id
    document.move_landmarks(clip, 12, np.zeros((68, 3), dtype=np.float32))
    document.add_edit(clip, IntensityEdit((IntensityKey(0, 0.5),)))
    held = take_hold(clip_of(window), document.evaluator, 12, 48, {48})
    by = np.float32([-8, 0, 0])
    corner = clip_of(window).landmarks[48].vertex
    moved = held.surface(by) - held.points
    assert moved[corner, 0] == pytest.approx(-4, abs=0.05)
    document.move_landmarks(clip, 12, held.offsets(by), key=held.key)
    played = document.evaluator.sequence(clip_of(window)).vertices
    np.testing.assert_allclose(played[12], held.surface(by), atol=1e-4)


def test_the_neutral_of_a_new_edit_is_what_is_known_of_the_face(
    window: MainWindow, qtbot: QtBot
) -> None:
    document = window.document
    opened = document.open_clip(nodding(24))
    settle(qtbot, window)
    rest = np.asarray(nodding(24).vertices[3])
    window.stage.show_rest(rest)
    window.registry["edit.intensity"].trigger()
    np.testing.assert_array_equal(intensity(window).neutral, rest)
    document.set_neutral_frame(opened, 5)
    assert intensity(window).neutral == 5
    document.remove_edit(opened, 0)
    window.registry["edit.intensity"].trigger()
    assert intensity(window).neutral == 5


def test_files_and_readings_have_the_clip_as_edited(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.document
    window.desk.models.load()
    document.open_clip(ball(24))
    settle(qtbot, window)
    before = window.services.recognition.reading
    window.registry["edit.intensity"].trigger()
    drag(window, 0)
    settle(qtbot, window)
    reading = window.services.recognition.reading
    assert before is not None and reading is not None and reading is not before
    request = ExportRequest(clip_of(window).id, tmp_path / "still.npz", "npz", "mm", 0, 24)
    window.services.export.export(request)
    settle(qtbot, window)
    written = read_sequence(tmp_path / "still.npz").vertices
    np.testing.assert_array_equal(written, document.evaluator.sequence(clip_of(window)).vertices)
    assert np.abs(written - clip_of(window).recording.vertices).max() > 0.5
    window.stack.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    settle(qtbot, window)
    assert window.services.recognition.reading is before, "the reading of before is remembered"


def test_the_timeline_follows_an_edit_of_another_length(window: MainWindow, qtbot: QtBot) -> None:
    document, clip = window.document, clip_of(window).id
    with slower_kind() as slower:
        document.add_edit(clip, slower())
        assert (window.player.playhead.n_frames, window.stage.timeline.range) == (48, (0, 48))
        assert window.player.playhead.frame == window.stage.timeline.frame == 12
        window.player.seek(41)
        document.set_range(clip, 40, 44)
        settle(qtbot, window)
        np.testing.assert_array_equal(shown(window), nodding(24).vertices[20])
        document.remove_edit(clip, 0)
    assert (window.player.playhead.n_frames, clip_of(window).range) == (24, (20, 22))
    assert window.player.playhead.frame == window.stage.timeline.frame == 23
    settle(qtbot, window)
    np.testing.assert_array_equal(shown(window), nodding(24).vertices[23])


def begin(window: MainWindow, kind: str) -> Edit:
    """Add an edit as the menu does; the topmost one."""
    window.registry[f"edit.add.{kind}"].trigger()
    return clip_of(window).edits[-1]


OFFERED = [kind.kind for kind in KINDS.values() if kind.begins()]


def test_every_kind_is_added_and_each_of_its_parameters_can_be_changed(window: MainWindow) -> None:
    stack, document = window.stack, window.document
    for kind in OFFERED:
        before = document.state
        edit = begin(window, kind)
        assert edit.kind == kind and stack.place == len(clip_of(window).edits) - 1
        assert window._docks["edits"].isVisible() and stack.said.text()
        for name, row in stack.parameters.rows.items():
            was = getattr(edit, name)
            assert row.told == was, (kind, name)
            if row.slider is not None:
                place = row.slider.value()
                row.slider.setSliderDown(True)
                row.slider.setSliderPosition(place + 1 if place < row.slider.maximum() else 0)
                assert clip_of(window).edits[-1] == edit, "the document waits for the end"
                row.slider.setSliderDown(False)
                told = getattr(clip_of(window).edits[-1], name)
                assert told != was or stack.refused.text(), (kind, name)
                if told != was:
                    document.undo()
                assert clip_of(window).edits[-1] == edit, "one drag is one step"
        document.undo()
        assert document.state.clips == before.clips


def test_what_cannot_be_is_refused_in_words_and_the_field_goes_back(window: MainWindow) -> None:
    begin(window, "trim")
    stack = window.stack
    row = stack.parameters.rows["start"]
    assert isinstance(row.field, QDoubleSpinBox)
    stack.parameters.rows["stop"].field.setValue(6)
    assert clip_of(window).edits[-1] == TrimEdit(0, 6)
    row.field.setValue(9)
    assert clip_of(window).edits[-1] == TrimEdit(0, 6)
    assert "a range to trim" in stack.refused.text() and not stack.refused.isHidden()
    row.field.setValue(2)
    assert clip_of(window).edits[-1] == TrimEdit(2, 6) and stack.refused.isHidden()
    stack.parameters.rows["stop"].field.setValue(0)
    assert clip_of(window).edits[-1] == TrimEdit(2), "0 means the end"
    window.player.seek(3)
    row.here.click()
    assert clip_of(window).edits[-1] == TrimEdit(5), "what is on show is 5 below"


def test_a_kind_that_does_not_fit_says_why_in_its_tip(window: MainWindow) -> None:
    window.document.open_clip(square(5))
    entry = window.registry["edit.add.mirror"]
    assert not entry.isEnabled() and "studio's face" in entry.toolTip()
    assert window.registry["edit.add.trim"].isEnabled()
    for name in ("trim", "delete", "reverse", "repeat"):
        entry = window.registry[f"edit.range.{name}"]
        assert not entry.isEnabled() and "Set a range first" in entry.toolTip()
    window.document.set_range(str(window.document.state.current), 1, 3)
    window.registry["edit.range.trim"].trigger()
    assert clip_of(window).edits == (TrimEdit(1, 3),) and clip_of(window).range == (0, 2)


def test_the_speed_is_a_curve_with_keys_where_they_are_seen(window: MainWindow) -> None:
    begin(window, "speed")
    panel = controls(window)
    assert (panel.slider.value(), panel.value.value()) == (0, 100)
    panel.value.setValue(50)
    assert clip_of(window).timing.frames == 47 and panel.slider.value() == -23
    window.player.seek(20)
    window.registry["edit.set_key"].trigger()
    edit = clip_of(window).edits[-1]
    assert isinstance(edit, SpeedEdit) and edit.frames == (0, 10)
    assert panel.key.isChecked() and "0, 20" in panel.said.text()
    assert window.stage.keys.frames == (0, 20)
    panel.before.click()
    assert window.player.playhead.frame == 0


def test_s_sets_a_key_while_an_edit_with_keys_is_chosen_and_else_gives_a_star(
    window: MainWindow,
) -> None:
    star, key = window.registry["takes.star"], window.registry["edit.set_key"]
    contexts = Qt.ShortcutContext
    assert not key.isEnabled() and star.shortcutContext() == contexts.WindowShortcut
    begin(window, "speed")
    assert key.isEnabled() and star.shortcutContext() == contexts.WidgetShortcut
    begin(window, "trim")
    assert not key.isEnabled()
    window.stack.choose(0)
    window._docks["edits"].hide()
    assert not key.isEnabled() and star.shortcutContext() == contexts.WindowShortcut


def test_rows_are_dragged_named_and_duplicated(window: MainWindow, qtbot: QtBot) -> None:
    for kind in ("trim", "reverse", "smoothing"):
        begin(window, kind)
    rows, document = window.stack.list, window.document
    rows.setCurrentRow(0)
    at = QPointF(rows.visualItemRect(rows.item(2)).bottomLeft() + QPoint(4, -1))
    data, none = QMimeData(), Qt.KeyboardModifier.NoModifier
    move, left = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    drop = _DropOf(rows, at, move, data, left, none)
    rows.dropEvent(drop)
    assert [edit.kind for edit in clip_of(window).edits] == ["smoothing", "trim", "reverse"]
    assert rows.currentRow() == 2 and document.undo_name == "Move smoothing"
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_F2)
    editor = rows.findChild(QLineEdit)
    assert editor.text() == "Smoothing"
    editor.setText("calm")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: clip_of(window).edits[0].called == "calm")
    assert rows.item(2).text() == "calm: Smoothing · 0.25 s, 100%"
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert [edit.called for edit in clip_of(window).edits] == ["calm", "calm", "", ""]
    assert len(document.state.clips) == 1, "not the clip"


class _DropOf(QDropEvent):
    """A drop of what came from a list."""

    def __init__(self, source: QObject, *told: Any) -> None:
        super().__init__(*told)
        self._source = source

    def source(self) -> QObject:
        return self._source


def test_before_shows_the_frame_without_the_chosen_edit_while_it_is_held(
    window: MainWindow,
) -> None:
    begin(window, "intensity")
    drag(window, 0)
    after = shown(window)
    window.stack.before.pressed.emit()
    before = shown(window)
    np.testing.assert_allclose(before, nodding(24).vertices[12], atol=1e-5)
    assert np.abs(before - after).max() > 0.5
    window.stack.before.released.emit()
    np.testing.assert_allclose(shown(window), after, atol=1e-4)


def test_b_splits_the_clip_at_the_playhead(window: MainWindow) -> None:
    assert window.registry["edit.split"].isEnabled()
    window.registry["edit.split"].trigger()
    assert [clip.timing.frames for clip in window.document.state.clips] == [12, 12]
    window.player.seek(0)
    assert not window.registry["edit.split"].isEnabled()
    window.document.undo()
    assert len(window.document.state.clips) == 1
