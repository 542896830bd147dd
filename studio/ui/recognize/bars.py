"""One horizontal bar per label: what the recognizer says of the frame on show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.core.sequence import Floats
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_color

_GAP, _RADIUS = 8.0, 3.0
_QUIET = 150  # alpha of the bars that do not lead
Role = QPalette.ColorRole


class ProbabilityBar(QWidget):
    """A label, its bar from 0 to 1, and the value in percent."""

    def __init__(self, label: str, name_width: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self._name_width = name_width
        self._value: float | None = None
        self._leading = False
        self._threshold = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(None, leading=False)

    def set_value(self, value: float | None, *, leading: bool, threshold: float = 0.0) -> None:
        """Show a probability; the leading bar is painted stronger.

        Parameters
        ----------
        value : float or None
            0..1, None for an empty bar.
        leading : bool
            Whether no other label is likelier.
        threshold : float
            0..1, marked on the track unless it is 0.
        """
        self._value, self._leading, self._threshold = value, leading, threshold
        self.setAccessibleName(f"{label_name(self.label)} {self.text()}")
        self.update()

    def text(self) -> str:
        """Write the value as it stands beside the bar."""
        return "–" if self._value is None else f"{100 * self._value:.0f} %"

    @property
    def leading(self) -> bool:
        return self._leading

    def sizeHint(self) -> QSize:
        return QSize(220, round(1.65 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._name_width) + 110, self.sizeHint().height())

    def track(self) -> QRectF:
        """Compute where a bar of value 1 would lie."""
        number = QFontMetricsF(self._bold()).horizontalAdvance("100 %")
        left = self._name_width + _GAP
        width = max(self.width() - left - number - _GAP, 1.0)
        return QRectF(left, self.height() * 0.24, width, self.height() * 0.52)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = self.track()
        painter.setBrush(self.palette().color(Role.Midlight))
        painter.drawRoundedRect(track, _RADIUS, _RADIUS)
        self._paint_bar(painter, track)
        self._paint_threshold(painter, track)
        self._paint_text(painter, track)

    def _paint_bar(self, painter: QPainter, track: QRectF) -> None:
        if self._value is None or self._value * track.width() < 0.5:
            return
        color = QColor(label_color(self.label))
        color.setAlpha(255 if self._leading else _QUIET)
        painter.setBrush(color)
        # Clipped to the track so that a short bar keeps its rounded left end.
        painter.setClipRect(QRectF(track.left(), 0, self._value * track.width(), self.height()))
        painter.drawRoundedRect(track, _RADIUS, _RADIUS)
        painter.setClipping(False)

    def _paint_threshold(self, painter: QPainter, track: QRectF) -> None:
        if self._value is None or self._threshold <= 0:
            return
        color = QColor(self.palette().color(Role.WindowText))
        color.setAlpha(70)
        x = round(track.left() + self._threshold * track.width())
        painter.fillRect(QRectF(x, track.top() - 1, 1, track.height() + 2), color)

    def _paint_text(self, painter: QPainter, track: QRectF) -> None:
        role = Role.WindowText if self._leading else Role.PlaceholderText
        painter.setFont(self._bold() if self._leading else self.font())
        painter.setPen(self.palette().color(Role.WindowText))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = QRectF(0, 0, self._name_width, self.height())
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, label_name(self.label))
        painter.setPen(self.palette().color(role))
        number = QRectF(track.right(), 0, self.width() - track.right(), self.height())
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, self.text())

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font


class ProbabilityBars(QWidget):
    """The bars of all labels, in the order given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[ProbabilityBar, ...] = ()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch()
        self.setAccessibleName("Expression probabilities of the frame on show")

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(bar.label for bar in self.bars)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Make one empty bar a label; the same labels again change nothing."""
        if tuple(labels) == self.labels:
            return
        for bar in self.bars:
            self._rows.removeWidget(bar)
            bar.deleteLater()
        bold = QFont(self.font())
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        width = max((metrics.horizontalAdvance(label_name(name)) for name in labels), default=0)
        self.bars = tuple(ProbabilityBar(name, width + 2, self) for name in labels)
        for place, bar in enumerate(self.bars):
            self._rows.insertWidget(place, bar)

    def show_row(self, row: Floats | None, threshold: float = 0.0) -> None:
        """Show the probabilities of one frame.

        Parameters
        ----------
        row : floats (L,) or None
            Values in 0..1 in the order of the labels; None empties the bars.
        threshold : float
            No bar leads where the longest is shorter than this.
        """
        if row is None:
            for bar in self.bars:
                bar.set_value(None, leading=False)
            return
        values = [float(value) for value in row]
        best = max(range(len(values)), key=values.__getitem__, default=-1)
        for place, (bar, value) in enumerate(zip(self.bars, values, strict=True)):
            leads = place == best and value >= threshold
            bar.set_value(value, leading=leads, threshold=threshold)
