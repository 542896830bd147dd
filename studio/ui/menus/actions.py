"""What the user can do, as records that menus, tool strips, the keys and the palette read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import psygnal
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.document import Document

Value = TypeVar("Value", covariant=True)
Other = TypeVar("Other")
Signal = SignalInstance | psygnal.SignalInstance
Key = QKeySequence.StandardKey | str | tuple[str, ...]


class Live(Generic[Value]):
    """A value, and the signals after which it may be another one.

    Parameters
    ----------
    read
        Gives the value of this moment.
    changed_by
        Signals of Qt or psygnal; what they carry is not looked at.
    """

    def __init__(self, read: Callable[[], Value], *changed_by: Signal) -> None:
        self.read, self.changed_by = read, changed_by

    def map(self, convert: Callable[[Value], Other]) -> Live[Other]:
        """Give another value that is worked out from this one."""
        return Live(lambda: convert(self.read()), *self.changed_by)


@dataclass(frozen=True, eq=False)
class Action:
    """One thing the user can do. Where it stands in the menus is where its record stands.

    Parameters
    ----------
    id
        Never changes, because a changed key is remembered under it; empty for an entry that
        comes and goes, such as a recent file, which can have no key.
    text
        As menus show it, with ``&`` before its letter and ``…`` where a dialog follows.
    verb
        Does it.
    key
        The key it has until the user gives it another; several where there are usual ones.
    tip
        What it does, where the text does not say enough; without its key.
    usable
        Whether it can be done now; always where there is None.
    checked
        Whether it is on; None for what is not on or off.
    choice
        Those of one choice show that one of them is on.
    title
        The text where it changes; `text` is what the palette and the keys call it.
    icon
        Shown by buttons, not by menus.
    shown
        Whether menus show it; always where there is None.
    focus
        The widget that must have the focus for the key to work; None for the whole window.
    refusal
        Why it cannot be done now, as its tip says then; empty where it can.
    unless
        The id of an action with the same key, which has it while it can be used.
    """

    id: str
    text: str
    verb: Callable[[], object]
    key: Key | None = None
    tip: str = ""
    usable: Live[bool] | None = None
    checked: Live[bool] | None = None
    choice: str = ""
    title: Live[str] | None = None
    icon: Live[QIcon] | None = None
    shown: Live[bool] | None = None
    focus: QWidget | None = None
    refusal: Live[str] | None = None
    unless: str = ""

    @property
    def name(self) -> str:
        """The text without its letter and dots."""
        return plain(self.text)

    @property
    def default_keys(self) -> list[str]:
        """The keys it has before the user changes them, as Qt writes them in files."""
        if isinstance(self.key, QKeySequence.StandardKey):
            found = QKeySequence.keyBindings(self.key)
            return [one.toString() for one in found if _on_keyboards(one)]
        if isinstance(self.key, tuple):
            return [QKeySequence(key).toString() for key in self.key]
        return [QKeySequence(self.key).toString()] if self.key else []


@dataclass(frozen=True, eq=False)
class Menu:
    """A menu, or one within another, with its entries in sections parted by lines.

    Parameters
    ----------
    title
        With ``&`` before its letter.
    sections
        The entries, from top to bottom; a function is asked for them each time the menu opens.
    id
        What tool strips find it by.
    tip
        What it is for, where the title does not say enough.
    usable
        Whether it can be opened now; always where there is None.
    """

    title: str
    sections: Sections | Callable[[], Sections]
    id: str = ""
    tip: str = ""
    usable: Live[bool] | None = None

    @property
    def name(self) -> str:
        """The title without its letter and dots."""
        return plain(self.title)

    def now(self) -> Sections:
        """Give the sections of this moment."""
        return self.sections() if callable(self.sections) else self.sections


Sections = Sequence[Sequence[Action | Menu]]


def toggle(
    action_id: str,
    text: str,
    on: Live[bool],
    switch: Callable[..., object],
    key: Key | None = None,
    tip: str = "",
    *,
    usable: Live[bool] | None = None,
    shown: Live[bool] | None = None,
    refusal: Live[str] | None = None,
) -> Action:
    """Make an action that is on or off.

    Parameters
    ----------
    on
        Whether it is on now.
    switch
        Called with ``on=`` what it is to be.
    action_id, text, key, tip, usable, shown, refusal
        As of `Action`.
    """

    def verb() -> None:
        switch(on=not on.read())

    return Action(
        action_id, text, verb, key, tip, usable=usable, checked=on, shown=shown, refusal=refusal
    )


def choices(
    prefix: str, names: Mapping[str, str], chosen: Live[str], choose: Callable[..., object]
) -> tuple[Action, ...]:
    """Make actions of which one is on.

    Parameters
    ----------
    prefix
        Begins the id of each.
    names
        The texts, by the values they stand for.
    chosen
        The value that is on.
    choose
        Called with the value.
    """
    return tuple(
        Action(
            f"{prefix}.{value}",
            text,
            partial(choose, value),
            checked=chosen.map(partial(str.__eq__, value)),
            choice=prefix,
        )
        for value, text in names.items()
    )


def clip_on_show(document: Document) -> Live[bool]:
    """Whether a clip is on show."""
    return Live(lambda: document.current_clip is not None, document.current_changed)


def plain(text: str) -> str:
    """Take the letter and the dots out of a menu entry's text."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def _on_keyboards(key: QKeySequence) -> bool:
    """Whether today's keyboards have the key: those of old Unix machines had Undo and F18."""
    return bool(key[0].key() <= Qt.Key.Key_F12)  # type: ignore[index]
