"""A grid of takes: small faces that play under the pointer and can be ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QPainter, QPalette, QPen
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
from studio.ui.kit.theme import label_icon

from .takes import News, Verdict

_OWN = Qt.ItemDataRole.UserRole
TAKE, SEED, READ = _OWN + 1, _OWN + 2, _OWN + 3
SIZES = {"small": 0.75, "medium": 1.0, "large": 1.5}  # of the faces, in those of `TILE`
_PAD, _TICK, _DOT = 8, 18, 10
_STEPS = 20  # pictures of a take, until it is known how many there are
Role = QPalette.ColorRole


class SheetView(QListWidget):
    """One tile a seed, empty until its take comes.

    Click or Space ticks a take; the tile under the pointer, or the one chosen by key, plays, or
    all of them do.
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
        self.face_size = TILE
        self.frame = 0
        self.playing_all = False
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
            item.setData(Qt.ItemDataRole.CheckStateRole, Qt.CheckState.Unchecked)
            self.addItem(item)
        self.ticked_changed.emit()

    def take_news(self, news: News) -> None:
        """Show takes that were made, or what one reads as."""
        if isinstance(news, Verdict):
            self._tell(news)
        else:
            self.fill(news)

    def fill(self, takes: Sequence[Take]) -> None:
        """Put takes where their seeds are expected."""
        by_seed = {take[1].request.seed: take for take in takes}
        for item in self.tiles():
            take = by_seed.get(item.data(SEED))
            if take is not None:
                item.setData(TAKE, take)
                self.thumbnails.tile(take[0])
                self._describe(item)
        if self.playing_all:
            self.play_all(on=True)
        self.ticked_changed.emit()

    def _tell(self, verdict: Verdict) -> None:
        for item in self.tiles():
            if item.data(SEED) == verdict.seed:
                item.setData(READ, verdict)
                self._describe(item)

    def set_size(self, name: str) -> None:
        """Show the faces small, medium or large."""
        self.face_size = TILE * SIZES[name]
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

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
        """Play this tile from its beginning, and no other, unless all play."""
        if item is self.playing or self.playing_all:
            return
        self.playing, self.frame = item, 0
        take = take_of(item) if item is not None else None
        if take is None:
            self._clock.stop()
        else:
            pictures = self.thumbnails.moving(take[0])
            self._run_clock(take, len(pictures))
        self.viewport().update()

    def play_all(self, *, on: bool) -> None:
        """Play every take that has come, each as soon as its pictures are drawn, or stop."""
        self.playing_all, self.playing = on, None
        takes = self.takes if on else []
        if takes:
            self.thumbnails.prepare_moving([sequence for sequence, _ in takes])
            self._run_clock(takes[0], _STEPS)
        else:
            self._clock.stop()
        self.viewport().update()

    def _run_clock(self, take: Take, pictures: int) -> None:
        self._clock.start(max(round(1000 * take[0].duration / max(pictures, _STEPS)), 30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self.tick(self.currentItem())
            event.accept()
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        # A tooltip would cover faces; what it says stands above them, for all who see the sheet.
        return event.type() == QEvent.Type.ToolTip or super().viewportEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.play(None)
        super().leaveEvent(event)

    def _paint_anew(self, _sequence: MeshSequence) -> None:
        self.viewport().update()

    def _step(self) -> None:
        if self.playing_all:
            self.frame += 1
            self.viewport().update()
            return
        take = take_of(self.playing) if self.playing is not None else None
        pictures = self.thumbnails.moving(take[0]) if take is not None else []
        if pictures and self.playing is not None:
            self.frame = (self.frame + 1) % len(pictures)
            self.viewport().update(self.visualItemRect(self.playing))

    def pictures(self, item: QListWidgetItem, sequence: MeshSequence) -> list[QImage]:
        """Give what a tile plays; none where it stands still."""
        if self.playing_all:
            return self.thumbnails.drawn_moving(sequence)
        return self.thumbnails.moving(sequence) if item is self.playing else []

    @staticmethod
    def _describe(item: QListWidgetItem) -> None:
        read = read_of(item)
        words = [f"Seed {item.data(SEED)}", f"reads {_percent(read)}" if read else ""]
        spoken = ", ".join(filter(None, [*words, "ticked" if is_ticked(item) else ""]))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)


def take_of(item: QListWidgetItem | None) -> Take | None:
    """Give the take of a tile, None while it has not come."""
    take = item.data(TAKE) if item is not None else None
    return take if isinstance(take, tuple) else None


def read_of(item: QListWidgetItem) -> Verdict | None:
    """Give what the take of a tile reads as, None while that is not known."""
    read = item.data(READ)
    return read if isinstance(read, Verdict) else None


def caption(take: Take, read: Verdict | None) -> str:
    """Write what stands under a face in a picture of the sheet."""
    seed = str(take[1].request.seed)
    return seed if read is None else f"{seed} · {_percent(read)}"


def _percent(read: Verdict) -> str:
    return f"{read.label} {100 * read.confidence:.0f} %"


def is_ticked(item: QListWidgetItem) -> bool:
    """Whether a tile's take is ticked, which means that it is to be kept."""
    return bool(item.checkState() == Qt.CheckState.Checked)


class TileDelegate(QStyledItemDelegate):
    """A face over its seed and what it reads as; a frame and a tick where it is to be kept."""

    def __init__(self, view: SheetView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line, face = QFontMetrics(option.font).height(), self._view.face_size
        return QSize(face.width() + 2 * _PAD, face.height() + 2 * line + 2 * _PAD + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = self._view.item(index.row())
        box = QRect(option.rect).adjusted(2, 2, -2, -2)
        left = box.left() + (box.width() - self._view.face_size.width()) // 2
        face = QRect(QPoint(left, box.top() + _PAD - 2), self._view.face_size)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, box, option, ticked=is_ticked(item))
        take = take_of(item)
        self._paint_face(painter, face, take[0] if take else None, option.palette, item)
        line = (box.bottom() - face.bottom()) // 2
        below = QRect(box.left(), face.bottom() + 1, box.width(), line)
        role = Role.Text if take is not None else Role.PlaceholderText
        painter.setPen(option.palette.color(role))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(item.data(SEED)))
        read = read_of(item)
        if take is not None and read is not None:
            asked = read.label == take[1].label
            painter.setPen(option.palette.color(Role.PlaceholderText if asked else Role.Text))
            _paint_verdict(painter, below.translated(0, line - 2), read)
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
            painter.setPen(QPen(palette.color(Role.Text), 2, Qt.PenStyle.DotLine))
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
        pictures = self._view.pictures(item, sequence) if sequence is not None else []
        if pictures:
            image = pictures[self._view.frame % len(pictures)]
        if image is not None and not image.isNull():
            painter.drawImage(box, image)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(Role.AlternateBase))
        painter.drawRoundedRect(box.adjusted(10, 8, -10, -8), 8, 8)


def _paint_verdict(painter: QPainter, line: QRect, read: Verdict) -> None:
    """Write what a take reads as behind a dot in its color; the number where room is short."""
    room = line.width() - _DOT - 6
    words = _percent(read)
    if painter.fontMetrics().horizontalAdvance(words) > room:
        words = words.removeprefix(f"{read.label} ")
    width = painter.fontMetrics().horizontalAdvance(words)
    left = line.left() + (line.width() - width - _DOT - 4) // 2
    icon = QRect(left, line.center().y() - _DOT // 2, _DOT, _DOT)
    label_icon(read.label, _DOT).paint(painter, icon)
    place = QRect(left + _DOT + 4, line.top(), width + 1, line.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)


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
