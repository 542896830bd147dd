"""What runs in the background: plain functions of immutable inputs and a `Progress`.

They import what they need when they run, so that the window is painted before torch loads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from studio.core import (
    CheckpointError,
    Familiarity,
    MeshSequence,
    OnEstimate,
    Probabilities,
    Progress,
    StudioError,
)
from studio.core.sequence import Floats
from studio.document import ClipState
from studio.document.applied import Maker
from studio.document.recipe import Recipe, generate_clip

from .model_state import none_found

Notice = Callable[[str], None]


class Models(Maker, Protocol):
    """What the controller asks of an engine."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> str: ...
    @property
    def kinds(self) -> frozenset[str]: ...
    @property
    def problems(self) -> Mapping[str, str]: ...
    @property
    def generators(self) -> tuple[str, ...]: ...
    @property
    def samplers(self) -> tuple[str, ...]: ...

    def figures(self, model: str) -> Mapping[str, float]: ...

    def recognize(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress | None = ...
    ) -> Probabilities: ...

    def judge(
        self,
        sequence: MeshSequence,
        start: int,
        stop: int,
        neutral: Floats | None = None,
        progress: Progress | None = ...,
    ) -> Floats: ...

    def familiarity(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress | None = ...
    ) -> Familiarity | None: ...


class OpenEngine(Protocol):
    """How to get an engine from a folder (None: the shipped one) on a device.

    notice : told, from any thread, a sentence when the engine had to change its ways
    """

    def __call__(
        self, folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> Models: ...


def open_engine(folder: Path | None, device: str, notice: Notice, *, progress: Progress) -> Models:
    """The shipped engine. Called in a worker's thread, because torch takes seconds to import.

    Raises `CheckpointError` where there is no model at all, torch left alone.
    """
    progress.report(0.0, "Loading models")
    missing = none_found(folder)
    if missing is not None:
        raise CheckpointError(missing)
    from studio.engine import Engine

    engine: Models = Engine.open(folder, device, progress, notice=notice)
    return engine


def import_view(*, progress: Progress) -> None:
    """Import VTK and paint the template's skin off the window's thread, so that the painted
    window answers meanwhile and the first clip shows at once."""
    progress.report(0.0, "Preparing the view")
    from studio.render.paint import template_paint

    from . import viewport  # noqa: F401

    # A view without the template's looks is still a view.
    with contextlib.suppress(StudioError, OSError):
        template_paint()


def played(clip: ClipState, progress: Progress) -> tuple[MeshSequence, Floats | None]:
    """What plays of a clip, and (V, 3) of the frame the user calls neutral, None to leave it to
    the estimate."""
    sequence = clip.worked_out(progress.part(0.0, 0.0))
    if clip.neutral_frame is None:
        return sequence, None
    return sequence, np.asarray(sequence.vertices[clip.neutral_frame])


@dataclass(frozen=True, eq=False)
class Reading:
    """What a clip expresses, and the face at rest (V, 3) in mm that it was read against."""

    probabilities: Probabilities
    rest: Floats


def recognize_clip(engine: Models, clip: ClipState, *, progress: Progress) -> Reading:
    sequence, neutral = played(clip, progress)
    answer = engine.recognize(sequence, neutral, progress.part(0.0, 0.9))
    if neutral is None:
        neutral = engine.resting_face(sequence, progress.part(0.9, 1.0))
    return Reading(answer, neutral)


def weigh_clip(engine: Models, clip: ClipState, *, progress: Progress) -> Familiarity | None:
    """How far a clip lies from the training data; None where the models do not know."""
    sequence, neutral = played(clip, progress)
    return engine.familiarity(sequence, neutral, progress)


def judge_range(
    engine: Models,
    clip: ClipState,
    frames: tuple[int, int],
    known: Probabilities,
    *,
    progress: Progress,
) -> Probabilities:
    """What is known of a clip, with frames start..stop-1 judged instead of all of them."""
    sequence, neutral = played(clip, progress)
    return replace(known, clip=engine.judge(sequence, *frames, neutral, progress))


def sample_clip(
    engine: Models,
    recipe: Recipe,
    face_of: ClipState | None,
    *,
    progress: Progress,
    show: OnEstimate,
) -> MeshSequence:
    """The clip of a recipe; what it looks like so far is shown meanwhile."""
    return generate_clip(engine, recipe, face_of, progress=progress, on_estimate=show)
