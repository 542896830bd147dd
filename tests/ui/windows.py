"""What the tests of the window share."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from studio.ui.window.main_window import MainWindow

Make = Callable[..., MainWindow]
PATIENCE_MS = 120_000
ASK_MS = 3


class PatientBot(QtBot):
    """Waits for what has to come, not to come soon: a busy machine is slow, not wrong; a hang
    ends all the same."""

    def waitUntil(  # type: ignore[override]
        self, callback: Callable[[], bool], *, timeout: int = PATIENCE_MS
    ) -> None:
        """Ask often: the library asks seldom, and makes a dozen objects each time."""
        loop, clock, end = QEventLoop(), QTimer(), time.monotonic() + timeout / 1000
        clock.timeout.connect(loop.quit)
        clock.start(ASK_MS)
        while not callback():
            assert time.monotonic() < end, "what was waited for has not come"
            loop.exec()

    def waitSignal(  # type: ignore[override]
        self, signal: SignalInstance, *, timeout: int = PATIENCE_MS
    ) -> AbstractContextManager[SignalBlocker]:
        return super().waitSignal(signal, timeout=timeout)

    def waitExposed(  # type: ignore[override]
        self, widget: QWidget, *, timeout: int = PATIENCE_MS
    ) -> AbstractContextManager[object]:
        return super().waitExposed(widget, timeout=timeout)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    lanes = [*window.desk.lanes, window.services.frames.lane]
    qtbot.waitUntil(lambda: not any(lane.busy for lane in lanes))
