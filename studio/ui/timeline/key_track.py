"""The keys of moved landmarks, in a slim row over the timeline."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from studio.document import ClipState, Document
from studio.ui.kit.bind import bind
from studio.ui.kit.theme import CHOSEN

from .layer import polygon
from .timeline import Timeline

NEAR = 8.0  # pixels to either side of a key that still take it
SIZE = 4.6
Role = QPalette.ColorRole
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class KeyTrack(QWidget):
    """A mark a key over a hill that shows how far it reaches; hidden where there is none.

    A click goes to a key and takes the keyboard, so that Del removes it; so does its menu.
    """

    sought = Signal(int)  # frame
    removed = Signal(int)  # frame of the key that is to go

    def __init__(
        self, document: Document, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self._timeline = document, timeline
        self.kept_open = False
        self.current: int | None = None  # the frame of the key that was clicked
        self._hover: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Landmark keys")
        timeline.axis_changed.connect(self.update)
        bind(self, document.edit_changed, lambda _clip: self.show_keys())
        bind(self, document.current_changed, lambda _clip: self.show_keys())
        self.show_keys()

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames that have a key."""
        clip = self.document.current_clip
        edit = clip.landmark_edit if clip is not None else None
        return edit.frames if edit is not None else ()

    def keep_open(self, *, on: bool) -> None:
        """Stay open even without a key, so that the first one moves nothing else."""
        self.kept_open = on
        self.show_keys()

    def show_keys(self) -> None:
        frames = self.frames
        self.current = self.current if self.current in frames else None
        self.setVisible(bool(frames) or self.kept_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if frames else Qt.FocusPolicy.NoFocus)
        said = ", ".join(str(frame) for frame in frames)
        text = f"Keys at frames {said}" if frames else "No keys"
        self.setAccessibleDescription(text)
        self.setToolTip("Landmark keys: click to go there, Del removes" if frames else text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, max(round(1.2 * self.fontMetrics().height()), 18))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        clip, painter = self.document.current_clip, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, axis = self.palette(), self._timeline.axis()
        plot = QRectF(axis.left, 0, axis.width, self.height())
        painter.setPen(palette.color(Role.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, axis.left - 10, self.height()), right, "Keys")
        painter.fillRect(plot.adjusted(0, self.height() - 1, 0, 0), palette.color(Role.Midlight))
        painter.setClipRect(plot.adjusted(-8, 0, 8, 0))
        if clip is not None and self.frames:
            self._paint_hills(painter, clip)
        for frame in self.frames:
            self._paint_key(painter, frame)

    def _paint_hills(self, painter: QPainter, clip: ClipState) -> None:
        """Paint what is left of each key, over the frames."""
        axis, low = self._timeline.axis(), self.height() - 1.0
        start, stop = axis.visible
        frames = np.arange(start, stop)
        edit = clip.landmark_edit
        if edit is None or not len(frames):
            return
        color = QColor(CHOSEN)
        color.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        x = np.array([axis.x(frame) for frame in frames.tolist()])
        for share in edit.influence(frames).T:
            y = low - share * (low - 3.0)
            outline = np.stack([np.r_[x, x[::-1]], np.r_[y, np.full(len(x), low)]], axis=1)
            painter.drawPolygon(polygon(outline))

    def _paint_key(self, painter: QPainter, frame: int) -> None:
        at = QPointF(self._timeline.axis().x(frame), self.height() / 2)
        size = SIZE + (1.4 if frame == self._hover else 0.0)
        corners = ((0, -size), (size, 0), (0, size), (-size, 0))
        chosen = frame == self.current and self.hasFocus()
        rim = self.palette().color(Role.WindowText if chosen else Role.Base)
        painter.setPen(QPen(rim, 1.8 if chosen else 1.2))
        painter.setBrush(CHOSEN)
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))

    # The mouse and the keys

    def key_at(self, x: float) -> int | None:
        """Find the frame of the key nearest to a pixel column and near enough."""
        axis = self._timeline.axis()
        away = [(abs(axis.x(frame) - x), frame) for frame in self.frames]
        best = min(away, default=(NEAR + 1, -1))
        return best[1] if best[0] <= NEAR else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        frame = self.key_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and frame is not None:
            self._go_to(frame)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hover = self.key_at(event.position().x())
        if hover == self._hover:
            return
        self._hover = hover
        shape = Qt.CursorShape.ArrowCursor if hover is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        if hover is not None:
            text = f"Key at frame {hover}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        frame = self.key_at(event.pos().x())
        if frame is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go to the key", partial(self._go_to, frame))
        menu.addAction("Remove key", partial(self.removed.emit, frame))
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVES and self.current is not None:
            self.removed.emit(self.current)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.frames:
            self._step(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.current is None and self.frames:
            self.current = self.frames[0]
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)

    def _go_to(self, frame: int) -> None:
        self.current = frame
        self.setFocus()
        self.sought.emit(frame)
        self.update()

    def _step(self, by: int) -> None:
        """Go to the key before or after."""
        frames = self.frames
        place = frames.index(self.current) + by if self.current in frames else 0
        self._go_to(frames[min(max(place, 0), len(frames) - 1)])
