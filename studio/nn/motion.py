"""Fixed, fitted maps of the latent space: motion coordinates and the estimate of a resting face."""

from __future__ import annotations

import heapq

import numpy as np
import torch
from torch import Tensor, nn


class Projection(nn.Module):
    """Standardized coordinates of latent offsets, all of it buffers fitted on training data.

    latent_dim D, motion_dim K: with K < D the offsets are first projected on a basis (D, K).
    """

    basis: Tensor | None
    mean: Tensor
    std: Tensor

    def __init__(self, latent_dim: int, motion_dim: int) -> None:
        super().__init__()
        if not 1 <= motion_dim <= latent_dim:
            raise ValueError(f"motion_dim {motion_dim} is not in 1..{latent_dim}")
        reduced = motion_dim < latent_dim
        self.register_buffer("basis", torch.eye(latent_dim, motion_dim) if reduced else None)
        self.register_buffer("mean", torch.zeros(motion_dim))
        self.register_buffer("std", torch.ones(motion_dim))

    def forward(self, offsets: Tensor) -> Tensor:
        """Turn offsets (..., D) into coordinates (..., K) of about unit variance."""
        return (self._reduced(offsets) - self.mean) / self.std

    def steps(self, offsets: Tensor) -> Tensor:
        """Project differences of offsets (..., D) to (..., K): as `forward`, without the mean."""
        return self._reduced(offsets) / self.std

    def inverse(self, coordinates: Tensor) -> Tensor:
        """Turn coordinates (..., K) back into offsets (..., D)."""
        reduced = coordinates * self.std + self.mean
        return reduced if self.basis is None else reduced @ self.basis.T

    def _reduced(self, offsets: Tensor) -> Tensor:
        return offsets if self.basis is None else offsets @ self.basis

    @torch.no_grad()
    def fit(self, offsets: Tensor, floor: float = 0.02) -> Projection:
        """Set the buffers from samples (N, D): leading principal directions, mean and deviation.

        Parameters
        ----------
        floor
            No deviation counts as less than this share of the largest, so that noise in still
            directions is not blown up.
        """
        samples = offsets.to(self.mean)
        if self.basis is not None:
            centered = (samples - samples.mean(0)).double()
            _, directions = torch.linalg.eigh(centered.T @ centered)
            self.basis.copy_(directions.flip(1)[:, : self.basis.shape[1]])
            samples = samples @ self.basis
        self.mean.copy_(samples.mean(0))
        spread = samples.std(0, unbiased=False)
        self.std.copy_(spread.clamp_min((floor * spread.max()).clamp_min(1e-6)))
        return self


class Coordinates(nn.Module):
    """Coordinates of latent offsets that were chosen, not found in training data.

    Principal directions tell how the training's people move, and blow up what these hardly do.
    Measures of the face (how far a brow has come down, in mm) are the same for everybody.
    """

    rows: Tensor
    unit: Tensor

    def __init__(self, latent_dim: int, motion_dim: int) -> None:
        super().__init__()
        self.register_buffer("rows", torch.eye(latent_dim, motion_dim))
        self.register_buffer("unit", torch.ones(()))

    def forward(self, offsets: Tensor) -> Tensor:
        """Turn offsets (..., D), or their differences in time, into coordinates (..., K)."""
        return offsets @ self.rows / self.unit

    @torch.no_grad()
    def measure(self, rows: Tensor, unit: float) -> Coordinates:
        """Set what each latent adds to each coordinate (D, K), and what counts as 1 of it.

        One unit for all: a coordinate that hardly moves stays small.
        """
        self.rows.copy_(rows)
        self.unit.fill_(unit)
        return self


class MotionSpace(nn.Module):
    """What the diffusion model moves in: z_t - z_in, projected and standardized.

    A motion of zero stands at `still`, so a clip can start exactly at z_in.
    """

    rest_mean: Tensor
    rest_std: Tensor

    def __init__(self, latent_dim: int, motion_dim: int) -> None:
        super().__init__()
        self.projection = Projection(latent_dim, motion_dim)
        self.register_buffer("rest_mean", torch.zeros(latent_dim))
        self.register_buffer("rest_std", torch.ones(latent_dim))

    def to_motion(self, z: Tensor, z_in: Tensor) -> Tensor:
        """Turn latents (B, T, D) of clips that start at z_in (B, D) into motion (B, T, K)."""
        return self.projection(z - z_in[:, None])

    def to_latent(self, x: Tensor, z_in: Tensor) -> Tensor:
        """Turn motion (B, T, K) back into latents (B, T, D)."""
        return z_in[:, None] + self.projection.inverse(x)

    def still(self) -> Tensor:
        """Give the coordinates (K,) of no motion."""
        return -self.projection.mean / self.projection.std

    def rest(self, z_in: Tensor) -> Tensor:
        """Standardize resting faces (B, D), the form the denoiser is told z_in in."""
        return (z_in - self.rest_mean) / self.rest_std

    @torch.no_grad()
    def fit(self, offsets: Tensor, rests: Tensor, floor: float = 0.02) -> MotionSpace:
        """Set the buffers from motion z_t - z_in (N, D) and resting latents (S, D)."""
        self.projection.fit(offsets, floor)
        self.rest_mean.copy_(rests.mean(0))
        spread = rests.std(0, unbiased=False)
        self.rest_std.copy_(spread.clamp_min((floor * spread.max()).clamp_min(1e-6)))
        return self


