"""What is shown for now: in the view, in no document, gone when a clip comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.core.sequence import Floats
from studio.ui.window.main_window import MainWindow
from studio.ui.window.warm_up import _last_steps, _steps

from .fakes import ball
from .windows import Make

Pixels = NDArray[np.uint8]


def points(window: MainWindow) -> Floats:
    return window.stage.viewport.scene.surface.points


def test_a_preview_leaves_the_empty_state_and_none_returns_to_it(make: Make) -> None:
    window = make()
    window.services.opening.preview_changed.emit(ball(1).renamed("Opening ball"))
    assert window.stage.empty.isVisible(), "there is no view yet"
    window.build_view()
    assert window.stage.viewport.isVisible()
    assert window.stage.preview.caption.text() == "Opening ball"
    assert window.stage.preview.caption.isVisible()
    assert not window.stage.timeline.isEnabled()
    assert not window.stage.bar.isEnabled()
    window.services.opening.preview_changed.emit(None)
    assert window.stage.empty.isVisible()
    assert not window.stage.preview.caption.isVisible()


def test_a_preview_enters_neither_document_nor_history(window: MainWindow) -> None:
    window.build_view()
    window.document.open_clip(ball(6))
    before, name = window.document.state, window.document.undo_name
    window.stage.show_preview(ball(4, size=10), "for now")
    assert len(points(window)) == 100
    window.player.seek(3)
    assert len(points(window)) == 100, "the playhead moves the clip and not the preview"
    window.stage.show_preview(None)
    np.testing.assert_array_equal(points(window), ball(6).vertices[3])
    assert window.stage.timeline.isEnabled()
    assert (window.document.state, window.document.undo_name) == (before, name)


def test_a_clip_takes_the_place_of_a_preview_at_once(window: MainWindow) -> None:
    window.build_view()
    first = window.document.open_clip(ball(6))
    window.stage.show_preview(ball(1, size=10), "for now")
    window.document.open_clip(ball(5, size=8))
    assert len(points(window)) == 64
    assert window.stage.timeline.isEnabled()
    assert not window.stage.preview.caption.isVisible()
    window.stage.show_preview(ball(1, size=10), "for now")
    window.document.set_current(first)
    assert len(points(window)) == 144
    window.stage.show_preview(ball(1, size=10), "for now")
    window.registry["file.close_clip"].trigger()
    assert len(points(window)) == 64


def test_the_frames_of_a_preview_go_round(window: MainWindow, qtbot: QtBot) -> None:
    window.build_view()
    window.stage.viewport.view._software = False
    seen: list[int] = []
    window.stage.preview.frame_changed.connect(seen.append)
    shown = ball(3, fps=10)
    window.stage.show_preview(shown, "for now")
    qtbot.waitUntil(lambda: len(seen) > 3)
    assert set(seen) <= {0, 1, 2}
    np.testing.assert_array_equal(points(window), shown.vertices[window.stage.preview.frame])
    # The next estimate of the same motion goes on from the frame on show.
    frame = window.stage.preview.frame
    window.stage.show_preview(ball(3, fps=10, name="better"), "for now")
    assert window.stage.preview.frame == frame
    window.stage.show_preview(None)
    count = len(seen)
    qtbot.wait(150)
    assert len(seen) == count


def test_a_preview_stands_still_where_drawing_is_dear(window: MainWindow, qtbot: QtBot) -> None:
    window.build_view()
    window.stage.viewport.view._software = True
    seen: list[int] = []
    window.stage.preview.frame_changed.connect(seen.append)
    shown = ball(9)
    window.stage.show_preview(shown, "for now")
    qtbot.wait(200)
    assert not seen
    np.testing.assert_array_equal(points(window), shown.vertices[4])


def test_the_drawing_made_in_advance_leaves_no_trace(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.build_view()
    scene = window.stage.viewport.scene
    orbit, drawn = scene.orbit, set()
    steps = _steps(window.stage.viewport)
    for _ in steps:
        drawn.add(scene.sequence is not None)
    assert drawn == {False, True}
    assert scene.sequence is None
    assert scene.orbit is orbit


def test_a_clip_that_comes_ends_the_drawing_in_advance(make: Make) -> None:
    window = make()
    window.build_view()
    steps = _steps(window.stage.viewport)
    next(steps), next(steps)
    window.document.open_clip(ball(5))
    assert list(steps) == []
    np.testing.assert_array_equal(points(window), ball(5).vertices[0])
    window.registry["file.close_clip"].trigger()
    steps = _steps(window.stage.viewport)
    next(steps)
    window.stage.close_view()
    assert list(steps) == []


def on_screen(window: MainWindow) -> Pixels:
    """What the user sees of the window, the 3D view included."""
    seen = window.screen().grabWindow(window.winId()).toImage()
    seen = seen.convertToFormat(QImage.Format.Format_RGB888)
    return np.frombuffer(seen.constBits(), dtype=np.uint8).copy()


def settled(qtbot: QtBot, window: MainWindow) -> Pixels:
    """The same, once it does not change any more."""
    seen = on_screen(window)
    for _ in range(50):
        qtbot.wait(30)
        before, seen = seen, on_screen(window)
        if (before == seen).all():
            break
    return seen


def test_the_view_is_drawn_with_the_window_in_advance_and_is_not_seen(
    make: Make, qtbot: QtBot
) -> None:
    window = make()
    window.build_view()
    stage, before = window.stage, settled(qtbot, window)
    steps = _last_steps(stage, stage.viewport)
    next(steps)
    assert stage.viewport.isVisible()
    assert stage.viewport.size() == stage.empty.size()
    np.testing.assert_array_equal(settled(qtbot, window), before)
    assert list(steps) == []
    assert not stage.viewport.isVisible()
    np.testing.assert_array_equal(settled(qtbot, window), before)


def test_a_clip_that_comes_while_the_view_lies_under_is_seen_alone(make: Make) -> None:
    window = make()
    window.build_view()
    steps = _last_steps(window.stage, window.stage.viewport)
    next(steps)
    window.document.open_clip(ball(5))
    for _ in ("at once", "and after"):
        assert window.stage.viewport.isVisible()
        assert not window.stage.empty.isVisible()
        assert list(steps) == []
