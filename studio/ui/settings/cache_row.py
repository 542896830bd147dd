"""The cache in the preferences: where it lies, how full it is, how large it may grow."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton

from studio.core import Progress
from studio.io import cache
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import Form, quiet, readable_bytes
from studio.ui.kit.lanes import Lane

from .settings import Settings


def measure(*, progress: Progress) -> int:
    """Count the bytes the cache takes; a walk over many files, so for the background."""
    progress.check()
    return cache.size()


def clear_and_measure(*, progress: Progress) -> int:
    """Clear the cache and count the bytes that are left, in the background."""
    cache.clear(progress)
    return cache.size()


class CacheRow(QObject):
    """Three rows of a form on the cache; the disk is asked in the background.

    Parameters
    ----------
    settings : Settings
        Where the cache lies, and how large it may grow.
    parent : QObject or None
        The dialog, with which it stops listening.
    """

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._lane = Lane("cache", self)
        self.limit = QDoubleSpinBox(minimum=0, maximum=1000, decimals=1, singleStep=1)
        self.limit.setSuffix(" GB")
        self.limit.setKeyboardTracking(False)
        self.limit.setSpecialValueText("Keep nothing")
        self.limit.valueChanged.connect(self._set_limit)
        self.place = QLineEdit(readOnly=True)
        self.place.setMinimumWidth(260)
        self.choose = _button("C&hoose…", "Keep the cache in another folder")
        self.open = _button("&Show", "Open the folder of the cache")
        self.clear = _button("&Clear", "Empty the cache; folders are read anew next time")
        self.used = quiet()
        self.choose.clicked.connect(self._choose)
        self.open.clicked.connect(self._open)
        self.clear.clicked.connect(self._clear)
        bind(self, settings.changed, self._follow)
        self._show()
        self._measure()

    def add_to(self, form: Form) -> None:
        """Add the rows to a form."""
        place, used = QHBoxLayout(), QHBoxLayout()
        place.addWidget(self.place, stretch=1)
        place.addWidget(self.choose)
        place.addWidget(self.open)
        used.addWidget(self.limit)
        used.addSpacing(6)
        used.addWidget(self.used, stretch=1)
        used.addWidget(self.clear)
        tip = "Folders of frames that were opened once open at once from here"
        form.add_field("&Folder", self.place, tip, place)
        tip = "The folders not opened for longest go when the cache grows larger than this"
        form.add_field("Size l&imit", self.limit, tip, used)

    def close_lane(self) -> None:
        self._lane.leave()

    def _follow(self, key: str) -> None:
        if key.startswith("cache/"):
            self._show()
            self._measure()

    def _show(self) -> None:
        with QSignalBlocker(self.limit):
            self.limit.setValue(self.settings.cache_gb)
        self.place.setText(str(cache.folder()))
        self.place.setCursorPosition(0)

    def _measure(self) -> None:
        self._lane.submit(measure, on_result=self._tell)

    def _tell(self, count: int) -> None:
        self.used.setText(f"{readable_bytes(count)} in use")
        self.clear.setEnabled(count > 0)

    def _set_limit(self, gigabytes: float) -> None:
        self.settings.cache_gb = gigabytes

    def _choose(self) -> None:
        title = "Keep the cache in"
        name = QFileDialog.getExistingDirectory(self.place, title, str(cache.folder().parent))
        if name:
            self.settings.cache_place = Path(name)

    def _open(self) -> None:
        folder = cache.folder()
        shown = folder if os.path.isdir(folder) else folder.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown)))

    def _clear(self) -> None:
        self.used.setText("Clearing…")
        self.clear.setEnabled(False)
        self._lane.submit(clear_and_measure, on_result=self._tell)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
