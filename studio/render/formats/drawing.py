"""Clips drawn into movies and numbered pictures, in a process of their own.

Every frame of the data is one frame of the movie. Nothing here touches VTK, so that it may be
called in any thread; `artist` draws.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, StudioError
from studio.core.system.child import child, ended_how
from studio.io.format import Destination
from studio.io.sound.sound import Sound
from studio.io.traits import Canvas
from studio.render.look import SIZES, Look, checked_size

from .ffmpeg import Codec, even, ffmpeg_program, movie_rate

_LOOK = Look()
_POLL_S = 0.05
_CHUNK = 1 << 20


@dataclass(frozen=True, eq=False)
class Drawing:
    """How a clip is drawn, as the `options` of `write_sequence`.

    Attributes
    ----------
    size
        Width and height in pixels, that of the format's canvas by default; odd ones grow by one
        where the format needs it.
    sound
        What is heard with the clip, from its first frame; formats that hold none leave it out.
    """

    size: tuple[int, int] | None = None
    look: Look = _LOOK
    sound: Sound | None = None


def draw(sequence: MeshSequence, to: Destination, codec: Codec | None = None) -> None:
    """Have another process draw a clip, and wait for it; pass on its reports.

    Parameters
    ----------
    codec : Codec or None
        Of the movie; None draws each frame as a picture.

    Raises
    ------
    InputError
        For a size or a background that does not fit.
    StudioError
        Where nothing can draw or be written.
    """
    if codec is not None:
        ffmpeg_program()
    drawing, canvas = to.asked(Drawing), to.format.canvas or Canvas()
    look, size = drawing.look, checked_size(drawing.size or SIZES[canvas.size])
    if look.background == "transparent" and not canvas.transparent:
        wanted = f"a background that is not transparent in {to.format.noun}"
        raise InputError.of(to.place, wanted, "one that is")
    arrays: dict[str, NDArray[np.generic]] = {
        "vertices": sequence.vertices.astype("<f4", copy=False),
        "faces": sequence.faces.astype("<i4", copy=False),
    }
    if look.neutral is not None:
        arrays["neutral"] = np.ascontiguousarray(look.neutral, dtype="<f4")
    sound = drawing.sound if to.format.sounds else None
    if sound is not None:
        start, stop = to.frames.start / sequence.fps, to.frames.stop / sequence.fps
        arrays["sound"] = sound.between(start, stop).samples.astype("<i2", copy=False)
    plain: dict[str, object] = {
        "sound_rate": sound and sound.rate,
        "out": str(to.part),
        "paths": [str(path) for path in to.paths],
        "codec": codec and asdict(codec),
        "rate": movie_rate(sequence.fps, to.format).as_integer_ratio(),
        "size": even(size) if codec and codec.even else size,
        "start": to.frames.start,
        "stop": to.frames.stop,
        "look": look.plain(),
        "name": sequence.name,
        "clip_fps": sequence.fps,
        "shapes": {name: array.shape for name, array in arrays.items()},
    }
    to.progress.report(0.0, "Preparing to draw")
    with child("studio.render.formats.artist") as process:
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for what in ((_feed, process.stdin, plain, arrays), (_listen, process.stdout, lines)):
            threading.Thread(target=_tended, args=(lines, *what), daemon=True).start()
        _follow(process, lines, to.place, to.progress)


def _tended(lines: queue.SimpleQueue[bytes], work: Callable[..., None], *args: object) -> None:
    """Do the work of a thread; what it raises is told to who waits, as if the process had said it.

    A thread that dies alone would leave the one waiting for news that never come.
    """
    try:
        work(*args)
    except Exception:
        lines.put(json.dumps(["bug", traceback.format_exc()]).encode())


def _follow(
    process: subprocess.Popen[bytes],
    lines: queue.SimpleQueue[bytes],
    path: Path,
    progress: Progress,
) -> None:
    """Pass reports on until the end. Raises what went wrong, and `Cancelled`."""
    while True:
        progress.check()
        try:
            line = lines.get(timeout=_POLL_S)
        except queue.Empty:
            continue
        kind, *what = json.loads(line or '["gone"]')
        if kind == "progress":
            progress.report(float(what[0]), str(what[1]))
        elif kind == "done":
            return
        elif kind == "bug":
            raise RuntimeError(what[0])
        else:
            reason = what[0] if what else f"the process that draws it ended{ended_how(process)}"
            raise StudioError(f"{path}: cannot be written: {reason}")


def _feed(
    pipe: IO[bytes],
    plain: dict[str, object],
    arrays: dict[str, NDArray[np.generic]],
) -> None:
    """Write the job; the pipe stays open, for its end is the sign to stop."""
    # A pipe that is broken or closed: the process is gone, and its end is told by what it said.
    head = json.dumps(plain).encode() + b"\n"
    with contextlib.suppress(OSError):
        pipe.write(head)
        for array in arrays.values():
            # Bytes by way of a flat array: a view of no rows cannot be cast.
            data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
            for k in range(0, len(data), _CHUNK):
                pipe.write(data[k : k + _CHUNK])
        pipe.flush()


def _listen(pipe: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Lines as they come; an empty one at the end."""
    with contextlib.suppress(OSError, ValueError):
        for line in pipe:
            lines.put(line)
    lines.put(b"")
