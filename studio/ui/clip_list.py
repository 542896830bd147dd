"""The clips of the document, as a list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFontMetrics,
    QIcon,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.document import ClipState, Document

from .bind import bind
from .controller import Controller
from .icons import film_icon
from .theme import label_icon

_ID = Qt.ItemDataRole.UserRole
_SUBTITLE = Qt.ItemDataRole.UserRole + 1
_PAD, _ICON = 8, 14
Index = QModelIndex | QPersistentModelIndex


def describe(clip: ClipState) -> str:
    """What kind of clip it is, in a few words."""
    sequence = clip.sequence
    kind = "generated" if clip.recipe is not None else "opened"
    return f"{kind} · {sequence.n_frames} frames · {sequence.fps:.4g} fps"


class ClipDelegate(QStyledItemDelegate):
    """A row of two lines: the name, and below it what kind of clip it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = QFontMetrics(option.font).height()
        return QSize(160, 2 * height + _PAD + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        rect, palette = option.rect, option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Midlight))
            painter.fillRect(rect.adjusted(0, 0, 3 - rect.width(), 0), palette.highlight())
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole)
        icon.paint(painter, QRect(rect.left() + _PAD, rect.top(), _ICON, rect.height()))
        text = rect.adjusted(2 * _PAD + _ICON, _PAD // 2, -_PAD, -_PAD // 2)
        upper, lower = (
            text.adjusted(0, 0, 0, -text.height() // 2),
            text.adjusted(0, text.height() // 2, 0, 0),
        )
        strong, weak = QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText
        for line, role, words in (
            (upper, strong, index.data(Qt.ItemDataRole.DisplayRole)),
            (lower, weak, index.data(_SUBTITLE)),
        ):
            painter.setPen(palette.color(role))
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(2 * _PAD + _ICON - 4, 2, -2, -rect.height() // 2 + 4))


class EmptyList(QListWidget):
    """A list that says when nothing is in it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.count() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            box = self.viewport().rect().adjusted(_PAD, 12, -_PAD, -12)
            top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(box, top, "Nothing is open yet")


class ClipList(QWidget):
    """Choose, rename (F2 or double click) and close clips.

    A filled dot is the label a clip was generated for, a ring the one it was read as.
    """

    def __init__(
        self, document: Document, controller: Controller, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.controller = document, controller
        self.menu_actions: list[QAction] = []
        self.list = EmptyList()
        self.list.setAccessibleName("Clips")
        self.list.setItemDelegate(ClipDelegate(self.list))
        self.list.setEditTriggers(
            QListWidget.EditTrigger.DoubleClicked | QListWidget.EditTrigger.EditKeyPressed
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self.list.currentItemChanged.connect(lambda item, _old: self._choose(item))
        self.list.itemChanged.connect(self._rename)
        controller.probabilities_changed.connect(lambda _answer: self._show())
        bind(self, document.clips_changed, lambda _clips: self._show())
        bind(self, document.current_changed, lambda _clip: self._show_current())
        self._show()

    def edit_name(self) -> None:
        """Start renaming the current clip in place."""
        item = self.list.currentItem()
        if item is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.list.currentItem() is not None and self.menu_actions:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(self.menu_actions)
            menu.popup(event.globalPos())

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.document.set_current(str(item.data(_ID)))

    def _rename(self, item: QListWidgetItem) -> None:
        clip_id, name = str(item.data(_ID)), item.text()
        clip = self.document.state.find(clip_id)
        if clip is None or clip.name == name:
            return
        if name.strip():
            self.document.rename_clip(clip_id, name)
        else:
            item.setText(clip.name)

    def _show(self) -> None:
        """Make the rows say what the document says, keeping the items that are there."""
        blocked = self.list.blockSignals(True)
        clips = self.document.state.clips
        while self.list.count() > len(clips):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(clips):
            self.list.addItem(QListWidgetItem())
        for row, clip in enumerate(clips):
            self._fill(self.list.item(row), clip)
        self.list.blockSignals(blocked)
        self._show_current()

    def _fill(self, item: QListWidgetItem, clip: ClipState) -> None:
        item.setData(_ID, clip.id)
        item.setData(_SUBTITLE, describe(clip))
        item.setText(clip.name)
        item.setIcon(self._icon(clip))
        item.setToolTip(f"{clip.name}\n{describe(clip)}\n{clip.source or ''}".strip())
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{clip.name}, {describe(clip)}")
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)

    def _icon(self, clip: ClipState) -> QIcon:
        if clip.label is not None:
            return label_icon(clip.label)
        verdict = self.controller.verdict(clip)
        return label_icon(verdict, ring=True) if verdict is not None else film_icon()

    def _show_current(self) -> None:
        ids = [clip.id for clip in self.document.state.clips]
        current = self.document.state.current
        blocked = self.list.blockSignals(True)
        self.list.setCurrentRow(ids.index(current) if current in ids else -1)
        self.list.blockSignals(blocked)
