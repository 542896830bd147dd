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
    """The playheads in the window: verbs for the actions, settings remembered.

    Attributes
    ----------
    playhead
        Where the clip on show is.
    cut
        Where the cut is.
    on_cut
        Whether the cut is seen in place of the clip, and the verbs move along it. A verb that names
        a frame of the clip brings the clip back.
    """

    effective_fps_changed = Signal(object)  # frames shown per second, None while paused
    on_cut_changed = Signal(bool)

    def __init__(
        self, document: Document, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.settings = document, settings
        self.playhead, self.cut, self.on_cut = Playhead(), Playhead(), False
        for playhead in self._both:
            playhead.set_loop(settings.loop)
            playhead.set_mode(settings.mode)
            playhead.set_speed(settings.speed)
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.moving.tick(time.perf_counter()))
        self._rate = QTimer(self, interval=RATE_MS)
        self._rate.timeout.connect(self._measure)
        for playhead in self._both:
            bind(self, playhead.playing_changed, self._follow)
        bind(self, document.current_changed, lambda _clip: self._show_clip())
        bind(self, document.timing_changed, self._show_timing)
        bind(self, document.range_changed, self._show_range)
        self._show_clip()

    @property
    def _both(self) -> tuple[Playhead, Playhead]:
        return self.playhead, self.cut

    @property
    def moving(self) -> Playhead:
        """The playhead of what is seen."""
        return self.cut if self.on_cut else self.playhead

    @property
    def _can_move(self) -> bool:
        return self.on_cut or self.document.current_clip is not None

    def set_on_cut(self, *, on: bool) -> None:
        """Let the cut be seen, or the clip on show; what moved till then stops."""
        if on != self.on_cut:
            self.moving.pause()
            self.on_cut = on
            self.on_cut_changed.emit(on)

    def seek_cut(self, frame: int) -> None:
        """Show a frame of the cut."""
        self.set_on_cut(on=True)
        self.cut.seek(frame, time.perf_counter())

    def toggle(self) -> None:
        """Play or pause; do nothing without a clip."""
        if self._can_move:
            self.moving.toggle(time.perf_counter())

    def play(self) -> None:
        """Play, from where the playhead is; do nothing without a clip."""
        if not self.moving.playing:
            self.toggle()

    def drive(self, way: int) -> None:
        """Play forward (1) or backward (-1), each time faster; do nothing without a clip."""
        if self._can_move:
            self.moving.shuttle(way, time.perf_counter())

    def seek(self, frame: int) -> None:
        """Show a frame of the clip on show."""
        self.set_on_cut(on=False)
        self.playhead.seek(frame, time.perf_counter())

    def go_to(self, frame: int) -> None:
        """Show a frame of what is seen."""
        self.moving.seek(frame, time.perf_counter())

    def step(self, by: int) -> None:
        self.moving.step(by)

    def to_start(self) -> None:
        self.go_to(self.moving.range[0])

    def to_end(self) -> None:
        self.go_to(self.moving.range[1] - 1)

    def set_loop(self, loop: Loop) -> None:
        for playhead in self._both:
            playhead.set_loop(loop)
        self.settings.loop = loop

    def set_mode(self, mode: Mode) -> None:
        for playhead in self._both:
            playhead.set_mode(mode)
        self.settings.mode = mode

    def set_speed(self, speed: float) -> None:
        for playhead in self._both:
            playhead.set_speed(speed)
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
        self.moving.pause()

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
            self.playhead.seek(frame, time.perf_counter())

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
        self.effective_fps_changed.emit(self.moving.effective_fps(time.perf_counter()))
