"""Rows of controls that leave out what a narrow window has no room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class SheddingRow(QWidget):
    """A row whose less needed controls are hidden where they do not fit.

    Only what is found elsewhere too, in a menu or the status bar, may be left out.
    """

    _spare: Sequence[QWidget] = ()

    def set_spare(self, *parts: QWidget) -> None:
        """Name what may be left out, what goes first first."""
        self._spare = parts
        self._shed()

    def minimumSizeHint(self) -> QSize:
        """Ask for the room of what must stay."""
        least = super().minimumSizeHint()
        shown = sum(self._room(part) for part in self._spare if not part.isHidden())
        return QSize(least.width() - shown, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shed()

    def _shed(self) -> None:
        left = self.width() - self.minimumSizeHint().width()
        for part in reversed(self._spare):
            left -= self._room(part)
            part.setHidden(left < 0)

    def _room(self, part: QWidget) -> int:
        """Tell how many pixels a part takes, the gap beside it included."""
        layout = self.layout()
        gap = layout.spacing() if layout is not None else 0
        return max(part.minimumSizeHint().width(), part.minimumWidth()) + gap
