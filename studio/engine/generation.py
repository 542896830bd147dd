"""From a wish to latents: what can be asked of a generator, and the asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from studio.core import Progress
from studio.core.sequence import Floats
from studio.nn.diffusion import sample

from .models import Models


class Options(TypedDict, total=False):
    """Keyword arguments of `Engine.generate` and `Engine.generate_many`.

    frames : length; 60 unless told otherwise
    intensity : 0 to 1.5, 1 unless told otherwise
    neutral : (V, 3) mm, the first frame, kept bit for bit; None: the template
    model : "diffusion" or "diffusion-unet2d"
    guidance, steps, sampler : None takes the model's own
    """

    frames: int
    intensity: float
    neutral: Floats | None
    model: str
    guidance: float | None
    steps: int | None
    sampler: str | None
    progress: Progress | None


@dataclass(frozen=True)
class Recipe:
    """All that a new clip depends on but its seed and its neutral."""

    model: str
    label: int
    frames: int
    intensity: float
    guidance: float | None
    steps: int | None
    sampler: str | None


def draw(
    models: Models, recipe: Recipe, z_in: Floats, seeds: Sequence[int], progress: Progress
) -> Floats:
    """Latents (B, T, D), one clip a seed; each starts at z_in (D,).

    The generator is asked for an intensity it has learned; beyond that, and below it, the motion
    is scaled, down to none at 0.
    """
    generator = models.generators[recipe.model]
    learned = float(np.clip(recipe.intensity, *generator.config.intensities))
    latents = sample(
        generator,
        recipe.label,
        models.tensor(z_in),
        recipe.frames,
        seeds,
        intensity=learned,
        sampler=recipe.sampler,
        steps=recipe.steps,
        guidance=recipe.guidance,
        progress=progress,
    )
    drawn = np.asarray(latents.float().cpu().numpy())
    return np.asarray(z_in + (drawn - z_in) * np.float32(recipe.intensity / learned))
