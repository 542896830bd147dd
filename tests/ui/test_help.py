"""The sheet of keys and the dialog that says what this is."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from studio.core import InputError
from studio.ui.menus.about import CARRIED, LICENSES, AboutDialog
from studio.ui.menus.actions import Action, Menu
from studio.ui.menus.key_sheet import KeySheet
from studio.ui.menus.registry import Registry
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow


def test_every_action_with_a_key_is_on_the_sheet_in_its_menu(window: MainWindow) -> None:
    groups = KeySheet(window.registry.rows()).groups
    listed = Counter(key for rows in groups.values() for row in rows for key in row.keys)
    own = [action for action in window.findChildren(QAction) if action.parent() is window]
    native = QKeySequence.SequenceFormat.NativeText
    keys = (key.toString(native) for action in own for key in action.shortcuts())
    assert listed == Counter(keys)
    assert "Undo" in [row.text for row in groups["Edit"]]
    assert [row.text for row in groups["Help"] if "F1" in row.keys]


def test_no_key_does_two_things(window: MainWindow) -> None:
    entries = list(window.registry)
    pairs = [(one, other) for one in entries for other in entries if one.meets(other)]
    assert [one.text() for one, other in pairs if set(one.keys) & set(other.keys)] == []


def test_one_key_serves_two_places_that_never_have_the_focus_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    left, right = QWidget(window), QWidget(window)
    actions = (
        Action("m.left", "Left", list, "Ctrl+K", focus=left),
        Action("m.right", "Right", list, "Ctrl+K", focus=right),
        Action("m.all", "All", list, "Ctrl+J"),
    )
    registry = Registry(window, Settings(tmp_path / "keys.ini"), [Menu("&M", (actions,))])
    one, other, everywhere = (registry[f"m.{name}"] for name in ("left", "right", "all"))
    assert one.keys == other.keys == ("Ctrl+K",)
    registry.change_key(one, "Ctrl+L")
    registry.change_key(one, "Ctrl+K")
    assert other.keys == ("Ctrl+K",), "kept, as the two never meet"
    assert registry.owners("Ctrl+K", everywhere) == [one, other]
    registry.change_key(everywhere, "Ctrl+K")
    assert (one.keys, other.keys, everywhere.keys) == ((), (), ("Ctrl+K",))


def test_keys_no_keyboard_has_are_left_out(window: MainWindow) -> None:
    for action in window.findChildren(QAction):
        assert all(key[0].key() <= Qt.Key.Key_F12 for key in action.shortcuts()), action.text()
    assert QKeySequence("Ctrl+Z") in window.registry["edit.undo"].shortcuts()


def test_about_tells_versions_and_licenses_and_copies_them(window: MainWindow) -> None:
    window.registry["help.about"].trigger()
    dialog = window.findChild(AboutDialog)
    versions = dialog.pages.widget(0).toPlainText()
    for name in ("Python", "Qt", "VTK", "PyTorch", "NumPy", "small · CPU"):
        assert name in versions
    assert "not installed" not in versions
    licenses = dialog.pages.widget(1).toPlainText()
    for name, license, _ in (*LICENSES, *CARRIED):
        assert name in licenses
        assert license in licenses
    assert "Apache License 2.0" in licenses
    dialog.copy.click()
    assert "OpenGL renderer" in QApplication.clipboard().text()
    dialog.close()


def test_about_imports_nothing_for_its_versions() -> None:
    code = (
        "import sys; from studio.ui.log.versions import versions; versions();"
        "sys.exit(bool({'torch', 'vtkmodules', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_keyboard_goes_to_the_dialog_that_is_left(window: MainWindow, qtbot: QtBot) -> None:
    """In whatever order two dialogs and a message close, and at last to where it was."""

    def active() -> QWidget:
        found = QApplication.activeWindow()
        assert found is not None
        return found

    def opened(action_id: str) -> QWidget:
        window.registry[action_id].trigger()
        qtbot.waitUntil(lambda: active().isModal() and active() not in known)
        known.append(active())
        return active()

    known = list[QWidget]()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.generation.form.seed.setFocus()
    about, legend = opened("help.about"), opened("help.legend")
    legend.close()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is about)
    window.messages.error(InputError("no such file"))
    qtbot.wait(20)
    window.messages.close()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is about)
    about.close()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    assert QApplication.focusWidget() is window.generation.form.seed
