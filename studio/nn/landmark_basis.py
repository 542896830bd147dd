"""Coordinates of landmark motion: a few principal directions, fitted on recorded motion."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LandmarkBasis(nn.Module):
    """Orthonormal directions of displacements (M, 3), strongest first.

    No mean is taken off, so no displacement is the coordinates of zero; and lengths in mm stay
    lengths in mm.
    """

    basis: Tensor
    std: Tensor

    def __init__(self, landmarks: int, components: int) -> None:
        super().__init__()
        if not 1 <= components <= 3 * landmarks:
            raise ValueError(f"components {components} is not in 1..{3 * landmarks}")
        self.register_buffer("basis", torch.eye(3 * landmarks, components))
        self.register_buffer("std", torch.ones(components))

    def forward(self, displacements: Tensor) -> Tensor:
        """Turn displacements (..., M, 3) in mm into coordinates (..., K) in mm."""
        return displacements.flatten(-2) @ self.basis.to(displacements)

    def inverse(self, coordinates: Tensor) -> Tensor:
        """Turn coordinates (..., K) back into displacements (..., M, 3)."""
        flat = coordinates @ self.basis.T.to(coordinates)
        return flat.view(*flat.shape[:-1], -1, 3)

    @torch.no_grad()
    def fit(self, displacements: Tensor, floor: float = 0.003) -> LandmarkBasis:
        """Set the buffers from samples (N, M, 3).

        Parameters
        ----------
        floor
            No deviation counts as less than this share of the largest.
        """
        samples = displacements.flatten(-2).double()
        moment, directions = torch.linalg.eigh(samples.T @ samples / len(samples))
        count = self.basis.shape[1]
        self.basis.copy_(directions.flip(1)[:, :count])
        spread = moment.flip(0)[:count].clamp_min(0).sqrt()
        self.std.copy_(spread.clamp_min((floor * spread[0]).clamp_min(1e-6)))
        return self
