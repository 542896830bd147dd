"""A list whose rows are dragged to another place, which shows where a drop would put them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragLeaveEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QListWidget, QWidget

_SIDE = 5  # pixels that the line stays away from either edge


class DropList(QListWidget):
    """Moves nothing itself; letters are left to the window's shortcuts, here too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap: int | None = None
        self.setDropIndicatorShown(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyboardSearch(self, _search: str) -> None:
        """Look for nothing."""

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_gap(None)
        super().dragLeaveEvent(event)

    def _place(self, where: QPoint) -> int:
        """Find the row that a drop here goes before; one past the last for the end."""
        index = self.indexAt(where)
        if not index.isValid():
            return self.count()
        return index.row() + (where.y() > self.visualRect(index).center().y())

    def _show_gap(self, place: int | None) -> None:
        """Show the row that a drop would go before; None shows none."""
        if place != self._gap:
            self._gap = place
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap is None:
            return
        painter = QPainter(self.viewport())
        shown = [row for row in range(self._gap) if not self.isRowHidden(row)]
        above = self.visualItemRect(self.item(shown[-1])).bottom() + 1 if shown else 1
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
        painter.drawLine(_SIDE, above, self.viewport().width() - _SIDE, above)
