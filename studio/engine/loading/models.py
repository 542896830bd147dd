"""The networks of a set on one device: torch in, numpy out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch

from studio.core.sequence import Floats

Model = TypeVar("Model", bound=torch.nn.Module)


@dataclass(frozen=True, eq=False)
class Models:
    """Networks in evaluation mode, by the name of their kind.

    Frozen: a move to another device makes a new one, so that a thread that is at work keeps what it
    began with.
    """

    modules: Mapping[str, torch.nn.Module]
    device: torch.device

    def of(self, name: str, cls: type[Model]) -> Model:
        """Find the network of a name, which is one of a class."""
        module = self.modules[name]
        if not isinstance(module, cls):
            raise TypeError(f"the {name} model is no {cls.__name__}")
        return module

    def to(self, device: torch.device) -> Models:
        """Copy the networks to a device."""
        copies = {name: _copied(module, device) for name, module in self.modules.items()}
        return Models(copies, device)

    def tensor(self, array: Floats) -> torch.Tensor:
        """Put an array (...,) on the device as float32; a read-only one is copied, not aliased."""
        return torch.tensor(np.asarray(array, dtype=np.float32), device=self.device)


def _copied(model: Model, device: torch.device) -> Model:
    """Make the copy where it is to be: a device without room has none for another either."""
    copies: dict[int, torch.Tensor] = {id(b): b.to(device, copy=True) for b in model.buffers()}
    for old in model.parameters():
        moved = old.detach().to(device, copy=True)
        copies[id(old)] = torch.nn.Parameter(moved, old.requires_grad)
    return copy.deepcopy(model, copies).eval()
