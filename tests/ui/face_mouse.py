"""The mouse on the face: presses, moves and drags in pixels of the 3D view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.editing.bar import LandmarkBar
from studio.ui.editing.handles import Handles
from studio.ui.editing.painting.grip import BrushGrip
from studio.ui.view3d.viewport import Viewport
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .windows import Make, settle

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


def about_to_edit(made: Make, qtbot: QtBot) -> MainWindow:
    """A clip of 24 frames on the template, its landmarks about to be moved in frame 12."""
    window = made()
    window.build_view()
    window.document.open_clip(nodding(24))
    window.player.seek(12)
    window.registry["edit.landmarks"].trigger()
    settle(qtbot, window)
    return window


def view_of(window: MainWindow) -> Viewport:
    view = window.stage.viewport
    assert view is not None
    return view


def handles_of(window: MainWindow) -> Handles:
    """What is drawn of the landmarks over the view."""
    face = view_of(window).view
    assert face is not None and isinstance(face.grip, BrushGrip)
    return face.grip.under.handles


def bar(window: MainWindow) -> LandmarkBar:
    found = window.stage.findChild(LandmarkBar)
    assert isinstance(found, LandmarkBar)
    return found


def place(window: MainWindow, landmark: int) -> QPointF:
    return QPointF(*handles_of(window).marked.places[landmark])


def mouse(
    window: MainWindow,
    kind: QEvent.Type,
    at: QPointF,
    *,
    keys: Qt.KeyboardModifier = PLAIN,
) -> None:
    face = view_of(window).view
    moved = kind == QEvent.Type.MouseMove
    held = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, at, face.mapToGlobal(at), NONE if moved else LEFT, held, keys)
    QApplication.sendEvent(face, event)


def press(window: MainWindow, at: QPointF, *, keys: Qt.KeyboardModifier = PLAIN) -> None:
    mouse(window, QEvent.Type.MouseButtonPress, at, keys=keys)


def move(window: MainWindow, at: QPointF) -> None:
    mouse(window, QEvent.Type.MouseMove, at)


def release(window: MainWindow, at: QPointF) -> None:
    mouse(window, QEvent.Type.MouseButtonRelease, at)


def drag(window: MainWindow, landmark: int, *steps: Sequence[float]) -> None:
    """Press on a landmark, move by each of the steps from there, and let go."""
    start = place(window, landmark)
    press(window, start)
    for step in steps:
        move(window, start + QPointF(*step))
    release(window, start + QPointF(*steps[-1]))
