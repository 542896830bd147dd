"""The File menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from ..commands import Commands
from ..empty_state import samples
from .builder import MenuBuilder

if TYPE_CHECKING:
    from ..main_window import MainWindow


class FileMenu:
    """Opening, exporting, closing."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.window = window
        menu = build.menu("&File")
        build.add(menu, "&Open files…", do.open_files, QKeySequence.StandardKey.Open)
        build.add(menu, "Open &folder…", do.open_folder, "Ctrl+Shift+O")
        self._recent = menu.addMenu("Open &recent")
        self._recent.aboutToShow.connect(self._fill_recent)
        self._samples = menu.addMenu("Open &sample")
        for path in samples():
            build.add(self._samples, path.stem, partial(window.open_paths, [path]))
        self._samples.setEnabled(bool(samples()))
        menu.addSeparator()
        self.export = build.add(menu, "&Export clip…", do.export, "Ctrl+E")
        build.add(menu, "Save &picture…", do.screenshot, "Ctrl+P")
        menu.addSeparator()
        self.close = build.add(
            menu, "&Close clip", window.close_clip, QKeySequence.StandardKey.Close
        )
        build.add(menu, "&Quit", window.close, QKeySequence.StandardKey.Quit)

    def _fill_recent(self) -> None:
        self._recent.clear()
        paths = self.window.settings.recent
        for path in paths:
            entry = self._recent.addAction(str(path))
            entry.triggered.connect(partial(self._open_recent, path))
        if not paths:
            self._recent.addAction("Nothing yet").setEnabled(False)
            return
        self._recent.addSeparator()
        self._recent.addAction("Clear").triggered.connect(self.window.settings.clear_recent)

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.window.open_paths([path])
