"""Small videos for tests, written by FFmpeg as a camera or a phone would."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_CODECS = {".webm": "libvpx", ".gif": "gif", ".avi": "mpeg4", ".png": "png"}
_FORMATS = {".gif": "rgb8", ".png": "rgb24"}


def write_film(
    path: Path,
    pictures: Sequence[Pixels],
    *,
    fps: int = 24,
    moments: Sequence[float] | None = None,
    keys: int = 12,
) -> Path:
    """Write pictures (H, W, 3) as a video; `moments` are the seconds of each, else even."""
    suffix = path.suffix.lower()
    with av.open(str(path), "w") as container:
        stream = container.add_stream(_CODECS.get(suffix, "libx264"), rate=fps)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = _FORMATS.get(suffix, "yuv420p")
        stream.codec_context.gop_size = keys
        stream.codec_context.time_base = Fraction(1, 1000 if moments else fps)
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.time_base = stream.codec_context.time_base
            frame.pts = number if moments is None else round(1000 * moments[number])
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write a file that holds a tone and no pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        wave = np.sin(np.arange(4096, dtype=np.float32))[None]
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