class RestEstimator(nn.Module):
    """Finds a person's resting latent in a clip of which no frame is known to be neutral.

    A ridge regression tells from one latent how far its expression lies from rest (e_t = z_t -
    z_rest); the frames with the smallest e_t, each taken back by its e_t, are averaged.

    Parameters
    ----------
    shrink
        Share of e_t that is taken back.
    share
        Share of the frames that is averaged, at least three.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, latent_dim: int, shrink: float = 1.0, share: float = 0.1) -> None:
        super().__init__()
        self.shrink = shrink
        self.share = share
        self.register_buffer("weight", torch.zeros(latent_dim, latent_dim))
        self.register_buffer("bias", torch.zeros(latent_dim))

    def offset(self, z: Tensor) -> Tensor:
        """Predict the expression offset e (..., D) of latents (..., D)."""
        return z @ self.weight + self.bias

    def forward(self, z: Tensor, mask: Tensor | None = None) -> Tensor:
        """Estimate resting latents (B, D) of clips z (B, T, D).

        The mask (B, T) marks the frames that exist.
        """
        offset = self.offset(z)
        there = torch.ones_like(z[..., 0], dtype=torch.bool) if mask is None else mask
        size = offset.norm(dim=-1).masked_fill(~there, torch.inf)
        rank = size.argsort(dim=1, stable=True).argsort(dim=1)
        chosen = ((rank < self._count(there.sum(1))[:, None]) & there).to(z)  # (B, T)
        weights = chosen / chosen.sum(1, keepdim=True)
        return torch.einsum("bt,btd->bd", weights, z - self.shrink * offset)

    def running(self, z: Tensor) -> Tensor:
        """Estimate resting latents (T, D) of one clip z (T, D), row t from frames 0..t.

        This is what a live stream can know, so per-frame verdicts built on it are causal.
        """
        offset = self.offset(z)
        sizes = offset.norm(dim=-1).tolist()
        at_rest = (z - self.shrink * offset).numpy(force=True)
        counts = self._count(torch.arange(1, len(z) + 1)).tolist()
        rows = np.empty_like(at_rest)
        # In double precision, so that what comes and goes leaves nothing behind that counts.
        total = np.zeros(at_rest.shape[1])
        quietest = _Quietest()
        for row, (size, count) in enumerate(zip(sizes, counts, strict=True)):
            for frame, sign in quietest.see(size, int(count)):
                total += sign * at_rest[frame].astype(float)
            rows[row] = total / len(quietest)
        return torch.from_numpy(rows).to(z.device)

    def _count(self, frames: Tensor) -> Tensor:
        return (frames * self.share).ceil().clamp_min(3.0)

    @torch.no_grad()
    def fit(self, z: Tensor, offsets: Tensor, ridge: float = 1e-2) -> RestEstimator:
        """Set the map from latents z (N, D) and their known offsets from rest (N, D).

        Parameters
        ----------
        ridge
            Penalty on the weights, as a share of the mean variance of the latents.
        """
        x, y = z.double(), offsets.double()
        center_x, center_y = x.mean(0), y.mean(0)
        x = x - center_x
        moment = x.T @ x
        penalty = ridge * moment.diagonal().mean() * torch.eye(len(moment), dtype=x.dtype)
        weight = torch.linalg.solve(moment + penalty.to(x.device), x.T @ (y - center_y))
        self.weight.copy_(weight)
        self.bias.copy_(center_y - center_x @ weight)
        return self


class _Quietest:
    """The frames of the smallest sizes among those seen so far; of equals, the earlier ones."""

    def __init__(self) -> None:
        self._chosen: list[tuple[float, int]] = []  # a heap, (-size, -frame): the largest on top
        self._others: list[tuple[float, int]] = []  # a heap, (size, frame): the smallest on top

    def __len__(self) -> int:
        return len(self._chosen)

    def see(self, size: float, count: int) -> list[tuple[int, int]]:
        """See the next frame, and choose up to `count`, never fewer than before.

        Returns
        -------
        list of (int, int)
            Each frame that is chosen now (1) or no more (-1).
        """
        frame = len(self._chosen) + len(self._others)
        largest = heapq.heappushpop(self._chosen, (-size, -frame))
        changes = [(frame, 1), (-largest[1], -1)] if -largest[1] != frame else []
        heapq.heappush(self._others, (-largest[0], -largest[1]))
        while len(self._chosen) < count and self._others:
            size, frame = heapq.heappop(self._others)
            heapq.heappush(self._chosen, (-size, -frame))
            changes.append((frame, 1))
        return changes
