"""Drives the playhead by a timer and keeps it on the clip the document shows."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.document import Document, Loop, Mode, Playhead
from studio.ui.kit.bind import bind
from studio.ui.settings.settings import Settings

TICK_MS = 8  # twice a 60 Hz screen's pace, so that a frame is late by half a refresh at most
RATE_MS = 500


class Player(QObject):
    """The playhead in the window: verbs for the actions, settings remembered."""

    effective_fps_changed = Signal(object)  # frames shown per second, None while paused

    def __init__(
        self, document: Document, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.settings = document, settings
        self.playhead = Playhead()
        self.playhead.set_loop(settings.loop)
        self.playhead.set_mode(settings.mode)
        self.playhead.set_speed(settings.speed)
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.playhead.tick(time.perf_counter()))
        self._rate = QTimer(self, interval=RATE_MS)
        self._rate.timeout.connect(self._measure)
        bind(self, self.playhead.playing_changed, self._follow)
        bind(self, document.current_changed, lambda _clip: self._show_clip())
        bind(self, document.timing_changed, self._show_timing)
        bind(self, document.range_changed, self._show_range)
        self._show_clip()

    def toggle(self) -> None:
        """Play or pause; do nothing without a clip."""
        if self.document.current_clip is not None:
            self.playhead.toggle(time.perf_counter())

    def play(self) -> None:
        """Play, from where the playhead is; do nothing without a clip."""
        if not self.playhead.playing:
            self.toggle()

    def drive(self, way: int) -> None:
        """Play forward (1) or backward (-1), each time faster; do nothing without a clip."""
        if self.document.current_clip is not None:
            self.playhead.shuttle(way, time.perf_counter())

    def seek(self, frame: int) -> None:
        self.playhead.seek(frame, time.perf_counter())

    def step(self, by: int) -> None:
        self.playhead.step(by)

    def to_start(self) -> None:
        self.seek(self.playhead.range[0])

    def to_end(self) -> None:
        self.seek(self.playhead.range[1] - 1)

    def set_loop(self, loop: Loop) -> None:
        self.playhead.set_loop(loop)
        self.settings.loop = loop

    def set_mode(self, mode: Mode) -> None:
        self.playhead.set_mode(mode)
        self.settings.mode = mode

    def set_speed(self, speed: float) -> None:
        self.playhead.set_speed(speed)
        self.settings.speed = self.playhead.speed

    def set_in(self) -> None:
        """Start the range of the clip at the frame on show."""
        clip = self.document.current_clip
        if clip is not None:
            frame = self.playhead.frame
            stop = clip.range[1]
            end = stop if stop > frame else clip.timing.frames
            self.document.set_range(clip.id, frame, end)

    def set_out(self) -> None:
        """End the range of the clip with the frame on show."""
        clip = self.document.current_clip
        if clip is not None:
            frame = self.playhead.frame
            self.document.set_range(clip.id, clip.start if clip.start <= frame else 0, frame + 1)

    def clear_range(self) -> None:
        clip = self.document.current_clip
        if clip is not None:
            self.document.set_range(clip.id, 0, clip.timing.frames)

    def stop(self) -> None:
        self.playhead.pause()

    def _show_clip(self) -> None:
        clip = self.document.current_clip
        if clip is None:
            self.playhead.pause()
            self.playhead.set_clip(1, 30.0)
        else:
            self.playhead.set_clip(clip.timing.frames, clip.timing.fps, *clip.range)

    def _show_timing(self, clip_id: str) -> None:
        """Stay at the frame on show, where there is one, when the length or pace changes."""
        if clip_id == self.document.state.current:
            frame = self.playhead.frame
            self._show_clip()
            self.seek(frame)

    def _show_range(self, clip_id: str, start: int, stop: int) -> None:
        if clip_id == self.document.state.current:
            self.playhead.set_range(start, stop)

    def _follow(self, playing: bool) -> None:
        for timer in (self._timer, self._rate):
            if playing:
                timer.start()
            else:
                timer.stop()
        if not playing:
            self.effective_fps_changed.emit(None)

    def _measure(self) -> None:
        self.effective_fps_changed.emit(self.playhead.effective_fps(time.perf_counter()))
