"""How far two compared clips are from each other over time, in a row over the timeline."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.sequence import Floats
from studio.render.comparing.distance import NAMES, Distances, figure, written

from .axis import FrameAxis
from .curves import curve
from .layer import polygon
from .timeline import Timeline

Role = QPalette.ColorRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DistanceTrack(QWidget):
    """Mean, 95th percentile and maximum in millimeters: figures of the frame and the clip, curves.

    Where the other clip has ended there is nothing to measure, which is hatched.
    """

    sought = Signal(int)  # frame

    def __init__(self, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self.distances: Distances | None = None
        self._frame, self._note = 0, ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Distance of the two clips")
        timeline.axis_changed.connect(self.update)
        self.hide()

    def show_distances(self, distances: Distances | None, note: str = "") -> None:
        """Show what is measured, or say why nothing is.

        Parameters
        ----------
        distances
            None where nothing is measured yet, or can be.
        note
            What is going on, or in the way.
        """
        self.distances, self._note = distances, note
        self._describe()
        self.update()

    def set_frame(self, frame: int) -> None:
        """Show the figures of a frame."""
        if frame != self._frame:
            self._frame = frame
            self._describe()
            self.update()

    def texts(self) -> list[str]:
        """Write the figures of the frame and those of the whole clip."""
        known = self.distances
        if known is None:
            return [self._note]
        figures = known.at(self._frame)
        alone = "B has ended" if self._frame >= known.shared else "measuring…"
        here = written(figures) if figures is not None else alone
        whole = written(known.whole) + (f" at frame {known.farthest}" if known.shared else "")
        return [f"Frame {self._frame}: {here}", f"Clip: {whole}" if known.done else self._note]

    def _describe(self) -> None:
        text = "; ".join(text for text in self.texts() if text)
        self.setAccessibleDescription(text)
        how = f", {self.distances.how}" if self.distances is not None else ""
        self.setToolTip(f"Distance of A from B{how}. {text}")

    # Painting

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(320, line + max(round(2.2 * line), 32))

    def minimumSizeHint(self) -> QSize:
        """Leave out the curves where the window is low."""
        return QSize(320, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, axis = QPainter(self), self._timeline.axis()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QFontMetricsF(self.font()).height()
        plot = QRectF(axis.left, line + 1, axis.width, self.height() - line - 3)
        self._paint_figures(painter, axis, line)
        if plot.height() < line:
            return
        painter.fillRect(plot, self.palette().color(Role.Base))
        if self.distances is not None:
            self._paint_scale(painter, plot, axis)
            painter.setClipRect(plot)
            self._paint_curves(painter, plot, axis, self.distances)
            self._paint_end(painter, plot, axis, self.distances)
            painter.setPen(QPen(self.palette().color(Role.BrightText), 1.5))
            x = round(axis.x(self._frame)) + 0.5
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))

    @property
    def _top(self) -> float:
        """The distance at the upper edge, in mm: the largest that is measured."""
        known = self.distances
        return float(known.whole[2]) if known is not None and known.whole[2] > 0 else 1.0

    def _colors(self) -> list[QColor]:
        palette = self.palette()
        roles = (Role.WindowText, Role.Link, Role.PlaceholderText)
        return [palette.color(role) for role in roles]

    def _paint_figures(self, painter: QPainter, axis: FrameAxis, line: float) -> None:
        """Write the figures of the frame in the colors of their curves, then those of the clip.

        Where there is no room for both, those of the clip have no names, or are left out.
        """
        gray, metrics = self.palette().color(Role.PlaceholderText), painter.fontMetrics()
        painter.setPen(gray)
        painter.drawText(QRectF(0, 0, axis.left - 10, line), _RIGHT, "Distance")
        texts = self.texts()
        room, at = QRectF(axis.left, 0, axis.width, line), axis.left
        for text, color in self._parts(texts[0]):
            painter.setPen(color)
            painter.drawText(QRectF(at, 0, room.right() - at, line), _LEFT, text)
            at += metrics.horizontalAdvance(text)
        painter.setPen(gray)
        for text in (*texts[1:], self._short()):
            if metrics.horizontalAdvance(text) + 24 <= room.right() - at:
                painter.drawText(room, _RIGHT, text)
                return

    def _parts(self, text: str) -> list[tuple[str, QColor]]:
        """Part the text of a frame into pieces of one color."""
        ink = self.palette().color(Role.WindowText)
        pieces = text.split(" · ")
        if len(pieces) < len(NAMES):
            return [(text, ink)]
        head, first = pieces[0].split(": ")
        told = zip((first, *(f" · {piece}" for piece in pieces[1:])), self._colors(), strict=True)
        return [(f"{head}: ", ink), *told]

    def _short(self) -> str:
        """Write the figures of the clip without their names."""
        known = self.distances
        if known is None or not known.done:
            return ""
        return f"Clip: {' · '.join(map(figure, known.whole.tolist()))} mm"

    def _paint_scale(self, painter: QPainter, plot: QRectF, axis: FrameAxis) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(self.palette().color(Role.PlaceholderText))
        for y, text in ((plot.top(), f"{figure(self._top)} mm"), (plot.bottom(), "0")):
            tall = metrics.height()
            top = min(max(y - tall / 2, plot.top()), plot.bottom() - tall)
            painter.drawText(QRectF(0, top, axis.left - 10, tall), _RIGHT, text)

    def _paint_curves(
        self, painter: QPainter, plot: QRectF, axis: FrameAxis, known: Distances
    ) -> None:
        shares: Floats = known.figures / self._top
        pens = [QPen(color, 1.6 - 0.3 * place) for place, color in enumerate(self._colors())]
        for column in (2, 1, 0):
            points = curve(shares[:, column], axis, plot.top() + 1, plot.height() - 2)
            painter.setPen(pens[column])
            painter.drawPolyline(polygon(points))
            if len(points) == 1:
                painter.drawEllipse(QPointF(*points[0]), 1.5, 1.5)

    def _paint_end(
        self, painter: QPainter, plot: QRectF, axis: FrameAxis, known: Distances
    ) -> None:
        """Hatch the frames at which the other clip has ended, and say so."""
        if known.shared >= axis.n_frames:
            return
        left = axis.x(known.shared - 1)
        rest = QRectF(left, plot.top(), plot.right() - left, plot.height())
        mid = self.palette().color(Role.Mid)
        painter.fillRect(rest, QBrush(mid, Qt.BrushStyle.BDiagPattern))
        painter.setPen(self.palette().color(Role.PlaceholderText))
        text, metrics = "B has ended", painter.fontMetrics()
        wide = metrics.horizontalAdvance(text) + 12
        if rest.width() >= wide:
            box = QRectF(0, 0, wide, metrics.height())
            box.moveCenter(rest.center())
            painter.fillRect(box, self.palette().color(Role.Base))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self._timeline.axis().frame(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self._timeline.axis().frame(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.sought.emit(frame)
        figures = self.distances.at(frame) if self.distances is not None else None
        if figures is not None:
            text = f"Frame {frame}: {written(figures)}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
