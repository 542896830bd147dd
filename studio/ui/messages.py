"""What went wrong, in one sentence, with details for whoever wants to report it."""

from __future__ import annotations

import sys
import traceback

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.core import Cancelled, StudioError

MOST = 8


def sentence(error: BaseException) -> str:
    """What to tell the user: a `StudioError` speaks for itself, anything else is a bug."""
    if isinstance(error, StudioError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    return f"Something went wrong that should not have: {type(error).__name__}: {error}"


def details(error: BaseException) -> str:
    """The traceback as text."""
    return "".join(traceback.format_exception(error))


def _few(sentences: list[str]) -> list[str]:
    """As many as a box can hold; all of them are on stderr."""
    left = len(sentences) - MOST
    return sentences if left <= 0 else [*sentences[:MOST], f"And {left} more like these."]


class Messages(QObject):
    """Shows errors over a window without stopping it; errors in a row share one box."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._box: QMessageBox | None = None
        self._details: list[str] = []
        self._sentences: list[str] = []

    @property
    def shown(self) -> str:
        """The text on the screen now, empty when there is none."""
        return self._box.text() if self._box is not None else ""

    def error(self, error: BaseException) -> None:
        """Show the error and print it to stderr."""
        if isinstance(error, Cancelled):
            return
        print(f"expression-studio: {sentence(error)}", file=sys.stderr)
        if sentence(error) not in self._sentences:
            self._sentences.append(sentence(error))
        if not isinstance(error, StudioError):
            self._details.append(details(error))
        box = self._box or self._open()
        box.setText("\n\n".join(_few(self._sentences)))
        self._copy.setVisible(bool(self._details))

    def close(self) -> None:
        if self._box is not None:
            self._box.done(0)

    def _open(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Expression Studio")
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setEscapeButton(box.addButton(QMessageBox.StandardButton.Ok))
        self._copy = box.addButton("Copy details", QMessageBox.ButtonRole.HelpRole)
        # Qt closes the box on any button; copying should leave it open.
        self._copy.clicked.disconnect()
        self._copy.clicked.connect(self._copy_details)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(self._closed)
        box.setModal(False)
        box.show()
        self._box = box
        return box

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText("\n".join([*self._sentences, "", *self._details]))

    def _closed(self) -> None:
        self._box = None
        self._sentences.clear()
        self._details.clear()
