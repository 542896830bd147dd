"""Preferences act at once, are remembered, and can be put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.io import cache, write_sequence
from studio.ui.settings.preferences_dialog import PreferencesDialog
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle


@pytest.fixture(autouse=True)
def cache_as_it_was(tmp_path: Path) -> Iterator[None]:
    yield
    cache.configure(None, 4 << 30)


@pytest.fixture
def window(fresh: MainWindow) -> MainWindow:
    return fresh


@pytest.fixture
def dialog(window: MainWindow) -> Iterator[PreferencesDialog]:
    window.registry["edit.preferences"].trigger()
    [dialog] = window.findChildren(PreferencesDialog)
    yield dialog
    dialog.reject()


def choose(box: object, value: str) -> None:
    box.setCurrentIndex(box.findData(value))  # type: ignore[attr-defined]
    box.activated.emit(box.currentIndex())  # type: ignore[attr-defined]


def test_the_theme_changes_the_window_and_the_menu(
    dialog: PreferencesDialog, window: MainWindow
) -> None:
    for theme, dark in (("dark", True), ("light", False)):
        choose(dialog.theme, theme)
        assert (dialog.palette().window().color().lightness() < 128) == dark
        assert window.registry[f"view.theme.{theme}"].isChecked()
    window.registry["view.theme.dark"].trigger()
    assert dialog.theme.currentData() == "dark"


def test_a_device_that_is_not_there_goes_back(
    dialog: PreferencesDialog, window: MainWindow, qtbot: QtBot
) -> None:
    choose(dialog.device, "cpu")
    settle(qtbot, window)
    assert window.desk.models.device == "cpu"
    assert window.registry["edit.device.cpu"].isChecked()
    window.desk.models._open_engine = _refuse
    choose(dialog.device, "cuda")
    settle(qtbot, window)
    assert dialog.device.currentData() == window.settings.device == "cpu"
    window.messages.close()


def _refuse(*_args: object, **_named: object) -> object:
    raise MemoryError


def test_less_undo_memory_forgets_old_steps(dialog: PreferencesDialog, window: MainWindow) -> None:
    document = window.document
    weight = ball(8).vertices.nbytes
    document.open_clip(ball(8))
    document.remove_clip(document.state.current)
    assert document.undo_name == "Close ball"
    document.set_undo_bytes(weight - 1)
    assert document.undo_name is None
    assert not window.registry["edit.undo"].isEnabled()
    dialog.undo.setValue(2.0)
    document.open_clip(ball(8))
    document.remove_clip(document.state.current)
    assert document.undo_name == "Close ball"


def test_what_says_no_frame_rate_gets_the_chosen_one(
    dialog: PreferencesDialog, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    write_sequence(ball(5), tmp_path / "frames", format="obj")
    (tmp_path / "frames" / "frames.obj.json").unlink()  # which says the rate
    write_sequence(ball(5, fps=60.0), tmp_path / "says.npz")
    dialog.fps.setValue(24.0)
    window.open_paths([tmp_path / "frames", tmp_path / "says.npz"])
    settle(qtbot, window)
    assert [clip.recording.fps for clip in window.document.state.clips] == [24.0, 60.0]


def test_the_cache_is_shown_moved_bounded_and_cleared(
    dialog: PreferencesDialog, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    row = dialog.cache
    qtbot.waitUntil(lambda: row.used.text() == "0 bytes in use")
    assert not row.clear.isEnabled()
    window.settings.cache_place = tmp_path / "mine"
    assert Path(row.place.text()) == tmp_path / "mine" / "sequences"
    sequence = ball(50)
    cache.save("take", sequence)
    row._measure()
    qtbot.waitUntil(row.clear.isEnabled)
    assert row.used.text() == "90 kB in use"
    row.clear.click()
    qtbot.waitUntil(lambda: row.used.text() == "0 bytes in use")
    assert list((tmp_path / "mine" / "sequences").iterdir()) == []
    row.limit.setValue(0)
    assert (row.limit.text(), cache.LIMIT) == ("Keep nothing", 0)
    cache.save("take", sequence)
    assert cache.size() == 0


def test_what_was_chosen_is_remembered_and_put_back(
    dialog: PreferencesDialog, window: MainWindow, tmp_path: Path
) -> None:
    dialog.fps.setValue(24.0)
    dialog.autosave.setValue(0)
    dialog.reopen.click()
    choose(dialog.unit, "m")
    window.settings.save()
    again = Settings(tmp_path / "settings.ini")
    assert (again.default_fps, again.autosave_seconds) == (24.0, 0.0)
    assert (again.reopen_session, again.export_unit) == (True, "m")
    assert dialog.autosave.text() == "Never"
    dialog.restore.click()
    assert (dialog.fps.value(), dialog.autosave.value()) == (30.0, 60)
    assert not dialog.reopen.isChecked()
    assert dialog.unit.currentData() == "mm"
    assert window.settings.theme == "system"


def test_every_field_is_reached_by_tab_and_the_key_opens_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(PreferencesDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    fields = [dialog.theme, dialog.fps, dialog.unit, dialog.autosave, dialog.reopen]
    fields += [dialog.device, dialog.undo, dialog.cache.place, dialog.cache.limit]
    reached = set()
    for _ in range(30):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert set(fields) <= reached
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_the_system_theme_follows_the_desktop_both_ways(
    window: MainWindow, qapp: QApplication
) -> None:
    desktop_changed = qapp.styleHints().colorSchemeChanged
    dark = lambda: window.palette().window().color().lightness() < 128  # noqa: E731
    window.settings.theme = "system"
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        desktop_changed.emit(scheme)
        assert dark() == (scheme == Qt.ColorScheme.Dark)
    window.settings.theme = "light"
    desktop_changed.emit(Qt.ColorScheme.Dark)
    assert not dark()


def test_a_dialog_that_was_closed_hears_of_nothing(window: MainWindow, tmp_path: Path) -> None:
    """Neither do its rows, whose fields went with it."""
    window.registry["edit.preferences"].trigger()
    [closed] = window.findChildren(PreferencesDialog)
    closed.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(closed)
    window.settings.cache_gb = 2.0
    window.settings.cache_place = tmp_path / "cache"
