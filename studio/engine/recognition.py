"""From latents at a clip's frame rate to the recognizer's verdict on each of its frames."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core import CheckpointError
from studio.core.sequence import Floats
from studio.nn.recognizer import Recognizer

from .models import Models


def on_grid(latents: Floats, fps: float, grid_fps: float) -> tuple[Floats, NDArray[np.intp]]:
    """Latents (T, D) resampled in time, and for each clip frame its place on the grid (T,).

    The place is the latest grid point not after the frame, and a grid point lies between two
    frames of which the later is not after it either: so no row sees a later frame.
    """
    frames = len(latents)
    if fps == grid_fps:
        return latents, np.arange(frames)
    nudge = 1e-6  # a grid point on a frame counts as on it, whatever rounding says
    places = np.floor(np.arange(frames) * (grid_fps / fps) + nudge).astype(np.intp)
    at = np.minimum(np.arange(places[-1] + 1) * (fps / grid_fps), frames - 1)
    before = np.floor(at + nudge).astype(np.intp)
    after = np.minimum(before + 1, frames - 1)
    share = np.clip(at - before, 0.0, 1.0).astype(np.float32)[:, None]
    grid = (1 - share) * latents[before] + share * latents[after]
    return np.asarray(grid, dtype=np.float32), places


@torch.inference_mode()
def verdict(
    recognizer: Recognizer, z: torch.Tensor, neutral: torch.Tensor | None, *, causal: bool
) -> tuple[Floats, Floats]:
    """Probabilities per row (T, L) and of the clip (L,) for latents z (T, D).

    neutral : (D,), or None to estimate it
    causal : estimate it, for row t, from the rows up to t, as a live stream has to; the clip as
        a whole is judged with the estimate from all rows either way
    """
    rest = recognizer.estimate_neutral(z) if neutral is None else neutral
    rows, clip = recognizer.probabilities(z[None], rest[None])
    if neutral is None and causal:
        rows, _ = recognizer.probabilities(z[None], recognizer.rest.running(z)[None])
    return rows[0].cpu().numpy(), clip[0].cpu().numpy()


def recognized(
    models: Models, latents: Floats, fps: float, rest: Floats | None, *, causal: bool
) -> tuple[Floats, Floats]:
    """`verdict` on a clip's latents (T, D) at its own frame rate: (T, L) and (L,)."""
    recognizer = _recognizer(models)
    grid, places = on_grid(latents, fps, recognizer.config.fps)
    neutral = None if rest is None else models.tensor(rest)
    rows, clip = verdict(recognizer, models.tensor(grid), neutral, causal=causal)
    return rows[places], clip


@torch.inference_mode()
def judged(
    models: Models, latents: Floats, fps: float, rest: Floats | None, frames: tuple[int, int]
) -> Floats:
    """Probabilities (L,) of frames start..stop-1 of a clip's latents (T, D), judged alone."""
    recognizer = _recognizer(models)
    if rest is None:
        whole, _ = on_grid(latents, fps, recognizer.config.fps)
        neutral = recognizer.estimate_neutral(models.tensor(whole))
    else:
        neutral = models.tensor(rest)
    part, _ = on_grid(latents[slice(*frames)], fps, recognizer.config.fps)
    _, clip = recognizer.probabilities(models.tensor(part)[None], neutral[None])
    return np.asarray(clip[0].cpu().numpy())


@torch.inference_mode()
def resting(models: Models, latents: Floats) -> tuple[Floats, int]:
    """The estimated resting latent (D,) of a clip and the frame nearest to rest."""
    recognizer = _recognizer(models)
    z = models.tensor(latents)
    quietest = int(recognizer.rest.offset(z).norm(dim=-1).argmin())
    return recognizer.estimate_neutral(z).cpu().numpy(), quietest


def _recognizer(models: Models) -> Recognizer:
    if models.recognizer is None:
        raise CheckpointError("the model set has no recognizer model")
    return models.recognizer
