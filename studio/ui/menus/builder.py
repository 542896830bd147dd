"""What every menu is built with: entries with a key, and exclusive choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Key = QKeySequence.StandardKey | str | None


class MenuBuilder:
    """Adds menus to a window's menu bar and remembers every entry it made."""

    def __init__(self, window: QMainWindow) -> None:
        self.window = window
        self._all: list[tuple[str, QAction]] = []
        self._menus: list[tuple[str, QMenu]] = []

    def menu(self, title: str) -> QMenu:
        menu = self.window.menuBar().addMenu(title)
        self._menus.append((plain(title), menu))
        return menu

    def add(self, menu: QMenu, text: str, act: Callable[[], object], key: Key = None) -> QAction:
        """An entry that calls `act`."""
        action = QAction(text, self.window)
        action.triggered.connect(lambda _checked=False: act())
        if isinstance(key, QKeySequence.StandardKey):
            action.setShortcuts([one for one in QKeySequence.keyBindings(key) if _on_boards(one)])
        elif key:
            action.setShortcut(QKeySequence(key))
        menu.addAction(action)
        self._all.append((text, action))
        return action

    def choices(
        self, menu: QMenu, names: dict[str, str], chosen: str, choose: Callable[..., object]
    ) -> QActionGroup:
        """Exclusive entries, one a value; `choose` is called with the value."""
        group = QActionGroup(menu)
        for value, text in names.items():
            action = self.add(menu, text, partial(choose, value))
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value == chosen)
            group.addAction(action)
        return group

    def shortcuts(self) -> list[tuple[str, str]]:
        """(what it does, its key) of every entry that has one, in menu order."""
        return [(plain(text), keys_of(action)[0]) for text, action in self._all if keys_of(action)]

    def groups(self) -> dict[str, list[tuple[str, list[str]]]]:
        """(what it does, its keys) of every entry that has some, by menu, submenus included."""
        texts = {id(action): plain(text) for text, action in self._all}
        return {
            title: [
                (texts.get(id(action), plain(action.text())), keys_of(action))
                for action in _entries(menu)
                if keys_of(action)
            ]
            for title, menu in self._menus
        }


def plain(text: str) -> str:
    """A menu entry's text without its mnemonic and dots."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def _on_boards(key: QKeySequence) -> bool:
    """Whether today's keyboards have the key: Unix ones once had Undo and F18."""
    return bool(key[0].key() <= Qt.Key.Key_F12)  # type: ignore[index]


def keys_of(action: QAction) -> list[str]:
    """The keys of an action as the platform writes them, the first one being the usual one."""
    native = QKeySequence.SequenceFormat.NativeText
    found = [key.toString(native) for key in action.shortcuts()]
    return [key for key in found if key]


def _entries(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _entries(below)
        else:
            yield action


def check(group: QActionGroup, value: str) -> None:
    """Tick the choice with this value."""
    for action in group.actions():
        action.setChecked(action.data() == value)
