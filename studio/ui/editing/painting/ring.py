"""The rim of the brush over the 3D view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

_DARK, _LIGHT = QColor(0, 0, 0, 150), QColor(255, 255, 255, 230)


class Ring(QWidget):
    """A circle that lets the mouse through; dashed while the brush takes away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.at, self.radius, self.erasing = QPointF(), 0.0, False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, at: QPointF, radius: float, *, erasing: bool) -> None:
        """Draw it about a place, in pixels."""
        self.at, self.radius, self.erasing = at, radius, erasing
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.DashLine if self.erasing else Qt.PenStyle.SolidLine
        for color, width in ((_DARK, 3.0), (_LIGHT, 1.5)):
            painter.setPen(QPen(color, width, style if width < 2 else Qt.PenStyle.SolidLine))
            painter.drawEllipse(self.at, self.radius, self.radius)
