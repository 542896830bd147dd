"""Builds the menus of a window from their records and gives everyone the same actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import psygnal
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from studio.ui.kit.bind import bind
from studio.ui.kit.plain import plain_tip
from studio.ui.settings.preferences import KEYS, Preferences

from .actions import Action, Live, Menu
from .search import Row


class Entry(QAction):
    """A record as Qt's action, kept as its record says."""

    def __init__(self, record: Action, parent: QObject) -> None:
        super().__init__(record.text, parent)
        self.setToolTip(plain_tip(record.tip or record.name))
        self.record = record
        self.setCheckable(record.checked is not None)
        self.setIconVisibleInMenu(False)
        self.triggered.connect(lambda _checked: self._run())
        values = (
            *(record.usable, record.checked, record.title, record.icon, record.shown),
            record.refusal,
        )
        _follow(self, values, self.follow)
        self.follow()

    def follow(self, *_carried: object) -> None:
        """Read every value of the record anew."""
        record = self.record
        if record.title is not None:
            self.setText(record.title.read())
        if record.icon is not None:
            self.setIcon(record.icon.read())
        if record.checked is not None:
            self.setChecked(record.checked.read())
        if record.shown is not None:
            self.setVisible(record.shown.read())
        refusal = record.refusal.read() if record.refusal is not None else ""
        if record.usable is not None or record.refusal is not None:
            self.setEnabled(not refusal and (record.usable is None or record.usable.read()))
        if record.refusal is not None:
            self._show_tip(refusal)

    def _show_tip(self, refusal: str = "") -> None:
        """Say what it does and by which key, or why it cannot be done."""
        tip = refusal or self.record.tip or self.record.name
        told = self.keys and not refusal
        self.setToolTip(plain_tip(f"{tip} ({self.keys[0]})" if told else tip))

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys as the platform writes them, the usual one first."""
        native = QKeySequence.SequenceFormat.NativeText
        return tuple(key.toString(native) for key in self.shortcuts())

    def meets(self, other: Entry) -> bool:
        """Whether there is a place where the keys of both work."""
        places = (self.record.focus, other.record.focus)
        if self.record.id == other.record.unless or other.record.id == self.record.unless:
            return False
        return other is not self and (None in places or places[0] is places[1])

    def set_keys(self, keys: Sequence[str]) -> None:
        """Give it these keys, and tell them in its tip."""
        self.setShortcuts([QKeySequence(key) for key in keys])
        self._show_tip(self.record.refusal.read() if self.record.refusal is not None else "")

    def yield_to(self, other: Entry) -> None:
        """Leave the key to another entry while that can be used."""

        def follow(used: bool) -> None:
            # No widget ever has the focus that is its own.
            context = Qt.ShortcutContext
            self.setShortcutContext(context.WidgetShortcut if used else context.WindowShortcut)

        other.enabledChanged.connect(follow)
        follow(other.isEnabled())

    def _run(self) -> None:
        self.record.verb()
        self.follow()  # Qt has ticked it, whatever came of it


class Submenu(QMenu):
    """A record as Qt's menu."""

    def __init__(self, record: Menu, registry: Registry, parent: QWidget) -> None:
        super().__init__(record.title, parent)
        self.record, self._registry = record, registry
        if record.tip:
            self.menuAction().setToolTip(record.tip)
        if callable(record.sections):
            self.aboutToShow.connect(self._fill)
        self._fill()
        _follow(self, (record.usable,), self.follow)
        self.follow()

    def _fill(self) -> None:
        """Show the entries of this moment instead of those of before."""
        self.clear()
        sections = [section for section in self.record.now() if section]
        for number, section in enumerate(sections):
            if number:
                self.addSeparator()
            for item in section:
                self._registry.add(self, item)
        self.setToolTipsVisible(all(item.tip for section in sections for item in section))

    def follow(self, *_carried: object) -> None:
        """Open or close the way to it, as its record says."""
        if self.record.usable is not None:
            self.menuAction().setEnabled(self.record.usable.read())


