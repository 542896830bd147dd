"""A video file as pictures with their times, decoded one after the other by FFmpeg (PyAV)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from studio.core import InputError

Pixels = NDArray[np.uint8]
Moment = tuple[float, Pixels]
LONGEST_SIDE = 1280  # pixels; a face in more of them is seen no better
_WANTED = "a video"


class Film:
    """A video that is open, a context manager.

    Iterating gives the seconds and the picture (H, W, 3) uint8 of one frame after the other,
    upright, and no larger than `LONGEST_SIDE`. What cannot be decoded is left out.

    Parameters
    ----------
    path
        Of a file in any form that FFmpeg knows.

    Raises
    ------
    InputError
        Where it is no video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._said: dict[str, None] = {}
        self._bad: list[float] = []  # seconds at which something could not be decoded
        self._last = 0.0
        self._container, self._stream = opened(path)

    @property
    def seconds(self) -> float:
        """How long it says it is; 0 where it does not."""
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return float(self._container.duration or 0) / av.time_base

    @property
    def rate(self) -> float | None:
        """Frames a second that it says, on average."""
        said: Fraction | None = self._stream.average_rate
        return float(said) if said else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed and left out on the way, a sentence each."""
        if not self._bad:
            return tuple(self._said)
        first, last = self._bad[0], self._bad[-1]
        span = f"near {first:.1f} s" if last - first < 0.1 else f"from {first:.1f} to {last:.1f} s"
        return (*self._said, f"It is damaged {span}; what can be decoded is read.")

    def __iter__(self) -> Iterator[Moment]:
        step = 1.0 / (self.rate or 30.0)
        count = 0
        for frame in self._decoded():
            seconds = count * step if frame.time is None else float(frame.time)
            self._last, count = seconds, count + 1
            yield seconds, self._upright(frame)
        if not count:
            raise InputError.of(self.path, _WANTED, "no picture that can be decoded")

    def _decoded(self) -> Iterator[Any]:
        """Give the frames that can be decoded, and note where some cannot."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                frames: Sequence[Any] = packet.decode() if packet is not None else ()
            except FFmpegError:
                if len(self._bad) > _MOST_BAD:
                    return
                self._bad.append(self._last)
                continue
            if packet is None:
                return
            for frame in frames:
                if getattr(frame, "is_corrupt", False):
                    self._bad.append(self._last)
                else:
                    yield frame

    def _upright(self, frame: Any) -> Pixels:
        """Make the picture of a frame, scaled and turned as it is to be seen."""
        quarters, wide = quarter_turns(frame), seen_width(frame, self._stream)
        picture = upright(frame, self._stream, LONGEST_SIDE)
        if max(wide, frame.height) > LONGEST_SIDE:
            height, width = picture.shape[1::-1] if quarters % 2 else picture.shape[:2]
            self._say(
                f"Its pictures of {frame.width} x {frame.height} pixels are looked at in "
                f"{width} x {height}."
            )
        if quarters:
            self._say(f"It is turned by {90 * quarters} degrees, as it says.")
        return picture

    def _say(self, sentence: str) -> None:
        self._said[sentence] = None

    def __enter__(self) -> Film:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._container.close()


def opened(path: Path) -> tuple[Any, Any]:
    """Open a video: its container, to be closed, and the stream of its pictures.

    Raises
    ------
    InputError
        Where it is none.
    """
    try:
        container = av.open(str(path), metadata_errors="replace")
    except FFmpegError as error:
        raise InputError.of(path, _WANTED, _found(error)) from None
    if not container.streams.video:
        container.close()
        raise InputError.of(path, _WANTED, "no pictures in it")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return container, stream


_MOST_BAD = 1000  # pieces that cannot be decoded; then the rest is given up


def upright(frame: Any, stream: Any, longest: int) -> Pixels:
    """Make the picture (H, W, 3) of a frame as it is to be seen, no side of which is longer."""
    picture, quarters = shrunk(frame, seen_width(frame, stream), longest), quarter_turns(frame)
    return np.ascontiguousarray(np.rot90(picture, quarters)) if quarters else picture


def seen_width(frame: Any, stream: Any) -> float:
    """Tell how many pixels wide a frame is where these are made square."""
    return float(frame.width * (stream.sample_aspect_ratio or 1))


def quarter_turns(frame: Any) -> int:
    """Tell by how many quarters, counter-clockwise, a frame is to be turned."""
    turns: int = round(frame.rotation / 90) % 4
    return turns


def shrunk(frame: Any, wide: float, longest: int) -> Pixels:
    """Make the picture (H, W, 3) of a frame that is so wide, no side of which is longer."""
    share = min(1.0, longest / max(wide, frame.height))
    width, height = max(round(wide * share), 1), max(round(frame.height * share), 1)
    picture: Pixels = frame.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray()
    return picture


def _found(error: FFmpegError) -> str:
    """Say what FFmpeg made of a file."""
    return f"what FFmpeg cannot read ({(error.strerror or str(error)).lower()})"
