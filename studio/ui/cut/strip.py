"""The cut in a strip under the timeline: parts are arranged, trimmed and faded by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.document.cut.laid import Span
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key
from studio.ui.kit.theme import label_color
from studio.ui.timeline.axis import FrameAxis, time_text
from studio.ui.timeline.player import Player
from studio.ui.timeline.snapping import snapped
from studio.ui.timeline.timeline import Timeline

from .paint import HANDLE, RULER, box_of, paint_head, paint_parts, paint_ruler
from .service import CutService

NEAR = 5.0  # pixels to either side of an end that still take it
STILL = 3.0  # pixels a press may wander before it becomes a drag
Key, Mod, Role = Qt.Key, Qt.KeyboardModifier, QPalette.ColorRole
Grip = Literal["part", "start", "stop", "fade"]
_HEAD = 7  # pixels to either side of the playhead that it paints
_CURSORS = {"part": Qt.CursorShape.OpenHandCursor, "fade": Qt.CursorShape.SplitHCursor}


@dataclass(frozen=True)
class _Held:
    """What the mouse holds since it was pressed, and how the strip was laid out then."""

    grip: Grip
    at: QPointF
    span: Span
    axis: FrameAxis


class CutStrip(QWidget):
    """A block a part; hidden where the cut is empty.

    A click chooses a part, a drag moves it among the others, a drag of an end trims it, and one of
    the corner at its beginning draws it over the part before. A double click shows its clip. The
    ruler above them takes the playhead of the cut, and the view shows the cut then.
    """

    def __init__(
        self, cut: CutService, player: Player, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.cut, self._player, self._timeline = cut, player, timeline
        self.menu_actions: list[QAction] = []
        self._held: _Held | None = None
        self._head_at = 0.0  # in pixels, when it moved last
        self._dragging = self._scrubbing = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Cut")
        self.setToolTip(
            "Clips one after the other; drag a part, its ends, or its corner for a crossfade; "
            "drag along the ruler to see the cut"
        )
        player.on_cut_changed.connect(lambda _on: self.show_cut())
        bind(self, player.cut.frame_changed, lambda _frame: self._move_head())
        cut.changed.connect(self.show_cut)
        self.show_cut()

    def show_cut(self) -> None:
        spans = self.cut.laid.spans
        self.setVisible(bool(spans))
        said = [f"{one.clip.name}, {one.frames} frames" for one in spans]
        chosen = self.cut.chosen
        mark = "" if chosen is None else f"; chosen: {chosen + 1}, {spans[chosen].clip.name}"
        seen = "; on show" if self._player.on_cut else ""
        self.setAccessibleDescription(("; ".join(said) or "No parts") + mark + seen)
        self.update()

    def _move_head(self) -> None:
        """Paint anew where the playhead was and where it is."""
        was, self._head_at = self._head_at, self._axis_now().x(self._player.cut.frame)
        for x in (was, self._head_at):
            self.update(QRect(round(x) - _HEAD, 0, 2 * _HEAD + 1, self.height()))

    def sizeHint(self) -> QSize:
        return QSize(320, self.fontMetrics().height() + 10 + round(RULER))

    def axis(self) -> FrameAxis:
        """Compute where frames of the cut lie; its last frame lasts to the right edge."""
        lines = self._timeline.axis()
        return FrameAxis(self.cut.laid.timing.frames + 1, lines.left, lines.width)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, axis, cut = QPainter(self), self._axis_now(), self.cut.laid
        painter.setPen(self.palette().color(Role.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        box = QRectF(0, 0, axis.left - 10, self.height())
        painter.drawText(box, right, f"Cut {time_text(cut.timing.frames, cut.fps)}")
        plain = self.palette().color(Role.Mid)
        colors = [
            plain if span.clip.label is None else QColor(label_color(span.clip.label))
            for span in cut.spans
        ]
        painter.setClipRect(QRectF(axis.left - 2, 0, axis.width + 4, self.height()))
        paint_ruler(painter, self.palette(), axis)
        paint_parts(painter, self, cut.spans, axis, self.cut.chosen, colors)
        x, seen = axis.x(self._player.cut.frame), self._player.on_cut
        paint_head(painter, self.palette(), x, self.height(), seen=seen)
        if self.hasFocus() and self.cut.chosen is None:
            painter.setPen(self.palette().color(Role.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(axis.left, 0.5, axis.width - 1, self.height() - 1.5))

    def _axis_now(self) -> FrameAxis:
        """Keep frames where they were while something is dragged, so that it stays in the hand."""
        return self._held.axis if self._held is not None else self.axis()

    # The mouse

    def grip_at(self, at: QPointF) -> tuple[int, Grip] | None:
        """Find the part at a point, the last of several, and what of it the point takes hold of."""
        axis, spans = self._axis_now(), self.cut.laid.spans
        for place in reversed(range(len(spans))):
            box = box_of(spans[place], axis, self.height())
            # Where two parts meet, the side tells their ends apart.
            reach = 0.0 if place and not spans[place].overlap else NEAR
            if not box.adjusted(-reach, 0, NEAR, 0).contains(at):
                continue
            corner = at.x() - box.left() < HANDLE + 2 and at.y() < box.top() + HANDLE + 2
            if place and corner:
                return place, "fade"
            if abs(at.x() - box.left()) <= NEAR:
                return place, "start"
            if abs(at.x() - box.right()) <= NEAR:
                return place, "stop"
            if box.contains(at):
                return place, "part"
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() < RULER:
            self._scrubbing = True
            self._scrub(event.position().x())
            return
        found = self.grip_at(event.position())
        self.cut.choose(None if found is None else found[0])
        if found is not None:
            place, grip = found
            span = self.cut.laid.spans[place]
            self._held, self._dragging = _Held(grip, event.position(), span, self.axis()), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self._scrub(event.position().x())
            return
        held, place = self._held, self.cut.chosen
        if held is None or place is None:
            found = self.grip_at(event.position())
            sizes = Qt.CursorShape.SizeHorCursor
            plain = Qt.CursorShape.ArrowCursor
            self.setCursor(plain if found is None else _CURSORS.get(found[1], sizes))
            return
        moved = event.position() - held.at
        self._dragging = self._dragging or moved.manhattanLength() > STILL
        if self._dragging:
            self._drag(held, place, event)

    def _scrub(self, x: float) -> None:
        last = self.cut.laid.timing.frames - 1
        self._player.seek_cut(min(self._axis_now().frame(x), last))

    def _drag(self, held: _Held, place: int, event: QMouseEvent) -> None:
        x, span = event.position().x(), held.span
        by = (x - held.at.x()) / held.axis.pixels_per_frame
        document, key = self.cut.document, f"cut {held.grip}"
        if held.grip == "part":
            self._reorder(place, x)
            return
        if held.grip == "fade":
            document.overlap_in_cut(place, span.overlap - round(by), key=key)
            text = f"Crossfade of {self.cut.laid.spans[place].overlap} frames"
        else:
            free = bool(event.modifiers() & Mod.AltModifier)
            edge = span.at + (span.frames if held.grip == "stop" else 0)
            to = snapped(
                held.axis, held.axis.x(edge) + x - held.at.x(), self._onto(span), free=free
            )
            frames = round((to - edge) * (span.stop - span.start) / span.frames)
            start, stop = span.start, span.stop
            if held.grip == "start":
                start = min(start + frames, stop - 1)
            else:
                stop = max(stop + frames, start + 1)
            document.trim_in_cut(place, start, stop, key=key)
            now = self.cut.laid.spans[place]
            text = f"Frames {now.start} to {now.stop - 1}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _onto(self, span: Span) -> list[int]:
        """List where in the cut markers, range ends and the playhead of a part's clip lie."""
        clip = self.cut.document.state.find(span.clip.id)
        if clip is None:
            return []
        first, stop = clip.range
        frames = [first, stop, *(place.frame for place in clip.marked)]
        if clip.id == self.cut.document.state.current:
            frames.append(self._player.playhead.frame)
        pace = span.frames / (span.stop - span.start)
        return [round(span.at + (frame - span.start) * pace) for frame in frames]

    def _reorder(self, place: int, x: float) -> None:
        """Put the chosen part where the mouse is among the others."""
        axis, spans = self.axis(), self.cut.laid.spans
        middles = [axis.x(span.at + span.frames / 2) for k, span in enumerate(spans) if k != place]
        to = sum(middle < x for middle in middles)
        if to != place:
            self.cut.move(to - place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._scrubbing = False
        if self._held is not None:
            self._held = None
            self.cut.document.seal()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().y() >= RULER:
            self.cut.show()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        found = self.grip_at(QPointF(event.pos()))
        if found is not None:
            self.cut.choose(found[0])
        first = None if found is None else ("Show the clip", self.cut.show)
        open_menu(event, self, self.menu_actions, first)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the strip answers from the shortcuts of the window."""
        return take_key(event, self._answers) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._answers(event):
            event.ignore()
            return
        key, held = Key(event.key()), event.modifiers() & ~Mod.KeypadModifier
        by = 1 if key == Key.Key_Right else -1
        if key in (Key.Key_Delete, Key.Key_Backspace):
            self.cut.remove()
        elif key in (Key.Key_Return, Key.Key_Enter):
            self.cut.show()
        elif held == Mod.ControlModifier:
            self.cut.move(by)
        elif held == Mod.ShiftModifier:
            self.cut.trim(by)
        elif held == Mod.AltModifier:
            self.cut.fade(-by)
        else:
            self.cut.step(by)

    def _answers(self, event: QKeyEvent) -> bool:
        key, held = Key(event.key()), event.modifiers() & ~Mod.KeypadModifier
        if key in (Key.Key_Left, Key.Key_Right):
            held_alone = (Mod.NoModifier, Mod.ControlModifier, Mod.ShiftModifier, Mod.AltModifier)
            return held in held_alone
        keys = (Key.Key_Delete, Key.Key_Backspace, Key.Key_Return, Key.Key_Enter)
        return key in keys and self.cut.chosen is not None and held == Mod.NoModifier
