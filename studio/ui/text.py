"""Every sentence of the window passes through here, so that it can be translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Studio"


def tr(text: str) -> str:
    """The text in the user's language; numbers and names are put in afterwards, by `format`."""
    return QCoreApplication.translate(CONTEXT, text)
