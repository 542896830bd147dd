"""Runs a command over many clips in processes of its own, and looks at what has become of each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from studio.core import Progress, StudioError
from studio.takes.many.manifest import Item, Manifest, State

_LOOK = 0.3  # seconds between two looks
_PATIENCE = 20.0  # seconds in which a command that was asked to stop leaves nothing half behind
_BAD_INPUT = 2


@dataclass(frozen=True)
class Wanted:
    """What to do.

    Attributes
    ----------
    arguments
        The command, as behind the program's name.
    out
        Where what is made goes, beside which the manifest lies.
    """

    arguments: tuple[str, ...]
    out: Path

    @property
    def manifest(self) -> Manifest:
        """Where the command says what there is to do, and what has become of it."""
        return Manifest.of(self.out)


@dataclass(frozen=True)
class News:
    """What is new: the items, once they are known, and how some ended."""

    items: tuple[Item, ...] = ()
    states: tuple[State, ...] = ()


def run(wanted: Wanted, *, progress: Progress, show: Callable[[News], object]) -> str:
    """Run the command to its end; the line that it ends with.

    Raises
    ------
    StudioError
        Where it refuses.
    Cancelled
        Where a stop was asked for; what was whole is kept.
    """
    begun = time.time()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as refused:
        process = _started(wanted.arguments, said, refused)
        try:
            look = _Look(wanted.manifest, begun, show)
            while process.poll() is None:
                progress.check()
                look.again(progress)
                time.sleep(_LOOK)
            look.again(progress)
        finally:
            _stop(process)
        if process.returncode < 0 or process.returncode >= _BAD_INPUT:
            raise StudioError(_last(refused) or "the processes were ended by the system")
        return _first(said)


class _Look:
    """Looks again and again at what has become of the items."""

    def __init__(self, manifest: Manifest, begun: float, show: Callable[[News], object]) -> None:
        self._manifest, self._begun, self._show = manifest, begun, show
        self._left: dict[str, Item] = {}
        self._count = 0

    def again(self, progress: Progress) -> None:
        """Show what is new."""
        if not self._count:
            if not self._written(self._manifest.path):
                return
            items = self._manifest.items()
            self._left, self._count = {item.id: item for item in items}, len(items)
            self._show(News(items=tuple(items)))
        ended = [state for item in self._left.values() if (state := self._state(item))]
        for state in ended:
            del self._left[state.id]
        if ended:
            self._show(News(states=tuple(ended)))
        done = self._count - len(self._left)
        progress.report(done / max(self._count, 1), f"{done} of {self._count} clips")

    def _state(self, item: Item) -> State | None:
        """Read how an item ended; an error of an earlier run says nothing of this one."""
        state = self._manifest.state(item)
        if state is None or not state.error:
            return state
        return state if self._written(self._manifest.state_file(item.id)) else None

    def _written(self, path: Path) -> bool:
        """Whether a file was written since the command began; disks know less of the time."""
        try:
            return path.stat().st_mtime > self._begun - 0.01
        except OSError:
            return False


def _started(
    arguments: Sequence[str], said: IO[bytes], refused: IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start the program anew, as it was started itself."""
    bundled = getattr(sys, "frozen", False)
    program = [sys.executable, *(() if bundled else ("-m", "studio"))]
    house = str(Path(__file__).resolve().parents[3])
    paths = filter(None, (house, os.environ.get("PYTHONPATH")))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    null = subprocess.DEVNULL
    return subprocess.Popen(
        [*program, *arguments], stdin=null, stdout=said, stderr=refused, env=environment
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a command that runs; it hears this as a stop from the keyboard.

    That itself is not heard by programs that a shell has put behind.
    """
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last(stream: IO[bytes]) -> str:
    return (_lines(stream) or [""])[-1]


def _first(stream: IO[bytes]) -> str:
    return (_lines(stream) or [""])[0]


def _lines(stream: IO[bytes]) -> list[str]:
    stream.seek(0)
    return [line for line in stream.read().decode(errors="replace").splitlines() if line.strip()]
