"""What stands still on the timeline: ruler, grid and curves, painted once into a pixmap."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from studio.core import Probabilities, Tracks
from studio.core.sequence import Floats
from studio.ui.kit.theme import label_color, track_color

from .axis import FrameAxis
from .curves import UNCERTAIN, Points, curve, leaders, stacked
from .shown import Shown

Role = QPalette.ColorRole
MANY_POINTS = 200
_AREA = 205  # alpha of the stacked areas, so that the grid shows through
_LIGHTER = 190  # alpha of the curves of the compared clip
_DASHES = 8  # pixels from one dash to the next
_FOOT = 17  # pixels below the plot


@dataclass(frozen=True)
class Layout:
    """The parts of the timeline in widget pixels."""

    gutter: QRectF  # readout and scale, left of everything
    ruler: QRectF
    lane: QRectF  # the range and its handles
    plot: QRectF  # the curves
    strip: QRectF  # the likeliest label of each frame
    doubt: QRectF  # marks where the motion is unfamiliar
    overview: QRectF  # which part of the clip is seen

    @classmethod
    def of(cls, width: float, height: float, metrics: QFontMetricsF) -> Layout:
        """Lay the parts out in a widget of a size in pixels, with room for text of a font."""
        line = metrics.height()
        left = metrics.horizontalAdvance("00:00.00") + 38
        span = max(width - left - 16, 1.0)
        ruler = QRectF(left, 0, span, round(1.5 * line))
        lane = QRectF(left, ruler.bottom(), span, 12)
        strip = QRectF(left, height - _FOOT, span, 5)
        doubt = QRectF(left, strip.bottom() + 2, span, 2)
        overview = QRectF(left, height - 5, span, 3)
        top = lane.bottom() + 4
        plot = QRectF(left, top, span, max(strip.top() - 5 - top, 8))
        return cls(QRectF(0, 0, left, height), ruler, lane, plot, strip, doubt, overview)


def paint_layer(
    layer: QPixmap, widget: QWidget, layout: Layout, axis: FrameAxis, shown: Shown
) -> None:
    """Fill the pixmap in the widget's palette and font."""
    palette = widget.palette()
    layer.fill(palette.color(Role.Window))
    painter = QPainter(layer)
    painter.setFont(widget.font())
    painter.fillRect(layout.plot, palette.color(Role.Base))
    _paint_ruler(painter, layout, axis, palette)
    known = shown.probabilities
    if shown.areas is not None:
        paint_areas(painter, layout.plot, axis, shown.areas)
    _paint_grid(painter, layout, shown, palette)
    if known is not None and shown.areas is None:
        _paint_threshold(painter, layout.plot, shown.look.threshold, palette)
    if shown.beside is not None:
        paint_beside(painter, layout.plot, axis, shown.beside, stacked_up=shown.areas is not None)
    if shown.tracks is not None and shown.areas is None:
        paint_curves(painter, layout.plot, axis, shown.tracks)
    if known is not None:
        _paint_strip(painter, layout, axis, known, shown.look.threshold, palette)
    if shown.unfamiliar is not None:
        _paint_doubt(painter, layout.doubt, axis, shown.unfamiliar, palette)
    painter.end()


def _paint_ruler(painter: QPainter, layout: Layout, axis: FrameAxis, palette: QPalette) -> None:
    metrics = QFontMetricsF(painter.font())
    widest = metrics.horizontalAdvance(str(axis.n_frames - 1))
    major, minor = axis.steps(widest + 28)
    bottom, faint = layout.ruler.bottom(), palette.color(Role.Mid)
    painter.setClipRect(layout.ruler.adjusted(-1, 0, 1, 0))
    painter.setPen(QPen(faint, 1))
    # Thousands of one-pixel lines, each on its own pixel column.
    painter.drawLines(
        [_tick(axis.x(f), bottom, 6 if f % major == 0 else 3) for f in axis.every(minor)]
    )
    painter.setClipping(False)
    painter.setPen(palette.color(Role.PlaceholderText))
    for frame, box in ruler_numbers(layout, axis, metrics):
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(frame))


