"""The keys of the clip's edits, in slim rows over the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.document.key_verbs import KeySpot
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key

from .key_editor import KeyEditor, KeyRow
from .key_paint import Look, handles, paint_box, paint_handles, paint_row, row_height
from .snapping import snapped
from .timeline import Timeline

NEAR = 8.0  # pixels to either side of a key that still take it
GRAB = 5.0  # pixels to either side of a handle that still take it
STILL = 3.0  # pixels a press may wander before it becomes a drag
Key, Mod, Role = Qt.Key, Qt.KeyboardModifier, QPalette.ColorRole
_STEPS = {Key.Key_Left: -1, Key.Key_Right: 1}
_WALKS = {Key.Key_Up: -1, Key.Key_Down: 1}


@dataclass
class _Grip:
    """What the mouse holds since it was pressed."""

    what: Literal["keys", "first", "last", "box"]
    at: QPointF
    spot: KeySpot | None = None
    before: frozenset[KeySpot] = field(default_factory=frozenset)  # chosen then
    moving: bool = False


class KeyTrack(QWidget):
    """A mark a key over a hill or curve that shows what it does; hidden where there is none.

    A click chooses a key and goes to it, Shift adds one, a drag on the ground chooses with a box.
    A drag of a key moves all that are chosen, with Ctrl copies of them, with Alt it scales them
    about the playhead; the handles beside them scale about the other end.
    """

    sought = Signal(int)  # frame

    def __init__(
        self, editor: KeyEditor, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor, self._timeline = editor, timeline
        self.menu_actions: list[QAction] = []
        self.kept_open = False
        self.current: KeySpot | None = None  # what the keyboard is on
        self._hover: KeySpot | None = None
        self._grip: _Grip | None = None
        self._box: QRectF | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Keys of the edits")
        timeline.axis_changed.connect(self.update)
        editor.changed.connect(self.show_keys)
        self.show_keys()

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames in which a key is seen."""
        return tuple(sorted({at for row in self.editor.rows for at in row.seen.values()}))

    def keep_open(self, *, on: bool) -> None:
        """Stay open even without a key, so that the first one moves nothing else."""
        self.kept_open = on
        self.show_keys()

    def show_keys(self) -> None:
        rows = self.editor.rows
        if self.editor.dragged is None:
            self.current = self.current if self.current in self.editor.spots else None
            if self._grip is not None and self._grip.moving and self._grip.what != "box":
                self._grip = None  # what was held is no longer what it was
        self.setVisible(bool(rows) or self.kept_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if rows else Qt.FocusPolicy.NoFocus)
        said = [f"{row.edit.title}: keys at frames {_listed(row)}" for row in rows]
        if self.editor.marked:
            said.append(f"{len(self.editor.marked)} chosen")
        self.setAccessibleDescription("; ".join(said) or "No keys")
        tip = "Click chooses a key, a drag moves it, with Ctrl a copy; Del removes"
        self.setToolTip(tip if rows else "No keys")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        rows = max(len(self.editor.rows), 1)
        return QSize(320, round(rows * row_height(self.fontMetrics().height(), rows)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        editor, painter, axis = self.editor, QPainter(self), self._timeline.axis()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        moving = editor.dragged is not None
        look = Look(
            editor.marked,
            editor.taken if moving else {},
            self._hover,
            self.current if self.hasFocus() and not moving else None,
        )
        for number, row in enumerate(editor.rows or [None]):
            paint_row(painter, self, row, self._row_box(number), axis, look)
        plot = QRectF(axis.left, 0, axis.width, self.height())
        painter.setClipRect(plot.adjusted(-18, 0, 18, 0))
        marked = editor.places(editor.marked).values()
        paint_handles(painter, self.palette(), handles(marked, axis, self.height()))
        if self._box is not None:
            paint_box(painter, self, self._box)

    def _row_box(self, number: int) -> QRectF:
        axis = self._timeline.axis()
        tall = self.height() / max(len(self.editor.rows), 1)
        return QRectF(axis.left, number * tall, axis.width, tall)

    # The mouse

    def key_at(self, at: QPointF) -> KeySpot | None:
        """Find the key nearest to a point in its row and near enough."""
        axis = self._timeline.axis()
        away = [
            (abs(axis.x(frame) - at.x()), spot)
            for number, row in enumerate(self.editor.rows)
            if self._row_box(number).adjusted(-99, 0, 99, 0).contains(at)
            for spot, frame in row.seen.items()
        ]
        best = min(away, default=None)
        return best[1] if best is not None and best[0] <= NEAR else None

    def _handle_at(self, at: QPointF) -> Literal["first", "last"] | None:
        boxes = handles(self.editor.taken.values(), self._timeline.axis(), self.height())
        away = [abs(box.center().x() - at.x()) for box in boxes]
        if not away or min(away) > GRAB:
            return None
        return "first" if away[0] <= away[1] else "last"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._grip is not None:
            return
        editor, at = self.editor, event.position()
        spot, handle = self.key_at(at), self._handle_at(at)
        self.setFocus()
        before, more = editor.chosen, bool(event.modifiers() & Mod.ShiftModifier)
        if spot is not None:
            self._grip = _Grip("keys", at, spot, before)
            self.current = spot
            if more:
                editor.choose(before ^ {spot})
            elif spot not in before:
                editor.choose({spot})
        elif handle is not None:
            self._grip = _Grip(handle, at, None, before)
        else:
            self._grip = _Grip("box", at, None, before if more else frozenset())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, grip = event.position(), self._grip
        if grip is None:
            self._show_hover(event)
            return
        grip.moving = grip.moving or (at - grip.at).manhattanLength() > STILL
        if not grip.moving:
            return
        if grip.what == "box":
            self._draw_box(grip, at)
            return
        alt = bool(event.modifiers() & Mod.AltModifier)
        copy = bool(event.modifiers() & Mod.ControlModifier)
        if grip.what == "keys" and not alt:
            self._move(grip, at, copy=copy)
        else:
            self._scale(grip, at, about_playhead=alt)
        self.setCursor(_shape(grip, copy=copy))
        if self.editor.dragged is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self._said(), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._grip is None:
            return
        grip, self._grip, self._box = self._grip, None, None
        if grip.what == "box" and not grip.moving:
            self.editor.choose(grip.before)
        elif grip.what == "keys" and not grip.moving:
            if grip.spot is not None and not event.modifiers() & Mod.ShiftModifier:
                self.editor.choose({grip.spot})
                self._seek(grip.spot)
        elif grip.what != "box":
            self.editor.drop()
        self._show_hover(event)
        self.update()

    def _move(self, grip: _Grip, at: QPointF, *, copy: bool) -> None:
        """Move the chosen keys with the one that is held, which goes onto what is near."""
        axis = self._timeline.axis()
        held = self.editor.taken.get(grip.spot) if grip.spot is not None else None
        if held is None:
            return
        to = axis.x(held) + at.x() - grip.at.x()
        frame = snapped(axis, to, self._timeline.snaps(ends=False))
        self.editor.show_move(frame - held, copy=copy)

    def _scale(self, grip: _Grip, at: QPointF, *, about_playhead: bool) -> None:
        """Scale the chosen keys so that what is held follows the mouse."""
        taken = self.editor.taken
        frames = [*taken.values()]
        if not frames:
            return
        held = {"first": frames[0], "last": frames[-1]}.get(grip.what)
        if held is None:
            held = taken.get(grip.spot, frames[0]) if grip.spot is not None else frames[0]
        about = frames[-1] if grip.what == "first" else frames[0]
        if about_playhead:
            about = self._timeline.frame
        by = (at.x() - grip.at.x()) / self._timeline.axis().pixels_per_frame
        if held != about:
            self.editor.show_scale(about, (held + by - about) / (held - about))

    def _draw_box(self, grip: _Grip, at: QPointF) -> None:
        self._box = QRectF(grip.at, at).normalized()
        axis = self._timeline.axis()
        inside = {
            spot
            for number, row in enumerate(self.editor.rows)
            if self._box.top() <= self._row_box(number).bottom()
            and self._box.bottom() >= self._row_box(number).top()
            for spot, frame in row.seen.items()
            if self._box.left() <= axis.x(frame) <= self._box.right()
        }
        self.editor.choose(grip.before | inside)
        self.update()

    def _said(self) -> str:
        """Say where the keys are in the drag."""
        frames = sorted({*self.editor.places(self.editor.marked).values()}) or [0]
        where = f"frame {frames[0]}" if len(frames) == 1 else f"frames {frames[0]} to {frames[-1]}"
        return f"To {where}"

    def _show_hover(self, event: QMouseEvent) -> None:
        hover, handle = self.key_at(event.position()), self._handle_at(event.position())
        shape = Qt.CursorShape.ArrowCursor
        if hover is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif handle is not None:
            shape = Qt.CursorShape.SizeHorCursor
        self.setCursor(shape)
        if hover != self._hover:
            self._hover = hover
            if hover is not None:
                text = f"Key at frame {self.editor.places([hover])[hover]}"
                QToolTip.showText(event.globalPosition().toPoint(), text, self)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        spot = self.key_at(QPointF(event.pos()))
        if spot is not None and spot not in self.editor.chosen:
            self.editor.choose({spot})
        first = None if spot is None else ("Go to the key", partial(self._seek, spot))
        open_menu(event, self, self.menu_actions, first)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the track answers from the shortcuts of the window."""
        return take_key(event, self._answers) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._answers(event):
            event.ignore()
            return
        key, shift = Key(event.key()), bool(event.modifiers() & Mod.ShiftModifier)
        if key == Key.Key_Escape:
            self._give_up()
        elif key == Key.Key_Backspace:
            self.editor.remove()
        elif key in _WALKS:
            self._walk(_WALKS[key], more=shift)
        elif event.modifiers() & Mod.AltModifier:
            stretch = self.editor.stretch_about_playhead if shift else self.editor.stretch
            stretch(_STEPS[key])
        else:
            self.editor.move(_STEPS[key] * (10 if shift else 1))

    def _answers(self, event: QKeyEvent) -> bool:
        """Whether a key means something here."""
        held = event.modifiers() & ~(Mod.ShiftModifier | Mod.KeypadModifier)
        if event.key() in _STEPS:
            return bool(self.editor.chosen) and held in (Mod.NoModifier, Mod.AltModifier)
        if held != Mod.NoModifier:
            return False
        if event.key() in _WALKS:
            return bool(self.editor.spots)
        mine = event.key() in (Key.Key_Backspace, Key.Key_Escape)
        return mine and bool(self.editor.chosen or self._grip)

    def _give_up(self) -> None:
        """End the drag with everything where it was; without one, choose nothing."""
        grip, self._grip, self._box = self._grip, None, None
        if grip is None:
            self.editor.choose(())
            return
        self.editor.let_go()
        self.editor.choose(grip.before)

    def _walk(self, by: int, *, more: bool) -> None:
        """Go to the key before or after, of all rows, and choose it, or it as well."""
        spots = self.editor.spots
        place = spots.index(self.current) + by if self.current in spots else 0
        self.current = spots[min(max(place, 0), len(spots) - 1)]
        self.editor.choose(self.editor.chosen | {self.current} if more else {self.current})
        self._seek(self.current)
        self.update()

    def _seek(self, spot: KeySpot) -> None:
        """Go to where a key is seen."""
        for frame in self.editor.places([spot]).values():
            self.sought.emit(frame)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.current is None and self.editor.spots:
            self.current = self.editor.spots[0]
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._grip, self._box = None, None
        self.editor.let_go()

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)


def _listed(row: KeyRow) -> str:
    return ", ".join(str(frame) for frame in row.seen.values()) or "none that play"


def _shape(grip: _Grip, *, copy: bool) -> Qt.CursorShape:
    if grip.what != "keys":
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.DragCopyCursor if copy else Qt.CursorShape.ClosedHandCursor
