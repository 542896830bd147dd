"""What menu entries do when they need a dialog first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QInputDialog,
    QLabel,
    QScrollArea,
    QVBoxLayout,
)

from studio import __version__
from studio.document import SUFFIX
from studio.io import FORMATS

from .export_dialog import ExportDialog
from .model_manager import ModelManager
from .preferences_dialog import PreferencesDialog
from .text import tr
from .theme import Theme

if TYPE_CHECKING:
    from .main_window import MainWindow

_SUFFIXES = " ".join([*(f"*{kind.suffix}" for kind in FORMATS.values()), f"*{SUFFIX}"])


class Commands:
    """Dialogs of one window; every long thing is handed to the controller."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def open_files(self) -> None:
        folder = str(self.window.settings.open_folder)
        kinds = [
            tr("Faces in motion and sessions ({suffixes})").format(suffixes=_SUFFIXES),
            tr("Sessions ({suffix})").format(suffix=f"*{SUFFIX}"),
            tr("All files (*)"),
        ]
        names, _ = QFileDialog.getOpenFileNames(self.window, tr("Open"), folder, ";;".join(kinds))
        self.window.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        folder = str(self.window.settings.open_folder)
        name = QFileDialog.getExistingDirectory(self.window, tr("Open a folder of frames"), folder)
        self.window.open_paths([Path(name)] if name else [])

    def export(self) -> None:
        clip = self.window.document.current_clip
        if clip is None:
            return
        look = self.window.stage.picture_look()
        dialog = ExportDialog(clip, self.window.settings, self.window, look=look)
        dialog.asked.connect(self.window.controller.exporting.export)
        dialog.open()

    def screenshot(self) -> None:
        view = self.window.stage.viewport
        if view is None:
            return
        start = str(self.window.settings.export_folder / "expression.png")
        name, _ = QFileDialog.getSaveFileName(self.window, "Save picture", start, "PNG (*.png)")
        if name:
            path = Path(name)
            view.screenshot(path if path.suffix else path.with_suffix(".png"))

    def go_to_frame(self) -> None:
        playhead = self.window.player.playhead
        if self.window.document.current_clip is None:
            return
        dialog = QInputDialog(self.window)
        dialog.setWindowTitle("Go to frame")
        dialog.setLabelText(f"Frame, 0 to {playhead.n_frames - 1}:")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(0, playhead.n_frames - 1)
        dialog.setIntValue(playhead.frame)
        dialog.intValueSelected.connect(self.window.player.seek)
        dialog.open()

    def choose_theme(self, theme: Theme) -> None:
        self.window.settings.theme = theme

    def preferences(self) -> None:
        self._open(PreferencesDialog(self.window.settings, self.window))

    def open_link(self, link: str) -> None:
        QDesktopServices.openUrl(QUrl(link))

    def keys(self) -> None:
        """Every action that has a key, read from the actions themselves."""
        rows = [
            f"<tr><td style='padding:3px 20px 3px 0'><b>{key}</b></td>"
            f"<td style='padding:3px 36px 3px 0'>{text}</td></tr>"
            for text, key in self.window.menu_actions.shortcuts()
        ]
        half = (len(rows) + 1) // 2
        left, right = "".join(rows[:half]), "".join(rows[half:])
        columns = f"<td><table>{left}</table></td><td><table>{right}</table></td>"
        self._show_text("Keys", f"<table><tr>{columns}</tr></table>")

    def about(self) -> None:
        from PySide6 import __version__ as qt_version

        engine = self.window.controller.engine
        models = f"{engine.name} on {engine.device}" if engine else "none loaded"
        text = (
            f"<h3>Expression Studio {__version__}</h3>"
            "<p>Open a 3D face in motion, see which expression it shows, and make new motion.</p>"
            f"<p>Models: {models}<br>Python {sys.version.split()[0]}, Qt {qt_version}</p>"
            "<p>Apache License 2.0</p>"
        )
        self._show_text("About Expression Studio", text)

    def models(self) -> None:
        self._open(ModelManager(self.window.controller, self.window.settings, self.window))

    def _open(self, dialog: QDialog) -> None:
        """Show a dialog over the window; it goes when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_text(self, title: str, html: str) -> None:
        dialog = QDialog(self.window)
        dialog.setWindowTitle(title)
        label = QLabel(html, margin=12)
        label.setTextInteractionFlags(label.textInteractionFlags().TextSelectableByMouse)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(area)
        layout.addWidget(buttons)
        hint = label.sizeHint()
        dialog.resize(max(hint.width() + 60, 360), min(hint.height() + 90, 620))
        dialog.open()
