"""Names and sentences of others, shown as they are written: Qt takes what looks like HTML for HTML.

A file may be called ``<img src=...>``, and a session may bring such a name with it.
"""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

_NOTHING = "\u2060"  # a word joiner, which takes no room


def plain_tip(text: str) -> str:
    """Write a tooltip, which has no format of its own, so that Qt finds no tag in it."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return text.replace("<", f"<{_NOTHING}").replace("&", f"&{_NOTHING}")


def plain_labels(root: QWidget) -> None:
    """Have all labels of a window or dialog show plain text, but those made for rich text."""
    for label in root.findChildren(QLabel):
        if label.textFormat() == Qt.TextFormat.AutoText:
            label.setTextFormat(Qt.TextFormat.PlainText)
