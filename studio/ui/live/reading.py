"""What the face that arrives expresses, read a few times a second."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from studio.ui.kit.lanes import Lane
from studio.ui.models.service import ModelService

from .service import LiveService
from .work import LiveAnswer, read_poses

_READ, _FEWEST = 64, 16  # poses: a second at 60 a second
_EVERY = 0.4  # seconds from one reading to the next: it takes time from the window


class LiveReading(QObject):
    """Has the last poses read, one question after the other, for as long as phones send."""

    read = Signal(object)  # LiveAnswer of the last poses, None where there are none

    def __init__(
        self, live: LiveService, lane: Lane, models: ModelService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._live, self._lane, self._models = live, lane, models
        self._on, self._read, self._asked = False, 0.0, 0.0
        live.measured.connect(self._ask)
        live.changed.connect(self._follow)

    def set_on(self, *, on: bool) -> None:
        """Read, or leave the models to what is read of clips."""
        self._on = on
        self._follow()

    def _follow(self) -> None:
        if not self._on or self._live.phone is None:
            self._lane.cancel()
            self.read.emit(None)

    def _ask(self) -> None:
        engine, phone, arrived = self._models.engine, self._live.phone, self._live.arrived
        idle = engine is None or phone is None or phone.away or arrived == self._read
        if not self._on or idle or self._lane.busy or engine is None:
            return
        early = time.monotonic() - self._asked < _EVERY
        poses = None if early else self._live.recent(_READ)
        if poses is None or len(poses) < _FEWEST:
            return
        self._read, self._asked = arrived, time.monotonic()
        self._lane.submit(
            read_poses,
            engine,
            poses,
            self._live.rest,
            on_result=self._tell,
            on_error=lambda _error: self.read.emit(None),
        )

    def _tell(self, answer: LiveAnswer) -> None:
        if self._on:
            self.read.emit(answer)
