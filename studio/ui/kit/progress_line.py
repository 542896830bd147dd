"""A thin bar that says how far something is, and costs the window next to nothing."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

_STEPS = 1000


class ProgressLine(QProgressBar):
    """A bar without text from 0 to 1.

    Qt's own bar draws at once whenever its value changes, and beside a 3D view each drawing
    composes the whole window; this one asks for a repaint, and only where a pixel changes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, textVisible=False, maximum=_STEPS)
        self._pixel = 0

    def show_share(self, share: float) -> None:
        """Show how far it is, 0 to 1."""
        pixel = round(share * max(self.width(), 1))
        if pixel == self._pixel and 0.0 < share < 1.0:
            return
        self._pixel = pixel
        # Without updates there is no drawing at once; turning them on asks for one later.
        self.setUpdatesEnabled(False)
        self.setValue(round(_STEPS * share))
        self.setUpdatesEnabled(True)
