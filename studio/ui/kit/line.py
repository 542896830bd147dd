"""One line of text that is shortened where there is no room, and asks for none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.kit.plain import plain_tip

Role = QPalette.ColorRole


class Line(QWidget):
    """A line that is painted, not laid out: a change of its text moves nothing else.

    The tooltip has the whole text.

    Parameters
    ----------
    ink
        The palette's role it is written in.
    widest
        Pixels it asks for at most.
    """

    def __init__(
        self, parent: QWidget | None = None, *, ink: Role = Role.WindowText, widest: int = 200
    ) -> None:
        super().__init__(parent)
        self._text, self._ink, self._widest = "", ink, widest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setToolTip(plain_tip(text))
            self.setAccessibleName(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._widest, self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self._ink))
        shown = painter.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideRight, self.width()
        )
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), middle, shown)
