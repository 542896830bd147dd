"""Actions as a list: what each does, where it stands in the menus, and its keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from .search import Row

_ROW = Qt.ItemDataRole.UserRole


class ActionList(QTreeWidget):
    """A list of actions; what cannot be used now is gray, and the arrow keys pass it by.

    Parameters
    ----------
    rows
        All that will be shown; the columns have room for their menus and keys.
    """

    def __init__(self, rows: Sequence[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Actions")
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            widths = [self.fontMetrics().horizontalAdvance(_texts(row)[column]) for row in rows]
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, max(widths, default=0) + 24)

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        item = self.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        return row if isinstance(row, Row) else None

    def show_rows(self, rows: Sequence[Row], chosen: str | None = None) -> None:
        """List these, and choose the one of this id, else the first that can be used."""
        faint = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self.clear()
        for row in rows:
            item = QTreeWidgetItem(self, list(_texts(row)))
            item.setData(0, _ROW, row)
            item.setSizeHint(0, QSize(0, self.fontMetrics().height() + 8))
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if row.usable:
                item.setForeground(1, faint)
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
        usable = [n for n, row in enumerate(rows) if row.usable]
        known = [n for n in usable if rows[n].id and rows[n].id == chosen]
        for place in (known or usable)[:1]:
            self.setCurrentIndex(self.model().index(place, 0))


def _texts(row: Row) -> tuple[str, str, str]:
    return row.text, " › ".join(row.place), "   ".join(row.keys)
