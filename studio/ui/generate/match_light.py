"""A light that says whether the clip on show still is what the settings make."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.ui.kit.plain import plain_tip

from .service import CHANGED, EDITED, MATCH, NONE, Light

# Okabe and Ito's green, blue and orange; the sign inside tells them apart without color.
_COLORS = {MATCH: "#009E73", EDITED: "#0072B2", CHANGED: "#E69F00"}
_SIDE = 16


class Lamp(QWidget):
    """A disc with a tick, a stroke or an exclamation mark, or an empty ring."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = NONE
        self.setFixedSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(1.5, 1.5, _SIDE - 3, _SIDE - 3)
        gray = self.palette().color(QPalette.ColorRole.PlaceholderText)
        color = QColor(_COLORS.get(self.state, gray))
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush if self.state == NONE else color)
        painter.drawEllipse(disc)
        ink = "#1F2124" if self.state == CHANGED else "#FFFFFF"
        painter.setPen(QPen(QColor(ink), 1.8, c=Qt.PenCapStyle.RoundCap))
        if self.state == MATCH:
            painter.drawPolyline([QPointF(5, 8.2), QPointF(7.2, 10.6), QPointF(11.2, 5.6)])
        elif self.state == EDITED:
            painter.drawLine(QPointF(5.4, 10.6), QPointF(10.6, 5.4))
        elif self.state == CHANGED:
            painter.drawLine(QPointF(8, 4.8), QPointF(8, 8.8))
            painter.drawPoint(QPointF(8, 11.2))


class MatchLight(QWidget):
    """The lamp and a few words; the whole sentence is the tooltip and what a reader hears."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lamp, self.words = Lamp(), QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.lamp)
        layout.addWidget(self.words, stretch=1)

    def show_light(self, light: Light) -> None:
        """Show the state as lamp and words, and the sentence as the tooltip."""
        self.lamp.state = light.state
        self.lamp.update()
        self.words.setText(light.words)
        for part in (self, self.lamp, self.words):
            part.setToolTip(plain_tip(light.sentence))
        self.setAccessibleName(light.words)
        self.setAccessibleDescription(light.sentence)
