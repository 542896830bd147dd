"""What moves on the timeline: the range, the playhead, the peaks, and which part is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.core import Probabilities
from studio.core.peaks import Peak
from studio.ui.kit.theme import is_dark, track_color

from .axis import FrameAxis, Zoom
from .layer import Layout, ruler_numbers

Role = QPalette.ColorRole
DOT = 3.2
GRAB = 8.0  # pixels to either side of a handle that still take hold of it
Drag = Literal["playhead", "in", "out", "pan"]
ROOM = 11.0  # pixels from dot to dot; a closer look shows those that had no room


def paint_range(
    painter: QPainter, widget: QWidget, layout: Layout, axis: FrameAxis, start: int, stop: int
) -> None:
    """Dim what is out of range; the lane carries a bar between two handles."""
    palette, plot = widget.palette(), layout.plot
    left, right = axis.x(start), axis.x(stop - 1)
    inside_left, inside_right = max(left, plot.left()), min(right, plot.right())
    veil = QColor(palette.color(Role.Window))
    veil.setAlpha(185)
    for x0, x1 in ((plot.left(), inside_left), (inside_right, plot.right())):
        x0, x1 = max(x0, plot.left()), min(x1, plot.right())
        painter.fillRect(QRectF(x0, plot.top(), max(x1 - x0, 0), plot.height() + 1), veil)
    painter.save()
    painter.setClipRect(layout.lane.adjusted(-8, 0, 8, 0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_range_color(widget, whole=stop - start == axis.n_frames))
    bar = QRectF(left, layout.lane.center().y() - 1.5, right - left, 3)
    painter.drawRect(bar)
    for x, side in ((left, 1), (right, -1)):
        painter.drawPolygon(_bracket(x, side, layout.lane))
    painter.restore()


def _range_color(widget: QWidget, *, whole: bool) -> QColor:
    palette = widget.palette()
    if is_dark(palette) and whole:
        return palette.color(Role.Light)
    return palette.color(Role.Dark if whole or not widget.isEnabled() else Role.Highlight)


def _bracket(x: float, side: int, lane: QRectF) -> QPolygonF:
    """Make a handle at x that opens towards the inside of the range."""
    top, bottom = lane.top() + 1, lane.bottom() - 1
    corners = [(0, top), (6 * side, top), (6 * side, bottom - 4), (0, bottom)]
    return QPolygonF([QPointF(x + dx, y) for dx, y in corners])


def handle_at(at: QPointF, lane: QRectF, axis: FrameAxis, start: int, stop: int) -> Drag | None:
    """Find the handle of the range start..stop-1 that a point takes hold of."""
    if not lane.adjusted(0, -2, 0, 2).contains(QPointF(lane.center().x(), at.y())):
        return None
    to_in, to_out = at.x() - axis.x(start), at.x() - axis.x(stop - 1)
    # A range of one frame puts both handles on one spot: the side tells them apart.
    if abs(to_in) <= GRAB and (abs(to_in) < abs(to_out) or to_in < 0):
        return "in"
    return "out" if abs(to_out) <= GRAB else None


def paint_marked(
    painter: QPainter, widget: QWidget, layout: Layout, axis: FrameAxis, frames: Sequence[int]
) -> None:
    """Draw a dotted line down the plot at each marked frame."""
    color = QColor(widget.palette().color(Role.WindowText))
    color.setAlpha(120)
    painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
    start, stop = axis.visible
    for frame in frames:
        if start <= frame < stop:
            x = round(axis.x(frame)) + 0.5
            painter.drawLine(QPointF(x, layout.lane.top()), QPointF(x, layout.plot.bottom()))


def paint_time(painter: QPainter, widget: QWidget, layout: Layout, text: str) -> None:
    """Write the time of the playhead in the gutter."""
    group = QPalette.ColorGroup.Active if widget.isEnabled() else QPalette.ColorGroup.Disabled
    painter.setPen(widget.palette().color(group, Role.WindowText))
    box = layout.gutter
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    place = QRectF(box.left(), box.top(), box.width() - 10, layout.ruler.height())
    painter.drawText(place, right, text)


def flag_rect(text: str, x: float, layout: Layout, widget: QWidget) -> QRectF:
    """Compute where the playhead's number stands."""
    width = QFontMetricsF(widget.font()).horizontalAdvance(text) + 10
    # Clear of the readout on the left and inside the widget on the right.
    left = min(max(x - width / 2, layout.gutter.width() - 8), widget.width() - width)
    return QRectF(left, layout.ruler.top() + 1, width, layout.ruler.height() - 5)


