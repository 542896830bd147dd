"""The icons of the 3D view's tools, drawn as those of the panels are."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPainterPath, QPolygonF

from studio.render.heat import STOPS

from .icons import Draw, DrawnIcon

_TICKS = (16.0, 32.0, 48.0)
# A face in few dots: brows, nose, mouth.
_DOTS = (
    *((13, 20), (26, 16), (38, 16), (51, 20)),
    *((32, 28), (32, 37)),
    *((19, 48), (32, 53), (45, 48)),
)


def view_icon(name: str) -> QIcon:
    """The icon of a tool by its name in `DRAWN`."""
    return QIcon(DrawnIcon(DRAWN[name]))


def _camera(painter: QPainter, color: QColor) -> None:
    """An eye: where one looks from."""
    eye = QPainterPath(QPointF(5, 32))
    eye.quadTo(32, 2, 59, 32)
    eye.quadTo(32, 62, 5, 32)
    painter.drawPath(eye)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(32, 32), 7, 7)


def _orthographic(painter: QPainter, _color: QColor) -> None:
    """A box whose edges stay parallel."""
    painter.drawPolygon(_shape((32, 6), (56, 19), (56, 45), (32, 58), (8, 45), (8, 19)))
    painter.drawPolyline(_shape((8, 19), (32, 32), (56, 19)))
    painter.drawLine(32, 32, 32, 58)


def _fit(painter: QPainter, color: QColor) -> None:
    """Corners around a dot."""
    for x, y, right, down in ((8, 8, 1, 1), (56, 8, -1, 1), (8, 56, 1, -1), (56, 56, -1, -1)):
        painter.drawPolyline(_shape((x, y + 14 * down), (x, y), (x + 14 * right, y)))
    painter.setBrush(color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(32, 32), 10, 10)


def _shading(painter: QPainter, color: QColor) -> None:
    """A ball lit from one side."""
    painter.drawEllipse(QPointF(32, 32), 24, 24)
    dark = QPainterPath(QPointF(32, 8))
    dark.arcTo(QRectF(8, 8, 48, 48), 90, -180)
    dark.closeSubpath()
    painter.fillPath(dark, color)


def _parts(painter: QPainter, _color: QColor) -> None:
    """Layers."""
    painter.drawPolygon(_shape((32, 9), (57, 23), (32, 37), (7, 23)))
    for lower in (34, 45):
        painter.drawPolyline(_shape((7, lower), (32, lower + 14), (57, lower)))


def _landmarks(painter: QPainter, color: QColor) -> None:
    painter.setBrush(color)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in _DOTS:
        painter.drawEllipse(QPointF(x, y), 4.6, 4.6)


def _edit_landmarks(painter: QPainter, color: QColor) -> None:
    """A dot that is pulled along, between two that stay."""
    painter.setBrush(color)
    for x, y in ((10, 46), (54, 46)):
        painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
    curve = QPainterPath(QPointF(10, 46))
    curve.quadTo(32, 4, 54, 46)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(curve)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(32, 24), 7.5, 7.5)
    painter.drawPolyline(_shape((26, 9), (32, 3), (38, 9)))


def _heat(painter: QPainter, color: QColor) -> None:
    """The legend of the heat map, in its own colours; grey where it cannot be chosen."""
    bar = QRectF(12, 6, 18, 52)
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for place, stop in enumerate(STOPS):
        gradient.setColorAt(place / (len(STOPS) - 1), QColor(*stop))
    painter.fillRect(bar, gradient)
    painter.drawRoundedRect(bar, 4, 4)
    for y in _TICKS:
        painter.drawLine(QPointF(40, y), QPointF(52, y))


def _turntable(painter: QPainter, color: QColor) -> None:
    """An arrow round a post."""
    painter.drawArc(QRectF(6, 26, 52, 26), 16 * 130, 16 * 290)
    painter.setBrush(color)
    painter.drawPolygon(_shape((10, 22), (26, 25), (15, 37)))
    painter.drawLine(32, 8, 32, 36)


def _compare(painter: QPainter, color: QColor) -> None:
    """A window of two halves."""
    painter.drawRoundedRect(QRectF(6, 12, 52, 40), 5, 5)
    painter.drawLine(32, 12, 32, 52)
    painter.setBrush(color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QPointF(19, 32), 6, 8)
    painter.setOpacity(0.45)
    painter.drawEllipse(QPointF(45, 32), 6, 8)


def _picture(painter: QPainter, _color: QColor) -> None:
    """A photo camera."""
    body = QPainterPath()
    body.addRoundedRect(QRectF(6, 18, 52, 36), 6, 6)
    painter.drawPath(body)
    painter.drawPolyline(_shape((22, 18), (26, 10), (38, 10), (42, 18)))
    painter.drawEllipse(QPointF(32, 36), 10, 10)


def _shape(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


DRAWN: dict[str, Draw] = {
    "camera": _camera,
    "orthographic": _orthographic,
    "fit": _fit,
    "turntable": _turntable,
    "shading": _shading,
    "parts": _parts,
    "landmarks": _landmarks,
    "edit landmarks": _edit_landmarks,
    "heat": _heat,
    "compare": _compare,
    "picture": _picture,
}
