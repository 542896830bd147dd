"""Distances from the training data, fitted once: Gaussians of motion and faces, and an error."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor, nn

MEASURES = ("motion", "speed", "face", "surface")


@dataclass(frozen=True)
class FamiliarityConfig:
    """Sizes: D of the autoencoder, K of the recognizer's motion, directions kept of faces."""

    latent_dim: int = 512
    motion_dim: int = 64
    face_dim: int = 32


class FamiliarityModel(nn.Module):
    """How far frames are from what the recognizer and the autoencoder were trained on.

    Each measure is divided by its limit, so 1 is the largest that counts as familiar.

    motion, speed
        Mahalanobis distance of the motion coordinates and of their change.
    face
        The same of the resting latent, in its leading directions.
    surface
        Mean error of the reconstruction, in mm.
    """

    limits: Tensor
    face_basis: Tensor
    face_mean: Tensor
    motion_mean: Tensor
    motion_whiten: Tensor
    speed_mean: Tensor
    speed_whiten: Tensor

    def __init__(self, config: FamiliarityConfig) -> None:
        super().__init__()
        self.config = config
        size = config.motion_dim
        self.register_buffer("limits", torch.ones(len(MEASURES)))
        self.register_buffer("face_mean", torch.zeros(config.latent_dim))
        # Divided by the deviation of each direction.
        self.register_buffer("face_basis", torch.eye(config.latent_dim, config.face_dim))
        for name in ("motion", "speed"):
            self.register_buffer(f"{name}_mean", torch.zeros(size))
            self.register_buffer(f"{name}_whiten", torch.eye(size))

    def forward(self, tokens: Tensor, rest: Tensor, error: Tensor) -> Tensor:
        """Measure ratios (T, M) in the order of `MEASURES`.

        Parameters
        ----------
        tokens
            (T, 2K) as the recognizer embeds them.
        rest
            (D,).
        error
            (T,) in mm.
        """
        return self.distances(tokens, rest, error) / self.limits

    def distances(self, tokens: Tensor, rest: Tensor, error: Tensor) -> Tensor:
        """Compute (T, M) as `forward` does, not yet divided by the limits."""
        motion, speed = tokens.chunk(2, dim=-1)
        face = ((rest - self.face_mean) @ self.face_basis).square().mean().sqrt()
        columns = (
            _away(motion, self.motion_mean, self.motion_whiten),
            _away(speed, self.speed_mean, self.speed_whiten),
            face.expand(len(tokens)),
            error,
        )
        return torch.stack(columns, dim=1)

    @torch.no_grad()
    def fit(self, tokens: Tensor, faces: Tensor, shrink: float = 1e-2) -> FamiliarityModel:
        """Set the Gaussians from tokens (N, 2K) and resting latents (S, D); limits stay.

        Parameters
        ----------
        shrink
            Share of the mean variance that is added to every direction.
        """
        for name, part in zip(("motion", "speed"), tokens.chunk(2, dim=-1), strict=True):
            mean, whiten = _gaussian(part.double(), shrink)
            getattr(self, f"{name}_mean").copy_(mean)
            getattr(self, f"{name}_whiten").copy_(whiten)
        self.face_mean.copy_(faces.mean(0))
        _, sizes, directions = torch.linalg.svd(faces - faces.mean(0), full_matrices=False)
        deviation = sizes / len(faces) ** 0.5
        kept = self.config.face_dim
        self.face_basis.copy_(directions[:kept].T / deviation[:kept])
        return self


def stamp(recognizer: nn.Module) -> str:
    """Hash a recognizer's weights to 16 hex digits.

    Distances belong to the recognizer they were fitted on.
    """
    sha = hashlib.sha256()
    for name, tensor in sorted(recognizer.state_dict().items()):
        sha.update(name.encode())
        sha.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
    return sha.hexdigest()[:16]


def _away(x: Tensor, mean: Tensor, whiten: Tensor) -> Tensor:
    """Root mean square of whitened coordinates (T,)."""
    return ((x - mean) @ whiten).square().mean(-1).sqrt()


def _gaussian(x: Tensor, shrink: float) -> tuple[Tensor, Tensor]:
    mean = x.mean(0)
    moment = (x - mean).T @ (x - mean) / len(x)
    moment += shrink * moment.diagonal().mean() * torch.eye(len(moment), dtype=x.dtype)
    return mean, torch.linalg.cholesky(torch.linalg.inv(moment))
