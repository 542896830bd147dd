"""Clips as NumPy arrays, in whichever file. Nothing in such a file is ever executed."""

from __future__ import annotations

import contextlib
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.read_as import Teller
from studio.core.sequence import Floats, Ints
from studio.io.format import Destination, Source

# What NumPy and zipfile raise on files that are not what they say.
DAMAGE = (
    ValueError, TypeError, EOFError, KeyError, OverflowError, RuntimeError, SyntaxError,
    ArithmeticError, struct.error, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    tokenize.TokenError,
)  # fmt: skip
MAGIC = b"\x93NUMPY"
# Vertices in one piece of output.
_CHUNK = 1 << 20
SOON = 128 << 20  # bytes that are read before a first frame is worth showing


@dataclass(frozen=True)
class ArrayFile:
    """What lies in an array file.

    Attributes
    ----------
    vertices
        (T, V, 3), in the unit of the file, of any number type.
    faces, fps, unit
        None where the file says nothing of them.
    remark
        What had to be done to read it; empty for nothing.
    fps_by
        Who says `fps`: the file, or a guess that it passes on.
    names
        What the frames are called, () for numbers.
    """

    vertices: NDArray[np.generic]
    faces: Ints | None = None
    fps: float | None = None
    unit: str | None = None
    remark: str = ""
    fps_by: Teller = "file"
    names: tuple[str, ...] = ()


@contextlib.contextmanager
def damage(path: Path) -> Iterator[None]:
    """Make one `InputError` of what NumPy raises within for objects and damaged files."""
    try:
        yield
    except DAMAGE as error:
        found = "objects" if "bject" in str(error) or "ickle" in str(error) else "a damaged file"
        raise InputError.of(path, "an array of numbers", found) from None


def other_kind(head: bytes, mark: bytes) -> str:
    """Say what a file is whose first bytes do not make it what it should be.

    Parameters
    ----------
    head
        The first bytes, as many as `mark` has or fewer.
    mark
        What it should begin with.
    """
    if not head:
        return "an empty file"
    return "one that is cut short" if mark.startswith(head) else "another kind of file"


@dataclass(frozen=True)
class Header:
    """What the head of a `.npy` says of the array behind it.

    Attributes
    ----------
    turned
        Whether its first axis runs fastest.
    start
        Bytes of the head.
    """

    shape: tuple[int, ...]
    turned: bool
    dtype: np.dtype[np.generic]
    start: int

    @classmethod
    def of(cls, file: IO[bytes]) -> Header:
        """Read the head of a file."""
        first = np.lib.format.read_magic(file) == (1, 0)
        # The third version differs from the second in the letters of field names alone.
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        return cls(*read(file), file.tell())

    @property
    def claimed(self) -> int | None:
        """Count the bytes of head and array; None for objects."""
        return None if self.dtype.hasobject else self.start + self._size

    @property
    def _size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def array(self, data: bytes) -> NDArray[np.generic]:
        """Give the array (...,) in the bytes of a file, where it stays."""
        if self.dtype.hasobject:
            raise ValueError("objects")
        order: Literal["C", "F"] = "F" if self.turned else "C"
        return np.ndarray(self.shape, self.dtype, data, self.start, order=order)


def show_first(source: Source, file: ArrayFile, n_frames: int) -> None:
    """Show the first frame of a file to those who wait for the rest."""
    faces = _no_faces(file.vertices.shape[1])[0] if file.faces is None else file.faces
    place = source.placed(file.vertices[0].astype(np.float64), file.unit)
    source.show(place.apply(file.vertices[:1], source.place)[0], faces, n_frames)


def sequence_of(source: Source, file: ArrayFile, *, shown: bool = False) -> MeshSequence:
    """Make a clip of the arrays of a file, in millimeters.

    Parameters
    ----------
    source
        The file.
    file
        What lies in it.
    shown
        Whether its first frame has been shown.
    """
    path = source.place
    n_frames, n_vertices, _ = file.vertices.shape
    faces, said = _no_faces(n_vertices) if file.faces is None else (file.faces, "")
    place = source.placed(file.vertices[0].astype(np.float64), file.unit)
    if file.vertices.nbytes > SOON and not shown:
        show_first(source, file, n_frames)
    stays = place.keeps(file.vertices) and not isinstance(file.vertices, np.memmap)
    if stays:
        out: Floats = np.asarray(file.vertices, dtype=np.float32)
    else:
        out = np.empty((n_frames, n_vertices, 3), np.float32)
    step = max(1, _CHUNK // n_vertices)
    for k in source.progress.each(range(0, n_frames, step), f"Reading {path.name}"):
        placed = place.apply(file.vertices[k : k + step], path)
        if not stays:
            out[k : k + step] = placed
    remarks = tuple(filter(None, (file.remark, said)))
    clip = source.clip(out, faces, place, file.fps, remarks, fps_by=file.fps_by)
    return replace(clip, frame_names=file.names) if file.names else clip


def _no_faces(n_vertices: int) -> tuple[Ints, str]:
    """Give the faces (F, 3) of a file that has none, and what is to be said of them."""
    # Loaded here only: most files bring faces of their own.
    from studio.face.known import studio_face

    template = studio_face().template
    if n_vertices == len(template.vertices):
        return np.asarray(template.faces, dtype=np.int32), ""
    said = f"No faces, and not the {len(template.vertices)} vertices of the studio's face: points."
    return np.zeros((0, 3), np.int32), said


def put_vertices(file: IO[bytes], sequence: MeshSequence, to: Destination) -> None:
    """Write the vertices (T, V, 3) in the world as a `.npy`; float64 far from the origin."""
    number = "<f8" if sequence.is_shifted else "<f4"
    header = {"descr": number, "fortran_order": False, "shape": sequence.vertices.shape}
    np.lib.format.write_array_header_1_0(file, header)
    put_frames(file, sequence, to, number)


def put_frames(file: IO[bytes], sequence: MeshSequence, to: Destination, number: str) -> None:
    """Write the coordinates (T, V, 3) in the world, one after the other.

    Some frames at a time, so that a stop is heard.

    Parameters
    ----------
    number
        The type of a coordinate, as NumPy names it.
    """
    step, scale = max(1, _CHUNK // sequence.n_vertices), to.scale
    for k in to.progress.each(range(0, sequence.n_frames, step), "Writing"):
        frames = sequence.in_world(sequence.vertices[k : k + step])
        file.write(
            (frames if scale == 1.0 else frames / np.float64(scale)).astype(number).tobytes()
        )
