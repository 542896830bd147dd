"""Whose face a clip is made on: as recipes say it, and as the vertices that are to move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from studio.core import FaceChoice, Given, InputError, MeshSequence, Progress, Registered
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.registration.correspondence import is_correspondence, read_correspondence

from .calm import frame_of_face
from .maker import Generator
from .reading import frame_of, read_clip
from .recipe import ClipSource, TransferRecipe
from .recipe_faces import face_from_dict
from .registered import Subject, accepted, register, said

if TYPE_CHECKING:
    # Faces in files need no edits, and these take long to import.
    from studio.document.evaluator import Played
    from studio.document.state import ClipState

# A clip's, a mesh of a single frame, or one that is ready to move.
Face: TypeAlias = "Played | MeshSequence | Subject"


def clip_face(clip: ClipState) -> FaceChoice:
    """Say the face of a clip as a recipe does."""
    inherited, by_hand = (clip.recipe or {}).get("face"), _rests_by_hand(clip)
    whole = isinstance(inherited, Mapping) and clip.neutral_frame is None and not by_hand
    if whole:
        # A generated clip's face at rest is the one that it was generated from.
        face = face_from_dict(inherited)
    else:
        path, given = place_of(clip, by_hand=by_hand or _rests_elsewhere(clip))
        face = FaceChoice("clip", (), path, clip.name, clip.neutral_frame, given=given)
    if clip.registration is not None:
        by = face.registered
        # What the frames of a clip that was made show is not in the file of its face.
        made = said(clip.registration, None if by is None else by.frame)
        return replace(face, landmarks=(), registered=made if whole else said_of(clip))
    from studio.document.edits.landmarks import own_landmarks

    if clip.landmarks and not own_landmarks(clip.recording):
        marks = tuple(mark.vertex for mark in clip.landmarks)
        return replace(face, landmarks=marks, registered=None)
    return face


def face_of_source(source: ClipSource) -> FaceChoice:
    """Say the face of a clip that lies in a file as a recipe does."""
    place, name, frame = source.path, source.name, source.frame
    return FaceChoice("clip", (), place, name, frame, (), source.given, source.registered)


def said_of(clip: ClipState) -> Registered | None:
    """Say by what a clip's face was registered, and by which of its frames, as a recipe does."""
    found = clip.registration
    return None if found is None else said(found, frame_of_face(clip.recording, found))


def _rests_elsewhere(clip: ClipState) -> bool:
    """Whether the face of a clip was registered by another clip of the same person."""
    found, frame = clip.registration, still_frame(clip)
    if found is None or frame is not None:
        return False
    single = clip.recording.n_frames == 1 and _shows(clip.recording, 0, found.neutral)
    return not single and frame_of_face(clip.recording, found) is None


def _shows(sequence: MeshSequence, frame: int, face: Floats) -> bool:
    return np.array_equal(sequence.vertices[frame], face)


def place_of(clip: ClipState, *, by_hand: bool) -> tuple[str, Given]:
    """Say where a clip can be read again, and how; an empty path where no file holds it.

    Parameters
    ----------
    clip
        The clip.
    by_hand
        Whether what is wanted of it was changed by hand.
    """
    read = clip.recording
    if clip.source is None or by_hand:
        return "", Given()
    return str(clip.source), read.given


def _rests_by_hand(clip: ClipState) -> bool:
    """Whether a clip's face at rest is one that no file and no recipe holds."""
    frame = still_frame(clip)
    if frame is None:
        return not clip.as_recorded
    return any(edit.touches(np.array([frame])).any() for edit in clip.active_edits)


def still_frame(clip: ClipState) -> int | None:
    """Find the frame that shows a clip's face at rest, None where it has to be estimated."""
    if clip.neutral_frame is not None or clip.recipe is None:
        return clip.neutral_frame
    # A generated clip begins at rest; one that was handed over begins as the other did.
    return None if clip.recipe.get("made") == TransferRecipe.made else 0


def mesh_of(choice: FaceChoice, face: Face | None, progress: Progress) -> MeshSequence:
    """Get the mesh of another triangulation that is to move by its landmarks.

    Parameters
    ----------
    choice
        What the recipe says of the face.
    face
        The face itself, where it is at hand.
    progress
        Told how far reading is.

    Returns
    -------
    MeshSequence
        A single frame.

    Raises
    ------
    InputError
        Where it cannot be had.
    """
    if isinstance(face, Subject):
        return face.still
    if isinstance(face, MeshSequence):
        return face
    if face is not None:
        return frame_of(face.sequence(progress), still_frame(face.clip) or 0)
    # Landmarks are vertices as the file numbers them.
    read = read_clip(_path_of(choice), progress, choice.given, reorder=False)
    return frame_of(read, choice.frame or 0)


