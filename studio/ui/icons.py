"""The few icons the panels need, drawn in the palette's own text colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

_SIZE = 64
_PIPS = ((20, 20), (44, 20), (32, 32), (20, 44), (44, 44))


def dice_icon() -> QIcon:
    return _icon(_dice)


def cross_icon() -> QIcon:
    return _icon(_cross)


def film_icon() -> QIcon:
    """A clip that came from a file."""
    return _icon(_film)


def _icon(draw: Callable[[QPainter, QColor], None]) -> QIcon:
    icon = QIcon()
    palette = QApplication.palette()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Normal),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        pixmap = QPixmap(_SIZE, _SIZE)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = palette.color(group, QPalette.ColorRole.ButtonText)
        painter.setPen(QPen(color, 5, c=Qt.PenCapStyle.RoundCap))
        draw(painter, color)
        painter.end()
        icon.addPixmap(pixmap, mode)
    return icon


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
