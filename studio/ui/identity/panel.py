"""The panel of known people: how close the clip on show is to each, and whom it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.identity.people import LIMIT
from studio.ui.kit.bind import bind
from studio.ui.timeline.player import Player

from .service import PeopleService

_COLUMNS = ("Person", "Clips", "So far", "Clip")
_NOBODY = (
    "Nobody is known. Open a folder of clips, a subfolder or a first word of a name for each "
    "person, or add the person of the clip on show."
)
_NOTE = (
    f"How close the clip is to each, 0 to 1; from {LIMIT:.2f} on it shows that person. It was "
    "learned from synthetic faces."
)
_MISSING = "These models do not tell people apart."


class PeoplePanel(QWidget):
    """A row a person; clips are compared while the panel is to be seen."""

    def __init__(
        self, people: PeopleService, player: Player, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.people, self._player = people, player
        self.verdict, self.note = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.table, self.more = QTableWidget(0, len(_COLUMNS)), QToolButton()
        self._build()
        people.known_changed.connect(self._rows)
        people.answer_changed.connect(self._show)
        bind(self, player.playhead.frame_changed, lambda _frame: self._show_frame())
        self._rows()

    def _build(self) -> None:
        font = self.verdict.font()
        font.setBold(True)
        self.verdict.setFont(font)
        self.verdict.setAccessibleName("Whom the clip shows")
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setAccessibleName("Known people")
        self.table.setToolTip("So far: from the frames up to the one on show")
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.more.setText("People")
        self.more.setToolTip("Make people known, keep them in a file, or know them no more")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        for part in (self.verdict, self.note, self.table, self.more):
            layout.addWidget(part)

    @property
    def chosen(self) -> str | None:
        """The person of the chosen row."""
        row, names = self.table.currentRow(), self.people.names
        return names[row] if 0 <= row < len(names) else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.people.want(on=True)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.people.want(on=False)

    def _rows(self) -> None:
        known, names = self.people.known, self.people.names
        self.table.setRowCount(0)
        self.table.setRowCount(len(names))
        for row, name in enumerate(names):
            for column in range(len(_COLUMNS)):
                item = QTableWidgetItem()
                if column:
                    middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    item.setTextAlignment(middle)
                self.table.setItem(row, column, item)
            self._write(row, 0, name)
            self._write(row, 1, str(known.clips[row]) if known is not None else "")
        self._show()

    def _write(self, row: int, column: int, text: str) -> None:
        item = self.table.item(row, column)
        assert item is not None
        item.setText(text)

    def _show(self) -> None:
        answer, some = self.people.answer, bool(self.people.names)
        said = answer.words() if answer is not None else ""
        self.verdict.setText(said[:1].upper() + said[1:] if answer and not answer.who else said)
        self.verdict.setVisible(bool(said))
        missing = not self.people.usable and not some
        self.note.setText(_MISSING if missing else _NOTE if some else _NOBODY)
        self.table.setVisible(some)
        for row in range(self.table.rowCount()):
            self._write(row, 3, "" if answer is None else f"{answer.summary[row]:.2f}")
        self._show_frame()

    def _show_frame(self) -> None:
        """Write how close it is by the frames so far; not where nobody looks."""
        answer = self.people.answer
        if not self.isVisible():
            return
        for row in range(self.table.rowCount()):
            text = ""
            if answer is not None:
                at = min(self._player.playhead.frame, len(answer.values) - 1)
                text = f"{answer.values[at, row]:.2f}"
            self._write(row, 2, text)
