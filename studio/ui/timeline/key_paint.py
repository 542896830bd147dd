"""How keys over the timeline are painted: a row an edit, its keys on what they do over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.document.key_verbs import KeySpot
from studio.ui.kit.theme import CHOSEN

from .axis import FrameAxis
from .key_editor import KeyRow
from .layer import polygon

Role = QPalette.ColorRole
SIDE = 4.6  # pixels from the middle of a key to its corners
BESIDE = 13.0  # pixels from the outermost chosen key to the handle that scales
HANDLE = 4.0  # pixels of a handle
_MORE = 4  # rows that have their full height; more of them share it
_LEAST = 12.0  # pixels of a row


@dataclass(frozen=True)
class Look:
    """What of the keys is to be told apart."""

    chosen: Collection[KeySpot] = ()
    # Where keys were seen that are being moved.
    left: Mapping[KeySpot, int] = field(default_factory=dict)
    hover: KeySpot | None = None
    current: KeySpot | None = None  # what the keyboard is on, while it has the focus


def row_height(line: float, rows: int) -> float:
    """Choose the height of a row in pixels, from that of a line of text."""
    full = max(round(1.2 * line), 18)
    return full if rows <= _MORE else max(full * _MORE / rows, _LEAST)


def paint_row(
    painter: QPainter, widget: QWidget, row: KeyRow | None, box: QRectF, axis: FrameAxis, look: Look
) -> None:
    """Paint an edit in its row; None is a row that waits for its first key."""
    palette = widget.palette()
    painter.setPen(palette.color(Role.PlaceholderText))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    name = QRectF(0, box.top(), axis.left - 10, box.height())
    text = row.edit.title if row is not None else "Keys"
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(name.width()))
    painter.drawText(name, right, fitting)
    floor = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
    painter.fillRect(floor, palette.color(Role.Midlight))
    if row is None:
        return
    painter.save()
    painter.setClipRect(box.adjusted(-8, 0, 8, 0))
    _paint_shares(painter, row, box, axis)
    for frame in (at for spot, at in look.left.items() if spot.place == row.place):
        paint_key(painter, palette, _middle(frame, box, axis), SIDE, hollow=True)
    for spot, frame in row.seen.items():
        size = SIDE + (1.4 if spot == look.hover else 0.0)
        at, chosen = _middle(frame, box, axis), spot in look.chosen
        paint_key(painter, palette, at, size, chosen=chosen, faint=not row.edit.on)
        if spot == look.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(Role.Highlight), 1.4))
            painter.drawEllipse(at, SIDE + 3.4, SIDE + 3.4)
    painter.restore()


def _paint_shares(painter: QPainter, row: KeyRow, box: QRectF, axis: FrameAxis) -> None:
    """Paint what the keys do over the frames that are seen."""
    frames = np.arange(*axis.visible)
    if not len(frames) or not row.edit.keys:
        return
    color = QColor(CHOSEN)
    color.setAlpha(70 if row.edit.on else 30)
    line = QColor(CHOSEN)
    line.setAlpha(2 * color.alpha())
    painter.setBrush(color)
    low, x = box.bottom() - 1.0, axis.left + (frames - axis.first) * axis.pixels_per_frame
    for share in row.shares(frames).T:
        y = low - share * (box.height() - 4.0)
        outline = np.stack([np.r_[x, x[::-1]], np.r_[y, np.full(len(x), low)]], axis=1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(polygon(outline))
        painter.setPen(QPen(line, 1))
        painter.drawPolyline(polygon(outline[: len(x)]))


def _middle(frame: int, box: QRectF, axis: FrameAxis) -> QPointF:
    return QPointF(axis.x(frame), box.center().y())


def paint_key(
    painter: QPainter,
    palette: QPalette,
    at: QPointF,
    size: float,
    *,
    chosen: bool = False,
    hollow: bool = False,
    faint: bool = False,
) -> None:
    """Paint the mark of a key."""
    rim = palette.color(
        Role.WindowText if chosen else Role.PlaceholderText if hollow else Role.Base
    )
    painter.setPen(QPen(rim, 1.8 if chosen else 1.2))
    fill = QColor(CHOSEN)
    fill.setAlpha(110 if faint else 255)
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow else fill)
    corners = ((0, -size), (size, 0), (0, size), (-size, 0))
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))


def handles(chosen: Collection[int], axis: FrameAxis, height: float) -> list[QRectF]:
    """Lay out the handles that scale: before the first and after the last frame of chosen keys."""
    frames = sorted({*chosen})
    if len(frames) < 2:
        return []
    middles = (axis.x(frames[0]) - BESIDE, axis.x(frames[-1]) + BESIDE)
    return [QRectF(x - HANDLE / 2, 2, HANDLE, height - 4) for x in middles]


def paint_handles(painter: QPainter, palette: QPalette, boxes: Sequence[QRectF]) -> None:
    """Paint the handles, and a line between them over what they scale."""
    color = palette.color(Role.Highlight)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for box in boxes:
        painter.drawRoundedRect(box, 1.5, 1.5)
    if boxes:
        first, last = boxes
        painter.drawRect(QRectF(first.right(), first.top(), last.left() - first.right(), 1.5))


def paint_box(painter: QPainter, widget: QWidget, box: QRectF) -> None:
    """Paint the box that is drawn around keys."""
    color = QColor(widget.palette().color(Role.Highlight))
    painter.setPen(QPen(color, 1))
    color.setAlpha(50)
    painter.setBrush(color)
    painter.drawRect(box)
