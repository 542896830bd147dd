"""The few icons the panels need, drawn when shown: sharp at any scale, right in any theme."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication

STAR = "#E3A008"
_SIDE = 64.0
_PIPS = ((20, 20), (44, 20), (32, 32), (20, 44), (44, 44))
Draw = Callable[[QPainter, QColor], None]


class DrawnIcon(QIconEngine):
    """Calls a drawing function on a square of 64 by 64, in the palette's text colour of now."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw

    def clone(self) -> QIconEngine:
        return DrawnIcon(self._draw)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        groups = QPalette.ColorGroup
        group = groups.Disabled if mode == QIcon.Mode.Disabled else groups.Normal
        color = QApplication.palette().color(group, QPalette.ColorRole.ButtonText)
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(
            rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2
        )
        painter.scale(side / _SIDE, side / _SIDE)
        painter.setPen(QPen(color, 5, c=Qt.PenCapStyle.RoundCap))
        self._draw(painter, color)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def dice_icon() -> QIcon:
    return QIcon(DrawnIcon(_dice))


def cross_icon() -> QIcon:
    return QIcon(DrawnIcon(_cross))


def film_icon() -> QIcon:
    """A clip that came from a file."""
    return QIcon(DrawnIcon(_film))


def star_icon(*, filled: bool = False) -> QIcon:
    """A clip to keep an eye on, and one that is."""
    return QIcon(DrawnIcon(_full_star if filled else _star))


def compare_icon() -> QIcon:
    return QIcon(DrawnIcon(_compare))


def again_icon() -> QIcon:
    return QIcon(DrawnIcon(_again))


def sheet_icon() -> QIcon:
    """Several takes at a glance."""
    return QIcon(DrawnIcon(_sheet))


def _star_shape(reach: float) -> QPolygonF:
    corners = []
    for turn in range(10):
        angle, radius = math.pi * turn / 5, reach * (1.0 if turn % 2 == 0 else 0.45)
        corners.append(QPointF(32 + radius * math.sin(angle), 34 - radius * math.cos(angle)))
    return QPolygonF(corners)


def _star(painter: QPainter, color: QColor) -> None:
    painter.setPen(QPen(color, 4, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolygon(_star_shape(26))


def _full_star(painter: QPainter, _color: QColor) -> None:
    painter.setPen(QPen(QColor(STAR), 4, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QColor(STAR))
    painter.drawPolygon(_star_shape(26))


def _compare(painter: QPainter, _color: QColor) -> None:
    painter.drawRoundedRect(QRectF(7, 12, 22, 40), 4, 4)
    painter.drawRoundedRect(QRectF(35, 12, 22, 40), 4, 4)


def _again(painter: QPainter, color: QColor) -> None:
    painter.drawArc(QRectF(11, 11, 42, 42), 70 * 16, 290 * 16)
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF([QPointF(30, 3), QPointF(45, 12), QPointF(31, 21)]))


def _sheet(painter: QPainter, _color: QColor) -> None:
    for x in (9, 37):
        for y in (9, 37):
            painter.drawRoundedRect(QRectF(x, y, 18, 18), 3, 3)


def undo_icon() -> QIcon:
    """Back to what it was."""
    return QIcon(DrawnIcon(_undo))


def lock_icon(*, closed: bool) -> QIcon:
    return QIcon(DrawnIcon(_closed_lock if closed else _open_lock))


def _dice(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(7, 7, 50, 50), 9, 9)
    painter.setBrush(color)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in _PIPS:
        painter.drawEllipse(QPointF(x, y), 5, 5)


def _cross(painter: QPainter, _color: QColor) -> None:
    painter.drawLine(18, 18, 46, 46)
    painter.drawLine(46, 18, 18, 46)


def _film(painter: QPainter, _color: QColor) -> None:
    painter.drawRoundedRect(QRectF(8, 12, 48, 40), 4, 4)
    for y in (22, 32, 42):
        painter.drawPoint(17, y)
        painter.drawPoint(47, y)


def _undo(painter: QPainter, _color: QColor) -> None:
    painter.drawArc(QRectF(14, 16, 36, 36), -120 * 16, 270 * 16)
    painter.drawPolyline([QPointF(12, 12), QPointF(14, 27), QPointF(29, 25)])


def _closed_lock(painter: QPainter, color: QColor) -> None:
    painter.drawArc(QRectF(20, 10, 24, 34), 0, 180 * 16)
    _lock_body(painter, color)


def _open_lock(painter: QPainter, color: QColor) -> None:
    painter.drawArc(QRectF(32, 8, 24, 34), 0, 180 * 16)
    _lock_body(painter, color)


def _lock_body(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(13, 29, 38, 26), 4, 4)
