"""A process of its own that draws a movie: `python -m studio.render.formats.artist`.

VTK must not be used in a worker's thread of the window, and a driver that crashes should take no
work with it. The job and the clip come in on stdin, news go out on stdout, a JSON list a line.
While it works, stdin stays open: when it ends, whoever asked is gone, and so is what was begun.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from studio.core import Cancelled, MeshSequence, Progress, StudioError
from studio.core.sequence import Floats, Ints
from studio.core.system.disk import refusal
from studio.io.sound.sound import Sound
from studio.io.sound.wav import wav_bytes
from studio.render.look import Look

from .ffmpeg import Codec, Encoder, make_palette

PALETTE_FRAMES = 16
HANGS_S = 10.0
_KINDS = {"faces": "<i4", "sound": "<i2"}  # the arrays that hold no floating numbers
NICE = 10


@dataclass(frozen=True, eq=False)
class Job:
    """What to draw.

    Attributes
    ----------
    out
        The file, or the folder of the pictures, which is there.
    paths
        Of the pictures, or `out` alone.
    codec, rate
        Of a movie; without a codec, each frame is a picture.
    start, stop
        Frames start..stop-1 are drawn.
    sound
        What is heard with them; None for silence.
    """

    sequence: MeshSequence
    look: Look
    out: Path
    paths: Sequence[str]
    codec: Codec | None
    rate: Fraction
    size: tuple[int, int]
    start: int
    stop: int
    sound: Sound | None = None

    @classmethod
    def read(cls, source: IO[bytes]) -> Job:
        """Read a line of JSON, then arrays of the shapes it tells.

        Raises
        ------
        EOFError
            When the stream is cut off.
        """
        plain = json.loads(source.readline() or "null")
        if plain is None:
            raise EOFError
        arrays = {
            name: _read_array(source, shape, _KINDS.get(name, "<f4"))
            for name, shape in plain.pop("shapes").items()
        }
        vertices: Floats = arrays["vertices"]
        faces: Ints = arrays["faces"]
        sequence = MeshSequence(vertices, faces, plain.pop("clip_fps"), plain.pop("name"))
        look = Look.of(plain.pop("look"), arrays.get("neutral"))
        out, size, rate = Path(plain.pop("out")), plain.pop("size"), Fraction(*plain.pop("rate"))
        pace, codec = plain.pop("sound_rate"), plain.pop("codec")
        heard = None if pace is None else Sound(arrays["sound"], pace)
        codec = None if codec is None else Codec(**codec)
        size = (size[0], size[1])
        return cls(sequence, look, out, codec=codec, rate=rate, size=size, sound=heard, **plain)


def draw(job: Job, progress: Progress) -> None:
    """Draw and write frame by frame.

    Raises `StudioError` with the reason alone where nothing can draw or be written.
    """
    frames = range(job.start, job.stop)
    with _pictures(job) as picture:
        if job.codec is None:
            _write_pictures(job, picture, progress)
            return
        palette, main = b"", progress
        if job.codec.has_palette:
            chosen = frames[:: max(len(frames) // PALETTE_FRAMES, 1)]
            first = progress.part(0.0, len(chosen) / (len(chosen) + len(frames)))
            palette = make_palette(map(picture, first.each(list(chosen), "Choosing colors")))
            main = progress.part(len(chosen) / (len(chosen) + len(frames)), 1.0)
        with (
            _sound_file(job.sound) as heard,
            Encoder(job.out, job.codec, job.rate, picture(job.start), palette, heard) as encoder,
        ):
            for frame in main.each(list(frames), "Drawing"):
                encoder.put(picture(frame))


@contextlib.contextmanager
def _sound_file(sound: Sound | None) -> Iterator[Path | None]:
    """Give a file with the sound, which is there for as long as it is wanted."""
    if sound is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "sound.wav"
        try:
            place.write_bytes(wav_bytes(sound))
        except OSError as error:
            raise StudioError(refusal(error)) from error
        yield place


def _write_pictures(job: Job, picture: Any, progress: Progress) -> None:
    from studio.render.stills import png_bytes

    frames = list(zip(job.paths, range(job.start, job.stop), strict=True))
    for path, frame in progress.each(frames, "Drawing"):
        try:
            Path(path).write_bytes(png_bytes(picture(frame)))
        except OSError as error:
            raise StudioError(refusal(error)) from error


@contextlib.contextmanager
def _pictures(job: Job) -> Iterator[Any]:
    """Give what draws frame k as (h, w, 3), or 4 where the background is transparent."""
    from studio.face.known import regions_of
    from studio.render.coloring.legend import add_legend
    from studio.render.offscreen import OffScreen
    from studio.render.scene import Scene
    from studio.render.stills import add_caption

    look, view, sequence = job.look, job.look.view, job.sequence
    clear = look.background == "transparent"
    fine = view.shading in ("wireframe", "points")
    with OffScreen(*job.size, alpha=clear, fine=fine) as screen:
        scene = Scene(screen.renderer, look.theme)
        scene.set_shading(view.shading)
        scene.show_sequence(sequence, regions_of(sequence.topology), upright=look.upright)
        scene.set_neutral(look.neutral)
        scene.set_heat_map(on=view.heat_map)
        scene.set_landmarks(on=view.landmarks)
        scene.set_fittings(on=view.fittings)
        scene.set_rounded(on=view.rounded)
        scene.set_hidden(view.hidden)
        scene.orbit = scene.orbit.under(view)
        if look.background in ("white", "transparent"):
            screen.clear_background(None if clear else (1.0, 1.0, 1.0))
        scene.place_camera(screen.aspect)
        caption = add_caption(screen, look.theme)
        if view.heat_map:
            add_legend(screen, look.theme, scene.limit)

        def picture(frame: int) -> NDArray[np.uint8]:
            scene.show_frame(frame)
            text = f"{frame}   {frame / sequence.fps:.2f} s"
            caption.SetInput(text if look.caption else "")
            drawn = screen.draw()
            return straight_alpha(drawn) if clear else drawn

        yield picture
        scene.clear()


def straight_alpha(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Undo the darkening of colors by their alpha, as smooth edges over nothing have it.

    Parameters
    ----------
    picture : (H, W, 4) uint8, colors times alpha

    Returns
    -------
    (H, W, 4) uint8, colors in full
    """
    alpha = picture[..., 3:].astype(np.float32)
    edge = (alpha[..., 0] > 0) & (alpha[..., 0] < 255)
    full = picture.copy()
    full[edge, :3] = np.minimum(picture[edge, :3] * (255.0 / alpha[edge]), 255.0).round()
    return full


