"""What recognizing a clip does in the background: plain functions of immutable inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core import Familiarity, MeshSequence, Probabilities, Progress
from studio.core.sequence import Floats
from studio.document import Played
from studio.ui.models.protocol import Models


def frames_of(played: Played, progress: Progress) -> tuple[MeshSequence, Floats | None]:
    """Compute the frames of a clip and the face at rest to read them against.

    Returns
    -------
    sequence : MeshSequence
        What plays of the clip.
    neutral : floats (V, 3) or None
        The frame the user calls neutral, in mm; None to leave it to the estimate.
    """
    sequence = played.sequence(progress.part(0.0, 0.0))
    if played.clip.neutral_frame is None:
        return sequence, None
    return sequence, np.asarray(sequence.vertices[played.clip.neutral_frame])


@dataclass(frozen=True, eq=False)
class Reading:
    """What a clip expresses, and the face at rest (V, 3) in mm that it was read against."""

    probabilities: Probabilities
    rest: Floats


def recognize_clip(engine: Models, clip: Played, *, progress: Progress) -> Reading:
    """Recognize a clip, estimating the face at rest where the user has not chosen a frame."""
    sequence, neutral = frames_of(clip, progress)
    answer = engine.recognize(sequence, neutral, progress.part(0.0, 0.9))
    if neutral is None:
        neutral = engine.resting_face(sequence, progress.part(0.9, 1.0))
    return Reading(answer, neutral)


def weigh_clip(engine: Models, clip: Played, *, progress: Progress) -> Familiarity | None:
    """Measure how far a clip lies from the training data; None where the models do not know."""
    sequence, neutral = frames_of(clip, progress)
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
    sequence, neutral = frames_of(clip, progress)
    return replace(known, summary=engine.judge(sequence, *frames, neutral, progress))
