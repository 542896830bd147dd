"""What went wrong, in one sentence, with details for whoever wants to report it."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

from studio.core import Cancelled, StudioError
from studio.io.files import whole_file
from studio.ui.kit.forms import hand_back
from studio.ui.kit.places import Places

from .crash import LOG_LINES, report_text, write_report
from .log import Log
from .versions import facts

MOST = 8
MOST_REPORTS = 5  # of one run: a fault that repeats for ever must not fill the disk


def sentence(error: BaseException) -> str:
    """Write what to tell the user: a `StudioError` speaks for itself, anything else is a bug."""
    if isinstance(error, StudioError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this."
    return "Something went wrong that should not have: {what}".format(
        what=f"{type(error).__name__}: {error}"
    )


def details(error: BaseException) -> str:
    """Write the traceback as text."""
    return "".join(traceback.format_exception(error))


def _few(sentences: list[str]) -> list[str]:
    """Give as many sentences as a box can hold and say how many are left; the log has them all."""
    left = len(sentences) - MOST
    if left <= 0:
        return sentences
    return [*sentences[:MOST], f"And {left} more like these."]


def show_in_folder(path: Path) -> None:
    """Open the folder a file lies in."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class Messages(QObject):
    """Shows errors over a window without stopping it; errors in a row share one box.

    A bug also becomes a report, a file that the box offers to save and to show.
    """

    def __init__(self, window: QWidget, log: Log, places: Places) -> None:
        super().__init__(window)
        self._window, self.log, self._places = window, log, places
        self._box: QMessageBox | None = None
        self._details: list[str] = []
        self._sentences: list[str] = []
        self._reported: set[str] = set()
        self.report: Path | None = None

    @property
    def shown(self) -> str:
        """The text on the screen now, empty when there is none."""
        return self._box.text() if self._box is not None else ""

    def error(self, error: BaseException) -> None:
        """Show the error, print it to stderr and log it."""
        if isinstance(error, Cancelled):
            return
        said, bug = sentence(error), not isinstance(error, StudioError | MemoryError)
        print(f"expression-studio: {said}", file=sys.stderr)
        trace = details(error) if bug else ""
        self.log.add(said, "error", trace)
        if said not in self._sentences:
            self._sentences.append(said)
        if bug:
            self._details.append(trace)
            self._report(trace)
        box = self._box or self._open()
        box.setText("\n\n".join(_few(self._sentences)))
        for button in (self._save, self._show):
            button.setVisible(self.report is not None)

    def close(self) -> None:
        """Close the box, if one is open."""
        if self._box is not None:
            self._box.done(0)

    def _report(self, trace: str) -> None:
        if trace in self._reported or len(self._reported) >= MOST_REPORTS:
            return
        self._reported.add(trace)
        self.report = write_report(report_text(trace, self.log.text(LOG_LINES), facts()))

    def _open(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Expression Studio")
        box.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        box.setEscapeButton(box.addButton(QMessageBox.StandardButton.Ok))
        self._copy = _staying(box, "Copy", "Copy the message and its details", self._copied)
        tip = "Save the report, which can be attached to a bug report"
        self._save = _staying(box, "Save report…", tip, self._save_report)
        tip = "Open the folder the report lies in"
        self._show = _staying(box, "Show in folder", tip, self._show_report)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(self._closed)
        hand_back(box)
        box.setModal(False)
        box.show()
        self._box = box
        return box

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText("\n".join([*self._sentences, "", *self._details]))

    def _show_report(self) -> None:
        if self.report is not None:
            show_in_folder(self.report)

    def _save_report(self) -> None:
        if self.report is None:
            return
        start = str(self._places.place("text") / self.report.name)
        title, kinds = "Save report", "Text (*.txt)"
        name, _ = QFileDialog.getSaveFileName(self._window, title, start, kinds)
        if name:
            self._places.remember_place("text", Path(name).parent)
            self.save_report(Path(name))

    def save_report(self, path: Path) -> None:
        """Copy the newest report to a place of the user's choice."""
        if self.report is None:
            return
        try:
            with whole_file(path) as part:
                shutil.copyfile(self.report, part)
        except StudioError as error:
            self.error(error)

    def _closed(self) -> None:
        self._box = self.report = None
        self._sentences.clear()
        self._details.clear()


def _staying(box: QMessageBox, text: str, tip: str, act: Callable[[], object]) -> QAbstractButton:
    """Make a button that leaves the box open, which Qt closes on any of its own."""
    button = box.addButton(text, QMessageBox.ButtonRole.HelpRole)
    button.setToolTip(tip)
    button.clicked.disconnect()
    button.clicked.connect(act)
    return button
