"""The clips that something is read from: on the studio's face, or carried onto it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Registered
from studio.core.errors import shortened
from studio.core.sequence import Floats
from studio.face.registration.correspondence import Correspondence

from .calm import frame_of_face
from .carried import CARRIED, Carried
from .maker import Generator
from .own_shapes import OwnHead
from .reading import frame_of, read_clip
from .recipe import ClipSource
from .registered import Source, accepted, register, rest_of


def source_in_file(
    engine: Generator, named: ClipSource, progress: Progress, *, purpose: str = "to work on"
) -> Source:
    """Read the clip that a recipe names by its place.

    Parameters
    ----------
    engine
        Registers a clip of another triangulation, where the recipe says so.
    named
        Where it lies; its frame is the one that shows its face at rest.
    progress
        Told how far the work is.
    purpose
        What the clip is for, in the sentence that refuses one.

    Raises
    ------
    InputError
        Where it cannot be had.
    """
    if not named.path:
        raise InputError(
            f"The recipe starts from {named.name}, which lies in no file; "
            "open that clip and make it again from there."
        )
    path, by = Path(named.path), named.registered
    clip = read_clip(
        path,
        progress.part(0.0, 0.3),
        named.given,
        purpose=purpose,
        topology=engine.topology,
        foreign=by is not None,
        reorder=by is None or not by.points,  # points are vertices of the file
    )
    left = progress.part(0.3, 1.0)
    return source_of(engine, clip, named.frame, by, progress=left, name=path.name)


def source_of(
    engine: Generator,
    clip: MeshSequence,
    frame: int | None,
    by: Registered | None,
    *,
    found: Correspondence | None = None,
    progress: Progress,
    name: str = "",
) -> Source:
    """Take a clip as it is, or carry one of another triangulation in.

    Parameters
    ----------
    engine, by
        As in `register`; where neither `by` nor `found` is given, the clip is taken as it is.
    clip
        As it came.
    frame
        The one that shows its face at rest; None: that is the face that was registered, or of a
        clip that is taken as it is, to be estimated.
    found
        How its face lies on the studio's, where that is known.
    progress
        Told how far the work is.
    name
        Of its file, for sentences.

    Raises
    ------
    InputError
        Where it cannot be registered, and for a frame that is not there.
    """
    rest = None if frame is None else np.asarray(frame_of(clip, frame).vertices[0])
    if clip.topology == engine.topology and by is not None and by.shapes:
        wanted = "a clip of another triangulation, to be read in shapes of its own"
        raise InputError.of(name or clip.name, wanted, "one of the studio's, read as it is")
    if clip.topology == engine.topology or (found is None and by is None):
        return Source(clip, rest)
    part, name, by = progress.part(0.0, 0.7), name or clip.name, by or Registered()
    if found is None or found.topology != clip.topology:
        found = register(engine, clip, frame, by, progress=part, name=name)
        accepted(found, name, progress, frame_of_face(clip, found))
    elif by.shapes:
        found = found.with_shapes(OwnHead.read(by.shapes, clip, part).shapes)
    if by.shapes == "":
        found = found.with_shapes(None)
    carried = CARRIED.read(found, clip, progress.part(0.7, 1.0))
    if carried.said:
        progress.remarked(f"{shortened(name, 60)}: {carried.said}")
    rest = _rest(found, clip, frame, carried)
    return Source(carried.sequence, rest, clip, found, carried.solution, carried.said)


def _rest(
    found: Correspondence, clip: MeshSequence, frame: int | None, carried: Carried
) -> Floats | None:
    """Find the face at rest (V, 3) of a clip that was carried in; None: it is to be estimated."""
    solution = carried.solution
    if frame is None:
        return np.asarray(found.fitted) if solution is not None else rest_of(found)
    if solution is None and np.array_equal(clip.vertices[frame], found.neutral):
        return np.asarray(found.fitted)
    return np.asarray(carried.sequence.vertices[frame])
