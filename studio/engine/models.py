"""The models of a set on one device: torch in, numpy out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch

from studio.core.sequence import Floats
from studio.nn.autoencoder import Autoencoder
from studio.nn.denoisers import MotionDiffusion
from studio.nn.familiarity import FamiliarityModel
from studio.nn.recognizer import Recognizer

Model = TypeVar("Model", bound=torch.nn.Module)


@dataclass(frozen=True, eq=False)
class Models:
    """Networks in evaluation mode. Frozen: a move to another device makes a new one, so that a
    thread that is at work keeps what it began with."""

    autoencoder: Autoencoder
    recognizer: Recognizer | None
    generators: Mapping[str, MotionDiffusion]
    device: torch.device
    familiarity: FamiliarityModel | None = None

    @property
    def kinds(self) -> frozenset[str]:
        parts = {"recognizer": self.recognizer, "familiarity": self.familiarity}
        own = {name for name, model in parts.items() if model is not None}
        return frozenset(own | {"autoencoder"} | set(self.generators))

    def to(self, device: torch.device) -> Models:
        """Copies of the models on a device."""
        return replace(
            self,
            autoencoder=_copied(self.autoencoder, device),
            recognizer=self.recognizer and _copied(self.recognizer, device),
            generators={n: _copied(model, device) for n, model in self.generators.items()},
            device=device,
            familiarity=self.familiarity and _copied(self.familiarity, device),
        )

    def tensor(self, array: Floats) -> torch.Tensor:
        """A float32 tensor on the device; read-only arrays are copied, not aliased."""
        return torch.tensor(np.asarray(array, dtype=np.float32), device=self.device)

    def encode(self, vertices: Floats) -> Floats:
        """Meshes (B, V, 3) in the template's pose to latents (B, D)."""
        return self._answer(lambda: self.autoencoder.encode(self.tensor(vertices)))

    def decode(self, latents: Floats) -> Floats:
        """Latents (B, D) to meshes (B, V, 3) in the template's pose."""
        return self._answer(lambda: self.autoencoder.decode(self.tensor(latents)))

    @staticmethod
    @torch.inference_mode()
    def _answer(ask: Callable[[], torch.Tensor]) -> Floats:
        return np.ascontiguousarray(ask().float().cpu().numpy())


def _copied(model: Model, device: torch.device) -> Model:
    """The copy is made where it is to be: a device without room has none for another either."""
    copies: dict[int, torch.Tensor] = {id(b): b.to(device, copy=True) for b in model.buffers()}
    for old in model.parameters():
        moved = old.detach().to(device, copy=True)
        copies[id(old)] = torch.nn.Parameter(moved, old.requires_grad)
    return copy.deepcopy(model, copies).eval()
