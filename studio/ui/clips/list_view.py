"""The list itself: rows that can be dragged to another place, starred, and moved through by key."""

from __future__ import annotations

import os

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QWidget

from studio.ui.kit.lists.drop_list import DropList

from .rows import row_of, star_box

MIME = "application/x-expression-studio-clips"
_MARGIN, _EDGE, _STEP = 14, 26, 14
Edit = QListWidget.EditTrigger


class ClipView(DropList):
    """Rows of clips; it changes nothing itself and tells what was asked for."""

    moved = Signal(list, int)  # clip ids, place of the row they go before
    star_clicked = Signal(str)  # clip id
    entered_row = Signal()  # Return

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_text = ""
        self.setAccessibleName("Clips")
        self.setToolTip("Choose a clip to see it; the right button tells what can be done")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(Edit.DoubleClicked | Edit.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)

    def chosen_ids(self) -> list[str]:
        """Give the ids of the rows that are selected and can be seen, from top to bottom."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        shown = [row_of(self.model().index(row, 0)) for row in rows if not self.isRowHidden(row)]
        return [row.id for row in shown if row is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._starred_at(event)
        if row is None:
            super().mousePressEvent(event)
        else:
            self.star_clicked.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._starred_at(event)
        if row is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.star_clicked.emit(row)

    def _starred_at(self, event: QMouseEvent) -> str | None:
        """Find the clip whose star lies under the pointer."""
        where = event.position().toPoint()
        index = self.indexAt(where)
        row = row_of(index)
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return None
        return row.id if star_box(self.visualRect(index)).contains(where) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # rows are lower in a low list

    # Dragging

    def startDrag(self, _actions: Qt.DropAction) -> None:
        ids = self.chosen_ids()
        if not ids:
            return
        data = QMimeData()
        data.setData(MIME, "\n".join([self._sender(), *ids]).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self._picture())
        drag.setHotSpot(QPoint(_MARGIN, _MARGIN))
        # What comes back is not looked at: the document moves the rows, or nobody.
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._take_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._take_drag(event)
        height, y = self.viewport().height(), event.position().y()
        bar, edge = self.verticalScrollBar(), min(_EDGE, height // 4)
        step = _STEP * ((y > height - edge) - (y < edge))
        bar.setValue(bar.value() + step)

    def dropEvent(self, event: QDropEvent) -> None:
        ids, place = self._ids(event.mimeData()), self._place(event.position().toPoint())
        self._show_gap(None)
        if ids:
            event.acceptProposedAction()
            self.moved.emit(ids, place)
        else:
            event.ignore()

    def _take_drag(self, event: QDragMoveEvent) -> None:
        """Accept rows of this list; files go on to the window."""
        if self._ids(event.mimeData()):
            self._show_gap(self._place(event.position().toPoint()))
            event.acceptProposedAction()
        else:
            event.ignore()

    def _ids(self, data: QMimeData) -> list[str]:
        """Read which clips are dragged; none where they come from another list."""
        sender, *ids = bytes(data.data(MIME).data()).decode(errors="replace").split("\n")
        return ids if sender == self._sender() else []

    def _sender(self) -> str:
        return f"{os.getpid()} {id(self)}"

    def _picture(self) -> QPixmap:
        """Draw what hangs at the pointer: the first of the rows, as it looks."""
        first = self.visualRect(self.selectedIndexes()[0])
        return self.viewport().grab(first & self.viewport().rect())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if all(self.isRowHidden(row) for row in range(self.count())):
            self._paint_empty(QPainter(self.viewport()))

    def _paint_empty(self, painter: QPainter) -> None:
        """Write the text of an empty list: a title, and a quieter line below it."""
        title, _, hint = self.empty_text.partition("\n")
        box = self.viewport().rect().adjusted(_MARGIN, 22, -_MARGIN, -_MARGIN)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(box, flags, title)
        below = QRect(box.topLeft(), QSize(box.width(), box.height()))
        below.setTop(box.top() + painter.fontMetrics().height() + 6)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(below, flags | Qt.TextFlag.TextWordWrap, hint)

    def leaveEvent(self, event: QEvent) -> None:
        self.viewport().update()  # the star of the row under the pointer goes
        super().leaveEvent(event)
