"""Everything can be used with the keyboard alone, and says what it is and does."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.window.main_window import MainWindow

from .accessible import nameless, shared_letters, unreached, without_tip
from .dialogs import OPENERS, dialog_classes, open_dialog
from .fakes import ball
from .windows import Make, settle


@pytest.fixture
def full(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window in which everything is there that can be."""
    window.build_view()
    window.document.open_clip(ball(9))
    window.document.add_generated(ball(9), {"label": "fear", "seed": 3})
    settle(qtbot, window)
    for dock in window._docks.values():
        dock.show()
    return window


def _faults(root: QWidget, qtbot: QtBot) -> list[str]:
    root.activateWindow()
    qtbot.waitUntil(root.isActiveWindow)
    return [*nameless(root), *without_tip(root), *shared_letters(root), *unreached(root)]


def test_the_window_without_a_clip(make: Make, qtbot: QtBot) -> None:
    assert _faults(make(), qtbot) == []


def test_the_window_with_clips_and_its_dialogs(full: MainWindow, qtbot: QtBot) -> None:
    # One window for all, because each takes a second or two to come up.
    faults = _faults(full, qtbot)
    for name in OPENERS:
        dialog = open_dialog(full, name)
        faults += [f"{name}: {fault}" for fault in _faults(dialog, qtbot)]
        faults += [] if dialog.windowTitle() else [f"{name} has no title: setWindowTitle"]
        dialog.close()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_every_dialog_is_looked_at() -> None:
    left_out = sorted(set(dialog_classes()) - set(OPENERS))
    assert left_out == [], "say in tests/ui/dialogs.py how these are opened"


def test_every_menu_entry_has_a_text_and_every_menu_a_letter(full: MainWindow) -> None:
    for action in full.menuBar().actions():
        assert "&" in action.text(), action.text()
        for entry in _entries(action.menu()):
            assert entry.text() or entry.isSeparator()


def _entries(menu: QMenu) -> list[QAction]:
    below = [entry.menu() for entry in menu.actions() if isinstance(entry.menu(), QMenu)]
    return [*menu.actions(), *(entry for one in below for entry in _entries(one))]
