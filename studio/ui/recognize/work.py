"""What recognizing a clip does in the background: plain functions of immutable inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core import Familiarity, MeshSequence, Probabilities, Progress
from studio.core.sequence import Floats
from studio.document import ClipState, Played
from studio.face.irregular import course_remarks
from studio.takes.registered import Source, face_of, on_own_mesh, rest_of
from studio.takes.sources import source_of
from studio.ui.models.protocol import Models

_CARRYING = 0.3  # share of the time that goes into carrying a clip onto the studio's face


def source_of_played(engine: Models, played: Played, progress: Progress) -> Source:
    """Compute the frames of a clip, carried onto the studio's face where its own is fitted to that.

    Returns
    -------
    Source
        With the face at rest to read them against; the frame the user calls neutral where there is
        one.
    """
    clip, sequence = played.clip, played.sequence(progress.part(0.0, 0.0))
    found, frame = clip.registration, clip.neutral_frame
    return source_of(engine, sequence, frame, None, found=found, progress=progress)


def rest_words(clip: ClipState) -> str:
    """Say in a few words what a clip is read against."""
    if clip.neutral_frame is not None:
        return f"frame {clip.neutral_frame}"
    found = clip.registration
    known = found is not None and (found.shapes is not None or rest_of(found) is not None)
    return "the face that was fitted" if known else "estimated from the clip"


def frames_of(
    engine: Models, played: Played, progress: Progress
) -> tuple[MeshSequence, Floats | None]:
    """Compute the frames of a clip and the face at rest to read them against.

    Returns
    -------
    sequence : MeshSequence
        What plays of the clip, on the studio's triangulation.
    neutral : floats (V, 3) or None
        The face at rest in mm; None to leave it to the estimate.
    """
    source = source_of_played(engine, played, progress)
    return source.sequence, source.rest


@dataclass(frozen=True, eq=False)
class Reading:
    """What a clip expresses.

    Attributes
    ----------
    probabilities : Probabilities
        By frame and over the whole clip.
    rest : floats (V, 3)
        The face at rest in mm that it was read against, on the clip's own vertices.
    remarks : tuple of str
        What is wrong with the course of its frames.
    said : str
        What shapes of its own came to, a few words; empty for a clip without.
    """

    probabilities: Probabilities
    rest: Floats
    said: str = ""
    remarks: tuple[str, ...] = ()


def recognize_clip(engine: Models, clip: Played, *, progress: Progress) -> Reading:
    """Recognize a clip, estimating the face at rest where the user has not chosen a frame."""
    source = source_of_played(engine, clip, progress.part(0.0, _CARRYING))
    answer = engine.recognize(source.sequence, source.rest, progress.part(_CARRYING, 0.9))
    rest = source.rest
    if rest is None:
        rest = engine.resting_face(source.sequence, progress.part(0.9, 0.95))
    if source.found is not None:
        face = replace(face_of(source.found), vertices=rest[None])
        rest = np.asarray(on_own_mesh(source.found, face, progress.part(0.95, 1.0)).vertices[0])
    return Reading(answer, rest, source.said, course_remarks(source.sequence))


def weigh_clip(engine: Models, clip: Played, *, progress: Progress) -> Familiarity | None:
    """Measure how far a clip lies from the training data; None where the models do not know."""
    sequence, neutral = frames_of(engine, clip, progress)
    return engine.familiarity(sequence, neutral, progress)


def judge_range(
    engine: Models,
    clip: Played,
    frames: tuple[int, int],
    known: Probabilities,
    *,
    progress: Progress,
) -> Probabilities:
    """Judge a stretch of a clip instead of all of it.

    Parameters
    ----------
    frames : pair of int
        Start and stop: frames start..stop-1 are judged.
    known : Probabilities
        What is known of the whole clip.

    Returns
    -------
    Probabilities
        `known`, with the summary (L,) of the stretch.
    """
    sequence, neutral = frames_of(engine, clip, progress)
    return replace(known, summary=engine.judge(sequence, *frames, neutral, progress))
