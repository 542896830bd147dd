"""A `MeshSequence` into files, frame by frame, whole or not at all."""

from __future__ import annotations

import os
import re
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress

from .arrays import write_arrays
from .files import clear_debris, refusals, whole_file, whole_files
from .formats import FORMATS, Format, MeshFormat, format_of
from .naming import FRAME_PATTERN, frame_stems, leftovers
from .units import MILLIMETRES, checked_unit

_NO_PROGRESS = Progress()


def write_sequence(
    sequence: MeshSequence,
    path: Path | str,
    *,
    format: str | None = None,
    unit: str = "mm",
    name: str = FRAME_PATTERN,
    first: int = 1,
    progress: Progress = _NO_PROGRESS,
) -> list[Path]:
    """Write a sequence; returns the files, in order.

    path : a folder for frames (``frame_0001.obj`` ...), or a file for `.npz`, `.npy` and a
        single mesh; with format "npz" or "npy" a folder works too, and the file gets the
        sequence's name
    format : "obj", "ply", "stl", "npz" or "npy"; by default by the suffix, or "obj"
    unit : "mm", "cm" or "m"
    name : pattern of the frames' names, with the fields ``{frame:04d}`` and ``{name}``
    first : number of the first frame

    Nothing is left when it fails or is stopped. In a folder that is there, frames of the same name
    are replaced and no other file is touched. Raises `InputError` for arguments that do not fit,
    `StudioError` where the disk refuses and `Cancelled` where a stop was asked for.
    """
    path = Path(path)
    checked_unit(unit)
    kind = _kind(path, format)
    clear_debris(path)
    if not isinstance(kind, MeshFormat):
        return [_write_one(sequence, path, kind, unit, progress)]
    if path.suffix.lower() == kind.suffix and not os.path.isdir(path):
        return [_write_mesh(sequence, path, kind, unit, progress)]
    return _write_frames(sequence, path, kind, unit, (name, first), progress)


def _kind(path: Path, format: str | None) -> Format:
    if format is None:
        found = None if os.path.isdir(path) else format_of(path)
        known = found or (FORMATS["obj"] if os.path.isdir(path) or not path.suffix else None)
    else:
        known = FORMATS.get(format.lower().removeprefix("."))
    if known is None or not known.writes:
        wanted = ", ".join(f.name for f in FORMATS.values() if f.writes)
        raise InputError.of(path, f"one of the formats {wanted}", format or path.suffix)
    return known


def _write_one(
    sequence: MeshSequence, path: Path, kind: Format, unit: str, progress: Progress
) -> Path:
    path = file_in(path, sequence, kind.suffix)
    write_arrays(sequence, path, unit, progress)
    return path


def file_in(path: Path, sequence: MeshSequence, suffix: str) -> Path:
    """Give the path itself where it has the suffix, else a file of the sequence's name in it."""
    if path.suffix.lower() == suffix:
        return path
    return path / (re.sub(r"[^\w.-]+", "_", sequence.name) + suffix)


def _write_mesh(
    sequence: MeshSequence, path: Path, kind: MeshFormat, unit: str, progress: Progress
) -> Path:
    if sequence.n_frames > 1:
        found = f"a {kind.suffix} file name"
        raise InputError.of(path, f"a folder for {sequence.n_frames} frames", found)
    encode = kind.encoder(sequence, unit, MILLIMETRES[unit])
    with whole_file(path) as part:
        part.write_bytes(b"".join(encode(sequence.vertices[0])))
        progress.report(1.0, f"Writing {path.name}")
        progress.check()
    return path


def _write_frames(
    sequence: MeshSequence,
    folder: Path,
    kind: MeshFormat,
    unit: str,
    naming: tuple[str, int],
    progress: Progress,
) -> list[Path]:
    names = frame_names(sequence, folder, kind.suffix, *naming)
    encode = kind.encoder(sequence, unit, MILLIMETRES[unit])
    with whole_files(folder, names) as part:
        frames = zip(names, sequence.vertices, strict=True)
        steps = progress.each(frames, f"Writing {folder.name}", total=len(names))
        for file_name, frame in steps:
            # Not unbuffered, which takes a frame for written when half of it fitted on the disk.
            with open(part / file_name, "wb") as file:
                file.write(b"".join(encode(frame)))
        progress.check()
    return [folder / file_name for file_name in names]


def frame_names(
    sequence: MeshSequence, folder: Path, suffix: str, pattern: str, first: int
) -> list[str]:
    """Name the files of a sequence's frames in a folder.

    Raises
    ------
    InputError
        For a pattern that does not fit, and where frames of a longer export lie in the folder,
        which would be taken for ours.
    """
    stems = frame_stems(pattern, sequence.n_frames, name=sequence.name, first=first)
    names = [stem + suffix for stem in stems]
    with refusals(folder):
        left = leftovers(folder, names, pattern, suffix, name=sequence.name)
    if left:
        wanted = f"a folder with no frames beyond the {len(names)} to write"
        raise InputError.of(folder, wanted, left[0])
    return names
