"""Samples in step with a clock, whatever that does."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from studio.document.playback import Clock
from studio.io.sound.sound import Samples, Sound

SLACK_S = 0.02  # further off than this, the sound goes at once to where the picture is
_PULL = 0.1  # share of what it is off by that is made good in a second
_MOST = 0.002  # of its pace, by which it may run faster or slower to make that good
_PAUSE_S = 0.5  # without being asked, after which a device begins anew
_MEMORY_S = 2.0  # over which it is remembered how early it asks
_FADE = 96  # samples over which it comes in anew, so that there is no click
Places = NDArray[np.float64]


class Follower:
    """Gives the samples that a device asks for; called on the device's thread.

    Sound plays while the clock runs in real time, as fast as that, so its pitch goes with the
    speed. It is silent while the picture stands, keeps to every frame or runs backwards.

    Parameters
    ----------
    sound
        What is heard along all frames of the clip.
    """

    def __init__(self, sound: Sound) -> None:
        self.sound = sound
        self.lead = 0.0  # seconds from when samples are asked for to when they are heard
        self.clock: Clock | None = None  # put here anew whenever the playhead does something
        self._next: float | None = None  # the phase of the next sample, in frames
        self._asked = 0  # samples so far
        self._starts: deque[tuple[float, float]] = deque()  # when, and what `_heard_at` made of it

    def take(self, count: int, now: float) -> Samples:
        """Give the next samples.

        Parameters
        ----------
        count
            How many.
        now
            In seconds, on the clock's clock.

        Returns
        -------
        (count, C) int16
        """
        clock, heard_at = self.clock, self._heard_at(count, now)
        silence = np.zeros((count, self.sound.channels), dtype=np.int16)
        if clock is None or not clock.runs:
            self._next = None
            return silence
        wanted = clock.phase_at(heard_at)
        off = 0.0 if self._next is None else wanted - self._next
        anew = self._next is None or abs(off) > SLACK_S * clock.rate
        begin = wanted if anew or self._next is None else self._next
        pull = 0.0 if anew else float(np.clip(_PULL * off / clock.rate, -_MOST, _MOST))
        step = clock.rate * (1 + pull) / self.sound.rate
        self._next = begin + count * step
        phases = begin + step * np.arange(count, dtype=np.float64)
        out = self._at(clock, phases, silence)
        if anew:
            fade = min(_FADE, count)
            out[:fade] = (out[:fade] * np.linspace(0, 1, fade)[:, None]).astype(np.int16)
        return out

    def _heard_at(self, count: int, now: float) -> float:
        """Tell when samples will be heard that are asked for now.

        A busy machine lets a device ask late, then several times at once; its buffer bridges that.
        So the earliest it has asked of late, for the samples that were due, tells its clock.
        """
        starts, due = self._starts, self._asked / self.sound.rate
        if starts and now - starts[-1][0] > _PAUSE_S:
            starts.clear()
        while starts and now - starts[0][0] > _MEMORY_S:
            starts.popleft()
        starts.append((now, now - due))
        self._asked += count
        return min(start for _, start in starts) + due + self.lead

    def _at(self, clock: Clock, phases: Places, out: Samples) -> Samples:
        """Fill samples (N, C) with those at phases (N,), straight between two of them."""
        frames, forward = clock.folded(phases)
        samples = self.sound.samples
        places = frames / clock.fps * self.sound.rate
        low = np.floor(places).astype(np.intp)
        inside = np.flatnonzero(forward & (low >= 0) & (low < len(samples)))
        low, share = low[inside], (places[inside] - low[inside])[:, None]
        high = np.minimum(low + 1, len(samples) - 1)
        mixed = samples[low] * (1 - share) + samples[high] * share
        out[inside] = np.rint(mixed).astype(np.int16)
        return out
