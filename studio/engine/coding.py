"""Faces as latents and back, a bounded number of them on the device at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from studio.core import MeshSequence, Progress
from studio.core.alignment import Rotations
from studio.core.sequence import Floats, read_only
from studio.engine.loading.models import Models
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig

from . import checks
from .cache import LatentCache
from .kind import Workplace
from .pose import to_template_pose

CHUNK = 64  # meshes on the device at a time


class Coding:
    """The codec of a set; latents of clips are kept, so that asking again costs nothing."""

    def __init__(self, place: Workplace) -> None:
        self._name, self._host, self._template = place.name, place.host, place.template
        self.size = place.config_as(AutoencoderConfig).latent
        self.cache = LatentCache()

    def encode(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Encode a clip's frames (T, V, 3), in any pose, as latents (T, D). Read-only, cached."""
        checks.topology(sequence, self._template, "encoded")
        kept = self.cache.get(sequence)
        if kept is None:
            kept = self._encoded(sequence.vertices, progress)
            read_only(kept)
            self.cache.put(sequence, kept)
        return kept

    def _encoded(self, vertices: Floats, progress: Progress) -> Floats:
        parts = []
        for start in progress.each(range(0, len(vertices), CHUNK), "Reading faces"):
            posed, _ = to_template_pose(vertices[start : start + CHUNK], self._template)
            parts.append(self.encode_posed(posed))
        return np.concatenate(parts)

    def encode_posed(self, vertices: Floats) -> Floats:
        """Encode meshes (B, V, 3), in the template's pose, as latents (B, D), all at once."""
        return self._host.ask(partial(_encode, name=self._name, vertices=vertices))

    def decode(self, latents: Floats, progress: Progress) -> Floats:
        """Decode latents (T, D) into meshes (T, V, 3) in mm, in the template's pose."""
        latents = checks.latents(latents, self.size)
        parts = []
        for start in progress.each(range(0, len(latents), CHUNK), "Making faces"):
            chunk = latents[start : start + CHUNK]
            parts.append(self._host.ask(partial(_decode, name=self._name, latents=chunk)))
        return np.concatenate(parts)

    def posed(self, face: Floats) -> tuple[Rotations, Floats]:
        """Turn a face (V, 3) into the template's pose: the rotation (3, 3), and its latent (D,)."""
        posed, rotation = to_template_pose(face[None], self._template)
        return rotation[0], self.encode_posed(posed)[0]


def _encode(models: Models, name: str, vertices: Floats) -> Floats:
    return _answer(lambda: models.of(name, Autoencoder).encode(models.tensor(vertices)))


def _decode(models: Models, name: str, latents: Floats) -> Floats:
    return _answer(lambda: models.of(name, Autoencoder).decode(models.tensor(latents)))


@torch.inference_mode()
def _answer(ask: Callable[[], torch.Tensor]) -> Floats:
    return np.ascontiguousarray(ask().float().cpu().numpy())
