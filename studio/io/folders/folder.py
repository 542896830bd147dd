"""A run of frames in a folder, each a file."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from studio.core import InputError, MeshSequence, Numbered, Progress
from studio.core.errors import either
from studio.core.read_as import Gaps
from studio.core.system.disk import look
from studio.io.format import FORMATS

from .gaps import laid_out
from .numbering import Order, listed, natural, ordered, pattern
from .runs import SeveralRuns, folder_of, of_pattern, run_called


@dataclass(frozen=True)
class Run:
    """The files of one sequence.

    Attributes
    ----------
    place
        The folder, or a pattern that names this one of several in it.
    order
        How they follow each other.
    stamps
        For each file, its size in bytes and its time of change in nanoseconds.
    """

    place: Path
    order: Order
    stamps: tuple[tuple[int, int], ...]

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return folder_of(self.place)

    @property
    def called(self) -> str:
        """What the clip is called."""
        return run_called(self.place)

    @property
    def names(self) -> tuple[str, ...]:
        """The files in order."""
        return self.order.names

    @property
    def suffix(self) -> str:
        """The suffix of all files."""
        return _suffix(self.names[0])

    @cached_property
    def paths(self) -> list[Path]:
        """The files in order."""
        return [self.folder / name for name in self.names]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for size, _ in self.stamps)

    def laid_out(self, read: MeshSequence, gaps: Gaps | None, progress: Progress) -> MeshSequence:
        """Give the clip of the files its names, its remarks, and the frames that no file holds.

        Raises
        ------
        InputError
            Where those do not fit into memory.
        """
        remarks = (*self.order.remarks, *read.remarks)
        read_as = replace(read.read_as, gaps=gaps)
        names, order = self.order.labels, self.order
        read = replace(read, remarks=remarks, frame_names=names, read_as=read_as)
        if not order.missing:
            return read
        numbered = Numbered(order.names, order.places)
        return laid_out(read, numbered, order.gaps, self.folder, progress)


def mesh_names(folder: Path) -> list[str]:
    """List the mesh files of a folder in their natural order, hidden ones left out.

    Links count whether or not they lead anywhere, so that whoever reads them is told.
    """
    suffixes = FORMATS.frame_suffixes
    with os.scandir(folder) as entries:
        found = [
            entry.name
            for entry in entries
            if entry.name.lower().endswith(suffixes) and not entry.name.startswith(".")
        ]
    return sorted(found, key=lambda name: (natural(name), name))


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Give size and time of change of each mesh file of a folder."""
    there = {name: look(folder / name, "a frame") for name in mesh_names(folder)}
    files = {name: each for name, each in there.items() if stat.S_ISREG(each.st_mode)}
    return {name: (each.st_size, each.st_mtime_ns) for name, each in files.items()}


def find_run(place: Path, gaps: Gaps | None = None, default_fps: float = 30.0) -> Run:
    """Find a run of frames, in the format that most meshes there have.

    Parameters
    ----------
    place
        The folder, or one of several runs in it, as `is_pattern` has it.
    gaps, default_fps
        As in `ordered`.

    Raises
    ------
    InputError
        For a folder without frames, for frames in several formats, and as `ordered` does.
    """
    folder = folder_of(place)
    stamps = _stamps(folder)
    if stamps and folder != place:
        stamps = {name: stamps[name] for name in of_pattern([*stamps], place.name)}
        if not stamps:
            raise InputError.of(place, "meshes of such names", "none of them in the folder")
    if not stamps:
        known = either(kind.short for kind in FORMATS.readers if not kind.single)
        inside = sum(entry.is_dir() for entry in folder.iterdir())
        few = {0: "none in it", 1: "a folder in it, to be opened by itself"}
        found = few.get(inside, f"{inside} folders in it, each to be opened by itself")
        raise InputError.of(folder, f"a folder of {known} frames", found)
    ours = of_one_format([*stamps])
    order = ordered(folder, ours, gaps, default_fps)
    others = _others(folder, ours, sorted(stamps.keys() - set(ours)))
    if others:
        order = order.told(f"{listed(others)} left out, not being {_suffix(ours[0])}.")
    return Run(place, order, tuple(stamps[name] for name in order.names))


def several_runs(folder: Path) -> Mapping[Path, Sequence[str]]:
    """Find the runs of a folder, by the paths that name them; none where there are not several."""
    try:
        names = mesh_names(folder)
        if names:
            ordered(folder, of_one_format(names))
    except SeveralRuns as found:
        return found.runs
    except (OSError, InputError):
        pass
    return {}


def of_one_format(names: Sequence[str]) -> list[str]:
    """Choose the meshes of the format that most have, of equals that of the first."""
    count = Counter(map(_suffix, names))
    usual = max(count, key=lambda suffix: count[suffix])
    return [name for name in names if _suffix(name) == usual]


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _others(folder: Path, ours: list[str], others: list[str]) -> list[str]:
    """Find the meshes in a second format that are not the same frames again.

    Raises
    ------
    InputError
        Where one is called as our frames are: it would be lost.
    """
    stems = {os.path.splitext(name)[0] for name in ours}
    left = [name for name in others if os.path.splitext(name)[0] not in stems]
    patterns = {pattern(name) for name in ours}
    lost = [name for name in left if pattern(name) in patterns]
    if lost:
        raise InputError.of(folder, "frames of one format", f"{ours[0]} and {lost[0]}")
    return left
