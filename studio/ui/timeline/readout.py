"""The box beside the mouse that reads the curves' values."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import QWidget

_PAD, _DOT = 7.0, 8.0
Role = QPalette.ColorRole


def paint_hover(
    painter: QPainter,
    widget: QWidget,
    heads: list[str],
    lines: list[tuple[str, str]],
    colors: Mapping[str, str],
    x: float,
) -> None:
    """Draw a box beside column x, on the side with room, as many lines as fit below the heads.

    Parameters
    ----------
    heads : list of str
        What stands above the curves.
    lines : list of (str, str)
        Curves by name, with their values.
    colors : mapping
        Color of each curve, as ``#RRGGBB``.
    x : float
        Pixel column.
    """
    metrics = QFontMetricsF(widget.font())
    row = metrics.height() + 1
    lines = lines[: max(int((widget.height() - 2 * _PAD) / row) - len(heads), 0)]
    box = _box(widget, metrics, heads, lines, x)
    palette = widget.palette()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(palette.color(Role.Mid), 1))
    painter.setBrush(palette.color(Role.ToolTipBase))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(_PAD, _PAD - 1, -_PAD, 0)
    for place, head in enumerate(heads):
        painter.setPen(palette.color(Role.ToolTipText if place else Role.PlaceholderText))
        line = QRectF(inner.left(), inner.top() + place * row, inner.width(), row)
        painter.drawText(line, head)
    for place, (label, value) in enumerate(lines, start=len(heads)):
        line = QRectF(inner.left(), inner.top() + place * row, inner.width(), row)
        _paint_line(painter, palette, line, (label, value), colors[label])


def _box(
    widget: QWidget,
    metrics: QFontMetricsF,
    heads: list[str],
    lines: list[tuple[str, str]],
    x: float,
) -> QRectF:
    texts = [metrics.horizontalAdvance(f"{label}  {value}") + _DOT + 12 for label, value in lines]
    width = max([*map(metrics.horizontalAdvance, heads), *texts]) + 2 * _PAD
    height = (len(lines) + len(heads)) * (metrics.height() + 1) + 2 * _PAD - 2
    left = x + 12 if x + 12 + width < widget.width() else x - 12 - width
    top = max((widget.height() - height) / 2, 0.5)
    return QRectF(round(left) + 0.5, round(top) + 0.5, round(width), round(height))


def _paint_line(
    painter: QPainter, palette: QPalette, line: QRectF, texts: tuple[str, str], color: str
) -> None:
    label, value = texts
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(QRectF(line.left(), line.center().y() - _DOT / 2, _DOT, _DOT))
    painter.setPen(palette.color(Role.ToolTipText))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(line.adjusted(_DOT + 6, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, label)
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, value)
