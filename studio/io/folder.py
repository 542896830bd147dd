"""A run of frames in a folder, each a file."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.disk import look
from studio.core.sequence import Floats

from .format import FORMATS, either
from .memory import check_room
from .numbering import Gaps, Order, natural, ordered


@dataclass(frozen=True)
class Run:
    """The files of one sequence.

    Attributes
    ----------
    order
        How they follow each other.
    stamps
        For each file, its size in bytes and its time of change in nanoseconds.
    """

    folder: Path
    order: Order
    stamps: tuple[tuple[int, int], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The files in order."""
        return self.order.names

    @property
    def suffix(self) -> str:
        """The suffix of all files."""
        return os.path.splitext(self.names[0])[1].lower()

    @property
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
        read = replace(read, remarks=remarks, frame_names=self.order.labels)
        if not self.order.missing:
            return read
        check_room(self.folder, 2 * self.order.n_frames * read.vertices[0].nbytes)
        vertices = _filled(read.vertices, self.order.places, hold=gaps == "hold", progress=progress)
        return replace(read, vertices=vertices)


def mesh_names(folder: Path) -> dict[str, tuple[int, int]]:
    """List the mesh files of a folder, hidden ones left out, each with size and time of change."""
    found, suffixes = {}, FORMATS.frame_suffixes
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(suffixes) and not entry.name.startswith("."):
                there = look(entry.path, "a frame")
                if stat.S_ISREG(there.st_mode):
                    found[entry.name] = (there.st_size, there.st_mtime_ns)
    return found


def find_run(folder: Path, gaps: Gaps | None = None, default_fps: float = 30.0) -> Run:
    """Find the run of frames in a folder; the format of the first frame is that of the run.

    Parameters
    ----------
    folder
        Where to look.
    gaps, default_fps
        As in `ordered`.

    Raises
    ------
    InputError
        For a folder without frames, with several formats, and as `ordered` does.
    """
    stamps = mesh_names(folder)
    if not stamps:
        known = either(kind.short for kind in FORMATS.readers if not kind.single)
        raise InputError.of(folder, f"a folder of {known} frames", "none in it")
    names = sorted(stamps, key=lambda name: (natural(name), name))
    suffix = os.path.splitext(names[0])[1].lower()
    ours = [name for name in names if name.lower().endswith(suffix)]
    _no_others(folder, ours, [name for name in names if not name.lower().endswith(suffix)])
    order = ordered(folder, ours, gaps, default_fps)
    return Run(folder, order, tuple(stamps[name] for name in order.names))


def _no_others(folder: Path, ours: list[str], others: list[str]) -> None:
    """Refuse a second format beside the first unless it has the same frames: some would be lost."""
    stems = {os.path.splitext(name)[0] for name in ours}
    lost = [name for name in others if os.path.splitext(name)[0] not in stems]
    if lost:
        raise InputError.of(folder, "frames of one format", f"{ours[0]} and {lost[0]}")


def _filled(vertices: Floats, places: tuple[int, ...], *, hold: bool, progress: Progress) -> Floats:
    """Make the missing ones of the frames (T, V, 3), of which (N, V, 3) have their places.

    Points go straight from the frame before to the one after, or stay where they were.
    """
    at = np.array(places)
    out: Floats = np.empty((places[-1] + 1, *vertices.shape[1:]), np.float32)
    for frame in progress.each(range(len(out)), "Filling gaps"):
        before = int(np.searchsorted(at, frame, side="right")) - 1
        out[frame] = vertices[before]
        if frame > at[before] and not hold:
            share = np.float32((frame - at[before]) / (at[before + 1] - at[before]))
            out[frame] += share * (vertices[before + 1] - vertices[before])
    return out
