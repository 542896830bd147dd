"""Latents of a clip as a vector of the person, and the body model's gender slider (paper 000)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.nn.config import Share


@dataclass(frozen=True)
class IdentityConfig:
    """Shape of an `IdentityHead`.

    Attributes
    ----------
    latent_dim
        D of the autoencoder.
    width
        E, numbers that a person becomes.
    hidden
        Of the layer that bends them.
    slider_width
        Directions of a face that the slider is read from.
    dropout
        While it learns.
    """

    latent_dim: int = 512
    width: int = 64
    hidden: int = 128
    slider_width: int = 32
    dropout: Share = 0.1


class IdentityHead(nn.Module):
    """Turns the frames of a clip into one vector of unit length, whatever they express.

    A projection keeps what differs between people and not between the frames of one; it begins as
    linear discriminants, which divide by how far frames of one person differ: expression, the
    tracker's noise, a registration that slides. A residual layer bends it, and attention over the
    frames leaves out those that tell little. It has no order of time, so a clip may be of any
    length and rate.

    The slider is that of the synthetic body model the training people were drawn from. It is no
    statement about a person.
    """

    mean: Tensor
    limit: Tensor
    slope: Tensor
    slider_scale: Tensor

    def __init__(self, config: IdentityConfig) -> None:
        super().__init__()
        self.config = config
        self.project = nn.Linear(config.latent_dim, config.width, bias=False)
        self.bend = nn.Sequential(
            nn.LayerNorm(config.width),
            nn.Linear(config.width, config.hidden),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, config.width),
        )
        self.weigh = nn.Linear(config.width, 1)
        self.slider = nn.Sequential(
            nn.Linear(config.latent_dim, config.slider_width, bias=False),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.slider_width, 1),
        )
        self.register_buffer("mean", torch.zeros(config.latent_dim))
        # The cosine from which on two clips count as of one person, and how sharp that limit is.
        self.register_buffer("limit", torch.tensor(0.5))
        self.register_buffer("slope", torch.tensor(10.0))
        self.register_buffer("slider_scale", torch.ones(()))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Read clips (B, T, D): vectors of unit length (B, E), and logits of the slider (B,)."""
        faces, share = self.faces(z)
        pooled = torch.einsum("bt,bte->be", share.softmax(1), faces)
        return F.normalize(pooled, dim=-1), self.logits(z).mean(1)

    def faces(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Describe each frame (..., D): (..., E), and how much it counts (...) before a softmax."""
        straight = self.project(z - self.mean)
        faces = straight + self.bend(straight)
        return faces, self.weigh(faces)[..., 0]

    def logits(self, z: Tensor) -> Tensor:
        """Read the slider off each frame (..., D): calibrated logits (...)."""
        return self.slider(z - self.mean)[..., 0] * self.slider_scale

    def so_far(self, z: Tensor) -> Tensor:
        """Describe a clip (T, D) as it is known at each frame, from those up to it: (T, E)."""
        faces, share = self.faces(z)
        counts = (share - share.max()).exp()[:, None]
        return F.normalize((counts * faces).cumsum(0), dim=-1)

    def closeness(self, cosine: Tensor) -> Tensor:
        """Map cosines (T, N) to 0..1 (T, N), of which 0.5 is the limit of one person."""
        return torch.sigmoid(self.slope * (cosine - self.limit))

    @torch.no_grad()
    def discriminate(self, z: Tensor, person: Tensor, shrink: float = 0.02) -> IdentityHead:
        """Begin with linear discriminants of latents (N, D) of people (N,).

        Parameters
        ----------
        shrink
            Share of the mean variance within people that is added to every direction.
        """
        x = z.double()
        _, row = person.unique(return_inverse=True)
        count = row.bincount().double()
        means = torch.zeros(len(count), x.shape[1], dtype=x.dtype).index_add_(0, row, x)
        means /= count[:, None]
        within = x - means[row]
        inner = within.T @ within / len(x)
        inner += shrink * inner.diagonal().mean() * torch.eye(len(inner), dtype=x.dtype)
        center = means.mean(0)
        outer = (means - center).T @ (means - center) / len(means)
        whiten = torch.linalg.inv(torch.linalg.cholesky(inner))
        sizes, ways = torch.linalg.eigh(whiten @ outer @ whiten.T)
        kept = ways.flip(1)[:, : self.config.width].T @ whiten
        # Of unit deviation, so that what follows begins well.
        scale = sizes.flip(0)[: self.config.width].clamp_min(1e-9).sqrt().mean()
        self.project.weight.copy_(kept / scale)
        self.mean.copy_(center)
        for layer in (self.bend[-1], self.weigh):
            assert isinstance(layer, nn.Linear)
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        return self
