"""Speed: how fast the frames below pass, as a curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from studio.core import InputError, MeshSequence, Timing
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats
from studio.document.edits.curve import BETWEEN_KEYS, Between, CurveEdit, CurveKey, along
from studio.document.edits.edit import Frames
from studio.document.edits.span import check_frames

from .mapped import TimeEdit, Times

SLOWEST, FASTEST = 0.05, 20.0
_STEPS = 16  # in which the time of a frame is added up where the speed changes
_ALMOST = 1e-6  # of a frame


@dataclass(frozen=True)
class SpeedEdit(TimeEdit, CurveEdit):
    """Plays faster where the curve is above 1, slower where it is below.

    Parameters
    ----------
    keys
        The speed in frames below, 0.05 to 20, one a frame at most and one at least.
    between
        How the speed passes from one key to the next.

    Raises
    ------
    InputError
        Where these do not fit together.
    """

    kind: ClassVar[str] = "speed"
    title: ClassVar[str] = "Speed"
    tip: ClassVar[str] = "Plays faster or slower, over the whole clip or along a curve"
    values: ClassVar[Range] = Range(SLOWEST, FASTEST)
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("keys", "&Keys", f"Frames, and speeds from {SLOWEST:g} to {FASTEST:g} there"),
        BETWEEN_KEYS,
    )

    keys: tuple[CurveKey, ...] = (CurveKey(0, 1.0),)
    between: Between = "smooth"

    def __post_init__(self) -> None:
        self.check_order()
        for key in self.keys:
            if not SLOWEST <= key.value <= FASTEST:
                wanted = f"speeds from {SLOWEST:g} to {FASTEST:g}"
                raise InputError.of("speed", wanted, f"{key.value:g}")

    def shares(self, frames: Frames) -> Floats:
        """Tell the speed in frames (N,) on a scale of powers, 1 in the middle: (N, 1) in 0..1."""
        way = np.log(self.scale(frames) / SLOWEST) / np.log(FASTEST / SLOWEST)
        return np.asarray(np.clip(way, 0, 1), dtype=np.float32)[:, None]

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: as many frames as the whole takes at that speed."""
        last = self._clock(before.frames)[-1]
        return replace(before, frames=int(np.floor(last + _ALMOST)) + 1)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        clock = self._clock(before.frames)
        return np.interp(times, clock, np.arange(len(clock)) / _STEPS)

    def _clock(self, frames: int) -> Times:
        return _clock(self.keys, self.between, frames)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse keys in frames that are not there."""
        check_frames("speed keys", self.frames, before, name)
        TimeEdit.check(self, recording, before, name)


@lru_cache(maxsize=64)
def _clock(keys: tuple[CurveKey, ...], between: Between, frames: int) -> Times:
    """Tell when moments below play, in frames above; a row each 1/16 frame.

    An even speed is added up exactly, one that changes by trapezoids.
    """
    moments = np.arange((frames - 1) * _STEPS + 1) / _STEPS
    slowness = 1.0 / along(keys, between, moments)
    steps = (slowness[1:] + slowness[:-1]) / (2 * _STEPS)
    clock = np.concatenate([[0.0], np.cumsum(steps)])
    clock.setflags(write=False)
    return clock
