"""Sequences as NumPy arrays: `.npy` and `.npz`. Nothing in such a file is ever executed."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Ints

from .files import whole_file
from .topology import checked_faces
from .units import MILLIMETRES, shown

_NUMBERS = "fiu"
# What NumPy and zipfile raise on files that are not what they say.
_DAMAGE = (
    ValueError, TypeError, EOFError, KeyError, OverflowError, RuntimeError, SyntaxError,
    struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
# Vertices in one piece of output.
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ArrayFile:
    """What lies in an array file.

    vertices : (T, V, 3), in the unit of the file, of any number type
    faces, fps, unit : None where the file says nothing of them
    """

    vertices: NDArray[np.generic]
    faces: Ints | None = None
    fps: float | None = None
    unit: str | None = None


def read_arrays(path: Path) -> ArrayFile:
    """Read the arrays of a `.npy` or `.npz` file.

    Raises
    ------
    InputError
        For pickles and arrays of objects, for other shapes, and for a `.npz` with no array
        `vertices`.
    """
    try:
        with path.open("rb") as file:
            start = file.read(6)
        if path.suffix.lower() == ".npz":
            return _read_npz(path)
        if start != b"\x93NUMPY":
            raise InputError.of(path, "a NumPy array", "another kind of file")
        return ArrayFile(_frames(np.load(path, mmap_mode="r", allow_pickle=False), path))
    except _DAMAGE as error:
        found = "objects" if "bject" in str(error) or "ickle" in str(error) else "a damaged file"
        raise InputError.of(path, "an array of numbers", found) from None


def unpacked_size(path: Path) -> int:
    """Bytes of the arrays of a file, which may lie packed in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(info.file_size for info in archive.infolist())
    except _DAMAGE:
        return path.stat().st_size


def _read_npz(path: Path) -> ArrayFile:
    if not zipfile.is_zipfile(path):
        raise InputError.of(path, "a NumPy archive", "another kind of file")
    # Opened here, because NumPy leaves a damaged archive open.
    with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
        if "vertices" not in file.files:
            found = shown(", ".join(file.files)) or "nothing"
            raise InputError.of(path, "an array named vertices", found)
        vertices = _frames(file["vertices"], path)
        faces = _faces(file["faces"], vertices.shape[1], path) if "faces" in file.files else None
        fps = float(file["fps"].item()) if "fps" in file.files else None
        unit = str(file["unit"].item()) if "unit" in file.files else None
        return ArrayFile(vertices, faces, fps, unit)


def _frames(array: object, path: Path) -> NDArray[np.generic]:
    if not isinstance(array, np.ndarray):
        raise InputError.of(path, "an array of numbers", "another kind of file")
    if array.dtype.kind not in _NUMBERS:
        raise InputError.of(path, "an array of numbers", f"type {array.dtype}")
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise InputError.of(path, "an array of shape (T, V, 3)", str(array.shape))
    return array


def _faces(faces: object, n_vertices: int, path: Path) -> Ints:
    if not isinstance(faces, np.ndarray):
        raise InputError.of(path, "faces as an array", "another kind of file")
    if faces.ndim != 2 or faces.shape[1] != 3 or faces.dtype.kind not in "iu":
        wanted = "faces of shape (F, 3) as whole numbers"
        raise InputError.of(path, wanted, f"shape {faces.shape} of type {faces.dtype}")
    return checked_faces(path, faces.astype(np.int64), n_vertices)


def write_arrays(sequence: MeshSequence, path: Path, unit: str, progress: Progress) -> None:
    """Write a `.npz` (vertices, faces, fps, unit) or, by its suffix, a `.npy` (vertices)."""
    with whole_file(path) as part:
        if path.suffix.lower() == ".npy":
            with part.open("wb") as file:
                _put_vertices(file, sequence, unit, progress)
            progress.check()
            return
        others = {
            "faces": sequence.faces,
            "fps": np.asarray(sequence.fps),
            "unit": np.asarray(unit),
        }
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for name, array in others.items():
                with archive.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
            with archive.open("vertices.npy", "w", force_zip64=True) as member:
                _put_vertices(member, sequence, unit, progress)
        progress.check()


def _put_vertices(file: IO[bytes], sequence: MeshSequence, unit: str, progress: Progress) -> None:
    """Write the vertices as a `.npy`, some frames at a time, so that a stop is heard."""
    scale = MILLIMETRES[unit]
    shape = sequence.vertices.shape
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    step = max(1, _CHUNK // shape[1])
    for k in progress.each(range(0, shape[0], step), "Writing"):
        frames = sequence.vertices[k : k + step]
        file.write((frames if scale == 1.0 else frames / np.float64(scale)).astype("<f4").tobytes())
