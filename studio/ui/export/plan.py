"""What an export comes to before it starts: its files, their size, and what stands in the way."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.core import StudioError
from studio.document import ClipState
from studio.io.naming import frame_stems, leftovers
from studio.io.traits import Shape
from studio.io.weights.solved import check_known
from studio.render.formats.ffmpeg import movie_rate
from studio.ui.kit.forms import readable_bytes

from .service import ExportRequest

_SPARE = 0.9  # share of the free space that may be taken without a word


@dataclass(frozen=True)
class Plan:
    """What would be written.

    Attributes
    ----------
    names
        Of the files, in the folder.
    there
        How many of them are there already.
    bytes
        About how large they are together.
    free
        Bytes left on that disk, None where the system does not say.
    problem
        Why it cannot be done, empty when it can.
    """

    folder: Path
    names: tuple[str, ...]
    there: int = 0
    bytes: int = 0
    free: int | None = None
    problem: str = ""


def make_plan(request: ExportRequest, clip: ClipState) -> Plan:
    """Look at the names and the disk, and write nothing."""
    single = request.format.single
    folder = request.path.parent if single else request.path
    start, stop = request.frames(clip)
    size = estimate_bytes(clip, request)
    if stop <= start:
        return Plan(folder, (), problem="The last frame comes before the first.")
    try:
        names = _names(request, clip)
        check_writable(request, clip)
        problem = "" if single else _mixed(request, clip, names)
    except StudioError as error:
        return Plan(folder, (), bytes=size, problem=str(error))
    free = free_bytes(folder)
    problem = refusal(folder, size, free) or problem
    if single and os.path.isdir(request.path):
        problem = f"{request.path} is a folder; choose another name."
    there = 0 if problem else _count_there(folder, names)
    return Plan(folder, tuple(names), there, size, free, problem)


def check_writable(request: ExportRequest, clip: ClipState) -> None:
    """Let pass a clip that the format can hold, where all is installed that this needs.

    Raises
    ------
    StudioError
        Where it is not.
    """
    request.format.check(request.path)
    if request.format.weighs:
        check_known(clip.recording, clip.registration, request.path)


def estimate_bytes(clip: ClipState, request: ExportRequest) -> int:
    """Estimate how many bytes the export will be."""
    start, stop = request.frames(clip)
    surface, (width, height) = clip.recording, request.size
    frames, faces = max(stop - start, 0), len(surface.faces)
    shape = Shape(frames, surface.n_vertices, faces, width * height)
    return request.format.estimate(shape, request.settings)


def free_bytes(folder: Path) -> int | None:
    """Give the bytes left on the disk where a folder lies or will lie; None where nobody says."""
    try:
        return shutil.disk_usage(_standing(folder)).free
    except OSError:
        return None


def describe(plan: Plan, request: ExportRequest, clip: ClipState) -> str:
    """Write the plan in a sentence or two, for someone about to press Export."""
    start, stop = request.frames(clip)
    count, files = stop - start, f"{len(plan.names)} files"
    if request.format.single:
        files = f"{count} frames in {'one file' if len(plan.names) == 1 else files}"
    said = [f"{files}, about {readable_bytes(plan.bytes)}."]
    if plan.free is not None:
        said.append(f"{readable_bytes(plan.free)} are free.")
    if request.format.drawn and request.format.single:
        said.append(_timing(request, clip))
    if clip.sound is not None:
        kept = "The sound goes with it." if request.format.sounds else "It holds no sound."
        said.append(kept)
    if plan.free is not None and plan.bytes > _SPARE * plan.free:
        said.append("That takes nearly all of the disk.")
    if plan.there:
        text = "It is there already, and you will be asked before it is replaced."
        if len(plan.names) > 1:
            text = "{count} are there already, and you will be asked before they are replaced."
        said.append(text.format(count=plan.there))
    return " ".join(said)


def _timing(request: ExportRequest, clip: ClipState) -> str:
    fps, kind = clip.timing.fps, request.format
    rate = float(movie_rate(fps, kind))
    if rate < 0.999 * fps:
        return f"It plays at {rate:g} fps, slower than the clip: {kind.noun} cannot be faster."
    start, stop = request.frames(clip)
    seconds = (stop - start) / rate
    return f"It plays {seconds:.2f} s at {rate:.4g} fps."


def _names(request: ExportRequest, clip: ClipState) -> list[str]:
    if request.format.single:
        return [path.name for path in request.format.files(request.path)]
    start, stop = request.frames(clip)
    pattern, called = request.pattern, clip.frame_names[start:stop]
    count, first = stop - start, request.first
    stems = frame_stems(pattern, count, name=clip.name, first=first, called=called)
    return [stem + request.format.suffix for stem in stems]


def _mixed(request: ExportRequest, clip: ClipState, names: list[str]) -> str:
    """Say why the folder cannot take the frames, when a longer export lies in it."""
    suffix = request.format.suffix
    pattern, called = request.pattern, clip.frame_names
    try:
        left = leftovers(request.path, names, pattern, suffix, name=clip.name, called=called)
    except OSError:
        return ""  # said by `refusal`
    return (
        (
            f"{left[0]} lies in that folder and would be taken for a frame of this export; "
            "choose another folder or name."
        )
        if left
        else ""
    )


def refusal(folder: Path, size: int, free: int | None) -> str:
    """Say why nothing can be written into a folder, nothing when it can.

    Parameters
    ----------
    size, free
        Bytes to write, and bytes left on the disk, None where the system does not say.
    """
    standing = _standing(folder)
    if not os.path.isdir(standing):
        return f"{standing} is a file, not a folder."
    if not os.access(standing, os.W_OK):
        return f"Nothing may be written into {standing}."
    if free is not None and size > free:
        return (
            f"That takes about {readable_bytes(size)}, but only {readable_bytes(free)} are left "
            f"on the disk of {standing}."
        )
    return ""


def _standing(folder: Path) -> Path:
    """Find the nearest folder above that exists."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def _count_there(folder: Path, names: list[str]) -> int:
    try:
        with os.scandir(folder) as entries:
            there = {entry.name for entry in entries}
    except OSError:
        return 0
    return sum(name in there for name in names)
