"""Output that is there whole or not at all.

Everything is written under a hidden name beside its place and renamed when it is complete; a
failure or a stop on the way removes what was begun and leaves what was there before.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path

from studio.core import InputError, StudioError
from studio.core.errors import shortened
from studio.core.system.disk import odd_name, oddity, refusal

from .replacing import finish_replacing, is_begun, replace_files

_DEBRIS_S = 3600.0
_LONGEST_NAME = 255  # bytes, on every common file system
_HIDDEN = re.compile(r"\.(.*)\.[0-9a-f]{8}\.part")
_KEPT = 50  # letters of a name in that of the hidden file; with all of them it would be too long
OWNER_ALONE = 0o600  # permissions to read and write


def sentence(path: Path, error: OSError) -> StudioError:
    """Say what the system refused, as one sentence."""
    return StudioError(f"{shortened(str(path), 200)}: cannot be written: {refusal(error)}")


@contextlib.contextmanager
def whole_file(path: Path, *, durable: bool = False, private: bool = False) -> Iterator[Path]:
    """Give a path to write to; the file takes its place at `path` when the block ends well.

    Missing parent folders are made at that moment. Where `path` is a link, that to which it leads
    is written.

    Parameters
    ----------
    durable : the bytes reach the disk before they replace what is there, so that a power cut
        leaves the old file or the new one
    private : a new file can be read by its owner alone; one that is replaced keeps its permissions

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    path = path.absolute()
    with refusals(path):
        path = led_to(path)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        with _hidden(_standing(path.parent), path.name) as part:
            if private:
                os.close(os.open(part, os.O_CREAT | os.O_EXCL, OWNER_ALONE))
            yield part
            path.parent.mkdir(parents=True, exist_ok=True)
            if private and path.exists():
                shutil.copymode(path, part)
            if durable:
                flush(part)
            os.replace(part, path)
            if durable:
                # Not every disk can do that for a folder; the file is in its place anyway.
                with contextlib.suppress(OSError):
                    flush(path.parent)


def led_to(path: Path) -> Path:
    """Follow links to the place that is written, where nothing has to be yet.

    Raises
    ------
    OSError
        For links that go round in a circle.
    """
    place = Path(os.path.realpath(path))
    if place.is_symlink():
        raise OSError(errno.ELOOP, "links in a circle")
    return place


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk itself."""
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextlib.contextmanager
def whole_files(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Give a folder to write `names` in; they take their place in `folder` together.

    A new folder appears at once. In one that is there, files of these names are replaced and no
    other is touched; where the process dies meanwhile, the next one finishes.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    folder = folder.absolute()
    with refusals(folder):
        for name in names:
            _check_free(folder / name)
        there = folder.exists()
        if there and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a directory")
        host = folder if there else _standing(folder.parent)
        with _hidden(host, folder.name) as part:
            part.mkdir()
            yield part
            if there:
                finish_replacing(folder)
                replace_files(part, folder, names)
            else:
                folder.parent.mkdir(parents=True, exist_ok=True)
                os.rename(part, folder)


def clear_debris(path: Path) -> None:
    """Remove what a process that was killed had begun to write for this very file or folder.

    Whatever changed within the last hour may still be at work.
    """
    path = Path(os.path.realpath(path))
    hosts = {_standing(path.parent), path if os.path.isdir(path) else path.parent}
    _clear({path.name[:_KEPT]}, hosts, time.time() - _DEBRIS_S)


def clear_begun(paths: Iterable[Path], below: Path) -> None:
    """Remove what processes that are gone for sure had begun to write for files and folders.

    Parameters
    ----------
    below
        A folder above all: where that of a file was not there yet, what was begun lies higher.
    """
    top = Path(os.path.realpath(below))
    hosts, names = {top}, set[str]()
    for path in map(Path, map(os.path.realpath, paths)):
        names.add(path.name[:_KEPT])
        hosts |= {host for host in (path, *path.parents) if host.is_relative_to(top)}
    _clear(names, hosts, math.inf)


def _clear(names: Set[str], hosts: Set[Path], before: float) -> None:
    """Remove hidden files for these names in some folders that have not changed since a time."""
    for host in hosts:
        with contextlib.suppress(OSError):
            for part in host.iterdir():
                found = _HIDDEN.fullmatch(part.name)
                if found and found[1] in names and part.stat().st_mtime < before:
                    _remove(part)


def check_place(path: Path) -> None:
    """Refuse a place where no file can be written, before work is done for it.

    Raises
    ------
    StudioError
        For a name that is too long, links in a circle, a folder that cannot be written to, and one
        above the current folder, such as ``..`` and ``/``.
    """
    path = path.absolute()
    with refusals(path):
        if led_to(path) in led_to(Path.cwd()).parents:
            found = "one that the current folder lies in"
            raise InputError.of(path, "a folder of its own for what is written", found)
        if any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
            raise OSError(errno.ENAMETOOLONG, "file name too long")
        host = path if path.is_dir() else _standing(path.parent)
        if not host.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a directory")
        if not os.access(host, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "permission denied")
        # Tried too, because the system grants root, and whoever has a disk over a network, more.
        with tempfile.TemporaryFile(dir=host):
            pass


@contextlib.contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the system refuses within into one sentence about the path."""
    try:
        os.fsencode(path)
        if "\0" in str(path):
            raise ValueError("NUL")
    except ValueError as error:
        raise InputError.of(path, "a name that a file can have", odd_name(error)) from None
    _check_free(path)
    try:
        yield
    except OSError as error:
        raise sentence(path, error) from error


def _check_free(path: Path) -> None:
    """Refuse to put a file in the place of a pipe or a device, as the system would."""
    if found := oddity(path):
        raise InputError.of(path, "a place for a file or a folder", found)


def _standing(folder: Path) -> Path:
    """Find the nearest folder above that exists, so that a failure leaves no empty folders."""
    while not os.path.exists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


@contextlib.contextmanager
def _hidden(host: Path, name: str) -> Iterator[Path]:
    """Give a free hidden name in `host`; what lies there at the end is removed."""
    part = host / f".{name[:_KEPT]}.{uuid.uuid4().hex[:8]}.part"
    try:
        yield part
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    if is_begun(part):
        return  # it holds the rest of what stands half in its place
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def head_of(path: Path, count: int) -> bytes:
    """Read the first bytes of a file, `count` at most."""
    with path.open("rb") as file:
        return file.read(count)
