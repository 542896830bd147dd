"""A camera, or a video that stands in for one: its newest picture, as soon as it is there."""

from __future__ import annotations

import errno
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.error import FFmpegError

from studio.core import InputError
from studio.io.video.film import Pixels, shrunk

_RATE, _SIZE = "30", "640x480"  # asked of a camera; it may give others
_WIDEST = 640  # pixels to which pictures are made smaller: a face in more is seen no better
_WANTED = "a camera, or a video in its place"
# How FFmpeg calls the cameras of a system, and what stands before the name of one.
_SYSTEMS = {"linux": ("v4l2", ""), "darwin": ("avfoundation", ""), "win32": ("dshow", "video=")}


class Camera:
    """Pictures of a camera; iterating waits for the next, and leaves out those before it.

    A video file plays at its own pace, once.

    Parameters
    ----------
    name
        Of a camera, as the system calls it, or the path of a video.

    Raises
    ------
    InputError
        Where there is none, it may not be used, or another program has it.
    """

    def __init__(self, name: str) -> None:
        self.name, self._film = name, Path(name).is_file()
        self._container = self._opened()
        if not self._container.streams.video:
            self._container.close()
            raise InputError.of(name, _WANTED, "no pictures in it")
        self._newest: tuple[float, Any] | None = None
        self._ended = False
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="studio-camera", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[tuple[float, Pixels]]:
        """Give the moment, by the monotonic clock, at which a picture came, and it (H, W, 3)."""
        while True:
            with self._more:
                self._more.wait_for(lambda: self._ended or self._newest is not None)
                found, self._newest = self._newest, None
            if found is None:
                return
            moment, frame = found
            yield moment, shrunk(frame, frame.width, _WIDEST)

    def close(self) -> None:
        """Let go of the camera; a second call does nothing."""
        with self._more:
            self._ended, self._newest = True, None
            self._more.notify_all()
        self._thread.join()
        self._container.close()

    def __enter__(self) -> Camera:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _opened(self) -> Any:
        try:
            if self._film:
                return av.open(self.name)
            form, before = _SYSTEMS.get(sys.platform, ("v4l2", ""))
            options = {"framerate": _RATE, "video_size": _SIZE}
            return av.open(before + self.name, format=form, options=options)
        except FFmpegError as error:
            raise InputError.of(self.name, _WANTED, _found(error)) from None
        except ValueError:
            raise InputError.of(self.name, _WANTED, "none that can be opened") from None

    def _read(self) -> None:
        """Put one picture after the other where the newest lies, until there is none."""
        begun = time.monotonic()
        try:
            for frame in self._container.decode(video=0):
                due = begun + float(frame.time or 0.0) - time.monotonic() if self._film else 0.0
                with self._more:
                    if self._more.wait_for(lambda: self._ended, timeout=max(due, 0.0)):
                        return
                    self._newest = time.monotonic(), frame
                    self._more.notify_all()
        except FFmpegError:
            pass  # it was taken away
        with self._more:
            self._ended = True
            self._more.notify_all()


def _found(error: FFmpegError) -> str:
    """Say why a camera cannot be had."""
    known = {
        errno.ENOENT: "none of that name",
        errno.EACCES: "one that may not be used",
        errno.EPERM: "one that may not be used",
        errno.EBUSY: "one that another program uses",
    }
    return known.get(error.errno or 0) or f"what FFmpeg cannot open ({str(error.strerror).lower()})"
