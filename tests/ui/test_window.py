"""The window: every part shows the document, and every control speaks to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from studio.document import Unsaved
from studio.io import write_sequence
from studio.ui.log.panel import LogPanel
from studio.ui.settings.settings import Settings
from studio.ui.window import main_window as module
from studio.ui.window.app import make_app
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle


def press(
    window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def focus(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.stage.setFocus()
    qtbot.waitUntil(window.stage.hasFocus)


def test_an_empty_window_invites_and_offers_nothing_that_needs_a_clip(make: Make) -> None:
    window = make()
    assert window.stage.empty.isVisible()
    assert not window.registry["file.export"].isEnabled()
    assert not window.registry["edit.undo"].isEnabled()
    assert not window.generation.generate.isEnabled()


def test_a_drop_opens_everything_in_it(fresh: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window = fresh
    for name in ("one", "two"):
        write_sequence(ball(5), tmp_path / f"{name}.npz")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / f"{name}.npz")) for name in ("one", "two")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    settle(qtbot, window)
    assert window.clips.list.count() == 2
    assert [path.name for path in window.settings.recent] == ["two.npz", "one.npz"]


def test_the_list_follows_the_document_and_the_document_the_list(window: MainWindow) -> None:
    document, shown = window.document, window.clips.list
    first = document.open_clip(ball(5, name="first"))
    document.open_clip(ball(6, name="second"))
    assert [shown.item(row).text() for row in range(2)] == ["first", "second"]
    assert shown.currentRow() == 1
    shown.setCurrentRow(0)
    assert document.state.current == first
    shown.item(0).setText("smile")
    assert document.state.clip(first).name == "smile"
    assert window.windowTitle().startswith("smile")
    document.undo()
    assert shown.item(0).text() == "first"
    shown.item(0).setText("   ")
    assert document.state.clip(first).name == shown.item(0).text() == "first"


def test_recognition_shows_the_verdict_and_asks_again_for_another_neutral(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.document.open_clip(ball(9))
    settle(qtbot, window)
    panel = window.recognition
    assert panel.verdict.text() == "Happiness"
    assert "%" in panel.sure.text()
    window.player.seek(4)
    panel.use_frame.click()
    assert window.document.current_clip.neutral_frame == 4
    assert panel.neutral.text().endswith("frame 4")
    panel.estimate.click()
    assert window.document.current_clip.neutral_frame is None


def test_generate_makes_a_clip_from_the_form(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.generation
    panel.labels.tiles["fear"].click()
    panel.form.seed.setValue(77)
    panel.form.length.setValue(24)
    panel.form.slider.setValue(150)
    panel.generate.click()
    settle(qtbot, window)
    clip = window.document.current_clip
    assert (clip.name, clip.timing.frames) == ("fear 77", 24)
    assert clip.recipe["intensity"] == 1.5
    assert panel.form.intensity.value() == 1.5


def test_undo_restores_the_form_and_names_its_step(window: MainWindow) -> None:
    panel, registry = window.generation, window.registry
    panel.form.seed.setValue(5)
    panel.document.seal()
    for value in range(100, 140):
        panel.form.slider.setValue(value)
    assert registry["edit.undo"].text() == "&Undo change intensity"
    registry["edit.undo"].trigger()
    assert (panel.form.slider.value(), panel.form.seed.value()) == (100, 5)
    registry["edit.undo"].trigger()
    assert panel.form.seed.value() == 1
    assert registry["edit.redo"].text() == "&Redo change seed"


def test_sampling_can_be_cancelled_from_the_panel_and_from_the_status_bar(
    make: Make, qtbot: QtBot
) -> None:
    window = make(SmallEngine(pause=0.02))
    window.desk.models.load()
    settle(qtbot, window)
    job = window.status.jobs[window.desk.lanes.generate]
    for stop in (window.generation.cancel, job.stop):
        window.generation.generate.click()
        assert window.generation.cancel.isVisible()
        assert job.isVisible()
        stop.click()
        assert not job.isVisible()
        assert not window.generation.cancel.isVisible()
    qtbot.wait(300)
    assert window.document.state.clips == ()


def test_keys_play_step_and_mark(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(9))
    focus(qtbot, window)
    press(window, Qt.Key.Key_Right)
    press(window, Qt.Key.Key_Right)
    assert window.player.playhead.frame == 2
    press(window, Qt.Key.Key_I)
    press(window, Qt.Key.Key_End)
    press(window, Qt.Key.Key_Left)
    press(window, Qt.Key.Key_O)
    assert window.document.current_clip.range == (2, 8)
    press(window, Qt.Key.Key_Home)
    assert window.player.playhead.frame == 2
    press(window, Qt.Key.Key_Space)
    assert window.player.playhead.playing
    press(window, Qt.Key.Key_Space)
    assert not window.player.playhead.playing
    window.registry["playback.next_loop"].trigger()
    assert window.player.playhead.loop == "once"
    window.player.seek(4)
    press(window, Qt.Key.Key_Comma)
    assert window.player.playhead.frame == 3
    press(window, Qt.Key.Key_Period)
    assert window.player.playhead.frame == 4
    for key, pace in ((Qt.Key.Key_L, 1.0), (Qt.Key.Key_L, 2.0), (Qt.Key.Key_J, -1.0)):
        press(window, key)
        assert window.player.playhead.driven == pace
    press(window, Qt.Key.Key_K)
    assert not window.player.playhead.playing and not window.player.playhead.driven


def test_no_shortcut_takes_a_key_from_a_field(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(9))
    window.player.seek(3)
    window.activateWindow()
    window.clips.edit_name()
    editor = window.clips.list.findChild(QLineEdit)
    qtbot.waitUntil(editor.hasFocus)
    editor.clear()
    for key in (Qt.Key.Key_L, Qt.Key.Key_I, Qt.Key.Key_Space, Qt.Key.Key_O, Qt.Key.Key_Left):
        press(window, key)
    press(window, Qt.Key.Key_N)
    assert editor.text() == "li no"
    assert window.player.playhead.frame == 3
    assert not window.player.playhead.playing
    seed = window.generation.form.seed
    seed.setFocus()
    press(window, Qt.Key.Key_End)
    assert window.player.playhead.frame == 3
    QTest.keyClick(seed, Qt.Key.Key_Return)
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert window.player.playhead.frame == 4


def test_space_plays_from_every_control_but_a_text_field(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1360, 840)  # so that every control is in sight
    window.document.open_clip(ball(9))
    settle(qtbot, window)  # no control is gray then
    window.activateWindow()
    panel, keys = window.recognition, Qt.Key
    window.show_dock("log")
    log = window.findChild(LogPanel)
    for control in (
        panel.use_frame,
        panel.export,
        window.stage.bar.loop,
        window.generation.labels.tiles["fear"],
        window.generation.form.slider,
        window.clips.list,
        window.clips.filter,
        log.text,
    ):
        control.setFocus()
        qtbot.waitUntil(control.hasFocus)
        press(window, keys.Key_Space)
        assert window.player.playhead.playing, control
        press(window, keys.Key_Space)
        assert not window.player.playhead.playing, control
        window.player.seek(5)
        if control is not log.text:
            press(window, keys.Key_Home)
            assert window.player.playhead.frame == 0, control
    assert window.document.current_clip.neutral_frame is None
    panel.use_frame.setFocus()
    press(window, keys.Key_Return)
    assert window.document.current_clip.neutral_frame == 5, "Return presses what has the focus"


def test_arrows_step_unless_the_focused_control_goes_by_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1360, 840)  # so that every control is in sight
    window.document.open_clip(ball(9))
    window.activateWindow()
    bar, keys = window.stage.bar, Qt.Key
    for control in (bar.loop, window.clips.list, window.recognition.use_frame):
        window.player.seek(3)
        control.setFocus()
        qtbot.waitUntil(control.hasFocus)
        press(window, keys.Key_Right)
        assert window.player.playhead.frame == 4, control
    slider = window.generation.form.slider
    slider.setFocus()
    before = slider.value()
    press(window, keys.Key_Right)
    assert (slider.value() > before, window.player.playhead.frame) == (True, 4)


def test_a_floating_dock_has_the_keys_of_the_window(fresh: MainWindow, qtbot: QtBot) -> None:
    window = fresh
    window.document.open_clip(ball(9))
    dock, use_frame = window._docks["recognition"], window.recognition.use_frame
    dock.setFloating(True)
    dock.activateWindow()
    use_frame.setFocus()
    qtbot.waitUntil(use_frame.hasFocus)
    press(window, Qt.Key.Key_Space)
    assert window.player.playhead.playing
    press(window, Qt.Key.Key_Space)
    assert not window.player.playhead.playing
    press(window, Qt.Key.Key_Return)
    assert window.document.current_clip.neutral_frame is not None


def test_the_middle_has_the_focus_at_the_start(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.activateWindow()
    qtbot.waitUntil(window.stage.empty.hasFocus)
    window.build_view()
    window.document.open_clip(ball(9))
    view = window.stage.viewport
    assert view is not None and QApplication.focusWidget() is view.view


def test_playing_goes_round_in_the_range(window: MainWindow, qtbot: QtBot) -> None:
    clip = window.document.open_clip(ball(40, fps=200))
    window.document.set_range(clip, 10, 20)
    seen: set[int] = set()
    window.player.playhead.frame_changed.connect(lambda frame: seen.add(frame))
    window.player.toggle()
    qtbot.waitUntil(lambda: len(seen) >= 5)
    window.player.toggle()
    assert seen <= set(range(10, 20))


def test_closing_asks_only_when_something_would_be_lost(make: Make) -> None:
    asked: list[int] = []

    def keep(_window: object, lost: Unsaved, _path: object) -> str:
        asked.append(len(lost.made))
        return module.KEEP

    window = make(ask=keep)
    window.document.open_clip(ball())
    made = window.document.add_generated(ball(), {"label": "fear"})
    assert not window.close()
    assert window.isVisible()
    window.document.mark_kept(window.document.state.clip(made))
    assert window.close()
    assert asked == [1]


def test_places_and_choices_are_remembered(make: Make, settings: Settings) -> None:
    window = make()
    window.resize(window.minimumSizeHint())
    size = window.size()
    window._docks["clips"].hide()
    window.player.set_loop("ping-pong")
    window.player.set_speed(0.5)
    window.set_shading("wireframe")
    window.close()
    again = make()
    assert again.size() == size
    assert not again._docks["clips"].isVisible()
    assert (again.player.playhead.loop, again.player.playhead.speed) == ("ping-pong", 0.5)
    assert again.registry["view.shading.wireframe"].isChecked()


def test_the_theme_switches_live(fresh: MainWindow, settings: Settings) -> None:
    window = fresh
    lightness = lambda: window.palette().window().color().lightness()  # noqa: E731
    window.settings.theme = "dark"
    assert lightness() < 100
    window.settings.theme = "light"
    assert lightness() > 200
    assert settings.theme == "light"


def test_the_usual_keys_are_there(window: MainWindow) -> None:
    keys = {key for entry in window.registry for key in entry.keys}
    assert {"Space", "Left", "Right", "Home", "End", "I", "O", "L", "G", "F1", "F11"} <= keys
    window.registry["help.keys"].trigger()
    window.registry["help.about"].trigger()
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_closed_windows_stop_listening(make: Make, qtbot: QtBot, settings: Settings) -> None:
    window = make()
    document = window.document
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    QApplication.processEvents()
    document.open_clip(ball())
    document.undo()


def test_make_app_gives_the_one_that_runs(qapp: QApplication, settings: Settings) -> None:
    assert make_app(settings) is qapp


@pytest.mark.slow
def test_sixty_random_actions_break_nothing(
    make: Make, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    window = make(SmallEngine(pause=0.002))
    window.build_view()
    window.desk.models.load()
    write_sequence(ball(6), tmp_path / "good.npz")
    (tmp_path / "bad.obj").write_text("v 1\n")
    chance = random.Random(7)
    document, player, panel = window.document, window.player, window.generation
    acts: list[Callable[[], object]] = [
        lambda: window.open_paths([tmp_path / "good.npz", tmp_path / "bad.obj"]),
        lambda: document.open_clip(ball(chance.randint(1, 30), size=chance.choice([10, 12]))),
        lambda: chance.choice(list(window.desk.lanes)).stop(),
        lambda: player.seek(chance.randint(-5, 50)),
        lambda: player.step(chance.choice([-10, -1, 1, 10])),
        lambda: window.clips.list.setCurrentRow(chance.randint(0, 5)),
        lambda: panel.form.slider.setValue(chance.randint(0, 150)),
        lambda: panel.generate.click(),
        lambda: qtbot.wait(chance.randint(0, 20)),
        *[window.registry[one].trigger for one in ("file.close_clip", "edit.duplicate")],
        window.registry["edit.another"].trigger,
        *[getattr(player, verb) for verb in ("toggle", "set_in", "set_out", "clear_range")],
        *[getattr(document, verb) for verb in ("undo", "redo", "seal")],
        *[getattr(window.recognition, verb) for verb in ("use_current_frame", "use_estimate")],
    ]
    for _ in range(60):
        chance.choice(acts)()
        QApplication.processEvents()
        clip = document.current_clip
        assert window.clips.list.count() == len(document.state.clips)
        assert window.windowTitle().startswith(clip.name if clip else "Expression")
        assert player.playhead.n_frames == (clip.timing.frames if clip else 1)
        assert player.playhead.frame < player.playhead.n_frames
        if clip is not None and window.stage.preview.sequence is None:
            shown = window.stage.viewport.scene.surface.points
            np.testing.assert_array_equal(shown, clip.recording.vertices[player.playhead.frame])
    assert "Traceback" not in capsys.readouterr().err


def test_neither_a_job_nor_what_is_said_changes_the_sizes(fresh: MainWindow) -> None:
    window = fresh
    view, least = window.stage.size(), window.minimumSizeHint().width()
    window.status.show_notice("Wrote a file in a folder of a long name. " * 12)
    for lane in window.desk.lanes:
        lane.started.emit(f"A job in the lane called {lane.name} with quite a long title")
    QApplication.processEvents()
    assert all(job.isVisible() for job in window.status.jobs.values())
    assert window.stage.size() == view
    assert window.status.notice.minimumSizeHint().width() > window.width()
    assert window.minimumSizeHint().width() == least
