"""The window without models, with errors, and with its 3D view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import InputError
from studio.document import Document
from studio.io import write_sequence
from studio.ui.desk import Desk
from studio.ui.settings.settings import Settings
from studio.ui.view3d.empty_state import samples
from studio.ui.window.main_window import LOSE, MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle


def test_without_models_every_panel_says_so(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    desk = Desk(Document(), models_folder=tmp_path / "models")
    window = MainWindow(desk, settings, ask=lambda *_: LOSE)
    desk.models.load()
    assert window.status.device.text() == "models: loading…"
    settle(qtbot, window)
    assert window.status.device.text() == "models: none"
    told = f"none found in {tmp_path / 'models'}"
    for text in (
        window.generation.note.text(),
        window.recognition.note.text(),
        window.status.device.toolTip(),
        window.messages.shown,
    ):
        assert told in text
    assert not window.generation.generate.isEnabled()
    window.close()


def test_a_set_that_lacks_a_model_says_which(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(kinds=frozenset({"autoencoder", "recognizer"}), labels=()))
    window.desk.models.load()
    settle(qtbot, window)
    assert window.status.device.text() == "small (no diffusion) · CPU"
    assert "no diffusion model" in window.generation.note.text()
    assert len(window.generation.labels.tiles) == 7


def test_samples_open_from_the_empty_window(make: Make, qtbot: QtBot) -> None:
    window = make()
    assert len(window.stage.empty.samples) == len(samples())
    for button, path in zip(window.stage.empty.samples, samples(), strict=True):
        button.click()
        settle(qtbot, window)
        assert window.document.current_clip.source == path


def test_the_heat_map_measures_from_the_estimated_face_at_rest(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.build_view()
    window.document.open_clip(ball(6))
    rest = ball(6).vertices[2]
    window.services.recognition.rest_changed.emit(rest)
    assert window.stage.viewport.scene.neutral is rest
    window.document.set_neutral_frame(window.document.state.current, 4)
    np.testing.assert_array_equal(window.stage.viewport.scene.neutral, ball(6).vertices[4])


def test_many_errors_still_fit_in_the_box(make: Make) -> None:
    window = make()
    for number in range(30):
        window.messages.error(InputError(f"{number}.obj: expected faces, found none"))
    assert window.messages.shown.count("expected faces") == 8
    assert window.messages.shown.endswith("And 22 more like these.")


def test_errors_share_one_box_and_can_be_copied(
    window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    window.desk.reported.emit(InputError("one.obj: expected faces, found none"))
    window.desk.reported.emit(ZeroDivisionError("oh"))
    assert "one.obj" in window.messages.shown
    assert "ZeroDivisionError" in window.messages.shown
    window.messages._copy.click()
    assert window.messages.shown, "copying leaves the box open"
    assert "ZeroDivisionError: oh" in QApplication.clipboard().text()
    assert "one.obj: expected faces, found none" in capsys.readouterr().err
    window.messages.close()
    assert window.messages.shown == ""


def test_the_view_shows_the_frame_under_the_playhead(window: MainWindow, tmp_path: Path) -> None:
    sequence = ball(9)
    window.document.open_clip(sequence)
    window.build_view()
    view = window.stage.viewport
    assert view is not None
    assert view.isVisible()
    assert not window.stage.empty.isVisible()
    for frame in (4, 8, 0):
        window.player.seek(frame)
        np.testing.assert_array_equal(view.scene.surface.points, sequence.vertices[frame])
    other = ball(5, size=10)
    made = window.document.open_clip(other)
    window.document.set_range(made, 2, 4)
    window.document.set_current(window.document.state.clips[0].id)
    window.document.set_current(made)
    np.testing.assert_array_equal(view.scene.surface.points, other.vertices[2])
    window.registry["file.close_clip"].trigger()
    window.registry["file.close_clip"].trigger()
    assert window.stage.empty.isVisible()


def test_view_settings_wait_for_the_view(fresh: MainWindow) -> None:
    window = fresh
    window.registry["view.heat_map"].trigger()
    window.set_shading("flat")
    window.document.open_clip(ball(9))
    window.build_view()
    assert window.stage.viewport.scene.heat_map
    window.build_view()
    window.registry["view.heat_map"].trigger()
    assert not window.stage.viewport.scene.heat_map


def test_a_drop_on_the_view_opens(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    write_sequence(ball(5), tmp_path / "one.npz")
    window.build_view()
    window.stage.viewport.dropped.emit([tmp_path / "one.npz"])
    settle(qtbot, window)
    assert len(window.document.state.clips) == 1
