"""Landmarks moved with the mouse, in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.core.sequence import Floats
from studio.document import Evaluator
from studio.document.landmark_drag import take_hold
from studio.face.studio_face import LANDMARKS_68
from studio.render.sight import Sight
from studio.ui.editing.editor import LandmarkEditor
from studio.ui.editing.handles import SEEN
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .face_mouse import (
    LEFT,
    NONE,
    PLAIN,
    SHIFT,
    about_to_edit,
    bar,
    drag,
    handles_of,
    mouse,
    move,
    place,
    press,
    release,
    view_of,
)
from .windows import Make

CORNER, OTHER_CORNER, NOSE, BROW = 48, 54, 30, 19


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> MainWindow:
    return about_to_edit(again, qtbot)


@pytest.fixture
def editor(window: MainWindow) -> LandmarkEditor:
    return window.landmarks


def offsets(window: MainWindow) -> np.ndarray:
    """(68, 3) of the only key."""
    edit = window.document.current_clip.landmark_edit
    assert edit is not None and len(edit.keys) == 1
    return edit.keys[0].offsets


def test_a_drag_moves_the_landmark_under_the_mouse_and_is_one_step(window: MainWindow) -> None:
    seen = place(window, CORNER)
    drag(window, CORNER, (-4, -2), (-9, -6), (-14, -10))
    away = place(window, CORNER) - (seen + QPointF(-14, -10))
    assert away.manhattanLength() < 0.5
    moved = np.flatnonzero(np.abs(offsets(window)).max(axis=1) > 1e-6)
    assert moved.tolist() == [CORNER]
    assert window.document.current_clip.landmark_edit.frames == (12,)
    window.document.undo()
    assert window.document.current_clip.landmark_edit is None
    assert (place(window, CORNER) - seen).manhattanLength() < 0.01


def test_the_surface_follows_while_it_is_dragged_and_the_document_waits(
    window: MainWindow,
) -> None:
    view, state = view_of(window), window.document.state
    before, start = view.scene.surface.points.copy(), place(window, CORNER)
    press(window, start)
    for step in (5, 10):
        move(window, start - QPointF(step, 0))
        change = np.linalg.norm(view.scene.surface.points - before, axis=1)
        assert change[LANDMARKS_68[CORNER]] > 1 and change[LANDMARKS_68[NOSE]] < 0.01
        assert window.document.state is state
    shown = view.scene.surface.points.copy()
    release(window, start - QPointF(10, 0))
    np.testing.assert_allclose(view.scene.surface.points, shown, atol=1e-4)


def test_escape_gives_a_drag_up(window: MainWindow, editor: LandmarkEditor) -> None:
    view, state = view_of(window), window.document.state
    before, start = view.scene.surface.points.copy(), place(window, CORNER)
    press(window, start)
    move(window, start - QPointF(10, 0))
    QTest.keyClick(view.view, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(view.scene.surface.points, before)
    move(window, start - QPointF(20, 0))
    release(window, start - QPointF(20, 0))
    assert window.document.state is state and editor.on
    QTest.keyClick(view.view, Qt.Key.Key_Escape)
    assert editor.on and not editor.chosen
    QTest.keyClick(view.view, Qt.Key.Key_Escape)
    assert not editor.on


def test_a_click_chooses_and_moves_nothing(window: MainWindow, editor: LandmarkEditor) -> None:
    state = window.document.state
    drag(window, BROW, (1, 1))
    assert editor.chosen == {BROW} and window.document.state is state
    assert bar(window).line.text() == "right brow 3"


def test_shift_chooses_a_group_that_moves_together(
    window: MainWindow, editor: LandmarkEditor
) -> None:
    for landmark in (BROW, BROW + 1, NOSE):
        press(window, place(window, landmark), keys=SHIFT)
        release(window, place(window, landmark))
    press(window, place(window, NOSE), keys=SHIFT)
    release(window, place(window, NOSE))
    assert editor.chosen == {BROW, BROW + 1}
    drag(window, BROW, (0, -12))
    moved = offsets(window)
    np.testing.assert_allclose(moved[BROW], moved[BROW + 1])
    assert moved[BROW, 1] > 2 and not moved[NOSE].any()


def test_a_double_click_chooses_the_curve(window: MainWindow, editor: LandmarkEditor) -> None:
    at = place(window, BROW)
    mouse(window, QEvent.Type.MouseButtonDblClick, at)
    release(window, at)
    assert editor.chosen == set(range(17, 22))
    assert bar(window).line.text() == "5 landmarks chosen"
    drag(window, BROW, (0, -10))
    moved = offsets(window)
    assert moved[17:22, 1].min() > 2 and not moved[22:].any()


def test_mirror_moves_the_other_side_the_other_way_round(
    window: MainWindow, editor: LandmarkEditor
) -> None:
    bar(window).mirror.click()
    drag(window, CORNER, (-12, -8))
    moved = offsets(window)
    np.testing.assert_allclose(moved[OTHER_CORNER], moved[CORNER] * [-1, 1, 1], atol=0.05)
    assert moved[CORNER, 0] < -1
    window.document.undo()
    drag(window, NOSE, (9, -9))
    assert abs(offsets(window)[NOSE, 0]) < 0.05, "the nose stays in the middle"


def test_a_soft_drag_takes_neighbors_along_but_not_over_the_gap_of_the_mouth(
    window: MainWindow,
) -> None:
    bar(window).soft.click()
    upper, lower = 62, 66  # the middle of the inner lips, two millimeters apart
    held = take_hold(
        window.document.current_clip, window.document.evaluator, 12, lower, {lower}, soft=True
    )
    moved = np.zeros(68)
    moved[held.chosen] = held.moved(np.float32([0, -1, 0]))[:, 1]
    assert moved[lower] == -1 and -1 < moved[65] < moved[64] <= 0
    assert moved[57] < -0.3 and moved[upper] == 0
    drag(window, NOSE, (0, -8))
    assert 0 < offsets(window)[NOSE - 1, 1] < offsets(window)[NOSE, 1]


def test_mirror_knows_where_a_turned_head_has_its_middle(window: MainWindow) -> None:
    clip = window.document.current_clip
    assert clip is not None
    turn = np.float32([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    turned = clip.recording.vertices @ turn.T
    recording = type(clip.recording)(turned, clip.recording.faces)
    held = take_hold(type(clip)("x", recording), Evaluator(), 0, CORNER, {CORNER}, mirror=True)
    by = np.float32([1, 2, -4])
    ours, theirs = held.moved(by) @ turn
    np.testing.assert_allclose(theirs, ours * [-1, 1, 1], atol=0.02)


def test_beside_the_handles_the_mouse_turns_the_face(window: MainWindow) -> None:
    view, state = view_of(window), window.document.state
    before = view.scene.orbit.azimuth
    press(window, QPointF(5, 5))
    move(window, QPointF(65, 5))
    release(window, QPointF(65, 5))
    assert view.scene.orbit.azimuth == pytest.approx(before - 24)
    assert window.document.state is state


def test_handles_stick_to_the_face_and_hide_behind_it(window: MainWindow) -> None:
    view, handles = view_of(window), handles_of(window)
    front = handles.marked.seen
    assert front[[CORNER, OTHER_CORNER, NOSE]].all()
    first = place(window, NOSE)
    window.player.seek(20)
    assert place(window, NOSE).y() < first.y() - 3, "the head has gone up"
    view.look_from("left")
    seen = handles.marked.seen
    assert seen[OTHER_CORNER] and not seen[CORNER]
    window.stage.look.reset()
    window.landmarks.set_on(on=False)
    assert handles.isHidden()


def test_what_another_part_of_the_face_hides_has_no_handle(window: MainWindow) -> None:
    view, handles, player = view_of(window), handles_of(window), window.player
    ids = list(LANDMARKS_68)
    view.look_from("left")
    surface, sight = view.scene.surface, view.sight
    behind = (sight.facing(surface.points[ids], surface.normals[ids]) > SEEN) & ~handles.marked.seen
    assert 4 < behind.sum() < 20 and behind[36:42].any(), "the eye beyond the nose among them"
    window.stage.look.set_part("skin", on=False)
    assert handles.marked.seen[behind].any(), "what is not drawn hides nothing"
    window.stage.look.show_all()
    view.reset_camera()
    player.toggle()
    view.look_from("left")
    player.stop()
    assert not handles.marked.seen[behind].any(), "looked for again when it stands still"


def test_what_is_hidden_is_looked_for_once_however_much_happens(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    real = Sight.hidden

    def counted(self: Sight, points: Floats, *rest: Floats) -> np.ndarray:
        looked.append(len(points))
        return real(self, points, *rest)

    monkeypatch.setattr(Sight, "hidden", counted)
    start, handles = place(window, CORNER), handles_of(window)
    press(window, start)
    move(window, start - QPointF(10, 0))
    handles.grab()
    looked.clear()
    release(window, start - QPointF(10, 0))
    handles.grab()
    assert len(looked) == 1
    for frame in (13, 14, 15):
        window.player.seek(frame)
    handles.grab()
    assert len(looked) == 2


def test_hovering_names_a_landmark(window: MainWindow) -> None:
    face, handles = view_of(window).view, handles_of(window)
    at = place(window, NOSE)
    event = QMouseEvent(QEvent.Type.MouseMove, at, face.mapToGlobal(at), NONE, NONE, PLAIN)
    QApplication.sendEvent(face, event)
    assert (handles.marked.hovered, handles.marked.said) == (NOSE, "nose bridge 4")
    QApplication.sendEvent(face, QEvent(QEvent.Type.Leave))
    assert handles.marked.hovered is None


def test_a_later_drag_in_the_frame_goes_on_from_there(window: MainWindow) -> None:
    drag(window, CORNER, (-10, 0))
    first = offsets(window).copy()
    drag(window, BROW, (0, -10))
    np.testing.assert_allclose(offsets(window)[CORNER], first[CORNER], atol=1e-5)
    assert window.document.current_clip.landmark_edit.frames == (12,)


def test_the_bar_sets_the_fade_and_removes_keys(window: MainWindow) -> None:
    row = bar(window)
    assert row.isVisible() and not row.remove.isEnabled() and not row.remove_all.isEnabled()
    drag(window, CORNER, (-10, 0))
    row.fade.setValue(4)
    assert window.document.current_clip.landmark_edit.fade == 4
    window.player.seek(3)
    assert not row.remove.isEnabled() and row.remove_all.isEnabled()
    window.player.seek(12)
    row.remove.click()
    assert not window.document.current_clip.landmark_edit.keys
    window.document.undo()
    row.remove_all.click()
    assert not window.document.current_clip.landmark_edit.keys
    assert row.fade.value() == 4
    row.leave.click()
    assert row.isHidden() and not window.registry["edit.landmarks"].isChecked()


def test_keys_stand_over_the_timeline_and_can_be_gone_to_and_removed(
    window: MainWindow, qtbot: QtBot
) -> None:
    track, axis = window.stage.keys, window.stage.timeline.axis
    assert track.isVisible() and not track.frames
    for frame in (2, 21):
        window.player.seek(frame)
        drag(window, CORNER, (-10, 0))
    window.player.seek(10)
    assert track.frames == (2, 21) and "2, 21" in track.accessibleDescription()
    middle = QPoint(round(axis().x(21)), track.height() // 2)
    window.activateWindow()
    qtbot.mouseClick(track, LEFT, pos=middle)
    assert window.player.playhead.frame == 21
    qtbot.waitUntil(track.hasFocus)
    QTest.keyClick(track, Qt.Key.Key_Up)
    assert window.player.playhead.frame == 2
    QTest.keyClick(track, Qt.Key.Key_Delete)
    assert track.frames == (21,)
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        QTest.keyClick(track, key, Qt.KeyboardModifier.ControlModifier)
    window.player.seek(9)
    QTest.keyClick(track, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert track.frames == (9, 21)
    QTest.keyClick(track, Qt.Key.Key_Left)
    assert track.frames == (8, 21) and window.player.playhead.frame == 9
    window.landmarks.set_on(on=False)
    assert track.isVisible(), "a clip with keys shows them"
    window.document.remove_landmark_keys(str(window.document.state.current))
    assert track.isHidden()


def test_a_key_has_a_menu(window: MainWindow, qtbot: QtBot) -> None:
    drag(window, CORNER, (-10, 0))
    track = window.stage.keys
    at = QPoint(round(window.stage.timeline.axis().x(12)), 4)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, track.mapToGlobal(at))
    QApplication.sendEvent(track, event)
    menu = track.findChild(QMenu)
    assert isinstance(menu, QMenu)
    menu_action(menu, "Remove keys").trigger()
    assert not track.frames


def menu_action(menu: QMenu, text: str) -> QAction:
    return next(one for one in menu.actions() if one.text().replace("&", "") == text)


def test_keys_follow_the_zoom_of_the_timeline(window: MainWindow) -> None:
    drag(window, CORNER, (-10, 0))
    track, timeline = window.stage.keys, window.stage.timeline
    timeline.zoom_by(0.5)
    x = timeline.axis().x(12)
    spot, away = track.key_at(QPointF(x, 5)), track.key_at(QPointF(x + 40, 5))
    assert spot == (0, 12) and away is None


def test_another_clip_lets_go_and_a_preview_shows_no_handles(
    window: MainWindow, editor: LandmarkEditor
) -> None:
    editor.choose({CORNER})
    window.stage.show_preview(nodding(3), "for now")
    assert editor.clip is None and handles_of(window).isHidden()
    window.stage.show_preview(None)
    assert handles_of(window).isVisible()
    window.document.open_clip(nodding(5))
    assert not editor.chosen and editor.on


@pytest.mark.parametrize("what", ["undo", "close", "seek"])
def test_what_changes_under_a_drag_ends_it(window: MainWindow, what: str) -> None:
    drag(window, BROW, (0, -8))
    start = place(window, CORNER)
    press(window, start)
    move(window, start - QPointF(10, 0))
    if what == "undo":
        window.document.undo()
    elif what == "close":
        window.registry["file.close_clip"].trigger()
    else:
        window.player.seek(3)
    state = window.document.state
    move(window, start - QPointF(20, 0))
    release(window, start - QPointF(20, 0))
    assert window.document.state is state
