"""A grid of takes: small faces that play under the pointer and can be ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.core import MeshSequence
from studio.takes.generate import Take
from studio.ui.clips.rows import Index
from studio.ui.clips.thumbnails import TILE, Thumbnails
from studio.ui.kit.plain import plain_tip

TAKE, SEED = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_PAD, _TICK = 8, 18
Role = QPalette.ColorRole


class SheetView(QListWidget):
    """One tile a seed, empty until its take comes.

    Click or Space ticks a take; the tile under the pointer, or the one chosen by key, plays.
    """

    ticked_changed = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self.setAccessibleName("Takes")
        self.setToolTip("Tick the takes to keep; the pointer on one plays it")
        self.setItemDelegate(TileDelegate(self))
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSpacing(2)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.frame = 0
        self.playing: QListWidgetItem | None = None
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._step)
        self.itemEntered.connect(self.play)
        self.currentItemChanged.connect(self.play)
        self.itemClicked.connect(self.tick)
        thumbnails.drawn.connect(self._paint_anew)

    def expect(self, seeds: Sequence[int]) -> None:
        """Show empty tiles for these seeds, instead of what is there."""
        self.play(None)
        self.clear()
        for seed in seeds:
            item = QListWidgetItem()
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setData(SEED, seed)
            item.setToolTip(f"Seed {seed}")
            item.setData(Qt.ItemDataRole.CheckStateRole, Qt.CheckState.Unchecked)
            self.addItem(item)
        self.ticked_changed.emit()

    def fill(self, takes: Sequence[Take]) -> None:
        """Put takes where their seeds are expected."""
        by_seed = {take[1].request.seed: take for take in takes}
        for item in self.tiles():
            take = by_seed.get(item.data(SEED))
            if take is not None:
                item.setData(TAKE, take)
                self.thumbnails.tile(take[0])
                self._describe(item)
        self.ticked_changed.emit()

    def tiles(self) -> list[QListWidgetItem]:
        return [self.item(place) for place in range(self.count())]

    @property
    def takes(self) -> list[Take]:
        """The takes that have come, in the order of the tiles."""
        return [take for item in self.tiles() if (take := take_of(item)) is not None]

    @property
    def ticked(self) -> list[Take]:
        chosen = [item for item in self.tiles() if is_ticked(item)]
        return [take for item in chosen if (take := take_of(item)) is not None]

    @property
    def all_drawn(self) -> bool:
        """Whether every take that has come has its picture."""
        return all(self.thumbnails.tile(sequence) is not None for sequence, _ in self.takes)

    def tick(self, item: QListWidgetItem) -> None:
        """Tick a take, or take the tick away."""
        if take_of(item) is None:
            return
        state = Qt.CheckState.Unchecked if is_ticked(item) else Qt.CheckState.Checked
        item.setData(Qt.ItemDataRole.CheckStateRole, state)
        self._describe(item)
        self.ticked_changed.emit()

    def play(self, item: QListWidgetItem | None, _old: QListWidgetItem | None = None) -> None:
        """Play this tile from its beginning, and no other."""
        if item is self.playing:
            return
        self.playing, self.frame = item, 0
        take = take_of(item) if item is not None else None
        if take is None:
            self._clock.stop()
        else:
            pictures = self.thumbnails.moving(take[0])
            self._clock.start(max(round(1000 * take[0].duration / max(len(pictures), 20)), 30))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self.tick(self.currentItem())
            event.accept()
            return
        super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.play(None)
        super().leaveEvent(event)

    def _paint_anew(self, _sequence: MeshSequence) -> None:
        self.viewport().update()

    def _step(self) -> None:
        take = take_of(self.playing) if self.playing is not None else None
        pictures = self.thumbnails.moving(take[0]) if take is not None else []
        if pictures and self.playing is not None:
            self.frame = (self.frame + 1) % len(pictures)
            self.viewport().update(self.visualItemRect(self.playing))

    @staticmethod
    def _describe(item: QListWidgetItem) -> None:
        words = f"Seed {item.data(SEED)}"
        spoken = f"{words}, ticked" if is_ticked(item) else words
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(plain_tip(f"{words}: click to tick, hover to play"))


def take_of(item: QListWidgetItem | None) -> Take | None:
    """Give the take of a tile, None while it has not come."""
    take = item.data(TAKE) if item is not None else None
    return take if isinstance(take, tuple) else None


def is_ticked(item: QListWidgetItem) -> bool:
    """Whether a tile's take is ticked, which means that it is to be kept."""
    return bool(item.checkState() == Qt.CheckState.Checked)


class TileDelegate(QStyledItemDelegate):
    """A face over its seed; a frame and a tick where it is to be kept."""

    def __init__(self, view: SheetView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line = QFontMetrics(option.font).height()
        return QSize(TILE.width() + 2 * _PAD, TILE.height() + line + 2 * _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = self._view.item(index.row())
        box = QRect(option.rect).adjusted(2, 2, -2, -2)
        left = box.left() + (box.width() - TILE.width()) // 2
        face = QRect(QPoint(left, box.top() + _PAD - 2), TILE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, box, option, ticked=is_ticked(item))
        take = take_of(item)
        self._paint_face(painter, face, take[0] if take else None, option.palette, item)
        caption = QRect(box.left(), face.bottom() + 1, box.width(), box.bottom() - face.bottom())
        role = Role.Text if take is not None else Role.PlaceholderText
        painter.setPen(option.palette.color(role))
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, str(item.data(SEED)))
        if is_ticked(item):
            _paint_tick(painter, box, option.palette)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, box: QRect, option: QStyleOptionViewItem, *, ticked: bool
    ) -> None:
        palette, state = option.palette, option.state
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(Role.Midlight if over or ticked else Role.Base))
        if ticked:
            painter.setPen(QPen(palette.color(Role.Highlight), 2))
        elif state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(palette.color(Role.Mid), 2))
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_face(
        self,
        painter: QPainter,
        box: QRect,
        sequence: MeshSequence | None,
        palette: QPalette,
        item: QListWidgetItem,
    ) -> None:
        image = self._view.thumbnails.tile(sequence) if sequence is not None else None
        if sequence is not None and item is self._view.playing:
            pictures = self._view.thumbnails.moving(sequence)
            image = pictures[self._view.frame % len(pictures)] if pictures else image
        if image is not None and not image.isNull():
            painter.drawImage(box, image)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(Role.AlternateBase))
        painter.drawRoundedRect(box.adjusted(10, 8, -10, -8), 8, 8)


def _paint_tick(painter: QPainter, box: QRect, palette: QPalette) -> None:
    """Draw a round tick in the upper right corner."""
    corner = QPoint(box.right() - _TICK - 4, box.top() + 5)
    circle = QRectF(QRect(corner, QSize(_TICK, _TICK)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(Role.Highlight))
    painter.drawEllipse(circle)
    painter.setPen(QPen(palette.color(Role.HighlightedText), 2))
    x, y = corner.x(), corner.y()
    painter.drawPolyline([QPoint(x + 5, y + 9), QPoint(x + 8, y + 12), QPoint(x + 13, y + 6)])
