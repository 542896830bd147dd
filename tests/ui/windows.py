"""What the tests of the window share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from studio.ui.window.main_window import MainWindow

Make = Callable[..., MainWindow]
PATIENCE_MS = 120_000


class PatientBot(QtBot):
    """Waits for what has to come, not to come soon: a busy machine is slow, not wrong; a hang
    ends all the same."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

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
