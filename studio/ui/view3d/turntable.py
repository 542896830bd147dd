"""The camera going slowly round the face, at one pace on every machine."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

DEGREES_PER_SECOND = 24.0
TICK_MS = 16
LONGEST_S = 0.25  # a window that stood still does not jump on


class Turntable(QObject):
    """Calls `turn` with degrees while it runs; no timer runs while it does not."""

    turning = Signal(bool)

    def __init__(self, turn: Callable[[float], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turn, self._time = turn, 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.tick(time.perf_counter()))

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        if not self.running:
            self._time = time.perf_counter()
            self._timer.start()
            self.turning.emit(True)

    def stop(self) -> None:
        if self.running:
            self._timer.stop()
            self.turning.emit(False)

    def tick(self, now: float) -> None:
        """Turn by the seconds that have passed since the last time."""
        passed, self._time = min(max(now - self._time, 0.0), LONGEST_S), now
        self._turn(DEGREES_PER_SECOND * passed)
