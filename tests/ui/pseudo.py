"""A language in which every text of the studio stands in brackets, and what is found without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QTreeWidget,
    QWidget,
)

from studio.ui.kit.text import CONTEXT

from .accessible import is_standard

OPEN, CLOSE = "⟦", "⟧"
_INNER = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_TAG = re.compile(r"<[^>]*>")
_KEY = re.compile(r"\((?:(?:Ctrl|Shift|Alt|Meta)\+)*[^\s()]+\)")
_FILE = re.compile(r"\w+\.\w{3,4}\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


class Brackets(QTranslator):
    """Speaks for the studio's own texts alone."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, text: str, _disambiguation: str | None = None, _n: int = -1
    ) -> Any:
        # None leaves the text to the next translator.
        return f"{OPEN}{text}{CLOSE}" if context == CONTEXT else None


def bare(text: str, names: set[str]) -> str:
    """The words that stand outside brackets and are nobody's name."""
    text = _FILE.sub("", _KEY.sub("", _TAG.sub("", text)))
    while _INNER.search(text):
        text = _INNER.sub("", text)
    text = text.partition(OPEN)[0]  # a name cut from a longer text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return " ".join(_LETTERS.findall(text))


def texts(root: QWidget) -> Iterator[tuple[QObject, str, str]]:
    """(owner, what it is, text) of everything a user can read in a window or dialog."""
    yield root, "title", root.windowTitle()
    for one in [root, *root.findChildren(QWidget)]:
        if one.window() is root and not _is_qts(one):
            for kind, text in _texts_of(one):
                yield one, kind, text
    for menu in root.findChildren(QMenu):
        if not _is_qts(menu):
            yield menu, "menu", menu.title()
            for action in menu.actions():
                yield action, "entry", action.text()
    for action in root.findChildren(QAction):
        yield action, "tooltip", action.toolTip() if action.text() else ""


def untranslated(root: QWidget, names: set[str]) -> list[str]:
    """A line for each text that is not said in the language of the user."""
    found = []
    for owner, kind, text in texts(root):
        words = bare(text, names)
        if words:
            above = owner.parent()
            where = f"{type(owner).__name__} in {type(above).__name__}"
            found.append(f"{where}: {kind} {text[:70]!r} has {words!r}; use tr()")
    return sorted(set(found))


def _texts_of(one: QWidget) -> Iterator[tuple[str, str]]:
    yield "tooltip", one.toolTip()
    yield "accessible name", one.accessibleName()
    yield "accessible description", one.accessibleDescription()
    if isinstance(one, QLabel | QAbstractButton) and not is_standard(one):
        yield "text", one.text()
    if isinstance(one, QGroupBox):
        yield "title", one.title()
    if isinstance(one, QDockWidget):
        yield "title", one.windowTitle()
    if isinstance(one, QLineEdit | QTextEdit | QPlainTextEdit):
        yield "placeholder", one.placeholderText()
    if isinstance(one, QAbstractSpinBox):
        yield from (
            (part, getattr(one, part)())
            for part in ("suffix", "prefix", "specialValueText")
            if hasattr(one, part)
        )
    if isinstance(one, QComboBox):
        yield from (("item", one.itemText(row)) for row in range(one.count()))
    if isinstance(one, QTabBar):
        yield from (("tab", one.tabText(tab)) for tab in range(one.count()))
    if isinstance(one, QTreeWidget):
        head = one.headerItem()
        yield from (("header", head.text(column)) for column in range(one.columnCount()))


def _is_qts(one: QWidget) -> bool:
    """Inner parts of Qt's widgets, whose texts Qt translates."""
    if one.objectName().startswith("qt_"):
        return True
    return isinstance(one.parent(), QLineEdit | QTextEdit | QTabBar)
