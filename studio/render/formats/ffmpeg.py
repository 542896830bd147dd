"""Pictures into movies with the ffmpeg that comes with imageio-ffmpeg."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np

from studio.core import MissingExtraError, StudioError
from studio.io import Format
from studio.render.coloring.eyes import Image

PALETTE = "{palette}"  # in the arguments of a codec
_NTSC = (24, 30, 48, 60, 90, 120, 240)
_SAYS = {
    "No space left": "no space left on the disk",
    "File too large": "a file larger than the disk takes",
    "Permission denied": "no permission to write there",
    "Read-only file system": "a read-only disk",
    "Disk quota": "no space left on the disk",
}


def exact_rate(fps: float) -> Fraction:
    """Make frames a second a fraction: 59.94 is 60000/1001, as cameras and editors mean it."""
    for whole in _NTSC:
        ntsc = Fraction(1000 * whole, 1001)
        if abs(fps - ntsc) < 0.002:
            return ntsc
    return max(Fraction(fps).limit_denominator(1001), Fraction(1, 1001))


@dataclass(frozen=True)
class Codec:
    """What ffmpeg is told of the movie that comes out.

    Attributes
    ----------
    arguments
        In them, `PALETTE` stands for the 256 colors that suit the movie best.
    even
        Whether width and height must be even.
    """

    arguments: Sequence[str]
    even: bool = False

    @property
    def has_palette(self) -> bool:
        """Whether the 256 colors of the movie are chosen first."""
        return any(PALETTE in argument for argument in self.arguments)


def movie_rate(fps: float, kind: Format) -> Fraction:
    """Find the frames a second of a clip in a format: its own, or the most the format can hold."""
    rate = exact_rate(fps)
    fastest = kind.canvas.fastest if kind.canvas else None
    return rate if fastest is None else min(rate, Fraction(fastest))


def even(size: tuple[int, int]) -> tuple[int, int]:
    """Find a size H.264 can hold in yuv420p, at most one pixel larger."""
    return size[0] + size[0] % 2, size[1] + size[1] % 2


def ffmpeg_program() -> str:
    """Find the program.

    Raises
    ------
    MissingExtraError
        Where it is not to be found.
    """
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, RuntimeError, OSError):
        raise MissingExtraError(
            "movies need ffmpeg, which was not found; pip install imageio-ffmpeg brings it"
        ) from None


class Encoder:
    """A running ffmpeg that takes pictures and leaves a file; to be used as a context manager.

    Raises `StudioError` with the reason alone when ffmpeg cannot write.

    Parameters
    ----------
    out, codec, rate
        The file, and what it is.
    example
        A picture (H, W, 3) or (H, W, 4), as all of them are shaped.
    palette
        A PNG of the colors, for a codec that has one.
    sound
        A file with the sound that goes with the pictures; None for silence.
    """

    def __init__(
        self,
        out: Path,
        codec: Codec,
        rate: Fraction,
        example: Image,
        palette: bytes = b"",
        sound: Path | None = None,
    ) -> None:
        colors = base64.b64encode(palette).decode()
        into = [argument.replace(PALETTE, colors) for argument in codec.arguments]
        heard = () if sound is None else ("-i", str(sound))
        command = [*_raw(example, rate), *heard, *into, str(out)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            creationflags=_NO_WINDOW,
        )
        self._said: list[bytes] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def put(self, picture: Image) -> None:
        """Add the next picture (H, W, 3) or (H, W, 4), shaped as the example."""
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(np.ascontiguousarray(picture).data)
        except OSError:
            self._end()

    def __enter__(self) -> Encoder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._process.kill()
            self._process.wait()
        else:
            self._end()

    def _end(self) -> None:
        """Wait for the file to be complete; raise what ffmpeg complained of."""
        try:
            if self._process.stdin is not None:
                self._process.stdin.close()
        except OSError:
            pass  # the status says what went wrong
        status = self._process.wait()
        self._listener.join()
        if status != 0:
            raise StudioError(_reason(b"".join(self._said).decode(errors="replace"), status))

    def _listen(self) -> None:
        if self._process.stderr is not None:
            self._said.extend(self._process.stderr)


def make_palette(pictures: Iterable[Image]) -> bytes:
    """Make a PNG of the 256 colors that suit pictures (H, W, 3) or (H, W, 4) best.

    Raises
    ------
    StudioError
        When ffmpeg fails.
    """
    # A quarter of the pixels has the same colors.
    small = [np.ascontiguousarray(picture[::2, ::2]) for picture in pictures]
    choose = f"palettegen=reserve_transparent={int(small[0].shape[2] == 4)}"
    into = ["-vf", choose, "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"]
    done = subprocess.run(
        [*_raw(small[0], Fraction(25)), *into],
        input=b"".join(picture.tobytes() for picture in small),
        capture_output=True,
        check=False,
        creationflags=_NO_WINDOW,
    )
    if done.returncode != 0 or not done.stdout:
        raise StudioError(_reason(done.stderr.decode(errors="replace"), done.returncode))
    return done.stdout


def _raw(example: Image, rate: Fraction) -> list[str]:
    """How ffmpeg is told what comes in."""
    height, width, channels = example.shape
    kind = "rgba" if channels == 4 else "rgb24"
    quiet = [ffmpeg_program(), "-hide_banner", "-loglevel", "error", "-y"]
    shape = ["-f", "rawvideo", "-pixel_format", kind, "-video_size", f"{width}x{height}"]
    return [*quiet, *shape, "-framerate", f"{rate.numerator}/{rate.denominator}", "-i", "pipe:0"]


def _reason(said: str, status: int) -> str:
    for words, reason in _SAYS.items():
        if words in said:
            return reason
    last = (said.strip().splitlines() or [f"it ended with status {status}"])[-1]
    return f"ffmpeg says: {last.strip()}"


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
