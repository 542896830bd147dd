"""Point caches: the vertices of each frame in one file, and the mesh that they move beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.read_as import Teller
from studio.io.companions import companion_of
from studio.io.format import Destination, Reader, Source, Writer
from studio.io.formats.arrays import SOON, ArrayFile, put_frames, sequence_of
from studio.io.formats.precision import tell_rounding

_POINT = 12  # bytes of three float32


@dataclass(frozen=True)
class Head:
    """What a cache says before its points.

    Attributes
    ----------
    frames, points
        How many there are.
    start
        Bytes before the points.
    fps
        Frames a second; None where the file says nothing of them.
    fps_by
        Who says `fps`.
    remark
        What is to be said of it; empty for nothing.
    """

    frames: int
    points: int
    start: int
    fps: float | None = None
    fps_by: Teller = "file"
    remark: str = ""

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.start + self.frames * self.points * _POINT


HeadOf = Callable[[IO[bytes], Source], Head]
HeadFor = Callable[[MeshSequence], bytes]


def checked(head: Head, source: Source) -> Head:
    """Take a head whose counts fit the size of the file.

    Raises
    ------
    InputError
        For any other.
    """
    for many, what in ((head.frames, "frame"), (head.points, "point")):
        if many < 1:
            raise InputError.of(source.place, f"one {what} or more", str(many))
    if head.size != source.size:
        wanted = f"{head.size} bytes for {head.frames} frames of {head.points} points"
        why = "it is cut short" if head.size > source.size else "more follows"
        raise InputError.of(source.place, wanted, f"{source.size}: {why}")
    return head


def cache_reader(head_of: HeadOf, number: str) -> Reader:
    """Make what reads a cache.

    Parameters
    ----------
    head_of
        Reads the head of a file; raises `InputError` where the file is not as long as it says.
    number
        The type of a coordinate, as NumPy names it.
    """

    def read(source: Source) -> MeshSequence:
        path = source.place
        with path.open("rb") as file:
            head = head_of(file, source)
        source.check_room(2 * source.size)
        mesh = companion_of(source)
        if mesh.n_vertices != head.points:
            wanted = f"the {mesh.n_vertices} points of the mesh beside it"
            raise InputError.of(path, wanted, str(head.points))
        shape = (head.frames, head.points, 3)
        points: NDArray[np.generic]
        if source.size > SOON:
            points = np.memmap(path, number, "r", head.start, shape)
        else:
            points = np.fromfile(path, number, offset=head.start).reshape(shape)
        found = ArrayFile(points, mesh.faces, head.fps, None, head.remark, head.fps_by)
        return sequence_of(_in_unit_of(mesh, source), found)

    return read


def _in_unit_of(mesh: MeshSequence, source: Source) -> Source:
    """Take the unit that the mesh says, where nobody says that of the cache."""
    said = mesh.read_as.unit if mesh.read_as.unit_by == "file" else None
    beside = source.beside
    return replace(source, beside=replace(beside, unit=beside.unit or said))


def cache_writer(head_for: HeadFor, number: str) -> Writer:
    """Make what writes a cache.

    Parameters
    ----------
    head_for
        Makes the bytes before the points.
    number
        The type of a coordinate, as NumPy names it.
    """

    def write(sequence: MeshSequence, to: Destination) -> None:
        tell_rounding(sequence, to)
        with to.paths[0].open("wb") as file:
            file.write(head_for(sequence))
            put_frames(file, sequence, to, number)

    return write
