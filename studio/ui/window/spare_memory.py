"""Memory that is free again goes back to the system, which glibc by itself leaves to chance."""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QObject, QThreadPool, QTimer

from studio.document import Document
from studio.ui.kit.bind import bind

PAUSE_MS = 1500


class SpareMemory(QObject):
    """Gives memory back some time after clips came or went, when jobs have ended as well."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        # It takes some 10 ms, in which other threads go on.
        self._pause.timeout.connect(lambda: QThreadPool.globalInstance().start(give_back))
        bind(self, document.clips_changed, lambda _clips: self._pause.start())


def give_back() -> None:
    """Return freed memory to the system, where the C library is one that keeps it."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
