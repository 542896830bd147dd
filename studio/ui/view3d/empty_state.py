"""What stands where a face will be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.core.system.paths import shipped
from studio.ui.kit.filters import openable
from studio.ui.kit.forms import scrolling
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import LABEL_COLORS, label_icon

Role = QPalette.ColorRole
_FRAME = 18  # pixels around the offers, for the dashes


def samples() -> list[Path]:
    """List what the studio ships to play with."""
    folder = shipped("resources") / "samples"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "README")))


class EmptyState(QWidget):
    """Invites a drop, and offers files, folders and samples to open."""

    open_asked = Signal()
    folder_asked = Signal()
    sample_asked = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Nothing is open yet")
        title, hint = QLabel("Drop a face in motion here"), QLabel(openable())
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        title.setFont(font)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setForegroundRole(Role.PlaceholderText)
        content, outer = QWidget(), QVBoxLayout(self)
        outer.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        outer.addWidget(scrolling(content))
        layout = QVBoxLayout(content)
        layout.setSpacing(14)
        layout.addStretch()
        for line in (title, hint):
            layout.addWidget(line, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(_row(self._open_buttons()))
        self.samples = [self._sample_button(path) for path in samples()]
        if self.samples:
            offer = QLabel("or begin with a sample")
            offer.setForegroundRole(Role.PlaceholderText)
            layout.addWidget(offer, alignment=Qt.AlignmentFlag.AlignHCenter)
            layout.addLayout(_row(self.samples))
        layout.addStretch()

    def _open_buttons(self) -> list[QPushButton]:
        self.files, self.folder = QPushButton("Open files…"), QPushButton("Open folder…")
        self.files.setToolTip("Open one file or several")
        self.folder.setToolTip("Open a folder of frames as one clip")
        self.files.clicked.connect(self.open_asked)
        self.folder.clicked.connect(self.folder_asked)
        return [self.files, self.folder]

    def _sample_button(self, path: Path) -> QPushButton:
        button = QPushButton(label_name(path.stem))
        if path.stem in LABEL_COLORS:
            button.setIcon(label_icon(path.stem))
        button.setToolTip(plain_tip(f"Open {path.name}"))
        button.clicked.connect(partial(self._ask_sample, path))
        return button

    def _ask_sample(self, path: Path, _checked: bool = False) -> None:
        self.sample_asked.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dashed frame: the sign for a place to drop things."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.palette().color(Role.Mid)), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)


def _row(buttons: list[QPushButton]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch()
    for button in buttons:
        button.setMinimumSize(96, 28)
        row.addWidget(button)
    row.addStretch()
    return row
