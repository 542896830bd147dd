"""Whose face a clip is made on: as recipes say it, and as the vertices that are to move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core import FaceChoice, Given, InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document.edits.landmarks import own_landmarks
from studio.document.evaluator import Played
from studio.document.state import ClipState
from studio.face.known import studio_face

from .maker import Generator
from .reading import frame_of, read_clip
from .recipe import TransferRecipe, face_from_dict

# A clip's, or a mesh of a single frame.
Face = Played | MeshSequence


def clip_face(clip: ClipState) -> FaceChoice:
    """Say the face of a clip as a recipe does."""
    inherited, by_hand = (clip.recipe or {}).get("face"), _rests_by_hand(clip)
    if isinstance(inherited, Mapping) and clip.neutral_frame is None and not by_hand:
        # A generated clip's face at rest is the one that it was generated from.
        face = face_from_dict(inherited)
    else:
        path, given = place_of(clip, by_hand=by_hand)
        face = FaceChoice("clip", (), path, clip.name, clip.neutral_frame, given=given)
    if clip.landmarks and not own_landmarks(clip.recording):
        return replace(face, landmarks=tuple(mark.vertex for mark in clip.landmarks))
    return face


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
    return str(clip.source), read.read_as.given(read.fps)


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
    """Get the mesh of another triangulation that is to move.

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
    if isinstance(face, MeshSequence):
        return face
    if isinstance(face, Played):
        return frame_of(face.sequence(progress), still_frame(face.clip) or 0)
    # Landmarks are vertices as the file numbers them.
    read = read_clip(_path_of(choice), progress, choice.given, reorder=False)
    return frame_of(read, choice.frame or 0)


def still_of(
    engine: Generator, choice: FaceChoice, face: Face | None, progress: Progress
) -> MeshSequence | None:
    """Get the face on the studio's triangulation that is to move.

    Parameters
    ----------
    engine
        Estimates the face at rest, where no frame shows it.
    choice, face, progress
        As in `mesh_of`.

    Returns
    -------
    MeshSequence or None
        A single frame, None for the template.

    Raises
    ------
    InputError
        Where it cannot be had.
    """
    if isinstance(face, MeshSequence):
        return face
    if isinstance(face, Played):
        sequence, frame = face.sequence(progress.part(0.0, 0.0)), still_frame(face.clip)
        return _still(engine, sequence, frame, progress)
    if choice.source == "template":
        return None
    if choice.source == "numbers":
        return MeshSequence(made_face(choice.numbers)[None], studio_face().template.faces)
    path, given = _path_of(choice), choice.given
    return face_in_file(engine, path, choice.frame, progress=progress, given=given)


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
) -> MeshSequence:
    """Read a face: a single mesh as it is, a frame of a clip, or a clip's face at rest.

    Parameters
    ----------
    purpose
        What the face is for, in the sentence that refuses one.

    Returns
    -------
    MeshSequence
        A single frame; of a clip without one it is estimated.

    Raises
    ------
    InputError
        When it cannot be read or is not on the studio's triangulation.
    """
    part, topology = progress.part(0.0, 0.6), engine.topology
    sequence = read_clip(path, part, given, purpose=purpose, topology=topology)
    if sequence.n_frames == 1:
        return sequence
    return _still(engine, sequence, frame, progress.part(0.6, 1.0))


def _still(
    engine: Generator, sequence: MeshSequence, frame: int | None, progress: Progress
) -> MeshSequence:
    """Take a frame of a clip, or estimate its face at rest."""
    if frame is not None:
        return frame_of(sequence, frame)
    rest = engine.resting_face(sequence, progress)
    return replace(sequence, vertices=rest[None], frame_names=())
