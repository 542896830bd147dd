"""How far a clip lies from the training data, by the models that were trained on it."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core import Progress
from studio.core.sequence import Floats
from studio.nn.recognizer import Recognizer

from .coding import CHUNK
from .host import Host
from .models import Models
from .pose import FaceTemplate, to_template_pose
from .recognition import on_grid

LOOKED_AT = 192  # frames of a clip that are decoded; the others take the nearest one's error


def looked_at(frames: int) -> NDArray[np.intp]:
    """The frames whose reconstruction is measured, evenly over a clip."""
    count = min(frames, LOOKED_AT)
    return np.linspace(0, frames - 1, count).round().astype(np.intp)


def spread(errors: Floats, frames: int) -> Floats:
    """The error of every frame (T,), from those of the frames that were looked at."""
    at = looked_at(frames)
    middles = (at[1:] + at[:-1]) / 2
    return errors[np.searchsorted(middles, np.arange(frames))]


def reconstruction_errors(
    host: Host, template: FaceTemplate, latents: Floats, vertices: Floats, progress: Progress
) -> Floats:
    """(T,) mm, how far the vertices (T, V, 3) lie from what their latents (T, D) decode to.

    Of a long clip some frames are measured, evenly, the others taking the nearest one's.
    """
    at, parts = looked_at(len(vertices)), []
    for start in progress.each(range(0, len(at), CHUNK), "Comparing faces"):
        chosen = at[start : start + CHUNK]
        posed, _ = to_template_pose(vertices[chosen], template)
        faces = host.ask(partial(Models.decode, latents=latents[chosen]))
        away = np.linalg.norm(faces - posed, axis=-1).mean(axis=-1)
        parts.append(np.asarray(away, dtype=np.float32))
    return spread(np.concatenate(parts), len(vertices))


@torch.inference_mode()
def tokens_and_rest(
    models: Models, recognizer: Recognizer, latents: Floats, fps: float, rest: Floats | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the recognizer embeds (T, 2K), at the clip's frames, and the resting latent (D,)."""
    grid, places = on_grid(latents, fps, recognizer.config.fps)
    z = models.tensor(grid)
    neutral = recognizer.estimate_neutral(z) if rest is None else models.tensor(rest)
    tokens = recognizer.tokens(z[None], neutral[None])[0]
    return tokens[torch.as_tensor(places, device=z.device)], neutral


@torch.inference_mode()
def ratios(
    models: Models, latents: Floats, errors: Floats, fps: float, rest: Floats | None
) -> Floats | None:
    """(T, M) of a clip's latents (T, D) and errors (T,); None where the set has no such model."""
    if models.familiarity is None or models.recognizer is None:
        return None
    tokens, neutral = tokens_and_rest(models, models.recognizer, latents, fps, rest)
    found = models.familiarity(tokens, neutral, models.tensor(errors))
    return np.asarray(found.cpu().numpy())
