"""How large a picture of the 3D view is to be, and what is on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui.settings.settings import PICTURE_SCALES, Settings


@dataclass(frozen=True)
class PictureRequest:
    """One picture of the 3D view.

    Attributes
    ----------
    scale : int
        How many times as large as on the screen.
    transparent : bool
        Whether nothing is behind the face.
    bar : bool
        Whether the colors' legend is on it, where there is one.
    """

    scale: int = 1
    transparent: bool = False
    bar: bool = True


class PictureDialog(QDialog):
    """Asks for a picture; the answer is a signal, because the dialog does not stop the window.

    Parameters
    ----------
    size : QSize
        Of the view in dots of the screen.
    settings : Settings
        What was asked for last.
    has_bar : bool
        Whether the view shows colors that tell a distance.
    """

    save_asked = Signal(object)  # PictureRequest
    copy_asked = Signal(object)

    def __init__(
        self, size: QSize, settings: Settings, *, has_bar: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.setWindowTitle("Picture of the 3D view")
        self.scales = QButtonGroup(self)
        for scale in PICTURE_SCALES:
            button = QRadioButton(_size_text(scale, size * scale))
            button.setToolTip("Drawn anew at this size, not enlarged")
            button.setChecked(scale == settings.picture_scale)
            self.scales.addButton(button, scale)
        self.transparent = QCheckBox("&Transparent background")
        self.transparent.setToolTip("Only the face is in the picture, for slides and papers")
        self.transparent.setChecked(settings.picture_transparent)
        self.bar = QCheckBox("Color &bar of the heat map")
        self.bar.setToolTip("What the colors mean, in millimeters")
        self.bar.setChecked(settings.picture_bar)
        self.bar.setEnabled(has_bar)
        self._arrange()

    def request(self) -> PictureRequest:
        """Read what the fields say now."""
        return PictureRequest(
            self.scales.checkedId(), self.transparent.isChecked(), self.bar.isChecked()
        )

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.addButton("&Save…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self.save.setToolTip("Choose where to save the picture as a PNG")
        self.copy.setToolTip("Put the picture on the clipboard")
        self.save.setDefault(True)
        self.copy.clicked.connect(lambda: self._answer(self.copy_asked))
        buttons.accepted.connect(lambda: self._answer(self.save_asked))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(QLabel("Size in dots"))
        for button in self.scales.buttons():
            layout.addWidget(button)
        layout.addSpacing(6)
        layout.addWidget(self.transparent)
        layout.addWidget(self.bar)
        layout.addSpacing(6)
        layout.addWidget(buttons)

    def _answer(self, signal: object) -> None:
        request = self.request()
        settings = self.settings
        settings.picture_scale = request.scale
        settings.picture_transparent = request.transparent
        settings.picture_bar = request.bar
        self.accept()
        signal.emit(request)  # type: ignore[attr-defined]


def _size_text(scale: int, size: QSize) -> str:
    return f"{scale} ×    {size.width()} × {size.height()}"
