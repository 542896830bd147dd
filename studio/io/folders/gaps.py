"""Frames that no file of a folder holds: made, held, or left out, now and again later."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Numbered, Progress
from studio.core.read_as import WINDOW, Gaps
from studio.core.sequence import Floats
from studio.io.memory import check_room


def gaps_of(clip: MeshSequence) -> Gaps | None:
    """Tell what became of the frames that are missing in the folder of a clip; None without any."""
    numbered = clip.read_as.numbered
    if numbered is None:
        return None
    if clip.n_frames == len(numbered.places):
        return "close"
    if clip.n_frames == numbered.n_frames:
        return "hold" if clip.read_as.gaps == "hold" else "fill"
    return None


def with_gaps(clip: MeshSequence, gaps: Gaps, progress: Progress | None = None) -> MeshSequence:
    """Fill, hold or close the gaps of a clip that was read, whatever became of them then.

    Raises
    ------
    InputError
        For a clip without gaps, and where its frames do not fit into memory.
    """
    numbered, now = clip.read_as.numbered, gaps_of(clip)
    if numbered is None or now is None:
        raise InputError.of(clip.name, "a folder in which frames are missing", "none")
    if gaps == now:
        return clip
    files = clip.vertices if now == "close" else clip.vertices[list(numbered.places)]
    said = gaps_told(numbered, now, asked=clip.read_as.gaps)
    remarks = tuple(remark for remark in clip.remarks if remark != said)
    read_as = replace(clip.read_as, gaps=gaps)
    bare = replace(clip, vertices=files, frame_names=(), remarks=remarks, read_as=read_as)
    return laid_out(bare, numbered, gaps, Path(clip.name), progress or Progress())


def laid_out(
    files: MeshSequence, numbered: Numbered, how: Gaps, path: Path, progress: Progress
) -> MeshSequence:
    """Lay the frames that files hold where they belong, and say what became of the others.

    Parameters
    ----------
    files
        A frame a file; its `read_as` says what was asked for.
    how
        What becomes of missing frames.
    path
        What sentences are about.

    Raises
    ------
    InputError
        Where the frames do not fit into memory.
    """
    remarks = (*files.remarks, gaps_told(numbered, how, asked=files.read_as.gaps))
    read_as = replace(files.read_as, numbered=numbered)
    if how == "close":
        names = tuple(os.path.splitext(name)[0] for name in numbered.names)
        return replace(files, remarks=remarks, read_as=read_as, frame_names=names)
    check_room(path, 2 * numbered.n_frames * files.vertices[0].nbytes)
    vertices = _filled(files.vertices, numbered.places, hold=how == "hold", progress=progress)
    return replace(files, remarks=remarks, read_as=read_as, vertices=vertices)


def moved_by(clip: MeshSequence, gaps: Gaps) -> Callable[[int], int]:
    """Make what tells where a frame of a clip is once its gaps are treated otherwise.

    A frame that is left out becomes the nearest that stays.
    """
    before, after = _places(clip, gaps_of(clip)), _places(clip, gaps)
    return lambda frame: int(np.rint(np.interp(frame, before, after)))


def gaps_told(numbered: Numbered, how: Gaps, asked: Gaps | None) -> str:
    """Say which frames are missing and what became of them; who did not ask hears how to."""
    many = numbered.n_frames - len(numbered.names)
    steps = zip(numbered.names[:-1], pairwise(numbered.places), strict=True)
    first = next(name for name, (before, after) in steps if after > before + 1)
    missing = f"{many} frames are missing" if many > 1 else "A frame is missing"
    become = {
        "fill": "made from those on both sides",
        "hold": "the one before is held",
        "close": "gaps are closed",
    }[how]
    otherwise = "" if asked else f"; --gaps or {WINDOW} say otherwise"
    return f"{missing}, first after {first}: {become}{otherwise}."


def _places(clip: MeshSequence, gaps: Gaps | None) -> NDArray[np.integer]:
    """Tell the frame (N,) of each file."""
    numbered = clip.read_as.numbered
    if numbered is None or gaps is None:
        return np.arange(clip.n_frames)
    return np.arange(len(numbered.places)) if gaps == "close" else np.array(numbered.places)


def _filled(vertices: Floats, places: tuple[int, ...], *, hold: bool, progress: Progress) -> Floats:
    """Make the missing ones of the frames (T, V, 3), of which (N, V, 3) have their places.

    Points go straight from the frame before to the one after, or stay where they were.
    """
    at = np.array(places)
    out: Floats = np.empty((places[-1] + 1, *vertices.shape[1:]), np.float32)
    for frame in progress.each(range(len(out)), "Filling gaps"):
        before = int(np.searchsorted(at, frame, side="right")) - 1
        out[frame] = vertices[before]
        if frame > at[before] and not hold:
            share = np.float32((frame - at[before]) / (at[before + 1] - at[before]))
            out[frame] += share * (vertices[before + 1] - vertices[before])
    return out
