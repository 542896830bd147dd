"""Any file or folder the studio knows, as a `MeshSequence`."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.core.read_as import GAPS, Gaps, Teller
from studio.core.system.disk import look, refusal, regular
from studio.core.timing import checked_rate

from . import cache as kept
from .beside import Beside, place_beside, read_beside
from .folders.folder import find_run, mesh_names, of_one_format
from .folders.runs import folder_of, is_pattern
from .format import FORMATS, OnFirst, Source
from .replacing import finish_replacing
from .units import checked_unit

_FPS = 30.0
_NO_PROGRESS = Progress()


def _unseen(first: MeshSequence, n_frames: int) -> None:
    """For those who wait for the whole."""


def read_sequence(
    path: Path | str,
    *,
    progress: Progress = _NO_PROGRESS,
    unit: str | None = None,
    fps: float | None = None,
    default_fps: float = _FPS,
    gaps: Gaps | None = None,
    face: int | None = None,
    rest: tuple[int, int] | None = None,
    reorder: bool = True,
    poses: bool = False,
    cache: bool = True,
    on_first: OnFirst = _unseen,
) -> MeshSequence:
    """Read a folder of frames or poses, a run in it as ``faces/smile_*.obj``, or one file.

    ``take.glb#smile`` is the clip of that name in a file that may hold several.

    Files without a unit are read by their size (see `guess_unit`); axes stay as they are. A mesh
    far from the origin is read around an origin of its own. What was guessed, filled or repaired is
    told to `progress` and stays with the clip as its remarks. Raises `InputError` with one sentence
    where the input is not what it should be, and `Cancelled` where a stop was asked for.

    Parameters
    ----------
    unit
        Of the coordinates, "um", "mm", "cm", "dm", "m", "in" or "ft"; by default what the file, or
        one beside it, says.
    fps
        Frames a second; by default what the file, or one beside it, says. A take of weights is
        resampled to it.
    default_fps
        Frames a second where neither `fps` nor the file says it.
    gaps
        What becomes of frames that are missing in a folder: "fill" makes them from those on both
        sides, "hold" shows the one before, "close" goes on with the next. None fills where that
        adds few. Frames of a video without the face are treated so, too.
    face, rest
        Of a video: which face, 1 the largest, and first and last frame of it at rest (the calmest).
    reorder
        Whether a known face whose vertices are in another order, or in the file more than once, is
        put in order.
    poses
        Whether the named poses of a head are wanted, where a file holds these and a motion.
    cache
        Whether a folder may be kept as arrays, and taken from there the next time.
    on_first
        Given the first frame and how many there will be, where the whole takes longer.
    """
    path, part = split_part(Path(path))
    _check(unit, fps, default_fps, gaps)
    source = Source(path, (path,), 0, fps, default_fps, progress, on_first, unit)
    source = replace(source, part=part, poses=poses, gaps=gaps, face=face, rest=rest)
    sequence = _read(source, gaps, cache=cache)
    _check_asked(source, sequence)
    sequence = _in_order(sequence) if reorder else sequence
    for remark in sequence.told:
        progress.remarked(f"{path.name}: {remark}")
    return sequence


def _check_asked(source: Source, read: MeshSequence) -> None:
    """Refuse what was asked of another kind of file than it is."""
    path, unit = source.place, source.unit
    if (source.face, source.rest) != (None, None) and read.footage is None:
        wanted = "one of several faces" if source.face is not None else "frames of a face at rest"
        raise InputError.of(path, f"a video, for {wanted}", "none")
    if unit is not None and read.read_as.unit_by != "given":
        raise InputError.of(path, f"a mesh, to be read in {unit}", "a file without coordinates")


def _read(source: Source, gaps: Gaps | None, *, cache: bool) -> MeshSequence:
    """Read a folder or a file; one sentence where the system refuses."""
    path = source.place
    try:
        folder = is_pattern(path) or stat.S_ISDIR(look(path).st_mode)
        return _read_folder(source, gaps, cache=cache) if folder else _read_file(source)
    except OSError as error:
        found = refusal(error, "read")
        raise InputError.of(path, "a file that can be read", found) from None
    except MemoryError:
        raise InputError.of(path, "a sequence that fits into memory", "a larger one") from None


def split_part(path: Path) -> tuple[Path, str]:
    """Split the name of one of several clips off the path of the file that holds them.

    Returns
    -------
    The path as it is, and nothing, where something lies there or the file can hold one clip only.
    """
    before, mark, part = str(path).rpartition("#")
    suffix = os.path.splitext(before)[1].lower()
    holding = any(kind.parts and suffix in kind.suffixes for kind in FORMATS.readers)
    if not mark or not holding or os.path.lexists(path):
        return path, ""
    return Path(before), part


def _in_order(sequence: MeshSequence) -> MeshSequence:
    """Put the vertices of a known face in the order in which it is known."""
    if not len(sequence.faces):
        return sequence
    # Loaded here only: nothing else of a file asks for faces that are known.
    from studio.face.matching import match

    found = match(sequence.vertices, sequence.faces)
    if found is None:
        return sequence
    remarks = (*sequence.remarks, found.remark)
    vertices = sequence.vertices[:, found.order]
    return replace(sequence, vertices=vertices, faces=found.template.faces, remarks=remarks)


def _check(unit: str | None, fps: float | None, default_fps: float, gaps: Gaps | None) -> None:
    """Refuse what `read_sequence` cannot be asked for."""
    for given in (fps, default_fps):
        if given is not None:
            checked_rate("fps", given)
    if gaps not in (None, *GAPS):
        raise InputError.of("gaps", " or ".join(GAPS), str(gaps))
    if unit is not None:
        checked_unit(unit)


def _read_file(source: Source) -> MeshSequence:
    path = source.place
    size = regular(path, "a clip")
    kind = FORMATS.reader(path)
    if kind is None or kind.read is None:
        wanted = "a " + ", ".join(s for kind in FORMATS.readers for s in kind.suffixes) + " file"
        raise InputError.of(path, wanted, path.suffix or "no suffix")
    kind.check(path)
    source.progress.report(0.0, f"Reading {path.name}")
    bare = kind.single and kind.timeless
    beside = read_beside(place_beside(path), [path]) if bare else Beside()
    sequence = kind.read(replace(source, size=size, beside=beside))
    source.progress.report(1.0, f"Reading {path.name}")
    return _remarked(sequence, beside)


def _remarked(sequence: MeshSequence, beside: Beside) -> MeshSequence:
    if not beside.remarks:
        return sequence
    return replace(sequence, remarks=(*sequence.remarks, *beside.remarks))


def _read_folder(source: Source, gaps: Gaps | None, *, cache: bool) -> MeshSequence:
    place = source.place.absolute()
    finish_replacing(folder_of(place))
    run = find_run(place, gaps, source.default_fps)
    beside = read_beside(place_beside(run.folder, run.suffix), run.paths)
    source = replace(source, beside=beside)
    name = kept.key(run, source.unit, beside.unit) if cache else ""
    # A rate beside the frames was put there by whoever wrote them; their names may say another.
    timed = source.timed(run.order.rate if beside.fps is None else None)
    sequence = kept.load(name, run, *timed) if cache else None
    if sequence is None:
        kind = FORMATS.reader(run.paths[0])
        if kind is None or kind.read is None:
            raise InputError.of(place, "frames of a known format", run.suffix)
        whole = replace(source, place=place, paths=tuple(run.paths), size=run.size)
        sequence = _at_rate(kind.read(whole), *timed)
        if cache:
            kept.save(name, sequence)
    sequence = run.laid_out(sequence, gaps, source.progress)
    source.progress.report(1.0, f"Reading {place.name}")
    return _remarked(sequence, beside)


def _at_rate(sequence: MeshSequence, fps: float, rate_by: Teller) -> MeshSequence:
    """Play at the rate that names of frames say, which no frame knows."""
    read_as = replace(sequence.read_as, rate_by=rate_by)
    if (sequence.fps, sequence.read_as) == (fps, read_as):
        return sequence
    return replace(sequence, fps=fps, read_as=read_as)


def sniff(path: Path | str) -> str | None:
    """Name the format a file or a folder of frames would be read as; None where there is none.

    Looks at names and, of formats that have a mark, at the first bytes; never raises.
    """
    path = Path(path)
    try:
        if is_pattern(path):
            found = FORMATS.reader(find_run(path).paths[0])
        elif os.path.isdir(path):
            names = mesh_names(path)
            found = FORMATS.reader(path / of_one_format(names)[0]) if names else None
        else:
            found = FORMATS.reader(path, sure=True) if os.path.isfile(path) else None
    except (OSError, InputError):
        return None
    return found.name if found else None


def can_read(path: Path | str) -> bool:
    """Whether `read_sequence` would try to read this; cheap enough for a drag over the window."""
    return sniff(path) is not None
