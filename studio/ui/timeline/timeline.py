"""The timeline: a frame ruler, the range, the probability curves and the playhead."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core import Tracks
from studio.core.errors import shortened
from studio.core.peaks import Peak
from studio.core.sequence import Floats
from studio.ui.kit.forms import open_menu
from studio.ui.kit.theme import track_color

from .axis import FrameAxis, Zoom, time_text
from .curve_display import CurveLook
from .layer import Layout, paint_layer
from .marks import (
    Drag,
    dot_of,
    flag_rect,
    handle_at,
    paint_marked,
    paint_overview,
    paint_peaks,
    paint_playhead,
    paint_range,
    paint_time,
    with_room,
)
from .readout import paint_hover
from .shown import Shown
from .snapping import snapped

NEAR = 9.0  # pixels around a peak's dot that still take it
STILL = 4.0  # pixels a press on a peak may wander before it becomes a drag
_LONGEST = 24  # letters of a frame's name on the playhead
NOTCH = 1.25  # how much one notch of the wheel zooms
_FREES = Qt.KeyboardModifier.AltModifier  # held, a drag goes onto nothing
Role = QPalette.ColorRole


class Timeline(QWidget):
    """Shows a clip over time; scrubs it, and sets the range that playback covers.

    Everything that does not move is painted once into a pixmap; a moving playhead costs a copy
    of two narrow strips and a line. The wheel zooms around the mouse; a sideways turn of it, or
    a drag with the middle button, moves along; a double click shows the whole clip.
    """

    scrubbed = Signal(int)  # frame
    range_changed = Signal(int, int)  # start, stop: frames start..stop-1
    axis_changed = Signal()  # another part of the clip is seen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu_actions: list[QAction] = []
        self._n_frames, self._fps = 1, 30.0
        self._start, self._stop = 0, 1
        self._frame = 0
        self._zoom = Zoom.fit(1)
        self._shown = Shown()
        self._marks: tuple[int, ...] = ()
        self._layer: QPixmap | None = None
        self._drag: Drag | None = None
        self._pressed: QPointF | None = None  # on a peak, until the mouse wanders off
        self._hover: QPointF | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self._describe()

    # What it shows

    def set_clip(self, n_frames: int, fps: float, frame_names: tuple[str, ...] = ()) -> None:
        """Show another clip: its whole length as range, no curves, the playhead at its start.

        Names are what its frames are called, if they have any.
        """
        self._n_frames, self._fps = max(n_frames, 1), fps
        self._start, self._stop, self._frame = 0, self._n_frames, 0
        self._zoom = Zoom.fit(self._n_frames)
        self._shown, self._drag = Shown(look=self._shown.look, frame_names=frame_names), None
        self._repaint_all()

    def set_tracks(self, tracks: Tracks | None) -> None:
        """Show curves in colors of their own, as they are to be drawn; None clears them."""
        self._shown = replace(self._shown, tracks=tracks)
        self._repaint_all()

    def set_beside(self, tracks: Tracks | None) -> None:
        """Show the curves of the compared clip dashed, for as long as it lasts; None for none."""
        self._shown = replace(self._shown, beside=tracks)
        self._repaint_all()

    def set_look(self, look: CurveLook) -> None:
        """Show lines or stacked areas, and below what a frame is uncertain."""
        self._shown = replace(self._shown, look=look)
        self._repaint_all()

    def set_unfamiliar(self, unfamiliar: Floats | None) -> None:
        """Draw dashes below the frames of (T,) in 0..1 that are above one half; None for none."""
        self._shown = replace(self._shown, unfamiliar=unfamiliar)
        self._repaint_all()

    def set_frame(self, frame: int) -> None:
        """Put the playhead on a frame, clamped to the clip; the view follows it out of sight."""
        frame = min(max(frame, 0), self._n_frames - 1)
        if frame == self._frame:
            return
        old, self._frame = self._playhead_rect(), frame
        if self._drag is None:
            self._set_zoom(self._zoom.paged(frame))
        self.update(old)
        self.update(self._playhead_rect())
        self.update(self._layout().gutter.toAlignedRect())

    def set_range(self, start: int, stop: int) -> None:
        """Take frames start..stop-1 as the range; the rest is dimmed."""
        self._start = min(max(start, 0), self._n_frames - 1)
        self._stop = min(max(stop, self._start + 1), self._n_frames)
        self.update()

    @property
    def frame(self) -> int:
        return self._frame

    @property
    def range(self) -> tuple[int, int]:
        return self._start, self._stop

    def set_marks(self, frames: tuple[int, ...]) -> None:
        """Draw a line at marked frames, which drags go onto."""
        self._marks = frames
        self.update()

    def snaps(
        self, *, marks: bool = True, playhead: bool = True, ends: bool = True
    ) -> tuple[int, ...]:
        """List the frames that a drag goes onto: those marked, the playhead, the range's ends."""
        ended = (self._start, self._stop - 1) if ends else ()
        return (*(self._marks if marks else ()), *((self._frame,) if playhead else ()), *ended)

    @property
    def peaks(self) -> tuple[Peak, ...]:
        """The marked maxima of the curves on show, by frame."""
        return self._shown.peaks

    @property
    def zoom(self) -> Zoom:
        return self._zoom

    def fit(self) -> None:
        """Show the whole clip."""
        self._set_zoom(Zoom.fit(self._n_frames))

    def zoom_by(self, factor: float) -> None:
        """Show `factor` times as many frames around the playhead."""
        self._set_zoom(self._zoom.by(factor, self._frame).revealing(self._frame))

    def axis(self) -> FrameAxis:
        """Compute where frames lie in this widget's pixels."""
        plot, zoom = self._layout().plot, self._zoom
        return FrameAxis(self._n_frames, plot.left(), plot.width(), zoom.first, zoom.span)

    def hover_heads(self, frame: int) -> list[str]:
        """List what the readout says of a frame above its curves: frame, time, remarks."""
        return [f"Frame {frame} · {time_text(frame, self._fps)}", *self._shown.remarks(frame)]

    def hover_lines(self, frame: int) -> list[tuple[str, str]]:
        """List the curves that the readout names, from the highest, with their values."""
        return self._shown.lines(frame)

    # Size and painting

    def sizeHint(self) -> QSize:
        return QSize(640, round(10.8 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, round(7.5 * self.fontMetrics().height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static_layer())
        layout, axis = self._layout(), self.axis()
        paint_range(painter, self, layout, axis, self._start, self._stop)
        paint_overview(painter, self, layout, self._zoom)
        paint_marked(painter, self, layout, axis, self._marks)
        paint_time(painter, self, layout, time_text(self._frame, self._fps))
        if self.isEnabled():
            self._paint_peaks(painter, layout)
            paint_playhead(painter, self, layout, axis, self._frame, self._flag())
            self._paint_hover(painter, layout, axis)

    def _static_layer(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            layer = QPixmap(self.size() * ratio)
            layer.setDevicePixelRatio(ratio)
            paint_layer(layer, self, self._layout(), self.axis(), self._shown)
            self._layer = layer
        return self._layer

    def _layout(self) -> Layout:
        return Layout.of(self.width(), self.height(), QFontMetricsF(self.font()))

    def _set_zoom(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self._repaint_all()
            self.axis_changed.emit()

    def _repaint_all(self) -> None:
        self._layer = None
        self._describe()
        self.update()

    def _describe(self) -> None:
        known = self._shown.tracks
        curves = len(known.names) if known is not None else 0
        text = f"{self._n_frames} frames, {curves} curves"
        text += ", those of the compared clip dashed" if self._shown.beside is not None else ""
        self.setAccessibleDescription(text)

    def _paint_peaks(self, painter: QPainter, layout: Layout) -> None:
        known = self._shown.tracks
        if known is None:
            return
        painter.save()
        painter.setClipRect(layout.plot.adjusted(-6, -6, 6, 6))
        near = self._peak_at(self._hover) if self._hover is not None else None
        paint_peaks(painter, self, self._dots(), known.names, near)
        painter.restore()

    def _paint_hover(self, painter: QPainter, layout: Layout, axis: FrameAxis) -> None:
        if self._hover is None or self._drag in ("in", "out", "pan"):
            return
        near = self._peak_at(self._hover)
        over = min(max(self._hover.x(), layout.plot.left()), layout.plot.right())
        frame = near.frame if near is not None else axis.frame(over)
        x = axis.x(frame)
        faint = QColor(self.palette().color(Role.WindowText))
        faint.setAlpha(70)
        painter.fillRect(QRectF(x, layout.plot.top(), 1, layout.plot.height()), faint)
        known = self._shown.tracks
        names = known.names if known is not None else ()
        colors = {name: track_color(name, names) for name in names}
        paint_hover(painter, self, self.hover_heads(frame), self.hover_lines(frame), colors, x)

    def _dots(self) -> list[tuple[Peak, QPointF]]:
        plot, axis, areas = self._layout().plot, self.axis(), self._shown.areas
        start, stop = axis.visible
        seen = [peak for peak in self._shown.peaks if start <= peak.frame < stop]
        return with_room([(peak, dot_of(peak, areas, plot, axis)) for peak in seen])

    def _flag(self) -> str:
        """Write number and name of the frame on show."""
        return f"{self._frame} {shortened(self._shown.label(self._frame), _LONGEST)}".rstrip()

    def _playhead_rect(self) -> QRect:
        layout = self._layout()
        x = self.axis().x(self._frame)
        flag = flag_rect(self._flag(), x, layout, self)
        strip = QRectF(x - 6, 0, 12, self.height())
        number = flag.adjusted(-flag.width(), 0, flag.width(), 0)
        return strip.united(number).toAlignedRect()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton and self._drag is None:
            self._drag, self._pressed = "pan", event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if event.button() != Qt.MouseButton.LeftButton or self._n_frames < 2:
            return
        peak = self._peak_at(event.position())
        self._drag = self._handle_at(event.position()) or "playhead"
        if self._drag == "playhead" and peak is not None:
            self._pressed = event.position()
            self.scrubbed.emit(peak.frame)
        else:
            self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drag == "pan" and self._pressed is not None:
            moved = (self._pressed.x() - at.x()) / self.axis().pixels_per_frame
            self._pressed = at
            self._set_zoom(self._zoom.moved(moved))
        elif self._drag is not None:
            if self._pressed is None or (at - self._pressed).manhattanLength() > STILL:
                self._pressed = None
                self._follow(at.x(), free=bool(event.modifiers() & _FREES))
        else:
            self._show_cursor(at)
        self._hover = at
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        drag, self._drag, self._pressed = self._drag, None, None
        if drag in ("in", "out"):
            # Told once, at the end, so that a drag is one edit.
            self.range_changed.emit(self._start, self._stop)
        self._show_cursor(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the whole clip again: on the range lane as range, anywhere else in the view."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._layout().lane.contains(event.position()):
            self.set_range(0, self._n_frames)
            self.range_changed.emit(self._start, self._stop)
        else:
            self.mousePressEvent(event)
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse for up and down; move along for sideways or with Shift."""
        turn = event.angleDelta()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        aside = turn.x() or (turn.y() if shift else 0)
        if aside:
            self._set_zoom(self._zoom.moved(-aside / 120 * self._zoom.span / 10))
        elif turn.y():
            at = self.axis().place(event.position().x())
            self._set_zoom(self._zoom.by(NOTCH ** (-turn.y() / 120), at))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.menu_actions and self.isEnabled():
            open_menu(event, self, self.menu_actions)

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

    def _show_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._n_frames > 1 and self._handle_at(at) is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif self._peak_at(at) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)

    def _peak_at(self, at: QPointF) -> Peak | None:
        """Find the peak whose dot is nearest to a point and near enough."""
        away = [((place - at).manhattanLength(), peak) for peak, place in self._dots()]
        best = min(away, key=lambda entry: entry[0], default=None)
        return best[1] if best is not None and best[0] <= NEAR else None

    def _handle_at(self, at: QPointF) -> Drag | None:
        return handle_at(at, self._layout().lane, self.axis(), self._start, self._stop)

    def _follow(self, x: float, *, free: bool = False) -> None:
        onto = self.snaps(playhead=self._drag != "playhead", ends=self._drag == "playhead")
        frame = snapped(self.axis(), x, onto, free=free)
        self._set_zoom(self._zoom.revealing(frame))
        if self._drag == "in":
            self.set_range(min(frame, self._stop - 1), self._stop)
        elif self._drag == "out":
            self.set_range(self._start, max(frame, self._start) + 1)
        else:
            self.scrubbed.emit(frame)