def ruler_numbers(
    layout: Layout, axis: FrameAxis, metrics: QFontMetricsF
) -> list[tuple[int, QRectF]]:
    """List the frames that are named on the ruler, and where."""
    widest = metrics.horizontalAdvance(str(axis.n_frames - 1))
    major, _ = axis.steps(widest + 28)
    wide, height = widest + 4, layout.ruler.bottom() - 6 - layout.ruler.top()
    named = [(frame, axis.x(frame)) for frame in axis.every(major)]
    return [
        (frame, QRectF(x - wide / 2, layout.ruler.top(), wide, height))
        for frame, x in named
        if layout.ruler.left() - 1 <= x <= layout.ruler.right() + 1
    ]


def _tick(x: float, bottom: float, length: float) -> QLineF:
    column = round(x) + 0.5
    return QLineF(column, bottom - length, column, bottom - 1)


def _paint_grid(painter: QPainter, layout: Layout, shown: Shown, palette: QPalette) -> None:
    plot = layout.plot
    metrics = QFontMetricsF(painter.font())
    line = QColor(palette.color(Role.WindowText))
    line.setAlpha(26)
    for share in (0.0, 0.5, 1.0):
        y = round(plot.bottom() - share * plot.height()) + 0.5
        painter.setPen(QPen(line, 1))
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
        painter.setPen(palette.color(Role.PlaceholderText))
        box = QRectF(0, y - metrics.height() / 2, layout.gutter.width() - 10, metrics.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, shown.scale(share))


def _paint_threshold(painter: QPainter, plot: QRectF, threshold: float, palette: QPalette) -> None:
    if threshold <= 0:
        return
    color = QColor(palette.color(Role.WindowText))
    color.setAlpha(130)
    painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
    y = round(plot.bottom() - threshold * plot.height()) + 0.5
    painter.drawLine(QLineF(plot.left(), y, plot.right(), y))


def paint_curves(
    painter: QPainter,
    plot: QRectF,
    axis: FrameAxis,
    tracks: Tracks,
    width: float = 1.6,
) -> None:
    """Draw a line a curve in the plot."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(plot.adjusted(-1, -2, 1, 2))
    rows = tracks.shares
    # The curve that matters most is drawn last, on top of the rest.
    for index in np.argsort(rows.max(axis=0)):
        points = curve(rows[:, index], axis, plot.top(), plot.height())
        color = QColor(track_color(tracks.names[index], tracks.names))
        square = Qt.PenCapStyle.SquareCap
        painter.setPen(QPen(color, width, c=square, j=Qt.PenJoinStyle.BevelJoin))
        _draw_curve(painter, points)
        if len(points) == 1:
            painter.setBrush(color)
            painter.drawEllipse(QPointF(*points[0]), 2, 2)
    painter.restore()


def paint_beside(
    painter: QPainter, plot: QRectF, axis: FrameAxis, tracks: Tracks, *, stacked_up: bool
) -> None:
    """Draw dashes for the curves of the compared clip, or for the borders of its areas."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(plot.adjusted(-1, -2, 1, 2))
    lines = [
        (QColor(track_color(name, tracks.names)), tracks.shares[:, k])
        for k, name in enumerate(tracks.names)
    ]
    if stacked_up:
        ink = painter.pen().color()
        lines = [(ink, total) for total in tracks.shares.cumsum(axis=1).T[:-1]]
    for color, values in lines:
        points = curve(values, axis, plot.top(), plot.height())
        color.setAlpha(_LIGHTER)
        pen = QPen(color, 1.3, c=Qt.PenCapStyle.FlatCap, j=Qt.PenJoinStyle.BevelJoin)
        _draw_dashes(painter, points, pen)
    painter.restore()


