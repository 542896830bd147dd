"""The pictures of a video in any order, each as soon as the codec allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from av.error import FFmpegError

from studio.core.sequence import Doubles
from studio.core.video.footage import Footage

from .film import Pixels, opened, upright

_NEAR = 1e-3  # seconds that a moment may be off and is still that of the same picture
_ONWARD = 24  # pictures ahead that are decoded through rather than looked for anew


def open_pictures(footage: Footage, longest: int) -> Pictures:
    """Open what a clip was read from, for its pictures in any order.

    Raises
    ------
    InputError
        Where it is not there any more.
    """
    return Pictures(footage.place, footage.seconds, longest)


class Pictures:
    """The pictures of a video by their numbers; one thread at a time may ask.

    Parameters
    ----------
    path
        The video.
    seconds
        (N,) when each is shown, as `Film` told.
    longest
        Pixels that no side of a picture is longer than.

    Raises
    ------
    InputError
        Where it is no video, or no more.
    """

    def __init__(self, path: Path, seconds: Doubles, longest: int) -> None:
        self._path, self._seconds, self._longest = path, seconds, longest
        self._container, self._stream = opened(path)
        self._frames: Iterator[Any] = self._decoded()
        self._next = 0  # number of the picture that comes next, as far as that is known

    def between(self, first: int, last: int) -> Iterator[tuple[int, Pixels]]:
        """Give the pictures from one number to another, both included, in their order.

        Those that cannot be decoded are left out.
        """
        if not self._next <= first <= self._next + _ONWARD:
            self._go_to(first)
        for number, frame in self._numbered():
            if first <= number <= last:
                yield number, upright(frame, self._stream, self._longest)
            if number >= last:
                return

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _go_to(self, number: int) -> None:
        """Begin to decode at a key picture before one; at the first where there is no index."""
        moment = float(self._seconds[number])
        base = float(self._stream.time_base or 1)
        try:
            self._container.seek(round((moment - _NEAR) / base), stream=self._stream)
        except (FFmpegError, ValueError):
            self._begin_again()
            return
        self._frames = self._decoded()
        found = self._numbered()
        head = next(found, None)
        if head is None or head[0] > number:
            self._begin_again()
        else:
            self._frames = _chained(head[1], self._frames)
            self._next = head[0]

    def _begin_again(self) -> None:
        self._container.close()
        self._container, self._stream = opened(self._path)
        self._frames, self._next = self._decoded(), 0

    def _numbered(self) -> Iterator[tuple[int, Any]]:
        """Give what is decoded, with the number of the picture whose moment is nearest."""
        for frame in self._frames:
            number = self._next if frame.time is None else self._nearest(float(frame.time))
            self._next = number + 1
            yield number, frame

    def _nearest(self, moment: float) -> int:
        place = int(np.searchsorted(self._seconds, moment))
        beside = [one for one in (place - 1, place) if 0 <= one < len(self._seconds)]
        return min(beside, key=lambda one: abs(float(self._seconds[one]) - moment))

    def _decoded(self) -> Iterator[Any]:
        """Give the frames that can be decoded from here on."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except FFmpegError:
                continue
            yield from (frame for frame in frames if not getattr(frame, "is_corrupt", False))


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest
