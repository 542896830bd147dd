"""What is drawn of channels: a curve with its keys, the handles around those that are chosen."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.core.sequence import Doubles
from studio.document.edits.channels.captured import Captured
from studio.document.edits.channels.curves import ChannelCurve, ChannelKey, Tangent
from studio.document.edits.channels.keying import Spot
from studio.face.rig import ARKIT
from studio.ui.kit.theme import track_color
from studio.ui.timeline.layer import polygon

from .scales import Grid

Role = QPalette.ColorRole
SIDE = 4.2  # pixels from the middle of a key to its edge
HANDLE = 7.0  # pixels of a handle
AROUND = 11.0  # pixels from the outermost chosen keys to the handles
_CLOSE = 7.0  # pixels between keys, below which only those that are chosen have their size
_FAINT = 70  # alpha of what was captured, and of curves that are not seen
_WIDE = 1.6

SHAPES: dict[Tangent, tuple[tuple[float, float], ...]] = {
    "smooth": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "linear": ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    "step": ((-0.9, -0.9), (0.9, 0), (-0.9, 0.9)),
}


def color_of(channel: str) -> str:
    """Give the color of a channel's curve, ``#RRGGBB``, which is always the same."""
    return track_color(channel, ARKIT)


def points_of(grid: Grid, x: Doubles, values: Doubles) -> Doubles:
    """Lay weights (N,) at pixel columns (N,) out: (N, 2) pixels."""
    y = grid.box.bottom() - (values - grid.heights.low) * grid.pixels_per_weight
    return np.stack([x, y], axis=1)


def _within(line: Doubles, exposed: QRectF) -> QPolygonF:
    """Take the part of a line (N, 2) from the left to the right that is to be painted."""
    start, stop = np.searchsorted(line[:, 0], [exposed.left(), exposed.right()])
    return polygon(line[max(start - 2, 0) : stop + 2])


