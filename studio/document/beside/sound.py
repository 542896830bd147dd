"""Sound beside a clip, and what of it is heard where the time of the clip is edited."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.io.sound.sound import Sound, lay

_EVEN = 1e-5  # of a frame, within which two frames in a row keep the pace of the recording


@dataclass(frozen=True)
class ClipSound:
    """A sound, and where it begins.

    Parameters
    ----------
    sound
        Kept by value, so that a session opens wherever it is taken.
    offset
        Seconds from the first frame of the recording to the first sample; negative where the
        sound began before.
    name
        Of the file it came from.

    Raises
    ------
    InputError
        For an offset that is no number.
    """

    sound: Sound
    offset: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.offset):
            raise InputError.of(self.name or "sound", "an offset in seconds", f"{self.offset:g}")


@dataclass(frozen=True, eq=False)
class Heard:
    """What is heard of a sound while a clip plays.

    Attributes
    ----------
    sound
        From the first frame that plays to the end of the last.
    frames
        (T,) whether the sound plays in a frame; elsewhere edits slow, turn or hold the clip.
    """

    sound: Sound
    frames: NDArray[np.bool_]

    @property
    def whole(self) -> bool:
        """Whether the sound plays in every frame."""
        return bool(self.frames.all())


def heard(beside: ClipSound, moments: NDArray[np.float64], recorded: float, played: float) -> Heard:
    """Lay a sound along what plays of a clip.

    It follows cuts. Where a clip plays slower or faster than it was recorded, backwards or not at
    all there is silence, because the sound would be another one.

    Parameters
    ----------
    beside
        The sound.
    moments
        (T,) the frames of the recording that play, also between two.
    recorded, played
        Frames a second of the recording, and of what plays.
    """
    sound, seconds = beside.sound, moments / recorded
    even = np.abs(np.diff(seconds) * played - 1.0) <= _EVEN  # (T-1,) from a frame to the next
    # The last frame before a cut lasts as long as any other.
    plays = np.r_[even, even[-1:]] | np.r_[False, even] if len(even) else np.ones(1, dtype=bool)
    begins = np.flatnonzero(plays & ~np.r_[False, even])
    ends = np.flatnonzero(plays & ~np.r_[even, False]) + 1
    out = np.zeros((max(round(len(moments) / played * sound.rate), 1), sound.channels), np.int16)
    for start, stop in zip(begins.tolist(), ends.tolist(), strict=True):
        at, end = round(start / played * sound.rate), round(stop / played * sound.rate)
        first = round((seconds[start] - beside.offset) * sound.rate)
        lay(sound.samples, first, out, at, end - at)
    return Heard(Sound(out, sound.rate), plays)
