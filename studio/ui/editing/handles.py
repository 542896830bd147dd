"""Landmarks one can take hold of, painted over the 3D view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.kit.theme import CHOSEN

INK = QColor(20, 87, 219)  # as the landmarks that are only shown: far from skin
RIM = QColor(255, 255, 255, 235)
SHADE = QColor(0, 0, 0, 70)
SIZE, GROWN = 4.2, 6.2  # pixels from the middle to the edge, and under the mouse
FAINT = 0.5  # of the ink of the others
NEAR = 11.0  # pixels within which the mouse takes a handle
SEEN = -0.15  # cosine to the viewer; a little less than edge on, for the rims of the lips
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Marked:
    """What is to be seen of the landmarks.

    Attributes
    ----------
    places, origins
        (M, 2) pixels: where the landmarks are, and where the recording has them.
    seen
        (M,) bool: those that the face does not hide.
    chosen, across
        Those that a drag moves, and those that mirror them.
    hovered, said
        The one under the mouse, and what is written beside it.
    faint
        Those that are only suggested.
    """

    places: Array = field(default_factory=lambda: np.zeros((0, 2)))
    origins: Array = field(default_factory=lambda: np.zeros((0, 2)))
    seen: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    chosen: frozenset[int] = frozenset()
    across: frozenset[int] = frozenset()
    hovered: int | None = None
    said: str = ""
    faint: frozenset[int] = frozenset()

    def at(self, x: float, y: float) -> int | None:
        """Find the handle nearest to a pixel and near enough, None for none."""
        if not self.seen.any():
            return None
        away = np.linalg.norm(self.places - (x, y), axis=1)
        away[~self.seen] = np.inf
        best = int(np.argmin(away))
        return best if away[best] <= NEAR else None


class Handles(QWidget):
    """Lies over the view and lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look: Callable[[], Marked] = Marked
        self._marked: Marked | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def marked(self) -> Marked:
        """What is to be seen now; looked for when it is painted or asked for, not before."""
        if self._marked is None:
            self._marked = self._look()
        return self._marked

    def show_marked(self, look: Callable[[], Marked]) -> None:
        """Show what `look` will find when it is painted."""
        self._look, self._marked = look, None
        self.show()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._look, self._marked = Marked, None
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, marked = QPainter(self), self.marked
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = np.flatnonzero(marked.seen).tolist()
        self._paint_moves(painter, seen)
        for landmark in sorted(seen, key=self._rank):
            self._paint_handle(painter, landmark)
        if marked.hovered is not None and marked.said and marked.hovered in seen:
            self._paint_name(painter, QPointF(*marked.places[marked.hovered]), marked.said)

    def _rank(self, landmark: int) -> int:
        """Rank a handle: the highest is drawn last and lies on top."""
        marked = self.marked
        return (landmark in marked.chosen) + 2 * (landmark == marked.hovered)

    def _paint_moves(self, painter: QPainter, seen: Sequence[int]) -> None:
        """Draw a thread from where the recording has a landmark to where it is now."""
        painter.setPen(QPen(RIM, 1.4))
        painter.setBrush(RIM)
        places, origins = self.marked.places, self.marked.origins
        for landmark in seen:
            here, there = QPointF(*places[landmark]), QPointF(*origins[landmark])
            if (here - there).manhattanLength() > 1.5:
                painter.drawLine(there, here)
                painter.drawEllipse(there, 1.6, 1.6)

    def _paint_handle(self, painter: QPainter, landmark: int) -> None:
        marked, at = self.marked, QPointF(*self.marked.places[landmark])
        size = GROWN if landmark == marked.hovered else SIZE
        painter.setOpacity(FAINT if landmark in marked.faint else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(SHADE)
        painter.drawEllipse(at + QPointF(0, 1), size + 1.6, size + 1.6)
        chosen, across = landmark in marked.chosen, landmark in marked.across
        painter.setBrush(CHOSEN if chosen else INK)
        painter.setPen(QPen(CHOSEN if across else RIM, 2.0 if across else 1.5))
        painter.drawEllipse(at, size, size)
        painter.setOpacity(1.0)

    def _paint_name(self, painter: QPainter, at: QPointF, text: str) -> None:
        metrics, palette = QFontMetricsF(self.font()), self.palette()
        box = QRectF(0, 0, metrics.horizontalAdvance(text) + 14, metrics.height() + 6)
        box.moveCenter(at - QPointF(0, box.height() / 2 + 14))
        if box.top() < 2:
            box.moveTop(at.y() + 14)
        box.moveLeft(min(max(box.left(), 2.0), max(self.width() - box.width() - 2, 2.0)))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(palette.color(QPalette.ColorRole.ToolTipBase))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.ToolTipText))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
