"""From the latents of a clip to the person it shows, and to the body model's gender slider."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from studio.core import CheckpointError, InputError, MeshSequence, Progress
from studio.core.identity.people import Identified, KnownPeople
from studio.core.sequence import Floats
from studio.engine.loading.models import Models
from studio.nn.identity.head import IdentityHead

from . import checks
from .kind import Workplace


class PersonReader:
    """The identity head of a set; it needs no face at rest, and no more than one frame."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def vector(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Describe the person of a clip, (E,); see `Engine.person_vector`."""
        ask = partial(self._vectors, latents=self._latents(sequence, progress))
        return np.asarray(self._finite(self._place.host.ask(ask))[-1])

    def identified(
        self, sequence: MeshSequence, known: KnownPeople, progress: Progress
    ) -> Identified:
        """Compare a clip with people who are known; see `Engine.identify`."""
        latents = self._latents(sequence, progress)
        cosines = known.cosines(
            self._finite(self._place.host.ask(partial(self._vectors, latents=latents)))
        )
        close = self._place.host.ask(partial(self._closeness, cosines=cosines))
        return Identified(known.names, close, close[-1])

    def slider(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Read the body model's gender slider, (T + 1,): of the frames, and of the clip last."""
        latents = self._latents(sequence, progress)
        return self._finite(self._place.host.ask(partial(self._slider, latents=latents)))

    def _latents(self, sequence: MeshSequence, progress: Progress) -> Floats:
        checks.topology(sequence, self._place.template, "told from others")
        if not sequence.n_frames:
            raise InputError.of(sequence.name, "a frame or more", "none")
        return self._place.others.codec.encode(sequence, progress)

    def _finite(self, numbers: Floats) -> Floats:
        if not np.isfinite(numbers).all():
            wanted = "weights that give numbers, found others"
            raise CheckpointError(f"{self._place.name}.safetensors: expected {wanted}")
        return numbers

    @torch.inference_mode()
    def _vectors(self, models: Models, latents: Floats) -> Floats:
        """Describe a clip (T, D) as it is known at each frame: (T, E)."""
        head = models.of(self._place.name, IdentityHead)
        return np.asarray(head.so_far(models.tensor(latents)).cpu().numpy())

    @torch.inference_mode()
    def _closeness(self, models: Models, cosines: Floats) -> Floats:
        head = models.of(self._place.name, IdentityHead)
        return np.asarray(head.closeness(models.tensor(cosines)).cpu().numpy())

    @torch.inference_mode()
    def _slider(self, models: Models, latents: Floats) -> Floats:
        """Read probabilities (T,) that the slider stands above its middle, and of the clip last."""
        head = models.of(self._place.name, IdentityHead)
        logits = head.logits(models.tensor(latents))
        both = torch.cat([logits, logits.mean()[None]])
        return np.asarray(both.sigmoid().cpu().numpy())
