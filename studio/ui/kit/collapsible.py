"""A part of a form that can be folded away under its title."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

_STYLE = """
QToolButton { border: 1px solid transparent; border-radius: 3px; padding: 3px; }
QToolButton:hover { background: palette(midlight); }
QToolButton:focus { border: 1px dotted palette(text); }
"""


class Collapsible(QWidget):
    """A title with an arrow, and below it the content while it is open."""

    toggled = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, *, opened: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = QToolButton(autoRaise=True)
        self.title.setText(title)
        self.title.setCheckable(True)
        self.title.setChecked(opened)
        self.title.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # The style would draw an open one as a button held down.
        self.title.setStyleSheet(_STYLE)
        self.content = content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addWidget(content)
        self.title.toggled.connect(self._show)
        self._show(opened)

    def _show(self, opened: bool) -> None:
        arrows = Qt.ArrowType
        self.title.setArrowType(arrows.DownArrow if opened else arrows.RightArrow)
        self.content.setVisible(opened)
        self.toggled.emit(opened)
