"""Any file or folder the studio knows, as a `MeshSequence`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats, Ints

from . import cache as kept
from .arrays import read_arrays, unpacked_size
from .folder import Run, find_run
from .formats import FORMATS, Format, Frames, MeshFormat, format_of
from .livelink import in_order, read_livelink
from .memory import check_room
from .stl import StlFrames
from .units import Placement

_FPS = 30.0
# A text is held as bytes, as places of its words and as numbers while it is parsed.
_PARSING = 12
# Bytes of text and of arrays that are read before a first frame is worth showing.
_SOON, _SOON_ARRAYS = 4 << 20, 128 << 20
_NO_PROGRESS = Progress()

OnFirst = Callable[[MeshSequence, int], None]


@dataclass(frozen=True)
class _Rate:
    """Frames a second: what was asked for, else what the file says, else the default."""

    asked: float | None
    default: float

    def of(self, said: float | None = None) -> float:
        return self.asked or said or self.default


def _unseen(first: MeshSequence, n_frames: int) -> None:
    """For those who wait for the whole."""


def read_sequence(
    path: Path | str,
    *,
    progress: Progress = _NO_PROGRESS,
    fps: float | None = None,
    default_fps: float = _FPS,
    cache: bool = True,
    on_first: OnFirst = _unseen,
) -> MeshSequence:
    """Read a folder of numbered frames, an array file, a single mesh or a Live Link Face take.

    fps : frames a second; by default what the file says. A take is resampled to it.
    default_fps : frames a second where neither `fps` nor the file says it
    cache : whether a folder may be kept as arrays, and taken from there the next time
    on_first : given the first frame as soon as it is known, and how many there will be; not
        called where the whole is there as soon

    Files without a unit are read by their size (see `guess_unit`); axes stay as they are. A mesh
    far from the origin is moved there by whole millimetres. Raises `InputError` with one sentence
    where the input is not what it should be, and `Cancelled` where a stop was asked for.
    """
    path = Path(path)
    for given in (fps, default_fps):
        if given is not None and not (np.isfinite(given) and given > 0):
            raise InputError.of("fps", "a frame rate above 0", str(given))
    rate = _Rate(fps, default_fps)
    try:
        if path.is_dir():
            return _read_folder(path, progress, rate, cache, on_first)
        return _read_file(path, progress, rate, on_first)
    except FileNotFoundError:
        raise InputError.of(path, "a file or a folder", "nothing there") from None
    except PermissionError:
        raise InputError.of(path, "a file that may be read", "no permission") from None
    except OSError as error:
        found = (error.strerror or "an error of the disk").lower()
        raise InputError.of(path, "a file that can be read", found) from None
    except MemoryError:
        raise InputError.of(path, "a sequence that fits into memory", "a larger one") from None


def _read_file(path: Path, progress: Progress, rate: _Rate, on_first: OnFirst) -> MeshSequence:
    kind = format_of(path)
    path.stat()
    if kind is None:
        wanted = "a " + ", ".join(f.suffix for f in FORMATS.values()) + " file"
        raise InputError.of(path, wanted, path.suffix or "no suffix")
    progress.report(0.0, f"Reading {path.name}")
    if kind.name == "csv":
        sequence = _pose_take(path, progress, rate.asked)
    elif isinstance(kind, MeshFormat):
        run = Run(path.absolute().parent, (path.name,), ((path.stat().st_size, 0),))
        sequence = MeshSequence(*_read_run(run, kind, progress, _unseen), rate.of(), path.stem)
    else:
        sequence = _from_arrays(path, progress, rate, on_first)
    progress.report(1.0, f"Reading {path.name}")
    return sequence


def _read_folder(
    path: Path, progress: Progress, rate: _Rate, cache: bool, on_first: OnFirst
) -> MeshSequence:
    path = path.absolute()
    run = find_run(path)
    name = kept.key(run) if cache else ""
    known = kept.load(name, len(run.names)) if cache else None
    if known is None:
        known = _read_run(run, FORMATS[run.suffix[1:]], progress, on_first)
        if cache:
            kept.save(name, *known)
    sequence = MeshSequence(*known, rate.of(), path.name)
    progress.report(1.0, f"Reading {path.name}")
    return sequence


def _read_run(run: Run, kind: Format, progress: Progress, on_first: OnFirst) -> tuple[Floats, Ints]:
    """(T, V, 3) float32 mm and (F, 3) of the frames of a run."""
    first, *_ = paths = run.paths
    if not isinstance(kind, MeshFormat):
        raise InputError.of(first, "a mesh file", kind.label)
    check_room(first, _PARSING * run.stamps[0][0])
    data = first.read_bytes()
    shared = kind.open(data, first)
    if run.size > _SOON:
        # Its corners may come apart in a later frame; it looks the same.
        frame = _placed(run, shared, data).apply(shared.vertices(data, first), first)
        on_first(MeshSequence(frame[None], shared.faces, name=run.folder.name), len(paths))
    if isinstance(shared, StlFrames) and len(paths) > 1:
        watched = progress.part(0.0, 0.5).each(paths[1:], "Comparing frames")
        shared = shared.over((p.read_bytes(), p) for p in watched)
        progress = progress.part(0.5, 1.0)
    place = _placed(run, shared, data)
    out: Floats = np.empty((len(paths), shared.n_vertices, 3), np.float32)
    for k, path in enumerate(progress.each(paths, f"Reading {run.folder.name}")):
        out[k] = place.apply(shared.vertices(path.read_bytes(), path), path)
    return out, shared.faces


def _placed(run: Run, shared: Frames, data: bytes) -> Placement:
    """Where the frames of a run go, by the first one; asks for room for all of them before."""
    check_room(run.folder, 12 * len(run.names) * shared.n_vertices)
    return Placement.of(shared.vertices(data, run.paths[0]), shared.unit)


def _from_arrays(path: Path, progress: Progress, rate: _Rate, on_first: OnFirst) -> MeshSequence:
    check_room(path, 2 * unpacked_size(path))
    file = read_arrays(path)
    n_frames, n_vertices, _ = file.vertices.shape
    faces = _template_faces(path, n_vertices) if file.faces is None else file.faces
    place = Placement.of(file.vertices[0].astype(np.float64), file.unit)
    if file.vertices.nbytes > _SOON_ARRAYS:
        frame = place.apply(file.vertices[:1], path)
        on_first(MeshSequence(frame, faces, name=path.stem), n_frames)
    out: Floats = np.empty((n_frames, n_vertices, 3), np.float32)
    step = max(1, (1 << 20) // n_vertices)
    for k in progress.each(range(0, n_frames, step), f"Reading {path.name}"):
        out[k : k + step] = place.apply(file.vertices[k : k + step], path)
    return MeshSequence(out, faces, rate.of(file.fps), path.stem)


def _template_faces(path: Path, n_vertices: int) -> Ints:
    # Loaded here only: most files bring faces of their own.
    from studio.face.known import studio_face

    template = studio_face().template
    if n_vertices != len(template.vertices):
        wanted = f"faces, or the {len(template.vertices)} vertices of the template"
        raise InputError.of(path, wanted, f"{n_vertices} vertices and no faces")
    return np.asarray(template.faces, dtype=np.int32)


def _pose_take(path: Path, progress: Progress, fps: float | None) -> MeshSequence:
    take = read_livelink(path, fps=fps)
    # Loaded here only: parsing a take needs no face.
    from studio.face.known import studio_face
    from studio.face.rig import ARKIT, load_rig

    progress.report(0.3, f"Posing {path.name}")
    template = studio_face().template
    check_room(path, 36 * len(take.weights) * len(template.vertices))
    vertices = load_rig().pose(in_order(take, ARKIT), head=take.head)
    return MeshSequence(vertices, template.faces, take.fps, path.stem)
