"""The ground of a bar that offers something."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget


class Strip(QWidget):
    """A quiet ground with a bright edge, so that the offer is seen and does not shout."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Midlight))
        edge = self.rect().adjusted(0, 0, 4 - self.width(), 0)
        painter.fillRect(edge, self.palette().color(QPalette.ColorRole.Highlight))
