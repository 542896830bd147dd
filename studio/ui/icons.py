"""The few icons the panels need, drawn when shown: sharp at any scale, right in any theme."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

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
