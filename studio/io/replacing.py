"""Files that take the place of others in a folder: all of them or none, even after a kill.

The new files lie whole in a hidden folder in there. From the moment that this holds a folder `old`
they move to their places, and where the process dies meanwhile, whoever next reads or writes the
folder finishes that. So nobody reads some frames of an earlier clip and some of a later one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import refusal

_OLD = "old"
_PART = re.compile(r"\..*\.[0-9a-f]{8}\.part")
_PATIENCE = 5.0  # seconds in which another process may finish


def is_begun(part: Path) -> bool:
    """Whether files have begun to move from a hidden folder to their places."""
    return os.path.isdir(part / _OLD)


def replace_files(part: Path, folder: Path, names: Sequence[str]) -> None:
    """Move files from a hidden folder to the places of those of the same names.

    Where one cannot be moved, all are put back.

    Raises
    ------
    OSError
        As the system does.
    """
    old = part / _OLD
    with _locked(part):
        for name in names:
            os.stat(part / name)
            if os.path.isdir(folder / name):
                raise IsADirectoryError(errno.EISDIR, "a folder of that name")
        old.mkdir()
        try:
            _move_in(part, folder, names)
        except OSError:
            for name in reversed(names):
                if not os.path.lexists(part / name):
                    os.rename(folder / name, part / name)
                if os.path.lexists(old / name):
                    os.rename(old / name, folder / name)
            old.rmdir()
            raise


def finish_replacing(folder: Path) -> None:
    """Move the rest of the files to their places where a process died while it replaced them.

    Raises
    ------
    InputError
        Where the system refuses, or another process is still at it.
    """
    for part in _begun(folder):
        try:
            with _locked(part):
                if is_begun(part):
                    _move_in(part, folder, [e.name for e in os.scandir(part) if e.name != _OLD])
                    shutil.rmtree(part, ignore_errors=True)
        except FileNotFoundError:
            continue  # another process has finished it
        except OSError as error:
            wanted = "frames that are all of one export"
            busy = isinstance(error, BlockingIOError)
            found = "another program replacing them" if busy else f"half of two: {refusal(error)}"
            raise InputError.of(folder, wanted, found) from None


def _begun(folder: Path) -> list[Path]:
    """List the hidden folders whose files have begun to move."""
    try:
        names = [name for name in os.listdir(folder) if _PART.fullmatch(name)]
    except OSError:
        return []  # whoever reads or writes the folder says so
    return [folder / name for name in names if is_begun(folder / name)]


def _move_in(part: Path, folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if os.path.lexists(folder / name):
            os.rename(folder / name, part / _OLD / name)
        os.rename(part / name, folder / name)
    shutil.rmtree(part / _OLD)


@contextlib.contextmanager
def _locked(part: Path) -> Iterator[None]:
    """Keep other processes from moving the same files; a lock ends with its process.

    Raises
    ------
    BlockingIOError
        Where another process keeps it for longer than it takes to move files.
    """
    if sys.platform == "win32":  # which has no locks of folders
        yield
        return
    import fcntl

    number = os.open(part, os.O_RDONLY)
    end = time.monotonic() + _PATIENCE
    try:
        while True:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            except OSError:
                break  # a file system without locks
            else:
                break
        yield
    finally:
        os.close(number)