def _draw_dashes(painter: QPainter, points: Points, pen: QPen) -> None:
    """Draw a dashed curve through points (N, 2); one of many by leaving out columns of pixels."""
    if len(points) <= MANY_POINTS:
        pen.setDashPattern([3.5, 2.5])
        painter.setPen(pen)
        painter.drawPolyline(polygon(points))
        return
    painter.setPen(pen)
    pairs = itertools.pairwise(points.tolist())
    drawn = ((a, b) for a, b in pairs if int(a[0]) % _DASHES < _DASHES / 2)
    painter.drawLines([QLineF(*a, *b) for a, b in drawn])


def _draw_curve(painter: QPainter, points: Points) -> None:
    """Draw a curve through points (N, 2); one of many as single lines, whose joins cannot be seen.

    Qt strokes a long polyline fifty times slower: a tenth of a second for 2,000 points.
    """
    if len(points) <= MANY_POINTS:
        painter.drawPolyline(polygon(points))
        return
    pairs = itertools.pairwise(without_flats(points).tolist())
    painter.drawLines([QLineF(x0, y0, x1, y1) for (x0, y0), (x1, y1) in pairs])


def without_flats(points: Points) -> Points:
    """Keep the points (M, 2) of a curve (N, 2) that do not lie amid a level run.

    Heights are rounded to a quarter of a pixel. Most labels are near 0 or 1 nearly always.
    """
    x, y = points[:, 0], np.round(4 * points[:, 1]) / 4
    kept = np.ones(len(points), dtype=np.bool_)
    kept[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
    return np.stack([x[kept], y[kept]], axis=1)


def paint_areas(
    painter: QPainter, plot: QRectF, axis: FrameAxis, probabilities: Probabilities
) -> None:
    """Paint areas that lie on each other and fill the plot, the first label at the bottom."""
    painter.save()
    painter.setClipRect(plot)
    painter.setPen(Qt.PenStyle.NoPen)
    x, borders = stacked(probabilities.per_frame, axis, plot.top(), plot.height())
    for index, label in enumerate(probabilities.labels):
        color = QColor(label_color(label))
        color.setAlpha(_AREA)
        painter.setBrush(color)
        lower, upper = borders[index], borders[index + 1]
        outline = np.stack([np.r_[x, x[::-1]], np.r_[upper, lower[::-1]]], axis=1)
        painter.drawPolygon(polygon(outline))
    painter.restore()


def _paint_strip(
    painter: QPainter,
    layout: Layout,
    axis: FrameAxis,
    known: Probabilities,
    threshold: float,
    palette: QPalette,
) -> None:
    """Paint the likeliest label of each frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    strip = layout.strip
    for x0, x1, index in leaders(known.per_frame, axis, threshold):
        box = QRectF(x0, strip.top(), x1 - x0, strip.height())
        if index == UNCERTAIN:
            thin = QRectF(x0, strip.center().y() - 0.5, x1 - x0, 1)
            painter.fillRect(thin, palette.color(Role.Mid))
        else:
            painter.fillRect(box, QColor(label_color(known.labels[index])))


def _paint_doubt(
    painter: QPainter, place: QRectF, axis: FrameAxis, unfamiliar: Floats, palette: QPalette
) -> None:
    """Paint dashes below the frames that are unlike what the models were trained on."""
    rows = np.stack([unfamiliar > 0.5, unfamiliar <= 0.5], axis=1).astype(np.float32)
    pen = QPen(palette.color(Role.WindowText), place.height())
    pen.setDashPattern([2.0, 1.5])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    y = place.center().y()
    for x0, x1, index in leaders(rows, axis):
        if index == 0:
            painter.drawLine(QLineF(x0, y, x1, y))


def polygon(points: Points) -> QPolygonF:
    """Make a Qt polygon of (N, 2) pixels, copied as one block of memory."""
    out = QPolygonF()
    out.resize(len(points))
    if len(points):
        block = Shiboken.VoidPtr(out.data(), out.size() * 16, True)  # type: ignore[call-arg, arg-type]
        np.frombuffer(block, dtype=np.float64)[:] = np.ascontiguousarray(points).ravel()  # type: ignore[call-overload]
    return out
