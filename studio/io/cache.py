"""Folders that were read once, kept as arrays: opening one again costs a memory map.

An entry is a folder of two arrays and what else is known of them, put in its place whole. What
changes on disk (a name, a size, a time) gives another key, so an entry is never out of date; the
ones not used for longest go first. Registered faces lie beside them (`registrations`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress, ReadAs
from studio.core.read_as import Teller
from studio.core.system.paths import cache_folder

from .folders.folder import Run

LIMIT = 4 << 30
PLACE: Path | None = None  # a folder of the user's choice; None for the platform's own

# To be raised with every change in what the readers make of a file.
_VERSION = 4


def configure(place: Path | None, limit: int) -> None:
    """Keep entries in a folder of their own inside `place`, `limit` bytes of them at most."""
    global LIMIT, PLACE
    LIMIT, PLACE = limit, place


def folder() -> Path:
    """Find where the kept sequences lie."""
    return (PLACE or cache_folder()) / "sequences"


def size() -> int:
    """Bytes on disk now."""
    return sum(_bytes(entry) for entry in _entries())


def clear(progress: Progress) -> None:
    """Drop everything; what a clip on show is mapped from goes when it is closed."""
    for entry in progress.each(_entries(), "Clearing the cache"):
        shutil.rmtree(entry.path, ignore_errors=True)


def key(run: Run, unit: str | None, beside: str | None) -> str:
    """Names a run by its place and by the names, sizes and times of its files.

    Parameters
    ----------
    unit, beside
        The unit that was asked for, and the one that is said beside the files; None for neither.
    """
    text = repr((_VERSION, str(run.folder.resolve()), run.names, run.stamps, unit, beside))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def load(name: str, run: Run, fps: float, rate_by: Teller) -> MeshSequence | None:
    """Give a run's clip, mapped from disk; None where there is no whole entry.

    Parameters
    ----------
    fps, rate_by
        Frames a second, and who says them.
    """
    entry = folder() / name
    try:
        vertices = np.load(entry / "vertices.npy", mmap_mode="r", allow_pickle=False)
        faces = np.load(entry / "faces.npy", allow_pickle=False)
        facts = json.loads((entry / "facts.json").read_bytes())
        os.utime(entry)
        right = (vertices.dtype, len(vertices)) == (np.float32, len(run.names))
        if not right or faces.dtype != np.int32:
            return None
        remarks, origin = tuple(map(str, facts["remarks"])), np.array(facts["origin"])
        read_as, called = ReadAs(facts["unit"], facts["unit_by"], rate_by), run.called
        clip = MeshSequence(np.asarray(vertices), faces, fps, called, remarks, read_as=read_as)
        return clip.at(origin)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, TypeError, KeyError, InputError):
        shutil.rmtree(entry, ignore_errors=True)
        return None


def save(name: str, sequence: MeshSequence) -> None:
    """Keep what was read if there is room.

    A disk that refuses costs time later and nothing else.
    """
    if sequence.vertices.nbytes + sequence.faces.nbytes > LIMIT // 2:
        return

    def fill(part: Path) -> None:
        np.save(part / "vertices.npy", sequence.vertices)
        np.save(part / "faces.npy", sequence.faces)
        facts = {
            "remarks": sequence.remarks,
            "origin": sequence.origin.tolist(),
            "unit": sequence.read_as.unit,
            "unit_by": sequence.read_as.unit_by,
        }
        (part / "facts.json").write_text(json.dumps(facts), encoding="ascii")

    put(name, fill)


def put(name: str, fill: Callable[[Path], object]) -> None:
    """Make an entry, whole or not at all, by filling a hidden folder; nothing where one is."""
    part = folder() / f".{name}.{uuid.uuid4().hex[:8]}.part"
    with contextlib.suppress(OSError):
        part.mkdir(parents=True)
        try:
            fill(part)
            os.rename(part, folder() / name)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        trim()


def trim(limit: int | None = None) -> None:
    """Drop the entries not used for longest until the rest fits."""
    limit = LIMIT if limit is None else limit
    entries = _entries()
    sizes = {e.path: _bytes(e) for e in entries}
    total = sum(sizes.values())
    for entry in sorted(entries, key=_used):
        if total <= limit:
            return
        shutil.rmtree(entry.path, ignore_errors=True)
        total -= sizes[entry.path]


def _entries() -> list[os.DirEntry[str]]:
    try:
        return [e for e in os.scandir(folder()) if e.is_dir()]
    except OSError:
        return []


def _used(entry: os.DirEntry[str]) -> int:
    """When an entry was used last, in ns."""
    try:
        return entry.stat().st_mtime_ns
    except OSError:
        return 0


def _bytes(entry: os.DirEntry[str]) -> int:
    """Of a whole entry; one that goes meanwhile weighs nothing."""
    try:
        return sum(file.stat().st_size for file in os.scandir(entry.path))
    except OSError:
        return 0
