"""Which motion a generator is asked for: the words that who asks and who makes it share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from .progress import Progress
from .request import OnEstimate
from .sequence import Floats


@dataclass(frozen=True)
class Motion:
    """All that a generated motion depends on but the models and the face.

    label, seed, frames, intensity : what is asked for
    model : which generator; guidance, steps, sampler : how it samples, None for its own way
    surface : how a landmark model's motion is made dense, None for the model's own way
    """

    label: str
    seed: int
    frames: int = 60
    intensity: float = 1.0
    model: str = "diffusion"
    guidance: float | None = None
    steps: int | None = None
    sampler: str | None = None
    surface: str | None = None


class Options(TypedDict, total=False):
    """Keyword arguments of `Engine.generate` and `Engine.generate_many`.

    frames : length; 60 unless told otherwise
    intensity : 0 to 1.5, 1 unless told otherwise
    neutral : (V, 3) mm, the first frame, kept bit for bit; None: the template
    model : "diffusion" unless told otherwise, or another of `Engine.generators`
    guidance, steps, sampler : of the diffusion models, which take their own for None; the landmark
        models know none of them
    surface : of the landmark models: "s2d", learned, or "rbf", by interpolation; None takes the
        learned one where it is there
    exact : of the landmark models: whether every landmark lies just where its motion says
    on_estimate : of the diffusion models: told, from the asking thread, a few times what the first
        clip of those being sampled looks like so far, between twelve exact frames; it changes
        nothing in the answer
    """

    frames: int
    intensity: float
    neutral: Floats | None
    model: str
    guidance: float | None
    steps: int | None
    sampler: str | None
    surface: str | None
    exact: bool
    on_estimate: OnEstimate | None
    progress: Progress | None
