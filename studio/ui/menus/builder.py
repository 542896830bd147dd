"""What every menu is built with: entries with a key, and exclusive choices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Key = QKeySequence.StandardKey | str | None


class MenuBuilder:
    """Adds menus to a window's menu bar and remembers every entry it made."""

    def __init__(self, window: QMainWindow) -> None:
        self.window = window
        self._all: list[tuple[str, QAction]] = []

    def menu(self, title: str) -> QMenu:
        return self.window.menuBar().addMenu(title)

    def add(self, menu: QMenu, text: str, act: Callable[[], object], key: Key = None) -> QAction:
        """An entry that calls `act`."""
        action = QAction(text, self.window)
        action.triggered.connect(lambda _checked=False: act())
        if isinstance(key, QKeySequence.StandardKey):
            action.setShortcuts(QKeySequence.keyBindings(key))
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
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (text.replace("&", "").rstrip("…"), action.shortcut().toString(native))
            for text, action in self._all
            if not action.shortcut().isEmpty()
        ]


def check(group: QActionGroup, value: str) -> None:
    """Tick the choice with this value."""
    for action in group.actions():
        action.setChecked(action.data() == value)