def paint_playhead(
    painter: QPainter, widget: QWidget, layout: Layout, axis: FrameAxis, frame: int, text: str
) -> None:
    """Draw a line through everything and the frame's text; nothing where it is out of sight."""
    if not layout.plot.left() - 1 <= axis.x(frame) <= layout.plot.right() + 1:
        return
    palette = widget.palette()
    x = round(axis.x(frame)) + 0.5
    color = palette.color(Role.BrightText)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    height = layout.strip.bottom() - layout.lane.top()
    painter.fillRect(QRectF(x - 0.75, layout.lane.top(), 1.5, height), color)
    flag = flag_rect(text, x, layout, widget)
    # Half of a number beside the flag would read as another number.
    for _frame, box in ruler_numbers(layout, axis, QFontMetricsF(widget.font())):
        if box.intersects(flag):
            box.setLeft(max(box.left(), layout.gutter.width() - 8))
            painter.fillRect(box, palette.color(Role.Window))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(flag, 3, 3)
    foot = flag.bottom() - 0.5
    tip = [QPointF(x - 4, foot), QPointF(x + 4, foot), QPointF(x, foot + 4.5)]
    painter.drawPolygon(QPolygonF(tip))
    painter.setPen(palette.color(Role.Window))
    painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)


def paint_overview(painter: QPainter, widget: QWidget, layout: Layout, zoom: Zoom) -> None:
    """Paint which part of the clip is seen; nothing where it is all of it."""
    if zoom.whole:
        return
    place, full = layout.overview, max(zoom.n_frames - 1, 1)
    palette = widget.palette()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(Role.Midlight))
    painter.drawRoundedRect(place, 1.5, 1.5)
    left = place.left() + place.width() * zoom.first / full
    width = max(place.width() * zoom.span / full, 8.0)
    left = min(left, place.right() - width)
    painter.setBrush(palette.color(Role.PlaceholderText))
    painter.drawRoundedRect(QRectF(left, place.top(), width, place.height()), 1.5, 1.5)


def dot_of(peak: Peak, areas: Probabilities | None, plot: QRectF, axis: FrameAxis) -> QPointF:
    """Compute where a peak is marked: on its line, or in the middle of its area if it has one."""
    share = peak.value
    if areas is not None:
        row = areas.per_frame[peak.frame]
        share = float(row[: peak.label].sum() + row[peak.label] / 2)
    return QPointF(axis.x(peak.frame), plot.top() + plot.height() * (1 - min(share, 1.0)))


def with_room(dots: list[tuple[Peak, QPointF]]) -> list[tuple[Peak, QPointF]]:
    """Keep the highest dots, and of the others those that none of them crowds."""
    kept: list[tuple[Peak, QPointF]] = []
    for peak, place in sorted(dots, key=lambda dot: -dot[0].value):
        if all(abs(place.x() - other.x()) >= ROOM for _, other in kept):
            kept.append((peak, place))
    return kept


def paint_peaks(
    painter: QPainter,
    widget: QWidget,
    dots: Sequence[tuple[Peak, QPointF]],
    names: Sequence[str],
    near: Peak | None,
) -> None:
    """Paint a small dot a peak, larger under the mouse."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(widget.palette().color(Role.Base), 1.4))
    for peak, place in dots:
        painter.setBrush(QColor(track_color(names[peak.label], names)))
        size = DOT + 1.6 if peak == near else DOT
        painter.drawEllipse(place, size, size)
