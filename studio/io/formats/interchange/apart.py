"""Reads files by libraries that may crash or hang on damaged ones, in a process of their own.

``python -m studio.io.formats.interchange.apart MODULE FILE OUT`` reads a file by the `load` of a
module of this room, and saves the scene.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress, StudioError
from studio.core.system.child import child
from studio.io.format import HEAD, Reader, Source
from studio.io.formats.arrays import DAMAGE, other_kind
from studio.io.memory import available

from .scene import Damage, Scene, clip_of

_POLL_S = 0.02
_SECONDS = 60  # of the processor that a file may take, and for each 16 MB of it one more
_SECOND = 16 << 20
_ROOM = 3 << 30  # bytes that it may map besides, most of which libraries do not use
_PACKED = 512  # times that a file may grow


def reader_apart(module: str, noun: str, sniff: Callable[[bytes], bool]) -> Reader:
    """Make what reads files by a module of this room, in a process of its own.

    Parameters
    ----------
    module
        Its name; its `load` is given a path, and gives a `Scene` or raises `Damage`.
    noun
        What the files are, in a refusal.
    sniff
        Whether the first bytes are those of such a file.
    """

    def read(source: Source) -> MeshSequence:
        with source.place.open("rb") as file:
            head = file.read(HEAD)
        if not sniff(head):
            raise InputError.of(source.place, noun, other_kind(head, b""))
        with tempfile.TemporaryDirectory(prefix="studio-") as folder:
            out = Path(folder) / "scene.npz"
            said = _said_apart(module, source.place, out, source.progress)
            if "error" in said:
                raise InputError(said["error"])
            if "bug" in said:
                raise RuntimeError(said["bug"])
            if "scene" not in said:  # told, or the process is gone
                raise InputError.of(source.place, noun, "a damaged file")
            scene = Scene.load(out)
        return clip_of(scene, source)

    return read


def _said_apart(module: str, path: Path, out: Path, progress: Progress) -> dict[str, str]:
    """Have a process read a file, and give what it says at its end; nothing where it crashed."""
    with child("studio.io.formats.interchange.apart", module, str(path), str(out)) as process:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                text, _ = process.communicate(timeout=_POLL_S)
                break
            progress.check()
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in said.items()}


def _bounded(path: Path) -> None:
    """Limit what memory and time this process may take."""
    if sys.platform == "win32":
        return
    import resource

    size = path.stat().st_size
    room = _ROOM + min(available(), _PACKED * size)
    limits = (resource.RLIMIT_AS, room), (resource.RLIMIT_CPU, _SECONDS + size // _SECOND)
    for what, wanted in limits:
        most = resource.getrlimit(what)[1]
        least = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(what, (least, least))


def _read(load: Callable[[Path], Scene], path: Path, out: Path) -> dict[str, str]:
    try:
        load(path).save(out)
    except StudioError as error:
        return {"error": str(error)}
    except (Damage, *DAMAGE):
        return {"damage": "true"}
    except MemoryError:
        sentence = InputError.of(path, "a scene that fits into memory", "a larger one")
        return {"error": str(sentence)}
    except Exception:
        return {"bug": traceback.format_exc()}
    return {"scene": str(out)}


def main() -> None:
    """Read the file that the command line names; leave without tidying up behind a library."""
    module, path, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    told = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    _bounded(path)
    load = importlib.import_module(f"{__package__}.{module}").load
    os.write(told, json.dumps(_read(load, path, out)).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
