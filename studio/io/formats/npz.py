"""NPZ: a NumPy archive of vertices (T, V, 3) and, where there are, faces (F, 3), fps and unit."""

from __future__ import annotations

import contextlib
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.errors import either
from studio.core.read_as import MILLIMETERS
from studio.io.format import FORMATS, BytesPer, Destination, Format, Source
from studio.io.said import unit_named
from studio.io.units import shown

from .arrays import (
    DAMAGE,
    SOON,
    ArrayFile,
    bytes_claimed,
    damage,
    put_vertices,
    sequence_of,
    show_first,
)
from .shapes import face_array, frames_of, rate_of, text_of

# What people call the arrays.
_NAMES = {
    "vertices": ("vertices", "verts", "points", "positions", "v", "arr_0"),
    "faces": ("faces", "triangles", "tris", "f"),
    "fps": ("fps", "frame_rate", "framerate", "mocap_framerate", "mocap_frame_rate"),
    "unit": ("unit", "units"),
}
_SLOWER = 16  # times as long as a stored array takes a packed one to read
_PACKED, _LARGE = 50, 256 << 20  # times that a file grows, and bytes from which that counts


def _read(source: Source) -> MeshSequence:
    source.check_room(2 * _unpacked_size(source))
    with damage(source.place):
        first, n_frames = _first_frame(source.place)
    if first is not None:
        show_first(source, first, n_frames)
    with damage(source.place):
        found = _arrays(source.place)
    return sequence_of(source, found, shown=first is not None)


def _first_frame(path: Path) -> tuple[ArrayFile | None, int]:
    """Read the first frame of a large clip alone, and how many there are; None of any other."""
    if not zipfile.is_zipfile(path):
        return None, 0
    with zipfile.ZipFile(path) as archive:
        names = _named([name.removesuffix(".npy") for name in archive.namelist()])
        place = f"{names.get('vertices')}.npy"
        info = archive.NameToInfo.get(place)
        stored = info is not None and info.compress_type == zipfile.ZIP_STORED
        if info is None or info.file_size <= (SOON if stored else SOON // _SLOWER):
            return None, 0
        with archive.open(place) as member:
            if np.lib.format.read_magic(member) != (1, 0):
                return None, 0
            shape, turned, dtype = np.lib.format.read_array_header_1_0(member)
            one_frame = len(shape) == 2 and shape[1] == 3
            if turned or dtype.hasobject or one_frame or len(shape) not in (2, 3):
                return None, 0
            size = math.prod(shape[1:])
            numbers = np.frombuffer(member.read(size * dtype.itemsize), dtype, size)
    return _arrays(path, numbers.reshape(1, *shape[1:])), shape[0]


def _unpacked_size(source: Source) -> int:
    """Bytes of the arrays, which may lie packed in the file."""
    try:
        with zipfile.ZipFile(source.place) as archive:
            size = sum(info.file_size for info in archive.infolist())
            if size > max(_LARGE, _PACKED * source.size):
                wanted = f"an archive packed {_PACKED} times at most"
                raise InputError.of(source.place, wanted, f"{size // source.size} times")
            for info in archive.infolist():
                with contextlib.suppress(*DAMAGE):  # which is told where the array is read
                    _check_size(archive, info)
            return size
    except DAMAGE:
        return source.size


def _check_size(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Refuse an array of another size than its header says, before memory is taken for it."""
    with archive.open(info) as member:
        needed = bytes_claimed(member)
    if needed is not None and needed != info.file_size:
        wanted = f"{needed} bytes in {shown(info.filename)}"
        raise InputError.of(Path(archive.filename or ""), wanted, f"{info.file_size}")


def _arrays(path: Path, vertices: NDArray[np.generic] | None = None) -> ArrayFile:
    """Read what lies in an archive, its vertices unless they are at hand."""
    if not zipfile.is_zipfile(path):
        raise InputError.of(path, "a NumPy archive", "another kind of file")
    # Opened here, because NumPy leaves a damaged archive open.
    with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
        named = _named(file.files)
        if "vertices" not in named:
            found = shown(", ".join(file.files)) or "nothing"
            raise InputError.of(path, "an array named vertices", found)
        array = file[named.pop("vertices")] if vertices is None else vertices
        # Of a member that is no array NumPy gives the bytes.
        others = {what: name for what, name in named.items() if what != "vertices"}
        given = {what: np.asarray(file[name]) for what, name in others.items()}
        frames, remark = frames_of(array, path)
        faces, fps, unit = (given.get(what) for what in ("faces", "fps", "unit"))
        return ArrayFile(
            frames,
            None if faces is None else face_array(faces, frames.shape[1], path),
            None if fps is None else rate_of(fps, path),
            None if unit is None else _unit_of(unit, path),
            remark,
        )


def _unit_of(value: NDArray[np.generic], path: Path) -> str | None:
    """Take an array (...,) as a unit, None where it says nothing."""
    said = text_of(value, "unit", path)
    unit = unit_named(said)
    if said and unit is None:
        raise InputError.of(path, f"the unit {either(MILLIMETERS)}", shown(said))
    return unit


def _named(names: Sequence[str]) -> dict[str, str]:
    """Find what is vertices, faces, fps and unit among the names of arrays."""
    known = {name.lower(): name for name in reversed(names)}
    return {
        what: known[next(word for word in words if word in known)]
        for what, words in _NAMES.items()
        if any(word in known for word in words)
    }


def _write(sequence: MeshSequence, to: Destination) -> None:
    others = {
        "faces": sequence.faces,
        "fps": np.asarray(sequence.fps),
        "unit": np.asarray(to.unit),
    }
    with zipfile.ZipFile(to.paths[0], "w", zipfile.ZIP_STORED) as archive:
        for name, array in others.items():
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        with archive.open("vertices.npy", "w", force_zip64=True) as member:
            put_vertices(member, sequence, to)


FORMATS.add(
    Format(
        name="npz",
        label="NPZ, one NumPy file",
        noun="a NumPy array",
        read=_read,
        write=_write,
        lossless=True,
        bytes_per=BytesPer(vertex=12),
    )
)
