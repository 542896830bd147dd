"""Where the playhead stands: a clock policy that knows nothing of windows.

A phase counts frames from the start of the range and never turns round; folding it by the
loop mode gives the frame. So ping-pong remembers its direction across a pause.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

Loop = Literal["loop", "once", "ping-pong"]
Mode = Literal["real time", "every frame"]
LOOPS: tuple[Loop, ...] = get_args(Loop)
MODES: tuple[Mode, ...] = get_args(Mode)
MIN_SPEED, MAX_SPEED = 0.05, 8.0
_WINDOW = 1.0  # seconds over which the effective frame rate is measured


def fold(phase: int, length: int, loop: Loop) -> int:
    """Find the frame 0..length-1 that is shown at a phase of 0 or more."""
    if loop == "once":
        return min(phase, length - 1)
    if loop == "loop" or length == 1:
        return phase % length
    period = 2 * (length - 1)
    phase %= period
    return min(phase, period - phase)


@dataclass(frozen=True)
class Clock:
    """Where a playhead will be, for what keeps in step with it on another thread.

    Attributes
    ----------
    start, length
        The range in frames.
    fps
        Frames per second of the clip.
    loop
        What happens at its end.
    phase, time
        Frames since the start of the range, never turning round, at a time in seconds.
    rate
        Frames per second just now; 0 where it stands, or does not keep to real time.
    """

    start: int
    length: int
    fps: float
    loop: Loop
    phase: float
    time: float
    rate: float

    @property
    def runs(self) -> bool:
        """Whether it moves evenly."""
        return self.rate > 0

    def phase_at(self, now: float) -> float:
        """Tell the phase at a time."""
        return self.phase + max(now - self.time, 0.0) * self.rate

    def folded(self, phases: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Find where in the clip phases (N,) are, as `fold` does of whole ones.

        Returns
        -------
        frames : (N,) float64
            Of the clip, also between two.
        forward : (N,) bool
            Whether they come one after the other there, not backwards nor beyond the end.
        """
        if self.loop == "once":
            return self.start + phases, phases < self.length
        if self.loop == "loop" or self.length == 1:
            return self.start + np.mod(phases, self.length), np.ones(len(phases), dtype=bool)
        period = 2 * (self.length - 1)
        phases = np.mod(phases, period)
        return self.start + np.minimum(phases, period - phases), phases < self.length - 1


