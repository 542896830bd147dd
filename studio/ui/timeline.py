"""The timeline: a frame ruler, the range, the probability curves and the playhead."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core import Probabilities

from .timeline_axis import FrameAxis, time_text
from .timeline_layer import Layout, paint_layer, ruler_numbers
from .timeline_readout import hover_lines, paint_hover

GRAB = 8.0  # pixels to either side of a handle that still take hold of it
Drag = Literal["playhead", "in", "out"]
Role = QPalette.ColorRole


class Timeline(QWidget):
    """Shows a clip over time; scrubs it, and sets the range that playback covers.

    Everything that does not move is painted once into a pixmap; a moving playhead costs a copy
    of two narrow strips and a line.
    """

    scrubbed = Signal(int)  # frame
    range_changed = Signal(int, int)  # start, stop: frames start..stop-1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_frames, self._fps = 1, 30.0
        self._start, self._stop = 0, 1
        self._frame = 0
        self._probabilities: Probabilities | None = None
        self._layer: QPixmap | None = None
        self._drag: Drag | None = None
        self._hover: QPointF | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self._describe()

    # What it shows

    def set_clip(self, n_frames: int, fps: float) -> None:
        """Another clip: its whole length as range, no curves, the playhead at its start."""
        self._n_frames, self._fps = max(n_frames, 1), fps
        self._start, self._stop, self._frame = 0, self._n_frames, 0
        self._probabilities, self._drag = None, None
        self._repaint_all()

    def set_probabilities(self, probabilities: Probabilities | None) -> None:
        """Curves per label in the label's colour; None clears them."""
        self._probabilities = probabilities
        self._repaint_all()

    def set_frame(self, frame: int) -> None:
        """Put the playhead on a frame, clamped to the clip."""
        frame = min(max(frame, 0), self._n_frames - 1)
        if frame == self._frame:
            return
        old, self._frame = self._playhead_rect(), frame
        self.update(old)
        self.update(self._playhead_rect())
        self.update(self._layout().gutter.toAlignedRect())

    def set_range(self, start: int, stop: int) -> None:
        """Frames start..stop-1 are in; the rest is dimmed."""
        self._start = min(max(start, 0), self._n_frames - 1)
        self._stop = min(max(stop, self._start + 1), self._n_frames)
        self.update()

    @property
    def frame(self) -> int:
        return self._frame

    @property
    def range(self) -> tuple[int, int]:
        return self._start, self._stop

    def axis(self) -> FrameAxis:
        """Where frames lie in this widget's pixels."""
        plot = self._layout().plot
        return FrameAxis(self._n_frames, plot.left(), plot.width())

    def hover_text(self, frame: int) -> list[str]:
        """What the readout says of a frame: frame and time, then labels from the likeliest."""
        head = f"Frame {frame} · {time_text(frame, self._fps)}"
        return [head, *(f"{name} {value}" for name, value in hover_lines(self._row(frame)))]

    # Size and painting

    def sizeHint(self) -> QSize:
        return QSize(640, round(10.5 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static_layer())
        layout, axis = self._layout(), self.axis()
        self._paint_range(painter, layout, axis)
        self._paint_readout(painter, layout)
        if self.isEnabled():
            self._paint_playhead(painter, layout, axis)
            self._paint_hover(painter, layout, axis)

    def _static_layer(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            paint_layer(layer, self, self._layout(), self.axis(), self._probabilities)
            self._layer = layer
        return self._layer

    def _layout(self) -> Layout:
        return Layout.of(self.width(), self.height(), QFontMetricsF(self.font()))

    def _repaint_all(self) -> None:
        self._layer = None
        self._describe()
        self.update()

    def _describe(self) -> None:
        curves = len(self._probabilities.labels) if self._probabilities is not None else 0
        self.setAccessibleDescription(f"{self._n_frames} frames, {curves} curves")

    def _paint_range(self, painter: QPainter, layout: Layout, axis: FrameAxis) -> None:
        """Dim what is out of range; the lane carries a bar between two handles."""
        left, right = axis.x(self._start), axis.x(self._stop - 1)
        veil = QColor(self.palette().color(Role.Window))
        veil.setAlpha(185)
        bottom, top = layout.plot.bottom(), layout.plot.top()
        for x0, x1 in ((layout.plot.left(), left), (right, layout.plot.right())):
            painter.fillRect(QRectF(x0, top, max(x1 - x0, 0), bottom - top + 1), veil)
        whole = self._stop - self._start == self._n_frames
        color = self.palette().color(Role.Dark if whole or not self.isEnabled() else Role.Highlight)
        if self.palette().color(Role.Window).lightness() < 128 and whole:
            color = self.palette().color(Role.Light)
        lane = layout.lane
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        middle = lane.center().y()
        painter.drawRect(QRectF(left, middle - 1.5, right - left, 3))
        for x, side in ((left, 1), (right, -1)):
            painter.drawPolygon(_bracket(x, side, lane))

    def _paint_playhead(self, painter: QPainter, layout: Layout, axis: FrameAxis) -> None:
        x = round(axis.x(self._frame)) + 0.5
        color = self.palette().color(Role.BrightText)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(
            QRectF(x - 0.75, layout.lane.top(), 1.5, layout.strip.bottom() - layout.lane.top()),
            color,
        )
        text = str(self._frame)
        flag = self._flag_rect(text, x, layout)
        # Half of a number beside the flag would read as another number.
        for _frame, box in ruler_numbers(layout, axis, QFontMetricsF(self.font())):
            if box.intersects(flag):
                painter.fillRect(box, self.palette().color(Role.Window))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(flag, 3, 3)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x - 4, flag.bottom() - 0.5),
                    QPointF(x + 4, flag.bottom() - 0.5),
                    QPointF(x, flag.bottom() + 4),
                ]
            )
        )
        painter.setPen(self.palette().color(Role.Window))
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)

    def _flag_rect(self, text: str, x: float, layout: Layout) -> QRectF:
        metrics = QFontMetricsF(self.font())
        width = metrics.horizontalAdvance(text) + 10
        # Clear of the readout on the left and inside the widget on the right.
        left = min(max(x - width / 2, layout.gutter.width() - 8), self.width() - width)
        return QRectF(left, layout.ruler.top() + 1, width, layout.ruler.height() - 5)

    def _paint_readout(self, painter: QPainter, layout: Layout) -> None:
        palette = self.palette()
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(palette.color(group, Role.WindowText))
        box, line = layout.gutter, layout.ruler.height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        time = QRectF(box.left(), box.top(), box.width() - 10, line)
        painter.drawText(time, right, time_text(self._frame, self._fps))

    def _paint_hover(self, painter: QPainter, layout: Layout, axis: FrameAxis) -> None:
        if self._hover is None or self._drag in ("in", "out"):
            return
        frame = axis.frame(self._hover.x())
        x = axis.x(frame)
        faint = QColor(self.palette().color(Role.WindowText))
        faint.setAlpha(70)
        painter.fillRect(QRectF(x, layout.plot.top(), 1, layout.plot.height()), faint)
        head = f"{frame} · {time_text(frame, self._fps)}"
        paint_hover(painter, self, head, hover_lines(self._row(frame)), x)

    def _row(self, frame: int) -> dict[str, float]:
        known = self._probabilities
        if known is None or frame >= len(known.per_frame):
            return {}
        return dict(zip(known.labels, known.per_frame[frame].tolist(), strict=True))

    def _playhead_rect(self) -> QRect:
        layout = self._layout()
        x = self.axis().x(self._frame)
        flag = self._flag_rect(str(self._frame), x, layout)
        strip = QRectF(x - 6, 0, 12, self.height())
        number = flag.adjusted(-flag.width(), 0, flag.width(), 0)
        return strip.united(number).toAlignedRect()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._n_frames < 2:
            return
        self._drag = self._handle_at(event.position()) or "playhead"
        self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        if self._drag is not None:
            self._follow(self._hover.x())
        else:
            over = self._handle_at(self._hover) is not None and self._n_frames > 1
            self.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        drag, self._drag = self._drag, None
        if drag in ("in", "out"):
            # Told once, at the end, so that a drag is one edit.
            self.range_changed.emit(self._start, self._stop)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the range lane: the whole clip again."""
        if self._layout().lane.contains(event.position()):
            self.set_range(0, self._n_frames)
            self.range_changed.emit(self._start, self._stop)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One frame a notch."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if turn and self._n_frames > 1:
            by = -1 if turn > 0 else 1
            self.scrubbed.emit(min(max(self._frame + by, 0), self._n_frames - 1))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layer = None

    def changeEvent(self, event: QEvent) -> None:
        kinds = (
            QEvent.Type.PaletteChange,
            QEvent.Type.FontChange,
            QEvent.Type.EnabledChange,
            QEvent.Type.StyleChange,
        )
        if event.type() in kinds:
            self._repaint_all()
            self.updateGeometry()
        super().changeEvent(event)

    def _handle_at(self, at: QPointF) -> Drag | None:
        lane, axis = self._layout().lane, self.axis()
        if not lane.adjusted(0, -2, 0, 2).contains(QPointF(lane.center().x(), at.y())):
            return None
        to_in = at.x() - axis.x(self._start)
        to_out = at.x() - axis.x(self._stop - 1)
        # A range of one frame puts both handles on one spot: the side tells them apart.
        if abs(to_in) <= GRAB and (abs(to_in) < abs(to_out) or to_in < 0):
            return "in"
        return "out" if abs(to_out) <= GRAB else None

    def _follow(self, x: float) -> None:
        frame = self.axis().frame(x)
        if self._drag == "in":
            self.set_range(min(frame, self._stop - 1), self._stop)
        elif self._drag == "out":
            self.set_range(self._start, max(frame, self._start) + 1)
        else:
            self.scrubbed.emit(frame)


def _bracket(x: float, side: int, lane: QRectF) -> QPolygonF:
    """A handle at x that opens towards the inside of the range."""
    top, bottom = lane.top() + 1, lane.bottom() - 1
    return QPolygonF(
        [
            QPointF(x, top),
            QPointF(x + 6 * side, top),
            QPointF(x + 6 * side, bottom - 4),
            QPointF(x, bottom),
        ]
    )
