"""The markers of the clip in a slim row over the timeline."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.document.beside.markers import Place
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key

from .markers import Markers
from .snapping import snapped
from .timeline import Timeline

NEAR = 7.0  # pixels to either side of a flag that still take it
STILL = 3.0  # pixels a press may wander before it becomes a drag
_HALF = 4.5  # pixels, half the width of a flag
Key, Mod, Role = Qt.Key, Qt.KeyboardModifier, QPalette.ColorRole
_WALKS = {Key.Key_Up: -1, Key.Key_Down: 1}
_STEPS = {Key.Key_Left: -1, Key.Key_Right: 1}
_NOTES = (Key.Key_Return, Key.Key_Enter, Key.Key_F2)
_REMOVES = (Key.Key_Delete, Key.Key_Backspace)


class MarkerRow(QWidget):
    """A flag a marker with its note beside it; hidden where there is none.

    A click goes to a marker and chooses it, a drag moves it, a double click asks for its note.
    """

    def __init__(self, markers: Markers, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.markers, self._timeline = markers, timeline
        self.menu_actions: list[QAction] = []
        self._hover: Place | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Markers")
        timeline.axis_changed.connect(self.update)
        markers.changed.connect(self.show_markers)
        self.show_markers()

    def show_markers(self) -> None:
        places = self.markers.places
        self.setVisible(bool(places))
        self._timeline.set_marks(self.markers.frames)
        said = [f"frame {one.frame} {one.note}".rstrip() for one in places]
        self.setAccessibleDescription("; ".join(said) or "No markers")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.fontMetrics().height() + 2)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, axis, palette = QPainter(self), self._timeline.axis(), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(axis.left - 8, 0, axis.width + 16, self.height()))
        metrics = QFontMetricsF(self.font())
        right = axis.left + axis.width + 8
        for place in reversed(self.markers.places):
            x = axis.x(place.frame)
            chosen = place.number == self.markers.chosen
            color = palette.color(Role.Highlight if chosen else Role.PlaceholderText)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawPolygon(_flag(x, self.height()))
            if chosen and self.hasFocus():
                painter.setPen(QPen(palette.color(Role.WindowText), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPolygon(_flag(x, self.height()))
            room = right - x - _HALF - 8
            if place.note and room > 20:
                text = metrics.elidedText(place.note, Qt.TextElideMode.ElideRight, room)
                painter.setPen(palette.color(Role.WindowText))
                box = QRectF(x + _HALF + 3, 0, room, self.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            right = x - _HALF

    # The mouse

    def place_at(self, at: QPointF) -> Place | None:
        """Find the marker whose flag is nearest to a point and near enough."""
        axis = self._timeline.axis()
        away = [(abs(axis.x(one.frame) - at.x()), one) for one in self.markers.places]
        best = min(away, default=None)
        return best[1] if best is not None and best[0] <= NEAR else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self.place_at(event.position())
        if place is not None:
            self._pressed, self._dragging = event.position(), False
            self.markers.go_to(place.frame)
            self.markers.choose(place.number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is None:
            self._show_hover(event)
            return
        self._dragging = self._dragging or (at - self._pressed).manhattanLength() > STILL
        if self._dragging:
            free = bool(event.modifiers() & Mod.AltModifier)
            onto = self._timeline.snaps(marks=False)
            frame = snapped(self._timeline.axis(), at.x(), onto, free=free)
            self.markers.move(frame, key="marker drag")
            self.setCursor(Qt.CursorShape.SizeHorCursor)
            QToolTip.showText(event.globalPosition().toPoint(), f"To frame {frame}", self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            self._pressed = None
            self.markers.document.seal()
            self._show_hover(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
            self._pressed = None
            if self.place_at(event.position()) is not None:
                self.markers.ask_note(self.window())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self.place_at(QPointF(event.pos()))
        if place is None:
            open_menu(event, self, self.menu_actions)
            return
        self.markers.choose(place.number)
        first = "Go to the marker", partial(self.markers.go_to, place.frame)
        open_menu(event, self, self.menu_actions, first)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None

    def _show_hover(self, event: QMouseEvent) -> None:
        hover = self.place_at(event.position())
        shapes = Qt.CursorShape
        self.setCursor(shapes.ArrowCursor if hover is None else shapes.PointingHandCursor)
        if hover != self._hover:
            self._hover = hover
            text = "" if hover is None else f"Frame {hover.frame}  {hover.note}".rstrip()
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the row answers from the shortcuts of the window."""
        return take_key(event, self._answers) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._answers(event):
            event.ignore()
            return
        key = Key(event.key())
        if key in _WALKS:
            self.markers.step(_WALKS[key])
        elif key in _STEPS:
            self._nudge(_STEPS[key])
        elif key in _NOTES:
            self.markers.ask_note(self.window())
        else:
            self.markers.remove()

    def _answers(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Mod.KeypadModifier:
            return False
        key = Key(event.key())
        chosen = self.markers.chosen is not None
        return key in _WALKS or (chosen and key in (*_STEPS, *_NOTES, *_REMOVES))

    def _nudge(self, by: int) -> None:
        """Move the chosen marker by a frame, and the playhead with it."""
        frames = [one.frame for one in self.markers.places if one.number == self.markers.chosen]
        last = self.markers.player.playhead.n_frames - 1
        if frames:
            frame = min(max(frames[0] + by, 0), last)
            self.markers.move(frame, key="marker nudge")
            self.markers.player.seek(frame)


def _flag(x: float, height: float) -> QPolygonF:
    """Make a flag that points to the timeline below."""
    top, bottom = height - 12, height - 1
    corners = [(-_HALF, top), (_HALF, top), (_HALF, bottom - 5), (0, bottom), (-_HALF, bottom - 5)]
    return QPolygonF([QPointF(x + dx, y) for dx, y in corners])