class CurveItem(QGraphicsItem):
    """The curve of a channel, with its keys where it has any.

    Parameters
    ----------
    channel
        Which one.
    """

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel, self.color = channel, QColor(color_of(channel))
        self.places: Doubles = np.zeros((0, 2))
        self._keys: tuple[ChannelKey, ...] = ()
        self._line: Doubles = np.zeros((0, 2))
        self._captured: Doubles = np.zeros((0, 2))
        self.before: Doubles = np.zeros((0, 2))
        self._chosen: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._box = QRectF()
        self._on, self._smooth = True, True
        self._apart = 0.0  # pixels between keys
        # A moving playhead has two strips painted anew, and the item is told which.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._laid: tuple[object, ...] = ()  # what is drawn

    def lay(
        self,
        grid: Grid,
        moments: tuple[Doubles, Doubles],
        curve: ChannelCurve | None,
        below: Captured,
        before: Captured | None = None,
        *,
        on: bool,
        smooth: bool,
    ) -> None:
        """Draw a curve from now on.

        Parameters
        ----------
        grid, moments
            Where, and at which pixel columns (N,) and frames (N,).
        curve
            With keys; None for what was captured alone.
        below
            What was captured.
        before
            The same before an edit that is looked at; None for none.
        on
            Whether the edit takes part.
        smooth
            Whether edges are smoothed, which takes longer.
        """
        state = (grid, curve, below, before, on, smooth)
        if state == self._laid:
            return
        self._laid = state
        self.prepareGeometryChange()
        x, frames = moments
        self._box, self._on, self._smooth = grid.box, on, smooth
        was = np.interp(frames, np.arange(below.frames), below.of(self.channel))
        now = was if curve is None else curve.values(frames)
        self._captured, self._line = points_of(grid, x, was), points_of(grid, x, now)
        self.before = np.zeros((0, 2))
        if before is not None:
            once = np.interp(frames, np.arange(before.frames), before.of(self.channel))
            self.before = points_of(grid, x, once)
        self._keys = curve.keys if curve is not None else ()
        self.places = np.zeros((0, 2))
        if curve is not None:
            self.places = grid.places(curve.frames, curve.weights)
            self._apart = float(np.median(np.diff(self.places[:, 0], append=grid.box.right())))
        self._chosen = np.zeros(len(self._keys), dtype=bool)

    def mark(self, spots: Collection[Spot]) -> None:
        """Let these of its keys be drawn as chosen."""
        chosen = np.array([(self.channel, k.frame) in spots for k in self._keys], dtype=bool)
        if not np.array_equal(chosen, self._chosen):
            self._chosen = chosen
            self.update()

    def spot(self, place: int) -> Spot:
        """Give the key at a place among its own."""
        return Spot(self.channel, self._keys[place].frame)

    @property
    def chosen_places(self) -> Doubles:
        """(N, 2) pixels of those that are chosen."""
        return np.asarray(self.places[self._chosen])

    def nearest(self, at: QPointF) -> tuple[float, int]:
        """Find the key nearest to a point: pixels away, and its place; infinity for no key."""
        if not len(self.places):
            return np.inf, -1
        away = np.hypot(*(self.places - (at.x(), at.y())).T)
        away = np.where(np.isnan(away), np.inf, away)
        best = int(away.argmin())
        return float(away[best]), best

    def off(self, at: QPointF) -> float:
        """Tell how far above or below a point its curve is, in pixels."""
        if not len(self._line):
            return np.inf
        return float(abs(np.interp(at.x(), *self._line.T) - at.y()))

    def inside(self, box: QRectF) -> list[Spot]:
        """List the keys in a box."""
        x, y = self.places.T
        within = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
        return [self.spot(place) for place in np.flatnonzero(within).tolist()]

    def boundingRect(self) -> QRectF:
        return self._box.adjusted(-SIDE - 2, -SIDE - 2, SIDE + 2, SIDE + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        painter.setClipRect(self.boundingRect())
        color, faint = QColor(self.color), QColor(self.color)
        faint.setAlpha(_FAINT)
        if len(self.before):
            painter.setPen(QPen(faint, _WIDE))
            painter.drawPolyline(_within(self.before, option.exposedRect))
        if self._keys:
            painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
            painter.drawPolyline(_within(self._captured, option.exposedRect))
        wide = _WIDE if self._smooth else 0
        painter.setPen(QPen(color, wide if self._keys and self._on else 1))
        painter.drawPolyline(_within(self._line, option.exposedRect))
        if widget is not None:
            self._paint_keys(painter, widget.palette(), option.exposedRect)

    def _paint_keys(self, painter: QPainter, palette: QPalette, exposed: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.places[:, 0]
        seen = np.flatnonzero((x >= exposed.left() - 2 * SIDE) & (x <= exposed.right() + 2 * SIDE))
        small = SIDE if self._apart >= _CLOSE else SIDE / 2
        rims = {True: palette.color(Role.WindowText), False: palette.color(Role.Base)}
        for place in [*seen[~self._chosen[seen]], *seen[self._chosen[seen]]]:
            chosen, at = bool(self._chosen[place]), QPointF(*self.places[place])
            size = SIDE + 1 if chosen else small
            painter.setPen(QPen(rims[chosen], 1.6 if chosen else 1.0))
            painter.setBrush(self.color)
            corners = SHAPES[self._keys[place].tangent]
            painter.drawPolygon(QPolygonF([at + QPointF(dx, dy) * size for dx, dy in corners]))


class Handles(QGraphicsItem):
    """A frame around the chosen keys; its four sides scale them."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: QRectF | None = None
        self.setZValue(2)

    def lay(self, places: Doubles) -> None:
        """Go around these keys (N, 2), in pixels; nowhere around fewer than two."""
        self.prepareGeometryChange()
        self._frame = None
        places = places[~np.isnan(places).any(axis=1)]
        if len(places) > 1:
            (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
            whole = QRectF(QPointF(left, top), QPointF(right, bottom))
            self._frame = whole.adjusted(-AROUND, -AROUND, AROUND, AROUND)

    @property
    def sides(self) -> dict[str, QRectF]:
        """The handles, by the side they are on."""
        frame = self._frame
        if frame is None:
            return {}
        middle, half = frame.center(), HANDLE / 2
        places = {
            "left": QPointF(frame.left(), middle.y()),
            "right": QPointF(frame.right(), middle.y()),
            "top": QPointF(middle.x(), frame.top()),
            "bottom": QPointF(middle.x(), frame.bottom()),
        }
        flat = {"left", "right"} if frame.width() <= 2 * AROUND else set()
        flat |= {"top", "bottom"} if frame.height() <= 2 * AROUND else set()
        return {
            name: QRectF(at.x() - half, at.y() - half, HANDLE, HANDLE)
            for name, at in places.items()
            if name not in flat
        }

    def boundingRect(self) -> QRectF:
        return QRectF() if self._frame is None else self._frame.adjusted(-9, -9, 9, 9)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._frame is None or widget is None:
            return
        color = widget.palette().color(Role.Highlight)
        painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._frame)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        path = QPainterPath()
        for box in self.sides.values():
            path.addRoundedRect(box, 2, 2)
        painter.drawPath(path)