def still_of(
    engine: Generator, choice: FaceChoice, face: Face | None, progress: Progress
) -> Subject | None:
    """Get the face that is to move as the studio's does.

    Parameters
    ----------
    engine
        Estimates the face at rest, where no frame shows it, and registers one of another
        triangulation, where the choice says so.
    choice, face, progress
        As in `mesh_of`.

    Returns
    -------
    Subject or None
        None for the template.

    Raises
    ------
    InputError
        Where it cannot be had.
    """
    if face is None and choice.source == "template":
        return None
    if face is None and choice.source == "numbers":
        made = made_face(choice.numbers)[None]
        return Subject(MeshSequence(made, studio_face().template.faces))
    if isinstance(face, Subject):
        return face
    if isinstance(face, MeshSequence):
        return _subject(engine, face, 0, choice.registered, progress)
    if face is not None:
        return _played(engine, face, choice.registered, progress)
    by, path = choice.registered, _path_of(choice)
    return face_in_file(
        engine, path, choice.frame, progress=progress, given=choice.given, registered=by
    )


def settled(choice: FaceChoice, start: Subject | None) -> FaceChoice:
    """Say of a face that was read what holds: only one of another triangulation is registered."""
    found = None if start is None else start.found
    return choice if found is not None else replace(choice, registered=None)


def _played(engine: Generator, face: Played, by: Registered | None, progress: Progress) -> Subject:
    sequence, frame = face.sequence(progress.part(0.0, 0.0)), still_frame(face.clip)
    found = face.clip.registration
    if found is not None and (frame is None or _shows(sequence, frame, found.neutral)):
        return Subject.of(found, sequence.name)
    return _subject(engine, sequence, frame, by, progress)


def _path_of(choice: FaceChoice) -> Path:
    """Find where the clip lies whose face a recipe names, or raise `InputError`."""
    if choice.source in ("file", "clip") and choice.path:
        return Path(choice.path)
    raise InputError(
        f"The recipe starts from the face of {choice.name or 'a clip'}, which lies in no file; "
        "open that clip, or choose another face."
    )


def made_face(numbers: tuple[float, ...]) -> Floats:
    """Make the vertices (V, 3) in mm of the numbers of a made face."""
    from studio.face.rig import load_rig

    return np.asarray(load_rig().neutral(np.asarray(numbers, dtype=np.float32)))


def face_in_file(
    engine: Generator,
    path: Path,
    frame: int | None = None,
    *,
    progress: Progress,
    given: Given | None = None,
    purpose: str = "to start from",
    registered: Registered | None = None,
) -> Subject:
    """Read a face: a single mesh as it is, a frame of a clip, or a clip's face at rest.

    Parameters
    ----------
    purpose
        What the face is for, in the sentence that refuses one.
    registered
        How one of another triangulation is fitted to the studio's face; None refuses it. Of a clip
        without a frame the calmest is taken.

    Returns
    -------
    Subject
        The face; of a clip of the studio's face without a frame it is estimated.

    Raises
    ------
    InputError
        When it cannot be read or does not fit.
    """
    if is_correspondence(path):
        return Subject.of(accepted(read_correspondence(path), path.name), path.stem)
    share = 0.1 if registered else 0.6
    sequence = read_clip(
        path,
        progress.part(0.0, share),
        given,
        purpose=purpose,
        topology=engine.topology,
        foreign=registered is not None,
        reorder=registered is None or not registered.points,  # points are vertices of the file
    )
    frame = 0 if sequence.n_frames == 1 else frame
    return _subject(engine, sequence, frame, registered, progress.part(share, 1.0), path.name)


def _subject(
    engine: Generator,
    sequence: MeshSequence,
    frame: int | None,
    by: Registered | None,
    progress: Progress,
    name: str = "",
) -> Subject:
    """Take a frame of a clip, or its face at rest, and register one of another triangulation."""
    if by is not None and sequence.topology != engine.topology:
        name = name or sequence.name
        found = register(engine, sequence, frame, by, progress=progress, name=name)
        at = frame_of_face(sequence, found)
        accepted(found, name, progress, at)
        return Subject.of(found, sequence.name, at)
    if frame is not None:
        return Subject(frame_of(sequence, frame))
    rest = engine.resting_face(sequence, progress)
    return Subject(replace(sequence, vertices=rest[None], frame_names=()))
