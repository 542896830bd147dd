"""The File menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.ui.view3d.empty_state import samples

from .builder import MenuBuilder
from .commands import Commands

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class FileMenu:
    """Opening, exporting, closing."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.window = window
        menu, session = build.menu("&File"), window.session
        build.add(menu, "&New session", session.new, QKeySequence.StandardKey.New)
        build.add(menu, "&Open…", do.open_files, QKeySequence.StandardKey.Open)
        build.add(menu, "Open &folder…", do.open_folder, "Ctrl+Shift+O")
        self._recent = menu.addMenu("Open &recent")
        self._recent.aboutToShow.connect(self._fill_recent)
        self._samples = menu.addMenu("Open samp&le")
        for path in samples():
            build.add(self._samples, path.stem, partial(window.open_paths, [path]))
        self._samples.setEnabled(bool(samples()))
        menu.addSeparator()
        build.add(menu, "&Save session", session.save, QKeySequence.StandardKey.Save)
        build.add(menu, "Save session &as…", session.save_as, "Ctrl+Shift+S")
        menu.addSeparator()
        self.export = build.add(menu, "&Export clip…", do.export, "Ctrl+E")
        self.picture = build.add(menu, "Save &picture…", do.pictures.ask, "Ctrl+P")
        build.add(menu, "C&opy picture", do.pictures.copy, "Ctrl+Shift+C")
        menu.addSeparator()
        self.close = build.add(
            menu, "&Close clip", window.close_clip, QKeySequence.StandardKey.Close
        )
        build.add(menu, "&Quit", window.close, QKeySequence.StandardKey.Quit)

    def _fill_recent(self) -> None:
        self._recent.clear()
        paths = self.window.settings.recent
        for path in paths:
            entry = self._recent.addAction(str(path).replace("&", "&&"))
            entry.triggered.connect(partial(self._open_recent, path))
        if not paths:
            self._recent.addAction("Nothing yet").setEnabled(False)
            return
        self._recent.addSeparator()
        self._recent.addAction("Clear").triggered.connect(self.window.settings.clear_recent)

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.window.open_paths([path])
