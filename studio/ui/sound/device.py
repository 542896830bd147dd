"""The device that sound goes to, by miniaudio."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from studio.core import Progress, StudioError

from .follower import Follower

if TYPE_CHECKING:
    from miniaudio import PlaybackDevice

PERIOD_MS = 20  # what is asked for at once; less breaks off where the machine is busy
PERIODS = 3
_UNHEARD = ("NULL", "CUSTOM", "WEBAUDIO")
ON_NOTHING = False  # whether sound goes to a device that only keeps time, for machines without


class Device:
    """Plays what a follower gives from when it is made until it is closed.

    Parameters
    ----------
    follower
        Asked for samples, on a thread of the device.

    Raises
    ------
    StudioError
        Where there is no device.
    """

    def __init__(self, follower: Follower) -> None:
        import miniaudio

        sound = follower.sound
        silent = [miniaudio.Backend.NULL]
        heard = [one for one in miniaudio.Backend if one.name not in _UNHEARD]
        try:
            self._device: PlaybackDevice = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16,
                sound.channels,
                sound.rate,
                PERIOD_MS,
                callback_periods=PERIODS,
                backends=silent if ON_NOTHING else heard,
                app_name="Expression Studio",
            )
            follower.lead = (PERIODS - 1) * PERIOD_MS / 1000
            feed = _feed(follower)
            next(feed)
            self._device.start(feed)
        except miniaudio.MiniaudioError as error:
            raise StudioError("no sound device was found") from error

    def close(self) -> None:
        """Fall silent."""
        self._device.close()


def open_device(follower: Follower, *, progress: Progress) -> Device:
    """Open the device, which may take a while, in a lane."""
    progress.check()
    return Device(follower)


def _feed(follower: Follower) -> Generator[bytes, int, None]:
    """Answer each number of samples with as many samples."""
    count = yield b""
    while True:
        count = yield follower.take(count, time.perf_counter()).tobytes()
