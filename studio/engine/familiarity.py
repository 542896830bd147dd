"""How far a clip lies from the training data, by the models that were trained on it."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core import CheckpointError, Familiarity, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.engine.loading.models import Models
from studio.nn.checkpoint import Checkpoint
from studio.nn.familiarity import MEASURES, FamiliarityConfig, FamiliarityModel, stamp
from studio.nn.recognizer import Recognizer

from . import checks
from .kind import Workplace
from .pose import FaceTemplate, to_template_pose
from .recognition import on_grid, rest_latent
from .roles import Codec

CHUNK = 64  # frames decoded at a time
LOOKED_AT = 192  # frames of a clip that are decoded; the others take the nearest one's error


def looked_at(frames: int) -> NDArray[np.intp]:
    """Choose the frames whose reconstruction is measured, evenly over a clip: ids (K,)."""
    count = min(frames, LOOKED_AT)
    return np.linspace(0, frames - 1, count).round().astype(np.intp)


def spread(errors: Floats, frames: int) -> Floats:
    """Give every frame (T,) the error of the nearest frame that was looked at (K,)."""
    at = looked_at(frames)
    middles = (at[1:] + at[:-1]) / 2
    return errors[np.searchsorted(middles, np.arange(frames))]


def reconstruction_errors(
    codec: Codec, template: FaceTemplate, sequence: MeshSequence, progress: Progress
) -> Floats:
    """Measure how far the vertices of a clip lie from what their latents decode to.

    Of a long clip some frames are measured, evenly, the others taking the nearest one's.

    Returns
    -------
    (T,) float32
        The mean distance of a frame's vertices in mm.
    """
    latents, left = codec.encode(sequence, progress.part(0.0, 0.5)), progress.part(0.5, 1.0)
    at, parts = looked_at(sequence.n_frames), []
    for start in left.each(range(0, len(at), CHUNK), "Comparing faces"):
        chosen = at[start : start + CHUNK]
        posed, _ = to_template_pose(sequence.vertices[chosen], template)
        faces = codec.decode(latents[chosen], Progress())
        away = np.linalg.norm(faces - posed, axis=-1).mean(axis=-1)
        parts.append(np.asarray(away, dtype=np.float32))
    return spread(np.concatenate(parts), sequence.n_frames)


class Weighing:
    """How unlike the training data a clip is, beside the recognizer of a name."""

    def __init__(self, place: Workplace, recognizer: str) -> None:
        self._place, self._recognizer = place, recognizer

    def read(
        self, sequence: MeshSequence, neutral: Floats | None, progress: Progress
    ) -> Familiarity:
        """Measure how far each frame lies from the training data; see `Engine.familiarity`.

        Parameters
        ----------
        sequence : MeshSequence
            The clip, in any pose.
        neutral : (V, 3) float32 or None
            The person's face at rest in mm; None: estimated.
        progress : Progress
            Told how far the work is.
        """
        place, codec = self._place, self._place.others.codec
        checks.topology(sequence, place.template, "recognized")
        checks.enough_frames(sequence)
        latents = codec.encode(sequence, progress.part(0.0, 0.5))
        rest = rest_latent(place, neutral)
        errors = reconstruction_errors(codec, place.template, sequence, progress.part(0.5, 1.0))
        ask = partial(self._ratios, latents=latents, errors=errors, fps=sequence.fps, rest=rest)
        return Familiarity(MEASURES, place.host.ask(ask))

    @torch.inference_mode()
    def _ratios(
        self, models: Models, latents: Floats, errors: Floats, fps: float, rest: Floats | None
    ) -> Floats:
        """Weigh a clip's latents (T, D) and errors (T,): (T, M)."""
        recognizer = models.of(self._recognizer, Recognizer)
        tokens, neutral = tokens_and_rest(models, recognizer, latents, fps, rest)
        model = models.of(self._place.name, FamiliarityModel)
        return np.asarray(model(tokens, neutral, models.tensor(errors)).cpu().numpy())


@torch.inference_mode()
def tokens_and_rest(
    models: Models, recognizer: Recognizer, latents: Floats, fps: float, rest: Floats | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed a clip as the recognizer does.

    Parameters
    ----------
    models : Models
        Put arrays on their device.
    recognizer : Recognizer
        Embeds latents.
    latents : (T, D) float32
        Of the clip, at its own frame rate.
    fps : float
        That rate.
    rest : (D,) float32 or None
        The latent of the face at rest; None: estimated.

    Returns
    -------
    tokens : (T, 2K) tensor
        What the recognizer embeds, at the clip's frames.
    neutral : (D,) tensor
        The latent of the face at rest.
    """
    grid, places = on_grid(latents, fps, recognizer.config.fps)
    z = models.tensor(grid)
    neutral = recognizer.estimate_neutral(z) if rest is None else models.tensor(rest)
    tokens = recognizer.tokens(z[None], neutral[None])[0]
    return tokens[torch.as_tensor(places, device=z.device)], neutral


def fitted_on(recognizer: torch.nn.Module | None, file: Checkpoint) -> FamiliarityModel:
    """Build the model in a file, which must have been fitted on this recognizer.

    Raises
    ------
    CheckpointError
        Where it was fitted on another one.
    """
    found = stamp(recognizer) if recognizer is not None else "none"
    if file.extra.get("fitted_on") != found:
        raise CheckpointError(
            f"{file.path.name}: expected the recognizer it was fitted on, found {found}; "
            "fit it again with `python -m studio train familiarity`"
        )
    return file.fill(FamiliarityModel(file.config_as(FamiliarityConfig)))
