"""Records of actions, the menus built from them, and how they are found and get other keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from studio.ui.menus.actions import Action, Live, Menu, choices, plain
from studio.ui.menus.hints import KeyHint
from studio.ui.menus.key_sheet import gestures, grouped
from studio.ui.menus.keys_page import KeysPage
from studio.ui.menus.palette import Palette
from studio.ui.menus.registry import Registry
from studio.ui.menus.search import Row, ranked
from studio.ui.settings.preferences_dialog import PreferencesDialog
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import Make

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class State(QObject):
    """What a few actions change and follow."""

    changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.can, self.on, self.way = False, False, "one"
        self.done: list[str] = []

    def switch(self) -> None:
        self.on = not self.on

    def choose(self, way: str) -> None:
        self.way = way


@pytest.fixture
def state(qapp: QApplication) -> State:
    return State()


def small(state: State) -> Menu:
    changed = state.changed
    return Menu(
        "&Menu",
        (
            (
                Action(
                    "a.do",
                    "&Do it…",
                    lambda: state.done.append("do"),
                    "Ctrl+K",
                    usable=Live(lambda: state.can, changed),
                    title=Live(lambda: "&Undo it" if state.on else "&Do it…", changed),
                ),
                Action("a.on", "&On", state.switch, checked=Live(lambda: state.on, changed)),
            ),
            (Menu("&Ways", (_ways(state),)),),
            (
                Menu(
                    "&Files",
                    lambda: ([Action("", name, lambda: None) for name in state.done],),
                    "a.files",
                ),
            ),
        ),
    )


def _ways(state: State) -> tuple[Action, ...]:
    way = Live(lambda: state.way, state.changed)
    return choices("a.way", {"one": "&One", "two": "&Two"}, way, state.choose)


@pytest.fixture
def registry(qtbot: QtBot, state: State, tmp_path: Path) -> Iterator[Registry]:
    window = QMainWindow()
    qtbot.addWidget(window)
    registry = Registry(window, Settings(tmp_path / "keys.ini"), [small(state)])
    yield registry


# Records and menus


def test_an_action_follows_what_its_record_watches(registry: Registry, state: State) -> None:
    entry = registry["a.do"]
    assert (entry.isEnabled(), entry.text()) == (False, "&Do it…")
    entry.trigger()
    assert state.done == [], "an action that cannot be used is not run"
    state.can = state.on = True
    assert not entry.isEnabled(), "nothing has been told yet"
    state.changed.emit(1)
    assert (entry.isEnabled(), entry.text()) == (True, "&Undo it")
    assert registry["a.on"].isChecked()
    entry.trigger()
    assert state.done == ["do"]


def test_what_qt_ticks_is_put_right_when_the_verb_refuses(
    registry: Registry, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry["a.on"].trigger()
    assert registry["a.on"].isChecked() and state.on
    registry["a.way.two"].trigger()
    assert [one.isChecked() for one in registry.choice("a.way")] == [False, True]
    monkeypatch.setattr(state, "way", "two")
    registry["a.way.two"].trigger()
    assert [one.isChecked() for one in registry.choice("a.way")] == [False, True]


def test_menus_that_are_filled_anew_show_what_is_there(registry: Registry, state: State) -> None:
    menu = registry.menu("a.files")
    assert menu.actions() == []
    state.done += ["x", "y"]
    menu.aboutToShow.emit()
    menu.aboutToShow.emit()
    assert [one.text() for one in menu.actions()] == ["x", "y"]
    owner = QObject()
    rows = registry.rows(owner)
    assert [row.text for row in rows if row.place == ("Menu", "Files")] == ["x", "y"]
    assert [row.id for row in registry.rows()] == ["a.do", "a.on", "a.way.one", "a.way.two"]


def test_two_actions_of_one_name_are_refused(qtbot: QtBot, state: State, tmp_path: Path) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(ValueError, match=r"a\.do"):
        Registry(window, Settings(tmp_path / "keys.ini"), [small(state), small(state)])


def test_every_record_of_the_window_stands_in_a_menu_once(window: MainWindow) -> None:
    rows = window.registry.rows()
    ids = [row.id for row in rows]
    assert ids == [entry.record.id for entry in window.registry]
    assert len(ids) == len(set(ids)) > 80
    for entry in window.registry:
        assert entry.associatedObjects(), entry.record.id
        assert entry.record.name and entry.toolTip()


def test_letters_of_a_menu_are_given_once(window: MainWindow) -> None:
    def check(menu: Menu) -> None:
        items = [item for section in menu.now() for item in section]
        texts = [item.title if isinstance(item, Menu) else item.text for item in items]
        letters = [QKeySequence.mnemonic(text).toString() for text in texts]
        known = [letter for letter in letters if letter]
        assert len(known) == len(set(known)), (menu.title, sorted(known))
        for item in items:
            if isinstance(item, Menu):
                check(item)

    for menu in window.registry.menus:
        check(menu)


# Search

ROWS = [
    Row("Open", ("File",), ("Ctrl+O",)),
    Row("Save session as", ("File",), ("Ctrl+Shift+S",)),
    Row("Quit", ("File",), ("Ctrl+Q",)),
    Row("Undo", ("Edit",), ("Ctrl+Z",)),
    Row("Go to frame", ("Playback",), ("G",)),
    Row("Generate", ("Edit",), ("Ctrl+Return",)),
    Row("Next frame", ("Playback",), ("Right",), usable=False),
    Row("Previous frame", ("Playback",), ("Left",)),
]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [row.text for row in ROWS]),
        ("CTRL+o", ["Open"]),
        ("file quit", ["Quit"]),
        ("edit quit", []),
        ("svas", ["Save session as"]),
        ("frame previous", ["Previous frame"]),
        ("frame", ["Go to frame", "Previous frame", "Next frame"]),
        ("s", ["Save session as"]),
        ("left", ["Previous frame"]),
        ("g", ["Go to frame", "Generate"]),
        ("xyz", []),
    ],
)
def test_the_best_fit_comes_first(words: str, found: list[str]) -> None:
    assert [row.text for row in ranked(ROWS, words)][: len(found) or None] == found


# Palette and key sheet


def opened(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> Palette:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, key, modifiers)
    [palette] = window.findChildren(Palette)
    qtbot.waitUntil(palette.isActiveWindow)
    return palette


def test_the_palette_runs_an_action_by_keyboard_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(9))
    palette = opened(window, qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    assert palette.search.hasFocus()
    QTest.keyClicks(palette.search, "frame")
    texts = [palette.list.topLevelItem(n).text(0) for n in range(palette.list.topLevelItemCount())]
    wanted = texts.index("Next frame")
    for _ in range(wanted):
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isHidden()
    assert window.player.playhead.frame == 1


def test_the_palette_shows_keys_and_runs_nothing_that_cannot_be_used(
    window: MainWindow, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    QTest.keyClicks(palette.search, "export clip")
    item = palette.list.topLevelItem(0)
    assert [item.text(column) for column in range(3)] == ["Export clip", "File", "Ctrl+E"]
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible(), "nothing was run"
    palette.search.setText("<b>")
    assert palette.pages.currentWidget() is palette.nothing
    assert "Nothing here is called <b>." in palette.nothing.text()
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_the_palette_knows_what_comes_and_goes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.settings.add_recent(tmp_path / "take & more.npz")
    for name in ("one", "two"):
        window.document.open_clip(ball(5, name=name))
    palette = opened(window, qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    rows = {(row.place, row.text) for row in palette.rows}
    assert (("File", "Open recent"), str(tmp_path / "take & more.npz")) in rows
    QTest.keyClicks(palette.search, "compare with one")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    other = window.stage.comparison.other
    assert other is not None and other.name == "one"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(Palette) == []


def test_one_search_serves_the_key_sheet_too(fresh: MainWindow, qtbot: QtBot) -> None:
    window = fresh
    sheet = opened(window, qtbot, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    assert sheet.pages.currentWidget() is sheet.first is not sheet.list
    text = sheet.first.toPlainText()
    for title in (*grouped(window.registry.rows()), *grouped(gestures())):
        assert title in text
    assert "Left drag" in text and "Ctrl+Shift+P" in text
    QTest.keyClicks(sheet.search, "left drag")
    assert sheet.pages.currentWidget() is sheet.list
    assert sheet.list.topLevelItem(0).text(0) in ("Go round the face", "Scrub")
    QTest.keyClick(sheet.search, Qt.Key.Key_Return)
    assert sheet.isVisible(), "a gesture cannot be run"
    sheet.search.setText("full screen")
    QTest.keyClick(sheet.search, Qt.Key.Key_Return)
    assert window.windowState() & Qt.WindowState.WindowFullScreen


# Keys


def test_a_changed_key_works_and_is_shown_everywhere(fresh: MainWindow, qtbot: QtBot) -> None:
    window = fresh
    window.build_view()
    window.document.open_clip(ball(9))
    window.registry.change_key(window.registry["playback.next"], "Ctrl+J")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.stage.setFocus()
    QTest.keyClick(window.stage, Qt.Key.Key_Right)
    assert window.player.playhead.frame == 0
    QTest.keyClick(window.stage, Qt.Key.Key_J, CTRL)
    assert window.player.playhead.frame == 1
    assert window.registry["playback.next"].toolTip() == "Next frame (Ctrl+J)"
    assert window.stage.bar.next.toolTip() == "Next frame (Ctrl+J)"
    keys = {row.id: row.keys for row in window.registry.rows()}
    assert keys["playback.next"] == ("Ctrl+J",)
    copy = window.recognition.verdict_view.copy
    assert copy.toolTip() == "Copy the verdict as text (Ctrl+Alt+C)"
    window.registry.reset_key(window.registry["playback.next"])
    assert window.stage.bar.next.toolTip() == "Next frame (Right)"


def test_a_changed_key_is_there_at_the_next_start(
    make: Make, tmp_path: Path, settings: Settings
) -> None:
    first = make()
    first.registry.change_key(first.registry["edit.undo"], "Ctrl+U")
    settings.save()
    second = Settings(tmp_path / "settings.ini")
    assert second.keys == {"edit.undo": ["Ctrl+U"]}
    again = make()
    assert again.registry["edit.undo"].keys == ("Ctrl+U",)
    settings.restore_defaults()
    assert "Ctrl+Z" in again.registry["edit.undo"].keys


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"edit.undo": "Ctrl+U"}', '{"gone": ["Ctrl+Z"]}'])
def test_spoilt_keys_are_those_of_the_start(registry: Registry, state: State, spoilt: str) -> None:
    registry.preferences.put("keys", spoilt)
    assert registry["a.do"].keys == ("Ctrl+K",)


def test_the_key_the_user_gave_wins_over_one_of_the_start(registry: Registry) -> None:
    """Another version may have other keys, so that two actions would share one."""
    registry.preferences.keys = {"a.on": ["Ctrl+K"]}
    assert (registry["a.do"].keys, registry["a.on"].keys) == ((), ("Ctrl+K",))
    registry.change_key(registry["a.do"], "Ctrl+K")
    assert (registry["a.do"].keys, registry["a.on"].keys) == (("Ctrl+K",), ())
    assert registry.preferences.keys == {}, "as at the start"


def test_a_hint_follows_tip_and_key(registry: Registry, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    button.setToolTip("Does it")
    KeyHint(registry, button, "a.do", "a.on", words="{} too")
    assert button.toolTip() == "Does it (Ctrl+K too)"
    button.setToolTip("Undoes it")
    assert button.toolTip() == "Undoes it (Ctrl+K too)"
    registry.change_key(registry["a.on"], "F5")
    assert button.toolTip() == "Undoes it (Ctrl+K, F5 too)"
    button.setEnabled(False)
    button.setToolTip("There is nothing to do")
    assert button.toolTip() == "There is nothing to do"
    button.setEnabled(True)
    for one in ("a.do", "a.on"):
        registry.change_key(registry[one], "")
    assert button.toolTip() == "There is nothing to do"


# The page of the keys


@pytest.fixture
def page(window: MainWindow) -> Iterator[KeysPage]:
    window.registry["edit.preferences"].trigger()
    [dialog] = window.findChildren(PreferencesDialog)
    [page] = dialog.findChildren(KeysPage)
    dialog.pages.setCurrentWidget(page)
    yield page
    dialog.reject()


def pick(page: KeysPage, text: str) -> None:
    page.search.setText(text)
    assert page.list.row is not None and page.list.row.text == text


def test_a_free_key_is_taken_at_once_and_given_back(page: KeysPage, window: MainWindow) -> None:
    pick(page, "Export clip")
    assert page.edit.keySequence().toString() == "Ctrl+E"
    QTest.keyClick(page.edit, Qt.Key.Key_F9)
    assert window.registry["file.export"].keys == ("F9",)
    assert page.list.row is not None and page.list.row.keys == ("F9",)
    assert "F9" in page.told.text()
    page.reset.click()
    assert window.registry["file.export"].keys == ("Ctrl+E",)
    assert not page.reset.isEnabled() and not page.reset_all.isEnabled()
    page.none.click()
    assert window.registry["file.export"].keys == ()
    page.reset_all.click()
    assert window.registry["file.export"].keys == ("Ctrl+E",)


def test_a_key_that_is_taken_is_told_and_given_away_only_when_asked(
    page: KeysPage, window: MainWindow
) -> None:
    registry = window.registry
    pick(page, "Export clip")
    QTest.keyClick(page.edit, Qt.Key.Key_P, CTRL)
    assert "Ctrl+P is the key of “Save picture”" in page.told.text()
    assert registry["file.export"].keys == ("Ctrl+E",)
    assert registry["file.picture"].keys == ("Ctrl+P",)
    assert page.take.isVisible()
    page.take.click()
    assert registry["file.export"].keys == ("Ctrl+P",)
    assert registry["file.picture"].keys == ()
    assert not page.take.isVisible()
    pick(page, "Save picture")
    page.reset.click()
    assert registry["file.picture"].keys == ()
    registry.reset_key(registry["file.export"])
    assert registry["file.picture"].keys == ("Ctrl+P",)


@pytest.mark.parametrize(
    ("key", "modifiers", "told"),
    [
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "Return plays the chosen clip"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier, "Alt+F opens the menu File"),
    ],
)
def test_keys_the_window_lives_by_are_refused(
    page: KeysPage, window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier, told: str
) -> None:
    pick(page, "Export clip")
    QTest.keyClick(page.edit, key, modifiers)
    assert told in page.told.text()
    assert window.registry["file.export"].keys == ("Ctrl+E",)
    assert not page.take.isVisible()


def test_names_are_texts_without_letter_and_dots() -> None:
    assert plain("Save && close…") == "Save & close"
