"""The mouse and the keyboard over the curves of channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.channels.keying import Placed, Spot, moved, scaled
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key
from studio.ui.timeline.timeline import NOTCH

from .editor import weight_of
from .scales import Grid
from .view import CurvePlot

NEAR = 8.0  # pixels around a key that still take it
ON = 6.0  # pixels above and below a curve that still take it
STILL = 3.0  # pixels a press may wander before it becomes a drag
SNAP = 5.0  # pixels from the playhead within which a dragged key goes onto it
FINE, COARSE = 0.01, 0.1  # of a weight, that an arrow key moves
Key, Mod, Shape = Qt.Key, Qt.KeyboardModifier, Qt.CursorShape
What = Literal["keys", "left", "right", "top", "bottom", "box", "pan"]
_SIDES: tuple[What, ...] = ("left", "right", "top", "bottom")
_WAYS = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, 1), Key.Key_Down: (0, -1)}
_OTHER = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_SHAPES: dict[What, Qt.CursorShape] = {
    "keys": Shape.SizeAllCursor,
    "left": Shape.SizeHorCursor,
    "right": Shape.SizeHorCursor,
    "top": Shape.SizeVerCursor,
    "bottom": Shape.SizeVerCursor,
    "box": Shape.CrossCursor,
    "pan": Shape.ClosedHandCursor,
}
_TIP = (
    "Drag a key to move it, with Shift along one axis; drag the ground for a box; a double click "
    "on a curve sets a key. The wheel zooms in time, with Ctrl in height"
)


@dataclass
class _Grip:
    """What the mouse holds since it was pressed."""

    what: What
    at: QPointF
    spot: Spot | None = None
    before: frozenset[Spot] = field(default_factory=frozenset)  # chosen then
    moving: bool = False


class CurveView(CurvePlot):
    """Curves whose keys are chosen, moved and scaled with the mouse and the keyboard.

    A click chooses a key and goes to it, Shift adds one, a drag on the ground chooses with a box.
    A drag of a key moves all that are chosen; the handles around them scale them.
    """

    _grip: _Grip | None = None
    _box: QRectF | None = None
    _tip = ""

    # What is where

    def key_at(self, at: QPointF) -> Spot | None:
        """Find the key nearest to a point and near enough."""
        found = [(*item.nearest(at), item) for item in self.items_of.values()]
        best = min(found, key=lambda one: one[0], default=None)
        if best is None or best[0] > NEAR:
            return None
        return best[2].spot(best[1])

    def curve_at(self, at: QPointF) -> str | None:
        """Find the channel whose curve is nearest to a point and near enough."""
        found = [(item.off(at), item.channel) for item in self.items_of.values()]
        best = min(found, default=None)
        return best[1] if best is not None and best[0] <= ON else None

    def _side_at(self, at: QPointF) -> What | None:
        boxes = self.handles.sides
        inside = (s for s in _SIDES if s in boxes and boxes[s].adjusted(-3, -3, 3, 3).contains(at))
        return next(inside, None)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            return
        at = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self.timeline.mousePressEvent(event)
            self._take(_Grip("pan", at))
        if event.button() != Qt.MouseButton.LeftButton or not self.editor.ready:
            return
        editor, spot, side = self.editor, self.key_at(at), self._side_at(at)
        before, more = editor.chosen, bool(event.modifiers() & Mod.ShiftModifier)
        if spot is not None:
            self._take(_Grip("keys", at, spot, before))
            if more:
                editor.choose(before ^ {spot})
            elif spot not in before:
                editor.choose({spot})
        elif side is not None:
            self._take(_Grip(side, at, None, before))
        else:
            self._take(_Grip("box", at, None, before if more else frozenset()))

    def _take(self, grip: _Grip) -> None:
        self._grip = grip
        self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, grip = event.position(), self._grip
        if grip is None:
            self._show_hover(event)
            return
        if not grip.moving and (at - grip.at).manhattanLength() <= STILL:
            return
        if not grip.moving:
            grip.moving = True
            self.viewport().setCursor(_SHAPES[grip.what])
            if grip.what not in ("box", "pan"):
                self.editor.hold("Move keys" if grip.what == "keys" else "Scale keys")
        if grip.what == "pan":
            self.timeline.mouseMoveEvent(event)
        self._drag(grip, at, along=bool(event.modifiers() & Mod.ShiftModifier))
        if self.editor.dragged is not None:
            QToolTip.showText(event.globalPosition().toPoint(), self._where(grip), self)

    def _drag(self, grip: _Grip, at: QPointF, *, along: bool) -> None:
        if grip.what == "pan":
            self._pan(grip, at)
        elif grip.what == "box":
            self._draw_box(grip, at)
        elif grip.what == "keys":
            self._move(grip, at, along=along)
        else:
            self._scale(grip, at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grip = self._grip
        if grip is None or event.button() not in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.MiddleButton,
        ):
            return
        self._grip, self._box = None, None
        if grip.what == "pan":
            self.timeline.mouseReleaseEvent(event)
        elif grip.what == "box" and not grip.moving:
            self.editor.choose(grip.before)
        elif grip.what == "keys" and not grip.moving:
            self._go_to(grip, more=bool(event.modifiers() & Mod.ShiftModifier))
        elif grip.what != "box":
            self.editor.drop()
        self._show_hover(event)
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Set a key on a curve; anywhere else, show all of the clip and of the curves."""
        at = event.position()
        name = self.curve_at(at) if self.editor.ready and self.key_at(at) is None else None
        if name is None:
            self.timeline.fit()
            self.fit()
            return
        frame = self.grid.frame(at.x())
        self._seek(frame)
        self.editor.set_values({name: self.editor.values(frame)[name]}, "Set key")
        self.editor.choose({Spot(name, frame)})

    def _go_to(self, grip: _Grip, *, more: bool) -> None:
        spot = grip.spot
        if spot is None or more:
            return
        self.editor.choose({spot})
        self._seek(spot.frame)

    def _seek(self, frame: int) -> None:
        """Go to where a frame of the edit plays."""
        above = self.grid.plays.above(frame)
        if above is not None:
            self.editor.player.seek(above)

    def _move(self, grip: _Grip, at: QPointF, *, along: bool) -> None:
        """Move the chosen keys with the one that is held, which goes onto the playhead nearby."""
        grid, editor, spot, last = self.grid, self.editor, grip.spot, self.editor.last
        held = None if spot is None else grid.plays.above(spot.frame)
        if spot is None or held is None:
            return
        way = at - grip.at
        if along:
            way = QPointF(way.x(), 0) if abs(way.x()) >= abs(way.y()) else QPointF(0, way.y())
        to, playhead = grid.axis.x(held) + way.x(), editor.player.playhead.frame
        near = abs(grid.axis.x(playhead) - to) <= SNAP and way.x() != 0
        frame = editor.frame if near else grid.frame(to)
        by, more = frame - spot.frame, -way.y() / grid.pixels_per_weight
        editor.show(lambda edit: moved(edit, editor.chosen, by if way.x() else 0, more, last))

    def _scale(self, grip: _Grip, at: QPointF) -> None:
        """Scale the chosen keys so that the side that is held follows the mouse."""
        editor, last, grid = self.editor, self.editor.last, self.grid

        def change(edit: ChannelsEdit) -> Placed:
            frames = [spot.frame for spot in editor.chosen]
            values = [weight_of(edit, spot) for spot in editor.chosen]
            ends = {
                "left": min(frames),
                "right": max(frames),
                "bottom": min(values),
                "top": max(values),
            }
            side, about = ends[grip.what], ends[_OTHER[grip.what]]
            wide = grip.what in ("left", "right")
            by = _gone(grid, grip.at, at)[0 if wide else 1]
            factor = (side + by - about) / (side - about) if side != about else 1.0
            factors = (factor, 1.0) if wide else (1.0, factor)
            return scaled(edit, editor.chosen, (about, about), factors, last)

        editor.show(change)

    def _pan(self, grip: _Grip, at: QPointF) -> None:
        """Move what is seen up and down; the timeline moves along by itself."""
        _, weights = _gone(self.grid, grip.at, at)
        grip.at = at
        self.set_heights(self.heights.moved(-weights))

    def _draw_box(self, grip: _Grip, at: QPointF) -> None:
        self._box = QRectF(grip.at, at).normalized()
        inside = {s for item in self.items_of.values() for s in item.inside(self._box)}
        self.editor.choose(grip.before | inside)
        self.viewport().update()

    def _where(self, grip: _Grip) -> str:
        """Say where the keys are in the drag."""
        spots = self.editor.marked
        frames = sorted({spot.frame for spot in spots})
        at = f"frame {frames[0]}" if len(frames) == 1 else f"frames {frames[0]} to {frames[-1]}"
        if len(spots) > 1:
            return f"{len(spots)} keys, {at}"
        (spot,) = spots
        return f"{spot.channel} {weight_of(self.editor.edit, spot):.2f}, {at}"

    def _show_hover(self, event: QMouseEvent) -> None:
        at = event.position()
        spot, side, name = self.key_at(at), self._side_at(at), self.curve_at(at)
        shape, tip = Shape.ArrowCursor, ""
        if spot is not None:
            shape = Shape.PointingHandCursor
            tip = f"{spot.channel} {weight_of(self.editor.edit, spot):.2f}, frame {spot.frame}"
        elif side is not None:
            shape, tip = _SHAPES[side], "Drag to scale the chosen keys"
        elif name is not None:
            tip = name
        self.viewport().setCursor(shape)
        if tip != self._tip:
            self._tip = tip
            QToolTip.showText(event.globalPosition().toPoint(), tip, self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in height with Ctrl; anything else is the timeline's."""
        if event.modifiers() & Mod.ControlModifier:
            at = self.grid.value(event.position().y())
            turn = event.angleDelta().y() / 120
            self.set_heights(self.heights.by(NOTCH**-turn, at))
            event.accept()
        else:
            self.timeline.wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        spot = self.key_at(QPointF(event.pos()))
        if spot is not None and spot not in self.editor.chosen:
            self.editor.choose({spot})
        open_menu(event, self, self.menu_actions)

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the curves answer from the shortcuts of the window."""
        return take_key(event, lambda key: self._verb(key) is not None) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = self._verb(event)
        if verb is None:
            event.ignore()
        else:
            verb()

    def _verb(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Find what a key asks for; None where it means nothing here."""
        editor, key, held = self.editor, Key(event.key()), event.modifiers()
        held &= ~Mod.KeypadModifier
        if key in _WAYS:
            return self._way(_WAYS[key], held)
        if key == Key.Key_A and held == Mod.ControlModifier:
            return editor.choose_all
        if held != Mod.NoModifier:
            return None
        if key == Key.Key_Escape and (self._grip or editor.chosen):
            return self._give_up
        if key in (Key.Key_Delete, Key.Key_Backspace) and editor.chosen:
            return editor.remove
        return None

    def _way(self, way: tuple[int, int], held: Qt.KeyboardModifier) -> Callable[[], object] | None:
        """Find what an arrow key asks for."""
        editor, far = self.editor, bool(held & Mod.ShiftModifier)
        frames = way[0] * (10 if far else 1)
        weight = way[1] * (COARSE if far else FINE)
        plain = held & ~Mod.ShiftModifier
        if plain == Mod.ControlModifier and way[0]:
            return partial(editor.go, way[0])
        if not editor.chosen:
            return None
        if plain == Mod.AltModifier:
            return partial(editor.stretch, frames, weight)
        return partial(editor.move, frames, weight) if plain == Mod.NoModifier else None

    def _give_up(self) -> None:
        """End the drag with everything where it was; without one, choose nothing."""
        grip, self._grip, self._box = self._grip, None, None
        self.editor.let_go()
        self.editor.choose(grip.before if grip is not None else ())
        self.viewport().update()

    # Painting and being seen

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # type: ignore[override]
        super().drawForeground(painter, rect)
        if self._box is not None:
            color = QColor(self.palette().color(QPalette.ColorRole.Highlight))
            painter.setPen(QPen(color, 1))
            color.setAlpha(50)
            painter.setBrush(color)
            painter.drawRect(self._box)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setToolTip(_TIP)
        self.editor.set_active(on=True)
        self.lay()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._grip, self._box = None, None
        self.editor.let_go()


def _gone(grid: Grid, start: QPointF, at: QPointF) -> tuple[float, float]:
    """Tell how far the mouse has gone, in frames and in weights."""
    way = at - start
    return way.x() / grid.axis.pixels_per_frame, -way.y() / grid.pixels_per_weight