class Playhead:
    """The frame on show and how it moves; times are seconds from any one clock.

    `tick` is called as often as the window likes. In real time it goes where the clock says
    and drops frames; in every-frame mode it advances by one frame at most, so a slow machine
    shows slow motion and misses nothing.
    """

    frame_changed = Signal(int)
    playing_changed = Signal(bool)
    range_changed = Signal(int, int)
    settings_changed = Signal()

    def __init__(self) -> None:
        self._n_frames, self._fps = 1, 30.0
        self._start, self._stop = 0, 1
        self._frame, self._playing = 0, False
        self._loop: Loop = "loop"
        self._mode: Mode = "real time"
        self._speed = 1.0
        self._phase, self._time = 0.0, 0.0
        self._shuttle, self._place = 0.0, 0.0  # how fast it is driven, and where it is then
        self._shown: deque[float] = deque()

    @property
    def frame(self) -> int:
        """The frame on show."""
        return self._frame

    @property
    def n_frames(self) -> int:
        """How many frames the clip has."""
        return self._n_frames

    @property
    def fps(self) -> float:
        """Frames per second of the clip."""
        return self._fps

    @property
    def requested_fps(self) -> float:
        """Frames per second that playback aims at: the clip's times the speed."""
        return self._fps * (abs(self._shuttle) or self._speed)

    @property
    def range(self) -> tuple[int, int]:
        """Playback covers frames start..stop-1."""
        return self._start, self._stop

    @property
    def playing(self) -> bool:
        """Whether it moves."""
        return self._playing

    @property
    def loop(self) -> Loop:
        """What it does at the end of the range."""
        return self._loop

    @property
    def driven(self) -> float:
        """How fast it is driven by `shuttle`, below 0 backward; 0 while it is not."""
        return self._shuttle

    @property
    def mode(self) -> Mode:
        """Whether it keeps to the clock or to every frame."""
        return self._mode

    @property
    def speed(self) -> float:
        """How fast, 1 is the clip's own pace."""
        return self._speed

    @property
    def clock(self) -> Clock:
        """Tell where it will be, as long as nobody does anything to it."""
        start, stop = self.range
        even = self._playing and self._mode == "real time"
        rate = self.requested_fps if even else 0.0
        length = stop - start
        return Clock(start, length, self._fps, self._loop, self._phase, self._time, rate)

    def set_clip(self, n_frames: int, fps: float, start: int = 0, stop: int | None = None) -> None:
        """Show another clip from the start of its range; playing goes on."""
        self._n_frames, self._fps = max(n_frames, 1), fps
        self._start, self._stop = 0, self._n_frames
        self._shown.clear()
        self._place = float(start)
        self.set_range(start, self._n_frames if stop is None else stop)
        self._phase = 0.0
        self._show(self._start, always=True)

    def set_range(self, start: int, stop: int) -> None:
        """Play frames start..stop-1, clamped to the clip; the frame on show stays."""
        start = min(max(start, 0), self._n_frames - 1)
        stop = min(max(stop, start + 1), self._n_frames)
        changed = (start, stop) != (self._start, self._stop)
        self._start, self._stop = start, stop
        self._phase = self._phase_of(self._frame)
        if changed:
            self.range_changed.emit(start, stop)

    def set_loop(self, loop: Loop) -> None:
        """Set what it does at the end of the range."""
        self._phase = self._phase_of(self._frame)
        self._loop = loop
        self.settings_changed.emit()

    def set_mode(self, mode: Mode) -> None:
        """Set whether it keeps to the clock or to every frame."""
        self._phase = math.floor(self._phase)
        self._mode = mode
        self.settings_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Set how fast it plays: 1 is the clip's own pace; clamped to 0.05..8."""
        self._speed = min(max(speed, MIN_SPEED), MAX_SPEED)
        self.settings_changed.emit()

    def play(self, now: float) -> None:
        """Start from the frame on show.

        From the start of the range where that frame is outside or the clip has ended.
        """
        self._phase = self._phase if self._inside() else 0.0
        if self._loop == "once" and self._frame >= self._stop - 1:
            self._phase = 0.0
        self._time, self._shuttle = now, 0.0
        self._shown.clear()
        self._set_playing(playing=True)
        self._show(self._folded())

    def shuttle(self, way: int, now: float) -> None:
        """Drive forward (1) or backward (-1) at the clip's own pace; each further call doubles it.

        At the end of the range it goes on from the other one, or stops where it plays once.
        """
        again = self._playing and self._shuttle * way > 0
        self._shuttle = way * min(2 * abs(self._shuttle), MAX_SPEED) if again else float(way)
        self._place, self._time = float(self._frame), now
        self._shown.clear()
        self._set_playing(playing=True)
        self.settings_changed.emit()

    def pause(self) -> None:
        """Stop on the frame on show."""
        if self._shuttle:
            self._shuttle, self._phase = 0.0, self._phase_of(self._frame)
        self._set_playing(playing=False)

    def toggle(self, now: float) -> None:
        """Pause, or play from `now`, in seconds."""
        if self._playing:
            self.pause()
        else:
            self.play(now)

    def seek(self, frame: int, now: float | None = None) -> None:
        """Show a frame of the clip, inside the range or not; playing goes on from there."""
        frame = min(max(frame, 0), self._n_frames - 1)
        self._phase, self._place = self._phase_of(frame), float(frame)
        self._time = self._time if now is None else now
        self._show(frame)

    def step(self, by: int) -> None:
        """Pause and move by frames, wrapping round at the ends of the range."""
        self.pause()
        span = self._stop - self._start
        if self._start <= self._frame < self._stop:
            self.seek(self._start + (self._frame - self._start + by) % span)
        else:
            self.seek(self._frame + by)

    def tick(self, now: float) -> None:
        """Go where the clock says."""
        if not self._playing:
            return
        if self._shuttle:
            self._drive(now)
            return
        rate = self.requested_fps
        due = (now - self._time) * rate
        if self._mode == "real time":
            self._phase, self._time = self._phase + max(due, 0.0), now
        elif due >= 1.0:
            # The remainder is kept so that the pace is right, but never more than one frame,
            # or a stall would be followed by a burst.
            self._phase, self._time = self._phase + 1.0, now - min(due - 1.0, 1.0) / rate
        self._show(self._folded(), at=now)
        if self._loop == "once" and self._phase >= self._stop - self._start - 1:
            self._phase = float(self._stop - self._start - 1)
            self.pause()

    def _drive(self, now: float) -> None:
        """Go where the shuttle has it."""
        first, stop = self.range if self._inside() else (0, self._n_frames)
        self._place += max(now - self._time, 0.0) * self._fps * self._shuttle
        self._time, ended = now, not first <= self._place < stop
        if ended and self._loop != "once":
            self._place = first + (self._place - first) % (stop - first)
        self._show(min(max(math.floor(self._place), first), stop - 1), at=now)
        if ended and self._loop == "once":
            self.pause()

    def effective_fps(self, now: float) -> float | None:
        """Count frames shown per second over the last second; None while paused or too early."""
        while self._shown and now - self._shown[0] > _WINDOW:
            self._shown.popleft()
        if not self._playing or len(self._shown) < 2:
            return None
        span = self._shown[-1] - self._shown[0]
        return (len(self._shown) - 1) / span if span > 0 else None

    def _inside(self) -> bool:
        return self._start <= self._frame < self._stop

    def _phase_of(self, frame: int) -> float:
        return float(frame - self._start) if self._start <= frame < self._stop else 0.0

    def _folded(self) -> int:
        return self._start + fold(
            math.floor(self._phase + 1e-6), self._stop - self._start, self._loop
        )

    def _show(self, frame: int, *, at: float | None = None, always: bool = False) -> None:
        if frame == self._frame and not always:
            return
        self._frame = frame
        if at is not None:
            self._shown.append(at)
        self.frame_changed.emit(frame)

    def _set_playing(self, *, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
