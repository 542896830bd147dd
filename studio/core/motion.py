"""Which motion a generator is asked for."""

from __future__ import annotations

from dataclasses import dataclass


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
