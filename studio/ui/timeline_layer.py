"""What stands still on the timeline: ruler, grid and curves, painted once into a pixmap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from studio.core import Probabilities

from .theme import label_color
from .timeline_axis import FrameAxis, Points, curve, leaders

Role = QPalette.ColorRole


@dataclass(frozen=True)
class Layout:
    """The parts of the timeline in widget pixels."""

    gutter: QRectF  # readout and scale, left of everything
    ruler: QRectF
    lane: QRectF  # the range and its handles
    plot: QRectF  # the curves
    strip: QRectF  # the likeliest label of each frame

    @classmethod
    def of(cls, width: float, height: float, metrics: QFontMetricsF) -> Layout:
        line = metrics.height()
        left = metrics.horizontalAdvance("00:00.00") + 18
        span = max(width - left - 16, 1.0)
        ruler = QRectF(left, 0, span, round(1.5 * line))
        lane = QRectF(left, ruler.bottom(), span, 12)
        strip = QRectF(left, height - 12, span, 5)
        top = lane.bottom() + 4
        plot = QRectF(left, top, span, max(strip.top() - 5 - top, 8))
        return cls(QRectF(0, 0, left, height), ruler, lane, plot, strip)


def paint_layer(
    layer: QPixmap,
    widget: QWidget,
    layout: Layout,
    axis: FrameAxis,
    probabilities: Probabilities | None,
) -> None:
    """Fill the pixmap in the widget's palette and font."""
    palette = widget.palette()
    layer.fill(palette.color(Role.Window))
    painter = QPainter(layer)
    painter.setFont(widget.font())
    painter.fillRect(layout.plot, palette.color(Role.Base))
    _paint_ruler(painter, layout, axis, palette)
    _paint_grid(painter, layout, palette)
    if probabilities is not None:
        _paint_curves(painter, layout, axis, probabilities)
        _paint_strip(painter, layout, axis, probabilities)
    painter.end()


def _paint_ruler(painter: QPainter, layout: Layout, axis: FrameAxis, palette: QPalette) -> None:
    metrics = QFontMetricsF(painter.font())
    widest = metrics.horizontalAdvance(str(axis.n_frames - 1))
    major, minor = axis.steps(widest + 28)
    bottom, faint = layout.ruler.bottom(), palette.color(Role.Mid)
    painter.setPen(QPen(faint, 1))
    # Thousands of one-pixel lines, each on its own pixel column.
    ticks = range(0, axis.n_frames, minor)
    painter.drawLines([_tick(axis.x(f), bottom, 6 if f % major == 0 else 3) for f in ticks])
    painter.setPen(palette.color(Role.PlaceholderText))
    for frame, box in ruler_numbers(layout, axis, metrics):
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(frame))


def ruler_numbers(
    layout: Layout, axis: FrameAxis, metrics: QFontMetricsF
) -> list[tuple[int, QRectF]]:
    """The frames that are named on the ruler, and where."""
    widest = metrics.horizontalAdvance(str(axis.n_frames - 1))
    major, _ = axis.steps(widest + 28)
    wide, height = widest + 4, layout.ruler.bottom() - 6 - layout.ruler.top()
    return [
        (frame, QRectF(axis.x(frame) - wide / 2, layout.ruler.top(), wide, height))
        for frame in range(0, axis.n_frames, major)
    ]


def _tick(x: float, bottom: float, length: float) -> QLineF:
    column = round(x) + 0.5
    return QLineF(column, bottom - length, column, bottom - 1)


def _paint_grid(painter: QPainter, layout: Layout, palette: QPalette) -> None:
    plot = layout.plot
    metrics = QFontMetricsF(painter.font())
    for share in (0.0, 0.5, 1.0):
        y = round(plot.bottom() - share * plot.height()) + 0.5
        painter.setPen(QPen(palette.color(Role.Midlight), 1))
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        painter.setPen(palette.color(Role.PlaceholderText))
        box = QRectF(0, y - metrics.height() / 2, layout.gutter.width() - 10, metrics.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, f"{100 * share:.0f} %")


def _paint_curves(
    painter: QPainter, layout: Layout, axis: FrameAxis, probabilities: Probabilities
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(layout.plot.adjusted(-1, -2, 1, 2))
    plot = layout.plot
    peaks = probabilities.per_frame.max(axis=0)
    # The label that matters most is drawn last, on top of the rest.
    for index in np.argsort(peaks):
        points = curve(probabilities.per_frame[:, index], axis, plot.top(), plot.height())
        color = QColor(label_color(probabilities.labels[index]))
        painter.setPen(QPen(color, 1.6, j=Qt.PenJoinStyle.BevelJoin))
        painter.drawPolyline(polygon(points))
        if len(points) == 1:
            painter.setBrush(color)
            painter.drawEllipse(QPointF(*points[0]), 2, 2)
    painter.setClipping(False)


def _paint_strip(
    painter: QPainter, layout: Layout, axis: FrameAxis, probabilities: Probabilities
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    strip = layout.strip
    for x0, x1, index in leaders(probabilities.per_frame, axis):
        color = QColor(label_color(probabilities.labels[index]))
        painter.fillRect(QRectF(x0, strip.top(), x1 - x0, strip.height()), color)


def polygon(points: Points) -> QPolygonF:
    """(N, 2) pixels as a Qt polygon, copied as one block of memory."""
    out = QPolygonF()
    out.resize(len(points))
    if len(points):
        block = Shiboken.VoidPtr(out.data(), out.size() * 16, True)  # type: ignore[call-arg, arg-type]
        np.frombuffer(block, dtype=np.float64)[:] = np.ascontiguousarray(points).ravel()  # type: ignore[call-overload]
    return out
