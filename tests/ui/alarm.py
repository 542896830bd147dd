"""Hears what no one caught."""

from __future__ import annotations

import sys
import threading

from PySide6.QtCore import QtMsgType, qInstallMessageHandler


class Alarm:
    """Collects exceptions of any thread and what Qt calls critical."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def install(self) -> None:
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = lambda _kind, error, _trace: self.heard.append(repr(error))
        threading.excepthook = lambda args: self.heard.append(repr(args.exc_value))
        self._qt = qInstallMessageHandler(self._hear)

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(self._qt)

    def _hear(self, kind: QtMsgType, _context: object, text: str) -> None:
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            self.heard.append(text)
