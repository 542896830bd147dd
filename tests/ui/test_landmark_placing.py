"""Landmarks placed on a surface of another triangulation, in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.window.main_window import MainWindow

from .face_mouse import bar, drag, move, place, press, release, view_of
from .fakes import ball
from .windows import Make, settle


@pytest.fixture
def other(make: Make, qtbot: QtBot) -> MainWindow:
    window = make()
    window.build_view()
    window.document.open_clip(ball(9))
    window.registry["edit.landmarks"].trigger()
    settle(qtbot, window)
    return window


def on_ball(window: MainWindow, right: float, up: float) -> QPointF:
    """A pixel on the ball, by millimeters from its middle."""
    sight = view_of(window).sight
    assert sight is not None
    return QPointF(*sight.pixels(np.float32([[right, up, 50]]))[0])


def test_landmarks_are_placed_by_clicks_and_corrected_by_drags(other: MainWindow) -> None:
    editor = other.landmarks
    assert bar(other).line.text() == "Click to add 1: jaw 1"
    assert editor.placing and bar(other).place.isVisible() and not bar(other).mirror.isEnabled()
    for right, up in ((-15, 0), (15, 0), (0, 20)):
        press(other, on_ball(other, right, up))
        release(other, on_ball(other, right, up))
    clip = other.document.current_clip
    assert [one.name for one in clip.landmarks] == ["landmark 1", "landmark 2", "landmark 3"]
    points = clip.recording.vertices[0, [one.vertex for one in clip.landmarks]]
    np.testing.assert_allclose(points[:, :2], [[-15, 0], [15, 0], [0, 20]], atol=14)
    press(other, place(other, 2))
    move(other, on_ball(other, 0, -20))
    release(other, on_ball(other, 0, -20))
    clip = other.document.current_clip
    assert clip.landmarks[2].name == "landmark 3"
    assert clip.recording.vertices[0, clip.landmarks[2].vertex, 1] < -8
    other.document.undo()
    assert other.document.current_clip.landmarks[2].vertex != clip.landmarks[2].vertex


def test_placed_landmarks_move_the_surface(other: MainWindow) -> None:
    press(other, on_ball(other, 0, 10))
    release(other, on_ball(other, 0, 10))
    QTest.keyClick(view_of(other).view, Qt.Key.Key_Escape)
    assert not other.landmarks.placing and other.landmarks.on
    drag(other, 0, (0, -15))
    clip = other.document.current_clip
    vertex = clip.landmarks[0].vertex
    change = other.document.evaluator.sequence(clip).vertices - clip.recording.vertices
    assert change[0, vertex, 1] > 1 and np.linalg.norm(change[0], axis=1).argmax() == vertex


def test_delete_takes_a_placed_landmark_away(other: MainWindow) -> None:
    for right in (-15, 15):
        press(other, on_ball(other, right, 0))
        release(other, on_ball(other, right, 0))
    other.landmarks.choose({0})
    QTest.keyClick(view_of(other).view, Qt.Key.Key_Delete)
    assert [one.name for one in other.document.current_clip.landmarks] == ["landmark 2"]
    press(other, on_ball(other, -15, 10))
    release(other, on_ball(other, -15, 10))
    names = [one.name for one in other.document.current_clip.landmarks]
    assert names == ["landmark 1", "landmark 2"], "in its old place"


def test_a_landmark_in_the_hand_is_let_go_with_its_clip(other: MainWindow) -> None:
    press(other, on_ball(other, 0, 10))
    release(other, on_ball(other, 0, 10))
    press(other, place(other, 0))
    move(other, on_ball(other, 20, 0))
    other.document.open_clip(ball(3, name="another"))
    move(other, on_ball(other, 20, 10))
    release(other, on_ball(other, 20, 10))
    assert [len(clip.landmarks) for clip in other.document.state.clips] == [1, 0]


def test_a_click_beside_the_surface_turns_it(other: MainWindow) -> None:
    press(other, QPointF(3, 3))
    move(other, QPointF(43, 3))
    release(other, QPointF(43, 3))
    assert view_of(other).scene.orbit.azimuth == pytest.approx(-16)
    assert not other.document.current_clip.landmarks
