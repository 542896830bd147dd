"""What menu entries do when they need a dialog first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QInputDialog,
)

from studio.document import SUFFIX
from studio.io import FORMATS
from studio.ui.export.dialog import ExportDialog
from studio.ui.export.several import ExportSeveral
from studio.ui.kit.theme import Theme
from studio.ui.log.crash import reports_folder
from studio.ui.models.manager import ModelManager
from studio.ui.models.words import short_state
from studio.ui.settings.preferences_dialog import PreferencesDialog
from studio.ui.view3d.pictures import Pictures

from .about import AboutDialog
from .key_sheet import KeySheet

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow

_SUFFIXES = " ".join([*(f"*{kind.suffix}" for kind in FORMATS.values()), f"*{SUFFIX}"])


class Commands:
    """Dialogs of one window; every long thing is handed to a service."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.pictures = Pictures(
            window.desk, window.settings, lambda: window.stage.viewport, window
        )

    def open_files(self) -> None:
        folder = str(self.window.settings.open_folder)
        kinds = [
            f"Faces in motion and sessions ({_SUFFIXES})",
            f"Sessions (*{SUFFIX})",
            "All files (*)",
        ]
        names, _ = QFileDialog.getOpenFileNames(self.window, "Open", folder, ";;".join(kinds))
        self.window.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        folder = str(self.window.settings.open_folder)
        name = QFileDialog.getExistingDirectory(self.window, "Open a folder of frames", folder)
        self.window.open_paths([Path(name)] if name else [])

    def export(self) -> None:
        """The clip on show, or those that are chosen in the list beside it."""
        clip, chosen = self.window.document.current_clip, self.window.clips.chosen
        if len(chosen) > 1:
            several = ExportSeveral(chosen, self.window.settings, self.window)
            several.asked.connect(lambda asked: self.window.services.export.export(*asked))
            self._open(several)
            return
        if clip is None:
            return
        look = self.window.stage.picture_look()
        dialog = ExportDialog(clip, self.window.settings, self.window, look=look)
        dialog.asked.connect(self.window.services.export.export)
        dialog.open()

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
        self._open(KeySheet(self.window.menu_actions.key_groups(), self.window))

    def reports(self) -> None:
        """Open the folder of crash reports, or say that there are none."""
        folder = reports_folder()
        if any(folder.glob("report-*.txt")):
            self.open_link(QUrl.fromLocalFile(str(folder)).toString())
        else:
            self.window.status.show_notice("There are no crash reports.")

    def about(self) -> None:
        engine = self.window.desk.models.engine
        self._open(AboutDialog(short_state(engine, loading=False), self.window))

    def models(self) -> None:
        self._open(ModelManager(self.window.desk.models, self.window.settings, self.window))

    def _open(self, dialog: QDialog) -> None:
        """Show a dialog over the window; it goes when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