def _read_array(source: IO[bytes], shape: list[int], kind: str) -> Any:
    array = np.empty(shape, dtype=kind)
    left = array.reshape(-1).view(np.uint8).data
    while len(left):
        count = source.readinto(left)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        left = left[count:]
    return array


def main() -> NoReturn:
    """Do the one job and end."""
    # Drivers print to stdout now and then; what they say must not mix with the news.
    news = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICE)  # the window that waits for the movie should stay quick
    try:
        job = Job.read(sys.stdin.buffer)
    except EOFError:
        os._exit(1)
    except Exception:
        _tell(news, "bug", traceback.format_exc())
        os._exit(1)
    progress = Progress(lambda fraction, message: _tell(news, "progress", fraction, message))
    threading.Thread(target=_watch, args=(progress,), daemon=True).start()
    status = 1
    try:
        draw(job, progress)
        progress.check()
        _tell(news, "done")
        status = 0
    except (Cancelled, BrokenPipeError):
        pass  # nobody waits any more
    except StudioError as error:
        _tell(news, "error", str(error))
    except Exception:
        _tell(news, "bug", traceback.format_exc())
    if status:
        _remove(job.out)
    # Past the drivers' own ends, which crash here and there.
    os._exit(status)


def _tell(news: IO[bytes], *what: object) -> None:
    news.write(json.dumps(what).encode() + b"\n")


def _watch(progress: Progress) -> None:
    """Stop the job when whoever asked for it is gone."""
    while os.read(0, 1):
        pass
    progress.cancel()
    threading.Event().wait(HANGS_S)
    os._exit(1)


def _remove(out: Path) -> None:
    if out.is_dir():
        shutil.rmtree(out, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            out.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
