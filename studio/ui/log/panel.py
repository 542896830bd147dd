"""The log as a panel: what happened, when, with details; to be copied, saved and cleared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QFontDatabase,
    QGuiApplication,
    QPalette,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import StudioError
from studio.io.files import whole_file
from studio.ui.kit.places import Places

from .log import KEPT, Entry, Level, Log

FLUSH_MS = 100
_SEVERITY: dict[Level, int] = {"info": 0, "warning": 1, "error": 2}
Role = QPalette.ColorRole


class LogPanel(QWidget):
    """Follows a log ten times a second at most, and only while it is on the screen."""

    def __init__(self, log: Log, places: Places, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.log, self._places = log, places
        self._shown_to = 0
        self.text = QPlainTextEdit(readOnly=True, maximumBlockCount=8 * KEPT)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setPlaceholderText("Nothing has happened yet")
        self.text.setAccessibleName("Log")
        self.text.setToolTip("What the studio did and said, newest last")
        self.text.setTabChangesFocus(True)
        self._flush = QTimer(self, interval=FLUSH_MS, singleShot=True)
        self._flush.timeout.connect(self._append)
        self._arrange()
        # Queued: an entry may come from any thread.
        log.added.connect(self._wait, Qt.ConnectionType.QueuedConnection)

    def _arrange(self) -> None:
        self.level = QComboBox()
        self.level.addItem("Everything", "info")
        self.level.addItem("Warnings and errors", "warning")
        self.level.addItem("Errors", "error")
        self.level.setAccessibleName("What is listed")
        self.level.setToolTip("Which entries are listed")
        self.level.currentIndexChanged.connect(self.show_again)
        self.copy = _button("Copy", "Copy the whole log, details included")
        self.save = _button("Save…", "Write the whole log into a text file")
        self.clear = _button("Clear", "Forget what the log holds")
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.clear.clicked.connect(self._clear)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 0)
        row.addWidget(self.level)
        row.addStretch()
        for button in (self.copy, self.save, self.clear):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.text)

    # What it shows

    def sizeHint(self) -> QSize:
        """Ask for little height: the face must keep its room."""
        return QSize(640, 160)

    def show_again(self) -> None:
        """List everything anew, in the colors of now."""
        self.text.clear()
        self._shown_to = 0
        self._append()

    def _wait(self) -> None:
        if not self._flush.isActive():
            self._flush.start()

    def _append(self) -> None:
        if not self.isVisible():
            return
        least = _SEVERITY[self.level.currentData()]
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        for entry in self.log.entries(self._shown_to):
            self._shown_to = entry.number + 1
            if _SEVERITY[entry.level] >= least:
                self._write(entry)
        if at_end:
            bar.setValue(bar.maximum())

    def _write(self, entry: Entry) -> None:
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():
            cursor.insertBlock()
        head, *details = entry.lines().splitlines()
        role = Role.BrightText if entry.level == "error" else Role.Text
        cursor.insertText(head, self._look(role, bold=entry.level != "info"))
        for line in details:
            cursor.insertBlock()
            cursor.insertText(line, self._look(Role.PlaceholderText))

    def _look(self, role: QPalette.ColorRole, *, bold: bool = False) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setForeground(self.palette().color(role))
        look.setFontWeight(700 if bold else 400)
        return look

    # What it does

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.log.text())

    def _clear(self) -> None:
        self.log.clear()
        self.show_again()

    def _save(self) -> None:
        start = str(self._places.place("text") / "expression-studio-log.txt")
        title, kinds = "Save log", "Text (*.txt)"
        name, _ = QFileDialog.getSaveFileName(self, title, start, kinds)
        if name:
            self._places.remember_place("text", Path(name).parent)
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Write the whole log to a file; the log itself tells where a disk refuses."""
        try:
            with whole_file(path) as part:
                part.write_text(self.log.text() + "\n", encoding="utf-8")
            self.log.add(f"Saved the log as {path}")
        except StudioError as error:
            self.log.add(f"The log could not be saved: {error}", "error")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._append()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "level"):
            self.show_again()
        super().changeEvent(event)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
