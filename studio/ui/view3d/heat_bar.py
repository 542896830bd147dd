"""The legend of the displacement heat map, painted over the 3D view."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.render.coloring.heat import color_table

_WIDTH, _HEIGHT, _PAD = 12.0, 190.0, 10.0


class HeatBar(QWidget):
    """Colors from 0 to the limit, in millimeters or what the title says, with ticks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit, self._ink, self._title = 1.0, QColor("black"), "mm"
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def limit(self) -> float:
        return self._limit

    @property
    def title(self) -> str:
        return self._title

    def show_limit(self, limit: float, ink: QColor, title: str) -> None:
        """Show the colors of a range.

        Parameters
        ----------
        limit : float
            The range's top.
        ink : QColor
            The color of the text.
        title : str
            What the colors tell.
        """
        self._limit, self._ink, self._title = limit, ink, title
        self.setAccessibleName(title)
        unit = " mm" if title.endswith("mm") else ""
        self.setAccessibleDescription(f"from 0 to {limit:g}{unit}")
        self.resize(self.sizeHint())
        self.update()

    def ticks(self) -> list[tuple[float, str]]:
        """List (share of the range, text) from the bottom up."""
        # Steps that are round numbers for each of the ranges `round_up` gives.
        leading = float(f"{self._limit:.1e}".split("e")[0])
        parts = {1.0: 5, 1.5: 3, 2.0: 4, 3.0: 3, 4.0: 4, 5.0: 5, 6.0: 3, 8.0: 4}.get(leading, 2)
        values = [self._limit * k / parts for k in range(parts + 1)]
        return [(k / parts, f"{value:.3g}") for k, value in enumerate(values)]

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        widest = max(metrics.horizontalAdvance(text) for _, text in self.ticks())
        wide = max(_WIDTH + 8 + widest, metrics.horizontalAdvance(self._title)) + 2 * _PAD
        return QSize(round(wide), round(_HEIGHT + 2.2 * metrics.height() + 2 * _PAD))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QFontMetricsF(self.font()).height()
        bar = QRectF(_PAD, _PAD + 1.5 * line, _WIDTH, self.height() - 2.2 * line - 2 * _PAD)
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        table = color_table()
        for place in range(0, len(table), 15):
            gradient.setColorAt(place / (len(table) - 1), QColor.fromRgbF(*table[place].tolist()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QPen(self._ink, 1))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(_PAD, _PAD, self.width(), line), left, self._title)
        for share, text in self.ticks():
            y = bar.bottom() - share * bar.height()
            painter.drawText(QRectF(bar.right() + 8, y - line / 2, 80, line), left, text)
