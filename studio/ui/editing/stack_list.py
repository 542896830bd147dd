"""The list of edits: rows that are dragged, switched, renamed and moved with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidgetItem,
    QStyledItemDelegate,
    QWidget,
)

from studio.document import Edit
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key
from studio.ui.kit.lists.drop_list import DropList

Index = QModelIndex | QPersistentModelIndex
Key, Mod = Qt.Key, Qt.KeyboardModifier
_CALLED = Qt.ItemDataRole.UserRole
_TRIGGERS = QAbstractItemView.EditTrigger
_UP_DOWN = {Key.Key_Up: 1, Key.Key_Down: -1}


class EditList(DropList):
    """A list that changes nothing itself, and keeps the keys it answers from the window's."""

    remove_asked = Signal()
    duplicate_asked = Signal()
    move_asked = Signal(int)  # 1 up, -1 down
    dragged = Signal(int, int)  # the row that was dragged, and the one that it lies in then
    renamed = Signal(int, str)  # a row, and what it is called then
    switched = Signal(int, bool)  # a row, and whether it is on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu_actions: list[QAction] = []
        self.setItemDelegate(_Names(self))
        self.setEditTriggers(_TRIGGERS.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.itemChanged.connect(self._tell_switch)

    def show_row(self, row: int, edit: Edit) -> None:
        """Make a row say what an edit is."""
        while self.count() <= row:
            item = QListWidgetItem()
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.addItem(item)
        item = self.item(row)
        item.setText(f"{edit.called}: {edit.summary}" if edit.called else edit.summary)
        item.setToolTip(f"{edit.tip or edit.title}. Return switches it, F2 gives it a name")
        item.setData(_CALLED, edit.name)
        item.setCheckState(Qt.CheckState.Checked if edit.on else Qt.CheckState.Unchecked)

    def rename(self) -> None:
        """Begin to give the chosen row a name."""
        item = self.currentItem()
        if item is not None:
            self.setFocus()
            self.editItem(item)

    def switch(self) -> None:
        """Switch the chosen row on or off."""
        item = self.currentItem()
        if item is not None:
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _tell_switch(self, item: QListWidgetItem) -> None:
        self.switched.emit(self.row(item), item.checkState() == Qt.CheckState.Checked)

    # Keys

    def event(self, event: QEvent) -> bool:
        return take_key(event, lambda key: self._verb(key) is not None) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = self._verb(event)
        if verb is None:
            super().keyPressEvent(event)
        else:
            verb()

    def _verb(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Find what a key asks for besides what a list does by itself."""
        if self.state() == QAbstractItemView.State.EditingState:
            return None  # the field of the name leaves Return to its parents
        key, held = Key(event.key()), event.modifiers()
        if key in (Key.Key_Delete, Key.Key_Backspace):
            return self.remove_asked.emit
        if key in (Key.Key_Return, Key.Key_Enter):
            return self.switch
        if key == Key.Key_F2:
            return self.rename
        if key == Key.Key_D and held & Mod.ControlModifier:
            return self.duplicate_asked.emit
        if key in _UP_DOWN and held & Mod.AltModifier:
            return partial(self.move_asked.emit, _UP_DOWN[key])
        return None

    # The mouse

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        open_menu(event, self, self.menu_actions)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        items = self.selectedItems()
        if items:
            drag, row = QDrag(self), self.visualItemRect(items[0])
            drag.setMimeData(self.mimeData(items))
            drag.setPixmap(self.viewport().grab(row))
            drag.setHotSpot(QPoint(row.height(), row.height() // 2))
            # What comes back is not looked at: the document moves the row, or nobody.
            drag.exec(Qt.DropAction.MoveAction)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        if event.source() is self:
            event.accept()
            self._show_gap(self._place(event.position().toPoint()))

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where the row was dropped; whoever hears it moves the edit, and the rows follow."""
        row, place = self.currentRow(), self._place(event.position().toPoint())
        self._show_gap(None)
        if event.source() is self and row >= 0:
            event.acceptProposedAction()
            to = place - 1 if place > row else place
            if to != row:
                self.dragged.emit(row, to)
        else:
            event.ignore()


class _Names(QStyledItemDelegate):
    """Edits the name of a row alone, not what else the row says."""

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(_CALLED)))
            editor.setAccessibleName("Name of the edit")

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        view = self.parent()
        if isinstance(editor, QLineEdit) and isinstance(view, EditList):
            view.renamed.emit(index.row(), editor.text())
