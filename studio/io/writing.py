"""A `MeshSequence` into files, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.core.parameters import Value

from .beside import place_beside, write_beside
from .files import clear_debris, refusals, whole_file, whole_files
from .format import FORMATS, Destination, Format
from .naming import FRAME_PATTERN, frame_stems, leftovers
from .replacing import finish_replacing
from .traits import Moved
from .units import DECIMALS, checked_unit

_NO_PROGRESS = Progress()


def write_sequence(
    sequence: MeshSequence,
    path: Path | str,
    *,
    format: str | None = None,
    unit: str = "mm",
    name: str = FRAME_PATTERN,
    first: int = 1,
    frames: tuple[int, int] | None = None,
    options: object = None,
    settings: Mapping[str, Value] | None = None,
    beside: Mapping[str, object] | None = None,
    face: Moved | None = None,
    progress: Progress = _NO_PROGRESS,
) -> list[Path]:
    """Write a sequence, and beside frames their rate; nothing where it fails or is stopped.

    Files of the same names are replaced in a folder that is there, no other is touched.

    Parameters
    ----------
    path
        A folder for frames (``frame_0001.obj`` ...), or a file: one mesh or picture, or all frames
        in one; a format of the latter kind puts into a folder a file of the sequence's name.
    format, unit
        One of `FORMATS.writers`, by default by the suffix, or "obj"; of geometry, mm, cm or m.
    name, first, frames
        Pattern with ``{frame:04d}`` and ``{name}``, after the frames' own names; the first number;
        start and stop, by default of the whole clip.
    options, settings, beside, face
        How pictures are drawn (`Drawing`); values of the format's parameters by name; what else
        the file beside frames says; what moves a face that is not the studio's, for weights.

    Returns
    -------
    The files of the clip, in order.

    Raises
    ------
    InputError, StudioError, Cancelled
        For arguments that do not fit, a disk that refuses, a stop.
    """
    path = Path(path)
    checked_unit(unit, tuple(DECIMALS))
    kind = _asked(path, format)
    told, shown = kind.settled(settings), _checked_range(sequence, frames)
    path = _file_in(path, sequence.name, kind) if kind.single else path
    single = kind.files(path) if kind.single else []
    files = single or _frame_files(path, kind, sequence, shown, name, first)
    clear_debris(path)
    if len(shown) < sequence.n_frames and not kind.drawn:
        sequence = sequence.sliced(shown.start, shown.stop)
    with _whole(path, [*files, *_beside(path, kind)]) as (part, paths):
        own = paths[: len(files)]
        to = Destination(kind, path, part, own, shown, unit, options, progress, told, face)
        _write(sequence, to)
        for place in paths[len(files) :]:
            write_beside(place, sequence, unit, own, beside)
        progress.check()
    return files


def format_for(path: Path) -> Format:
    """Find the format that a path asks for by its suffix; OBJ for a folder.

    Raises
    ------
    InputError
        For a suffix that stands for none.
    """
    folder = os.path.isdir(path) or not path.suffix
    return FORMATS.writer("obj" if folder else path.suffix, path)


def _asked(path: Path, format: str | None) -> Format:
    """Find the format of a name, or that of the path, of which all that it needs is installed."""
    kind = format_for(path) if format is None else FORMATS.writer(format, path)
    kind.check(path)
    return kind


def _checked_range(sequence: MeshSequence, frames: tuple[int, int] | None) -> range:
    start, stop = frames or (0, sequence.n_frames)
    if not 0 <= start < stop <= sequence.n_frames:
        wanted = f"a range within its {sequence.n_frames} frames"
        raise InputError.of(sequence.name, wanted, f"{start} to {stop - 1}")
    return range(start, stop)


def _file_in(path: Path, name: str, kind: Format) -> Path:
    """Give the path itself where it has the suffix, else a file of the sequence's name in it."""
    if path.suffix.lower() in kind.suffixes:
        return path
    return path / (re.sub(r"[^\w.-]+", "_", name) + kind.suffix)


@contextlib.contextmanager
def _whole(path: Path, files: list[Path]) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Give a hidden file or folder, and the paths to write, which become `files` together."""
    if files == [path]:
        with whole_file(path) as part:
            yield part, (part,)
    else:
        names = [file.name for file in files]
        with whole_files(files[0].parent, names) as part:
            yield part, tuple(part / name for name in names)


def _beside(path: Path, kind: Format) -> list[Path]:
    """Name the file that says of the others what they do not; none beside a single mesh."""
    if not kind.timeless or (not kind.single and path.suffix.lower() in kind.suffixes):
        return []
    return [place_beside(path, "" if kind.single else kind.suffix)]


def _write(sequence: MeshSequence, to: Destination) -> None:
    """Write the clip, and beside it the first frame in the format of the companion."""
    own, beside = to, FORMATS.get(to.format.companion)
    if beside is not None and beside.write is not None:
        own = replace(to, paths=to.paths[:1])
        quietly = to.progress.part(0.0, 0.0)
        mesh = replace(to, format=beside, paths=to.paths[1:], progress=quietly)
        beside.write(sequence.sliced(0, 1), mesh)
    if to.format.write is not None:
        to.format.write(sequence, own)


def _frame_files(
    path: Path, kind: Format, sequence: MeshSequence, shown: range, pattern: str, first: int
) -> list[Path]:
    """Name the files of the frames shown: in a folder, or the path itself for a single one.

    Raises
    ------
    InputError
        For a pattern that does not fit, and where frames of a longer export lie in the folder,
        which would be taken for ours.
    """
    count, clip = len(shown), sequence.name
    called = sequence.frame_names[shown.start : shown.stop]
    if path.suffix.lower() in kind.suffixes and not os.path.isdir(path):
        if count > 1:
            found = f"a {kind.suffix} file name"
            raise InputError.of(path, f"a folder for {count} frames", found)
        return [path]
    stems = frame_stems(pattern, count, name=clip, first=first, called=called)
    names = [stem + kind.suffix for stem in stems]
    with refusals(path):
        finish_replacing(path)
        left = leftovers(path, names, pattern, kind.suffix, name=clip, called=called)
    if left:
        wanted = f"a folder with no frames beyond the {len(names)} to write"
        raise InputError.of(path, wanted, left[0])
    return [path / name for name in names]
