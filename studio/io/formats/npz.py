"""NPZ: a NumPy archive of vertices (T, V, 3) and, where there are, faces (F, 3), fps and unit.

Where the rate is no more than a guess, `fps_guessed` says so.
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.errors import either
from studio.core.read_as import MILLIMETERS
from studio.io.format import FORMATS, Destination, Format, Source
from studio.io.said import unit_named
from studio.io.traits import BytesPer
from studio.io.units import shown

from .arrays import (
    DAMAGE,
    MAGIC,
    SOON,
    ArrayFile,
    Header,
    damage,
    other_kind,
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
    "guessed": ("fps_guessed",),
}
# Of a face with shapes: what it is at rest, what each shape adds, and what they are called.
_SHAPES = {
    "neutral": ("neutral", "base", "rest"),
    "deltas": ("deltas", "shapes", "expression", "expressions", "blendshapes"),
    "names": ("names", "shape_names", "expression_names", "blendshape_names"),
}
_ZIP = b"PK"  # what its archives begin with
_SLOWER = 16  # times as long as a stored array takes a packed one to read
_PACKED, _LARGE = 50, 256 << 20  # times that a file grows, and bytes from which that counts


def _read(source: Source) -> MeshSequence:
    path = source.place
    with _opened(path) as archive:
        with damage(path):
            _check_packing(source, archive)
            members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()}
            named = {what: members.pop(name) for what, name in _named([*members]).items()}
            shapes = _named([*members], _SHAPES) if "vertices" not in named else {}
            if len(shapes) == len(_SHAPES):
                named |= {what: members[name] for what, name in shapes.items()}
                arrays = {what: np.asarray(_member(archive, name)) for what, name in named.items()}
                return sequence_of(source, _posed(arrays, path))
            if "vertices" not in named:
                others = shown(", ".join(members)) or "nothing"
                raise InputError.of(path, "an array named vertices", others)
            for other in members.values():
                _check_other(archive, other)
            vertices = named.pop("vertices")
            given = {what: np.asarray(_member(archive, name)) for what, name in named.items()}
            first, n_frames = _first_frame(archive, vertices)
        if first is not None:
            show_first(source, _found(first, given, path), n_frames)
        with damage(path):
            found = _found(_member(archive, vertices), given, path)
    return sequence_of(source, found, shown=first is not None)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            found = other_kind(file.read(len(_ZIP)), _ZIP)
        raise InputError.of(path, "a NumPy archive", found)
    with damage(path):
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


def _check_packing(source: Source, archive: zipfile.ZipFile) -> None:
    """Refuse what is packed more than arrays are, or does not fit into memory."""
    size = sum(info.file_size for info in archive.infolist())
    if size > max(_LARGE, _PACKED * source.size):
        wanted = f"an archive packed {_PACKED} times at most"
        raise InputError.of(source.place, wanted, f"{size // source.size} times")
    source.check_room(2 * size)


def _first_frame(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo
) -> tuple[NDArray[np.generic] | None, int]:
    """Read the first frame (1, ...) of a large clip alone, and how many there are.

    None of any other.
    """
    stored = info.compress_type == zipfile.ZIP_STORED
    if info.file_size <= (SOON if stored else SOON // _SLOWER):
        return None, 0
    with archive.open(info) as member:
        header = Header.of(member)
        shape = header.shape
        one_frame = len(shape) == 2 and shape[1] == 3
        if header.turned or header.dtype.hasobject or one_frame or len(shape) not in (2, 3):
            return None, 0
        one = replace(header, shape=(1, *shape[1:]))
        member.seek(0)
        return one.array(member.read(one.claimed or 0)), shape[0]


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[np.generic] | bytes:
    """Read an array, or the bytes of what is none."""
    with archive.open(info) as member:
        is_array = member.read(len(MAGIC)) == MAGIC
        member.seek(0)
        header = _checked_header(archive, info, member) if is_array else None
    # From the start: what was read already would be put before the rest in a copy.
    data = archive.read(info)
    return data if header is None else header.array(data)


def _checked_header(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: IO[bytes]) -> Header:
    """Refuse an array of another size than its header says, before memory is taken for it."""
    header = Header.of(member)
    if header.claimed is not None and header.claimed != info.file_size:
        wanted = f"{header.claimed} bytes in {shown(info.filename)}"
        raise InputError.of(Path(archive.filename or ""), wanted, f"{info.file_size}")
    return header


def _check_other(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Refuse an array of another size than its header says also where it is not needed."""
    with contextlib.suppress(*DAMAGE), archive.open(info) as member:
        _checked_header(archive, info, member)


def _found(
    vertices: NDArray[np.generic] | bytes, given: dict[str, NDArray[np.generic]], path: Path
) -> ArrayFile:
    """Say what the arrays of an archive are."""
    return _file(*frames_of(vertices, path), given, path)


def _posed(arrays: dict[str, NDArray[np.generic]], path: Path) -> ArrayFile:
    """Take a face with shapes as poses: first at rest, then each shape in full.

    Raises
    ------
    InputError
        For arrays that do not fit each other.
    """
    neutral, deltas, names = (arrays[what] for what in _SHAPES)
    shape = (names.size, *neutral.shape)
    numbers = all(array.dtype.kind in "fiu" for array in (neutral, deltas))
    if neutral.ndim != 2 or shape[-1] != 3 or deltas.shape != shape or not numbers:
        wanted = f"deltas of shape {shape} for a neutral of (N, 3)"
        raise InputError.of(path, wanted, f"{deltas.shape} of type {deltas.dtype}")
    rest = neutral.astype(np.float32)[None]
    frames = np.concatenate([rest, rest + deltas.astype(np.float32)])
    called = ("neutral", *map(str, names.ravel().tolist()))
    return replace(_file(frames, "", arrays, path), names=called)


def _file(
    frames: NDArray[np.generic], remark: str, given: dict[str, NDArray[np.generic]], path: Path
) -> ArrayFile:
    """Say what beside frames (T, V, 3) lies in an archive."""
    faces, fps, unit, guessed = map(given.get, ("faces", "fps", "unit", "guessed"))
    return ArrayFile(
        frames,
        None if faces is None else face_array(faces, frames.shape[1], path),
        None if fps is None else rate_of(fps, path),
        None if unit is None else _unit_of(unit, path),
        remark,
        "guess" if guessed is not None and guessed.dtype == bool and guessed.any() else "file",
    )


def _unit_of(value: NDArray[np.generic], path: Path) -> str | None:
    """Take an array (...,) as a unit, None where it says nothing."""
    said = text_of(value, "unit", path)
    unit = unit_named(said)
    if said and unit is None:
        raise InputError.of(path, f"the unit {either(MILLIMETERS)}", shown(said))
    return unit


def _named(
    names: Sequence[str], known_as: Mapping[str, tuple[str, ...]] = _NAMES
) -> dict[str, str]:
    """Find which of the names of arrays mean vertices, faces and so on."""
    known = {name.lower(): name for name in reversed(names)}
    return {
        what: known[next(word for word in words if word in known)]
        for what, words in known_as.items()
        if any(word in known for word in words)
    }


def _write(sequence: MeshSequence, to: Destination) -> None:
    others = {
        "faces": sequence.faces,
        "fps": np.asarray(sequence.fps),
        "unit": np.asarray(to.unit),
    }
    if sequence.read_as.rate_by == "guess":
        others["fps_guessed"] = np.asarray(True)
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
        carries="every vertex of every frame, exactly, faces, rate and unit",
    )
)
