"""Which expression a clip shows, frame by frame and as a whole (paper 000, section 2.2)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import SelfAttention, feed_forward, rotary_table
from .config import Layers, Rate, Share
from .motion import Coordinates, RestEstimator


@dataclass(frozen=True)
class RecognizerConfig:
    """Shape of a `Recognizer`.

    Attributes
    ----------
    latent_dim
        D of the autoencoder.
    motion_dim
        K, coordinates of the motion that are read.
    labels
        Number of classes.
    window
        Frames one attention block looks back, the frame itself included.
    fps
        Frame rate the model was trained at.
    shrink, share
        Of the `RestEstimator`.
    """

    latent_dim: int = 512
    motion_dim: int = 64
    labels: int = 7
    width: int = 128
    heads: Layers = 4
    layers: Layers = 3
    window: int = 64
    ff: Layers = 2
    dropout: Share = 0.1
    fps: Rate = 30.0
    shrink: float = 1.0
    share: float = 0.1


class Block(nn.Module):
    """Pre-norm Transformer block with causal attention in a bounded window."""

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width)
        self.attention = SelfAttention(config.width, config.heads, config.window)
        self.norm_ff = nn.LayerNorm(config.width)
        self.ff = feed_forward(config.width, config.ff, config.dropout)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, table: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        """Transform x (B, T, C) with the `rotary_table` of its frames and a mask (B, T)."""
        x = x + self.dropout(self.attention(self.norm_attention(x), table, mask))
        return x + self.dropout(self.ff(self.norm_ff(x)))


class Recognizer(nn.Module):
    """Temporal Transformer over latent motion relative to the person's resting face.

    Three self-attention blocks, then fully connected layers per frame, for the label and for how
    strongly it shows. The clip's verdict is that of its frames, weighed by learned attention, so
    that it cannot name what no frame shows. Each block sees a bounded causal window, so row t
    depends on frames up to t alone and a stream gives the same numbers as a clip.
    """

    frame_temperature: Tensor
    clip_temperature: Tensor
    step_unit: Tensor

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        self.motion = Coordinates(config.latent_dim, config.motion_dim)
        self.rest = RestEstimator(config.latent_dim, config.shrink, config.share)
        self.embed = nn.Linear(2 * config.motion_dim, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.frame_head = nn.Linear(config.width, config.labels)
        self.pool = nn.Linear(config.width, 1)
        self.intensity_head = nn.Linear(config.width, 1)
        self.register_buffer("step_unit", torch.ones(()))
        self.register_buffer("frame_temperature", torch.ones(()))
        self.register_buffer("clip_temperature", torch.ones(()))

    def forward(
        self, z: Tensor, neutral: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read logits per frame (B, T, L), of the clip (B, L), and how strongly frames act (B, T).

        Of that, 1 is a full expression and 0 none.

        Parameters
        ----------
        z
            Latents (B, T, D) at `config.fps`.
        neutral
            The person's resting latent, (B, D), or (B, T, D) where the estimate changes.
        mask
            (B, T), True where a frame is there; None: everywhere.
        """
        features = self.features(z, neutral, mask)
        frames = self.frame_head(features)
        strength = F.softplus(self.intensity_head(features)[..., 0])
        return frames, self._pooled(features, frames, mask), strength

    def features(self, z: Tensor, neutral: Tensor, mask: Tensor | None = None) -> Tensor:
        """Compute what the heads read: (B, T, C), row t from frames up to t."""
        x = self.embed(self.tokens(z, neutral))
        size = self.config.width // self.config.heads
        table = rotary_table(x.shape[1], size, x)
        for block in self.blocks:
            x = block(x, table, mask)
        return self.norm(x)

    def probabilities(
        self, z: Tensor, neutral: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read calibrated probabilities per frame (B, T, L), of the clip (B, L), and intensity."""
        frames, clip, strength = self(z, neutral, mask)
        per_frame = (frames / self.frame_temperature).softmax(-1)
        return per_frame, (clip / self.clip_temperature).softmax(-1), strength

    def estimate_neutral(self, z: Tensor) -> Tensor:
        """Estimate the resting latent (D,) of one clip (T, D)."""
        return self.rest(z[None])[0]

    @torch.no_grad()
    def measure(self, rows: Tensor, unit: float, steps: Tensor) -> Recognizer:
        """Set the input buffers: see `Coordinates.measure`; velocities have a unit of their own.

        Parameters
        ----------
        steps
            (M, D) differences z_t - z_t-1, of which the velocity's unit is the deviation.
        """
        self.motion.measure(rows, unit)
        self.step_unit.copy_(self.motion(steps).std(unbiased=False))
        return self

    def tokens(self, z: Tensor, neutral: Tensor) -> Tensor:
        """Join position and velocity to (B, T, C), C = 2 K.

        Velocity is read from z, where a changing estimate of the neutral leaves no trace.
        """
        base = neutral if neutral.dim() == 3 else neutral[:, None]
        step = torch.diff(z, dim=1, prepend=z[:, :1])
        return torch.cat([self.motion(z - base), self.motion(step) / self.step_unit], dim=-1)

    def _pooled(self, features: Tensor, frames: Tensor, mask: Tensor | None) -> Tensor:
        score = self.pool(features)[..., 0]  # (B, T)
        if mask is not None:
            score = score.masked_fill(~mask, -torch.inf)
        return torch.einsum("bt,btl->bl", score.softmax(1), frames)
