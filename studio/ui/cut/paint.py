"""How the parts of a cut are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.document.cut.laid import Span
from studio.ui.timeline.axis import FrameAxis

HANDLE = 7.0  # pixels, how far the handle of a crossfade reaches
RULER = 9.0  # pixels above the parts, where the playhead is taken
_TICK = 8.0  # pixels between two ticks at least
Role = QPalette.ColorRole


def box_of(span: Span, axis: FrameAxis, height: float) -> QRectF:
    """Compute where a part lies, in pixels."""
    left, right = axis.x(span.at), axis.x(span.at + span.frames)
    return QRectF(left, RULER, max(right - left, 2.0), height - RULER - 2)


def paint_ruler(painter: QPainter, palette: QPalette, axis: FrameAxis) -> None:
    """Paint the ticks above the parts."""
    painter.setPen(palette.color(Role.Mid))
    major, minor = axis.steps(60.0, _TICK)
    for frame in axis.every(minor):
        x = round(axis.x(frame)) + 0.5
        painter.drawLine(QLineF(x, 1 if frame % major == 0 else RULER - 4, x, RULER - 1))


def paint_head(
    painter: QPainter, palette: QPalette, x: float, height: float, *, seen: bool
) -> None:
    """Paint the playhead of the cut, marked where the cut is what is seen."""
    color = palette.color(Role.Highlight if seen else Role.Mid)
    painter.setPen(QPen(color, 2.0 if seen else 1.0))
    painter.drawLine(QLineF(x, 0, x, height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    top = QPointF(x, RULER)
    painter.drawPolygon(QPolygonF([top, top - QPointF(5, RULER), top - QPointF(-5, RULER)]))


def paint_parts(
    painter: QPainter,
    widget: QWidget,
    spans: Sequence[Span],
    axis: FrameAxis,
    chosen: int | None,
    labels: Sequence[QColor],
) -> None:
    """Paint a block a part, over each other where parts pass into each other.

    Parameters
    ----------
    chosen
        The place of the part that is marked.
    labels
        The color of each part.
    """
    palette, metrics = widget.palette(), QFontMetricsF(widget.font())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, (span, color) in enumerate(zip(spans, labels, strict=True)):
        box = box_of(span, axis, widget.height())
        ground = QColor(color)
        ground.setAlpha(90)
        marked = place == chosen
        edge = palette.color(Role.Highlight if marked else Role.Mid)
        painter.setBrush(ground)
        painter.setPen(QPen(edge, 2.0 if marked else 1.0))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        _paint_fade(painter, palette, span, box, axis, place)
        faded = axis.x(span.at + span.overlap) - box.left()
        room = box.adjusted(faded + HANDLE + 2, 0, -4, 0)
        if room.width() > 14:
            painter.setPen(palette.color(Role.WindowText))
            name = metrics.elidedText(span.clip.name, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)


def _paint_fade(
    painter: QPainter, palette: QPalette, span: Span, box: QRectF, axis: FrameAxis, place: int
) -> None:
    """Paint the handle by which a part is drawn over the one before, and the way into it."""
    if place == 0:
        return
    painter.setPen(QPen(palette.color(Role.WindowText), 1.2))
    if span.overlap:
        end = axis.x(span.at + span.overlap)
        painter.drawLine(QLineF(box.left(), box.bottom(), end, box.top()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(Role.WindowText))
    corner = QPointF(box.left() + 0.5, box.top() + 0.5)
    across = [corner, corner + QPointF(HANDLE, 0), corner + QPointF(0, HANDLE)]
    painter.drawPolygon(QPolygonF(across))
