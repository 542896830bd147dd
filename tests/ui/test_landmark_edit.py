"""What was moved by hand plays, is recognized and is exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from studio.document import Landmark
from studio.io import read_sequence
from studio.ui.export.service import ExportRequest
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle

TIP = Landmark("tip", 6)
OUT = np.float32([[0, 0, 20]])


def edited(make: Make, engine: SmallEngine) -> MainWindow:
    """A window on a ball of 8 frames with one landmark."""
    window = make(engine)
    window.build_view()
    clip = window.document.open_clip(ball())
    window.document.set_landmarks(clip, [TIP])
    return window


def test_an_edit_shows_at_the_frame_on_show(make: Make, engine: SmallEngine) -> None:
    window = edited(make, engine)
    view, clip = window.stage.viewport, str(window.document.state.current)
    window.player.seek(3)
    window.document.move_landmarks(clip, 3, OUT)
    before = ball().vertices[3, TIP.vertex]
    np.testing.assert_allclose(view.scene.surface.points[TIP.vertex], before + OUT[0], atol=1e-4)
    assert (view.scene.frame, window.player.playhead.frame) == (3, 3)
    window.document.undo()
    np.testing.assert_allclose(view.scene.surface.points[TIP.vertex], before, atol=1e-5)


def test_recognition_follows_and_remembers_both(
    make: Make, engine: SmallEngine, qtbot: QtBot
) -> None:
    window = edited(make, engine)
    clip = str(window.document.state.current)
    window.desk.models.load()
    settle(qtbot, window)
    asked = len(engine.asked)
    assert asked
    window.document.move_landmarks(clip, 3, OUT)
    settle(qtbot, window)
    assert len(engine.asked) > asked
    asked = len(engine.asked)
    window.document.undo()
    window.document.redo()
    settle(qtbot, window)
    assert len(engine.asked) == asked, "both readings are known"


def test_what_plays_is_what_is_exported(
    make: Make, engine: SmallEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    window = edited(make, engine)
    clip = str(window.document.state.current)
    window.document.move_landmarks(clip, 3, OUT)
    window.services.export.export(ExportRequest(clip, tmp_path / "out.npz", "npz"))
    settle(qtbot, window)
    written = read_sequence(tmp_path / "out.npz")
    document = window.document
    played = document.evaluator.sequence(document.current_clip)
    np.testing.assert_allclose(written.vertices, played.vertices)
    assert np.abs(written.vertices - ball().vertices).max() > 19