class Registry(QObject):
    """Every action of a window, by the id of its record.

    Parameters
    ----------
    window
        Gets the menus; its keys are those of the actions.
    preferences
        Remember the keys that the user changed.
    menus
        The records, in the order of the menu bar.
    """

    keys_changed = Signal()

    def __init__(
        self, window: QMainWindow, preferences: Preferences, menus: Sequence[Menu]
    ) -> None:
        super().__init__(window)
        self.window, self.preferences, self.menus = window, preferences, tuple(menus)
        self._entries: dict[str, Entry] = {}
        self._submenus: dict[str, Submenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        for menu in menus:
            window.menuBar().addMenu(self._submenu(menu, window.menuBar()))
        for entry in self:
            if entry.record.unless:
                entry.yield_to(self._entries[entry.record.unless])
        bind(self, preferences.changed, self._follow_keys)
        self._set_keys()

    # What is there

    def __getitem__(self, action_id: str) -> Entry:
        return self._entries[action_id]

    def __iter__(self) -> Iterator[Entry]:
        """Go through the actions in the order of the menus."""
        return iter(self._entries.values())

    def menu(self, menu_id: str) -> Submenu:
        """Give the menu of this id."""
        return self._submenus[menu_id]

    def choice(self, prefix: str) -> list[QAction]:
        """Give the actions of which one is on."""
        return self._groups[prefix].actions()

    def sections(self, *sections: Sequence[str]) -> list[QAction]:
        """Give the actions of these ids, with lines between the sections, for a menu elsewhere."""
        found: list[QAction] = []
        for section in sections:
            line = QAction(self)
            line.setSeparator(True)
            found += [line, *(self[action_id] for action_id in section)]
        return found[1:]

    def rows(self, parent: QObject | None = None) -> list[Row]:
        """List all that can be done, in the order of the menus.

        Parameters
        ----------
        parent
            Owns the actions of entries that come and go, such as recent files; without one
            these are left out.
        """
        return [row for menu in self.menus for row in self._rows(menu, (), parent, can_open=True)]

    def _rows(
        self, menu: Menu, above: tuple[str, ...], parent: QObject | None, *, can_open: bool
    ) -> Iterator[Row]:
        place = (*above, menu.name)
        can_open = can_open and (menu.usable is None or menu.usable.read())
        for item in (item for section in menu.now() for item in section):
            if isinstance(item, Menu):
                yield from self._rows(item, place, parent, can_open=can_open)
                continue
            if item.id:
                entry = self._entries[item.id]
            elif parent is not None:
                entry = Entry(item, parent)
            else:
                continue
            usable = can_open and entry.isEnabled()
            yield Row(item.name, place, entry.keys, entry, usable, item.id)

    # Keys

    def owners(self, key: str, entry: Entry) -> list[Entry]:
        """Find the other actions that have a key where this one's would work."""
        wanted = QKeySequence(key)
        return [one for one in self if wanted in one.shortcuts() and one.meets(entry)]

    def change_key(self, entry: Entry, key: str) -> None:
        """Give an action a key, or none where it is empty, and take it from whoever has it."""
        changed = dict(self.preferences.keys)
        for owner in self.owners(key, entry) if key else ():
            left = [one.toString() for one in owner.shortcuts()]
            changed[owner.record.id] = [one for one in left if one != key]
        changed[entry.record.id] = [key] if key else []
        for one in self:
            if changed.get(one.record.id) == one.record.default_keys:
                del changed[one.record.id]
        self.preferences.keys = changed

    def reset_key(self, entry: Entry) -> None:
        """Give an action the key it had at first, unless another one was given that key."""
        changed = dict(self.preferences.keys)
        changed.pop(entry.record.id, None)
        self.preferences.keys = changed

    def _follow_keys(self, key: str) -> None:
        if key == KEYS:
            self._set_keys()

    def _set_keys(self) -> None:
        """Give each key to the action the user chose for it, also where another had it at first."""
        changed = self.preferences.keys
        for entry in self:
            others = [one for one in self if one.record.id in changed and one.meets(entry)]
            given = {key for one in others for key in changed.get(one.record.id, ())}
            first = [key for key in entry.record.default_keys if key not in given]
            entry.set_keys(changed.get(entry.record.id, first))
        self.keys_changed.emit()

    # Making it

    def add(self, menu: QMenu, item: Action | Menu) -> None:
        """Put an entry, or a menu, at the end of a menu."""
        known = self._entries.get(item.id) if isinstance(item, Action) else None
        if isinstance(item, Menu):
            menu.addMenu(self._submenu(item, menu))
        elif not item.id:
            menu.addAction(Entry(item, menu))
        elif known is None:
            self._entries[item.id] = self._entry(item)
            menu.addAction(self._entries[item.id])
        elif known.record is item:
            menu.addAction(known)  # of a menu that is filled anew
        else:
            raise ValueError(f"Two actions are called {item.id}.")

    def _entry(self, record: Action) -> Entry:
        entry = Entry(record, self.window)
        if record.choice:
            self._groups.setdefault(record.choice, QActionGroup(self)).addAction(entry)
        if record.focus is not None:
            entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            record.focus.addAction(entry)
        return entry

    def _submenu(self, record: Menu, parent: QWidget) -> Submenu:
        submenu = Submenu(record, self, parent)
        if record.id:
            self._submenus[record.id] = submenu
        return submenu


def _follow(
    owner: QObject, values: Sequence[Live[object] | None], slot: Callable[..., None]
) -> None:
    """Call a slot of `owner` after every signal that may change one of the values."""
    signals = {id(one): one for value in values if value for one in value.changed_by}
    for signal in signals.values():
        if isinstance(signal, psygnal.SignalInstance):
            bind(owner, signal, slot)
        else:
            signal.connect(slot)
