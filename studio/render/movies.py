"""Movies and numbered pictures of a clip, drawn in a process of their own.

Every frame of the data is one frame of the movie. Nothing here touches VTK, so that it may be
called in any thread; `artist` draws.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

import studio
from studio.core import InputError, MeshSequence, Progress, StudioError
from studio.io.files import clear_debris, refusals, whole_file, whole_files
from studio.io.naming import FRAME_PATTERN, frame_stems, leftovers

from .ffmpeg import even, ffmpeg_program, movie_rate
from .look import SIZES, Look, checked_size

MOVIES = (".mp4", ".gif")
_LOOK, _SILENT = Look(), Progress()
_POLL_S = 0.05
_CHUNK = 1 << 20
_POSIX = os.name == "posix"


def write_movie(
    sequence: MeshSequence,
    path: Path | str,
    fps: float | None = None,
    size: tuple[int, int] = SIZES["720p"],
    *,
    frames: tuple[int, int] | None = None,
    look: Look = _LOOK,
    progress: Progress = _SILENT,
) -> float:
    """Write an MP4 or a GIF, by the suffix, whole or not at all.

    fps : frames a second, the clip's by default
    size : width and height in pixels; odd ones grow by one in an MP4
    frames : start and stop of the range to show, the whole clip by default

    Returns the frames a second that came out, which a GIF holds at 50. Raises `InputError` for
    arguments that do not fit, `StudioError` where nothing can draw or be written and `Cancelled`.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in MOVIES:
        raise InputError.of(path, "a movie called .mp4 or .gif", suffix or "no suffix")
    if suffix == ".mp4" and look.background == "transparent":
        raise InputError.of(path, "a background that is not transparent in an MP4", "one that is")
    fps = sequence.fps if fps is None else fps
    if not (np.isfinite(fps) and fps > 0):
        raise InputError.of(path, "a frame rate above 0", str(fps))
    ffmpeg_program()
    size = even(checked_size(size)) if suffix == ".mp4" else checked_size(size)
    header = {"suffix": suffix, "size": size, "fps": fps, "names": []}
    clear_debris(path)
    with whole_file(path) as part:
        _draw(sequence, look, path, {**header, "out": str(part)}, frames, progress)
    return float(movie_rate(fps, suffix))


def write_pictures(
    sequence: MeshSequence,
    folder: Path | str,
    size: tuple[int, int] = SIZES["720p"],
    *,
    name: str = FRAME_PATTERN,
    first: int = 1,
    frames: tuple[int, int] | None = None,
    look: Look = _LOOK,
    progress: Progress = _SILENT,
) -> list[Path]:
    """Write each frame as a PNG in a folder, all of them or none; returns the files, in order.

    name, first : as in `write_sequence`; the rest as in `write_movie`
    """
    folder = Path(folder)
    start, stop = checked_range(sequence, frames)
    stems = frame_stems(name, stop - start, name=sequence.name, first=first)
    names = [f"{stem}.png" for stem in stems]
    with refusals(folder):
        left = leftovers(folder, names, name, ".png", name=sequence.name)
    if left:
        wanted = f"a folder with no frames beyond the {len(names)} to write"
        raise InputError.of(folder, wanted, left[0])
    header = {"suffix": ".png", "size": checked_size(size), "fps": sequence.fps, "names": names}
    clear_debris(folder)
    with whole_files(folder, names) as part:
        _draw(sequence, look, folder, {**header, "out": str(part)}, frames, progress)
    return [folder / file_name for file_name in names]


def checked_range(sequence: MeshSequence, frames: tuple[int, int] | None) -> tuple[int, int]:
    """Let a range of frames pass that the clip has; None is all of it.

    Raises
    ------
    InputError
        For one that the clip does not have.
    """
    start, stop = frames or (0, sequence.n_frames)
    if not 0 <= start < stop <= sequence.n_frames:
        wanted = f"a range within its {sequence.n_frames} frames"
        raise InputError.of(sequence.name, wanted, f"{start} to {stop - 1}")
    return start, stop


def _draw(
    sequence: MeshSequence,
    look: Look,
    path: Path,
    header: dict[str, object],
    frames: tuple[int, int] | None,
    progress: Progress,
) -> None:
    """Hand the clip to another process and wait for it, passing on its reports."""
    start, stop = checked_range(sequence, frames)
    arrays: dict[str, NDArray[np.generic]] = {
        "vertices": sequence.vertices.astype("<f4", copy=False),
        "faces": sequence.faces.astype("<i4", copy=False),
    }
    if look.neutral is not None:
        arrays["neutral"] = np.ascontiguousarray(look.neutral, dtype="<f4")
    plain = {
        **header,
        "start": start,
        "stop": stop,
        "look": look.plain(),
        "name": sequence.name,
        "clip_fps": sequence.fps,
        "shapes": {name: array.shape for name, array in arrays.items()},
    }
    progress.report(0.0, "Preparing to draw")
    with _artist() as process:
        feed = threading.Thread(target=_feed, args=(process.stdin, plain, arrays), daemon=True)
        feed.start()
        _follow(process, path, progress)


def _follow(process: subprocess.Popen[bytes], path: Path, progress: Progress) -> None:
    """Pass reports on until the end. Raises what went wrong, and `Cancelled`."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
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
            reason = what[0] if what else f"the process that draws it ended{_how(process)}"
            raise StudioError(f"{path}: cannot be written: {reason}")


def _how(process: subprocess.Popen[bytes]) -> str:
    status = process.wait()
    if status < 0:
        with contextlib.suppress(ValueError):
            return f" ({signal.Signals(-status).name})"
    return f" (status {status})"


@contextlib.contextmanager
def _artist() -> Iterator[subprocess.Popen[bytes]]:
    """Start the process that draws; it goes at the end together with what it started."""
    root = str(Path(studio.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.render.artist"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=_POSIX,  # a group of its own, which can be ended as one
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


def _feed(
    pipe: IO[bytes], plain: dict[str, object], arrays: dict[str, NDArray[np.generic]]
) -> None:
    """Write the job; the pipe stays open, for its end is the sign to stop."""
    with contextlib.suppress(OSError, ValueError):
        pipe.write(json.dumps(plain).encode() + b"\n")
        for array in arrays.values():
            data = np.ascontiguousarray(array).data.cast("B")
            for k in range(0, len(data), _CHUNK):
                pipe.write(data[k : k + _CHUNK])
        pipe.flush()


def _listen(pipe: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Lines as they come; an empty one at the end."""
    with contextlib.suppress(OSError, ValueError):
        for line in pipe:
            lines.put(line)
    lines.put(b"")
