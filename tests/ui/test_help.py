"""The sheet of keys and the dialog that says what this is."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.menus.about import CARRIED, LICENCES, AboutDialog
from studio.ui.menus.builder import keys_of, plain
from studio.ui.menus.key_sheet import KeySheet, gestures, matching
from studio.ui.window.main_window import MainWindow


def test_every_action_with_a_key_is_on_the_sheet_in_its_menu(window: MainWindow) -> None:
    groups = window.menu_actions.key_groups()
    listed = Counter(key for rows in groups.values() for _, keys in rows for key in keys)
    own = [action for action in window.findChildren(QAction) if action.parent() is window]
    assert listed == Counter(key for action in own for key in keys_of(action))
    assert "Undo" in [text for text, _ in groups["Edit"]]
    assert [text for text, keys in groups["Help"] if "F1" in keys]


def test_no_key_does_two_things(window: MainWindow) -> None:
    keys = [key for rows in window.menu_actions.key_groups().values() for _, k in rows for key in k]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    assert twice == []


def test_the_search_leaves_what_holds_every_word(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F1)
    sheet = window.findChild(KeySheet)
    for title in (*window.menu_actions.key_groups(), *gestures()):
        assert title in sheet.sheet.toPlainText() or not sheet.groups[title]
    QTest.keyClicks(sheet.search, "frame previous")
    text = sheet.sheet.toPlainText()
    assert "Previous frame" in text
    assert "Left" in text
    assert "Next frame" not in text
    sheet.search.setText("<b>")
    assert "Nothing here is called <b>." in sheet.sheet.toPlainText()
    QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_matching_looks_at_texts_keys_and_groups() -> None:
    groups = {"File": [("Open", ["Ctrl+O"]), ("Quit", ["Ctrl+Q"])], "Edit": [("Undo", ["Ctrl+Z"])]}
    assert matching(groups, "") == groups
    assert matching(groups, "CTRL+o") == {"File": groups["File"][:1]}
    assert matching(groups, "file quit") == {"File": groups["File"][1:]}
    assert matching(groups, "edit quit") == {}


def test_keys_no_keyboard_has_are_left_out(window: MainWindow) -> None:
    for action in window.findChildren(QAction):
        assert all(key[0].key() <= Qt.Key.Key_F12 for key in action.shortcuts()), action.text()
    assert plain("Save && close…") == "Save & close"
    assert QKeySequence("Ctrl+Z") in window.menu_actions.edit.undo.shortcuts()


def test_about_tells_versions_and_licences_and_copies_them(window: MainWindow) -> None:
    window.commands.about()
    dialog = window.findChild(AboutDialog)
    versions = dialog.pages.widget(0).toPlainText()
    for name in ("Python", "Qt", "VTK", "PyTorch", "NumPy", "small · CPU"):
        assert name in versions
    assert "not installed" not in versions
    licences = dialog.pages.widget(1).toPlainText()
    for name, licence, _ in (*LICENCES, *CARRIED):
        assert name in licences
        assert licence in licences
    assert "Apache License 2.0" in licences
    dialog.copy.click()
    assert "OpenGL renderer" in QApplication.clipboard().text()
    dialog.close()


def test_about_imports_nothing_for_its_versions() -> None:
    code = (
        "import sys; from studio.ui.log.versions import versions; versions();"
        "sys.exit(bool({'torch', 'vtkmodules', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
