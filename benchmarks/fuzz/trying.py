"""Tries damaged files on one reader, each within limits of time and memory."""

from __future__ import annotations

import contextlib
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import numpy as np

from studio.core import StudioError

from .clips import clip_readers
from .damage import damaged
from .models import model_readers
from .own import own_readers
from .reader import Reader, Write

SECONDS, ROOM, LONGEST = 10.0, 1 << 30, 300  # of a file; bytes; letters of a sentence
PATIENCE = 60.0  # seconds after which a process hangs, even one that waits for something
_MAPPED = 6 << 30  # bytes that a process may map; far above ROOM, which is measured


def readers() -> dict[str, Reader]:
    """List everything that reads files, by name."""
    return clip_readers() | own_readers() | model_readers()


@dataclass(frozen=True)
class Fault:
    """What went wrong with the file of a seed."""

    seed: int
    text: str


class Late(BaseException):
    """Not an error of the reader, which must not take it for one."""


def try_files(name: str, seeds: range, keep: Path, told: Connection) -> None:
    """Report (seed, fault or None, seconds, bytes taken, whether it was an answer) of each.

    None is reported once all good files have been read.
    """
    signal.signal(signal.SIGPROF, _late)
    warnings.simplefilter("ignore")
    sys.stderr = sys.stdout  # what readers remark belongs to no terminal
    reader = readers()[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if reader.beside is not None:
            reader.beside(folder)
        goods = {file: _good(folder / file, write) for file, write in reader.good.items()}
        for file, data in goods.items():
            (folder / file).write_bytes(data)
            reader.read(folder / file)  # a good one is read; what is made once is made
        resource.setrlimit(resource.RLIMIT_AS, (_MAPPED, _MAPPED))
        told.send(None)
        for seed in seeds:
            with _damaged(reader, goods, folder, seed) as (path, read):
                fault, seconds, grown, answered = _tried(reader, read)
                if fault:
                    _keep(path, keep / f"{name}-{seed}")
            one = Fault(seed, fault) if fault else None
            told.send((seed, one, seconds, grown, answered))
    told.close()


def _good(path: Path, write: Write) -> bytes:
    write(path)
    return path.read_bytes()


@contextlib.contextmanager
def _damaged(
    reader: Reader, goods: dict[str, bytes], folder: Path, seed: int
) -> Iterator[tuple[Path, Path]]:
    """Give the damaged file of a seed, and what is to be read; then bring the good one back."""
    chance = np.random.default_rng(seed)
    file = list(goods)[seed % len(goods)]
    path = read = folder / file
    if reader.runs and chance.random() < 0.2:  # as the second frame of a run
        read = folder / "run"
        read.mkdir()
        path = read / f"f_2{path.suffix}"
        (read / f"f_1{path.suffix}").write_bytes(goods[file])
    path.write_bytes(damaged(goods[file], chance))
    try:
        yield path, read
    finally:
        if read.is_dir():
            shutil.rmtree(read)
        else:
            path.write_bytes(goods[file])


def _tried(reader: Reader, path: Path) -> tuple[str, float, int, bool]:
    """Say what went wrong, how long it took, how much it took, and whether it is an answer."""
    before, began = _peak(reset=True), time.process_time()
    fault, answered = "", False
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            reader.read(path)
            answered = True
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except StudioError as error:
        fault = _unsaid(str(error))
    except (Exception, Late) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        at = f"{Path(place.filename).name}:{place.lineno}"
        fault = f"{type(error).__name__} in {at}: {' '.join(str(error).split())[:120]}"
    grown = _peak() - before
    if grown > ROOM and not fault:
        fault = f"{grown / 2**30:.1f} GB"
    return fault, time.process_time() - began, max(grown, 0), answered


def _unsaid(text: str) -> str:
    """Say why a text is no sentence for the user, empty where it is one."""
    if "found a larger one" in text:
        return "memory ran out"
    if not text or len(text) > LONGEST or any(not c.isprintable() for c in text):
        return f"no sentence of {LONGEST} letters: {text[:100]!r} ({len(text)})"
    return ""


def _peak(*, reset: bool = False) -> int:
    """Bytes that the process has had in memory at most since it was reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _keep(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder / path.name)


def _late(_number: int, _frame: FrameType | None) -> None:
    raise Late(f"more than {SECONDS:.0f} s")
