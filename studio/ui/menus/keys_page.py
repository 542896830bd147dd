"""The keys in the preferences: each action with its key, which can be given another."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from .action_list import ActionList
from .registry import Entry, Registry
from .search import Row, ranked

# Keys that lists, fields and dialogs live by; no action of a window may take them from there.
FIXED = {
    "Tab": "goes to the next control",
    "Shift+Tab": "goes to the control before",
    "Shift+Backtab": "goes to the control before",
    "Return": "plays the chosen clip and presses buttons",
    "Enter": "plays the chosen clip and presses buttons",
}


class KeysPage(QWidget):
    """A page on which a change acts at once and is remembered.

    A key that is taken is not given away unasked.

    Parameters
    ----------
    registry
        Whose keys these are.
    """

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.registry = registry
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search for an action, or for a key")
        self.search.setAccessibleName("Search the actions")
        self.search.setToolTip("List the actions in which every word is found")
        self.list = ActionList(self._rows())
        self.list.setMinimumWidth(80 * self.fontMetrics().averageCharWidth())
        self.list.setToolTip("Choose the action whose key is to be changed")
        self.edit = QKeySequenceEdit(maximumSequenceLength=1)
        self.edit.setAccessibleName("New key")
        self.edit.setToolTip("Press the key that the chosen action is to have")
        self.none = _button("&No key", "Take the key of the chosen action away")
        self.reset = _button("&Put back", "Give the chosen action the key it had at first")
        self.reset_all = _button("Put all &back", "Give every action the key it had at first")
        self.take = _button("Gi&ve it this key", "Take the key from the action that has it")
        self.told = QLabel(wordWrap=True)
        self._arrange()
        self._connect()
        self._fill()

    def _arrange(self) -> None:
        label, row, below = QLabel("Ne&w key"), QHBoxLayout(), QHBoxLayout()
        label.setBuddy(self.edit)
        for part in (label, self.edit, self.none, self.reset):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(self.reset_all)
        below.addWidget(self.told, stretch=1)
        below.addWidget(self.take)
        # What is told comes and goes; the list above does not move for it.
        self.told.setMinimumHeight(2 * self.told.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        layout.addLayout(row)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._fill())
        self.list.currentItemChanged.connect(lambda _item, _old: self._show())
        self.edit.keySequenceChanged.connect(self._ask)
        self.none.clicked.connect(lambda: self._give(""))
        self.take.clicked.connect(lambda: self._give(self.edit.keySequence().toString()))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        self.registry.keys_changed.connect(self._fill)

    @property
    def chosen(self) -> Entry | None:
        """The action whose key is to be changed."""
        row = self.list.row
        return self.registry[row.id] if row is not None else None

    # Verbs

    def _ask(self, sequence: QKeySequence) -> None:
        """Give the key to the chosen action where it is free, else say whose it is."""
        entry, key = self.chosen, sequence.toString()
        self.take.hide()
        if entry is None or not key or sequence in entry.shortcuts():
            return
        shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        owners, fixed = self.registry.owners(key, entry), self._fixed(sequence)
        if fixed:
            self.told.setText(f"{shown} {fixed}; choose another key for “{entry.record.name}”.")
        elif owners:
            self.told.setText(
                f"{shown} is the key of “{owners[0].record.name}”; "
                f"“{entry.record.name}” can have it instead."
            )
            self.take.show()
        else:
            self._give(key)

    def _fixed(self, sequence: QKeySequence) -> str:
        """Say what a key does that no action may have; empty for a free one."""
        for menu in self.registry.menus:
            if sequence == QKeySequence.mnemonic(menu.title):
                return f"opens the menu {menu.name}"
        return FIXED.get(sequence.toString(), "")

    def _give(self, key: str) -> None:
        entry = self.chosen
        if entry is not None:
            self.registry.change_key(entry, key)
            shown = entry.keys[0] if key else "no key"
            self.told.setText(f"“{entry.record.name}” has {shown} now.")

    def _reset(self) -> None:
        entry = self.chosen
        if entry is None:
            return
        self.registry.reset_key(entry)
        for key in entry.record.default_keys:
            for owner in self.registry.owners(key, entry):
                self.told.setText(f"{key} stays with “{owner.record.name}”, which you gave it to.")

    def _reset_all(self) -> None:
        self.registry.preferences.keys = {}
        self.told.setText("Every action has the key it had at first.")

    # Showing

    def _rows(self) -> list[Row]:
        """All actions that can have a key, also those that cannot be used now."""
        return [replace(row, usable=True) for row in self.registry.rows()]

    def _fill(self) -> None:
        """List what is searched for."""
        chosen = self.list.row
        self.list.show_rows(ranked(self._rows(), self.search.text()), chosen.id if chosen else None)
        self._show()

    def _show(self) -> None:
        """Show the key of the chosen action, and offer what can be done with it."""
        entry, changed = self.chosen, self.registry.preferences.keys
        keys = entry.shortcuts() if entry is not None else []
        with QSignalBlocker(self.edit):
            self.edit.setKeySequence(keys[0] if keys else QKeySequence())
        self.edit.setEnabled(entry is not None)
        self.none.setEnabled(bool(keys))
        self.reset.setEnabled(entry is not None and entry.record.id in changed)
        self.reset_all.setEnabled(bool(changed))
        self.told.clear()
        self.take.hide()


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
