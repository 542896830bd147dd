"""Action units over time as curves, one under the other, each with its threshold to be dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPalette, QPen, QPixmap, QPolygonF

from studio.core import UnitTracks
from studio.core.unit_tracks import MOST
from studio.ui.timeline.curves import curve
from studio.ui.timeline.layer import polygon

from .strip import UnitStrip

Role = QPalette.ColorRole
_ROW, _MOST_ROWS = 24.0, 7  # pixels of a row, and how many there are at most
_HIGH = _ROW - 4.0  # pixels of the highest intensity
_NEAR = 4.0  # pixels from a threshold at which the mouse takes it
_LEAST = 0.05  # of a threshold
_FILL, _FAINT = 110, 40  # of 255, where a unit occurs, and where it does not


class UnitCurves(UnitStrip):
    """A curve for each of the units that show most; a dashed line says from where one occurs.

    The line can be dragged; a double click gives it back to the model. A click elsewhere goes to a
    frame.
    """

    threshold_asked = Signal(int, object)  # a unit and its intensity, or None for the model's

    _held: int | None = None  # the row whose threshold is dragged
    _layer: QPixmap | None = None  # the curves as they were painted
    _painted: tuple[object, ...] = ()  # what they were painted of

    def rows_of(self, tracks: UnitTracks) -> UnitTracks:
        """Leave the units that show most, by how far above its threshold each gets."""
        if self._held is not None and self.tracks is not None:
            return tracks.only(self.tracks.units)  # none goes while it is dragged
        near = np.argsort(-tracks.summary / np.maximum(tracks.thresholds, _LEAST), kind="stable")
        return tracks.only([tracks.units[place] for place in sorted(near[:_MOST_ROWS].tolist())])

    def row_height(self) -> float:
        return _ROW

    def threshold_y(self, row: int) -> float:
        """Where the threshold of a row lies, in pixels from the top."""
        assert self.tracks is not None
        return self._y(row, float(self.tracks.thresholds[row]))

    def threshold_at(self, at: QPointF) -> int | None:
        """Find the row whose threshold is at a point."""
        found = self.place_at(at)
        if found is None or abs(self.threshold_y(found[1]) - at.y()) > _NEAR:
            return None
        return found[1]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self.threshold_at(event.position())
        if self._held is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and self.tracks is not None:
            value = MOST * (self._bottom(self._held) - event.position().y()) / _HIGH
            unit = self.tracks.units[self._held]
            self.threshold_asked.emit(unit, round(min(max(value, _LEAST), MOST), 2))
            return
        over = self.threshold_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.SplitVCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row, self._held = self.threshold_at(event.position()), None
        if row is not None and self.tracks is not None:
            self.threshold_asked.emit(self.tracks.units[row], None)

    def paint_rows(self, painter: QPainter, place: QRectF) -> None:
        """Draw the curves, painted anew where they changed: it takes longer than a frame plays."""
        ratio, axis = self.devicePixelRatioF(), self._timeline.axis()
        of = (self.tracks, axis, self.size(), ratio, self.palette().cacheKey())
        if self._layer is None or of != self._painted:
            self._layer, self._painted = QPixmap(self.size() * ratio), of
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(Qt.GlobalColor.transparent)
            layer = QPainter(self._layer)
            self._paint_curves(layer, place)
            layer.end()
        painter.drawPixmap(0, 0, self._layer)

    def _paint_curves(self, painter: QPainter, place: QRectF) -> None:
        """Paint the curves, strong where a unit occurs, and their thresholds."""
        if self.tracks is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, quiet = self.palette().color(Role.Highlight), self.palette().color(Role.Text)
        axis = self._timeline.axis()
        for row, limit in enumerate(self.tracks.thresholds.tolist()):
            floor = self._bottom(row)
            points = curve(self.tracks.values[:, row] / MOST, axis, floor - _HIGH, _HIGH)
            ends = np.array([[points[0, 0], floor], [points[-1, 0], floor]])
            area = polygon(np.concatenate([ends[:1], points, ends[1:]]))
            line = self._y(row, limit)
            above = QRectF(place.left(), floor - _ROW, place.width(), line - floor + _ROW)
            below = QRectF(place.left(), line, place.width(), floor - line)
            for half, strength in ((above, _FILL), (below, _FAINT)):
                shade = QColor(ink)
                shade.setAlpha(strength)
                _fill(painter, area, place.intersected(half), shade)
            painter.setClipRect(place)
            painter.setPen(QPen(ink, 1.2))
            painter.drawPolyline(polygon(points))
            painter.setPen(QPen(quiet, 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(place.left(), line), QPointF(place.right(), line))

    def _bottom(self, row: int) -> float:
        return 2.0 + (row + 1) * _ROW - 1.0

    def _y(self, row: int, value: float) -> float:
        return self._bottom(row) - value / MOST * _HIGH


def _fill(painter: QPainter, area: QPolygonF, within: QRectF, color: QColor) -> None:
    painter.setClipRect(within)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(area)
    painter.setBrush(Qt.BrushStyle.NoBrush)
