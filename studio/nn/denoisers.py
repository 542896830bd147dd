"""What the diffusion model predicts with: two networks behind one call (paper 000, section 2.3).

    prediction = model(x, t, z_in, label, intensity, mask)        (B, T, K)

x is noisy motion in the coordinates of the model's `MotionSpace`; label index L means no label.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from .attention import SelfAttention, feed_forward, rotary_table
from .config import Layers, Rate, Share, Steps
from .motion import MotionSpace


@dataclass(frozen=True)
class DiffusionConfig:
    """Shape, noise schedule and sampling defaults of a `MotionDiffusion`.

    Attributes
    ----------
    latent_dim, motion_dim
        D and K <= D; unet2d takes K = D to be the paper's.
    denoiser
        One of temporal (Transformer over frames) or unet2d (the paper's, over 512 x l).
    width, layers, heads, ff, dropout
        Of the temporal denoiser.
    channels, depth, attention
        Of the 2D UNet; one resolution a channel count.
    prediction, train_steps, schedule, zero_snr
        The noise process.
    min_snr
        Gamma of the min-SNR loss weight; 0: the paper's plain mean squared error.
    label_dropout
        Share of training clips that are shown without label, for guidance.
    min_frames, max_frames
        Lengths the model was trained on.
    intensities
        Lowest and highest intensity of the training clips.
    sampler, steps, guidance, guidance_rescale
        What `sample` takes unless told otherwise.
    smoothing
        0..0.25, the share that a sampled frame takes of each of its two neighbors, so that
        generated motion trembles no more than recorded motion does.
    """

    denoiser: Literal["temporal", "unet2d"] = "temporal"
    latent_dim: int = 512
    motion_dim: int = 64
    labels: int = 7
    width: int = 192
    layers: Layers = 4
    heads: Layers = 4
    ff: Layers = 2
    dropout: Share = 0.0
    channels: tuple[int, ...] = (16, 32, 64)
    depth: Layers = 1
    attention: bool = False
    prediction: Literal["v_prediction", "epsilon"] = "v_prediction"
    train_steps: Steps = 1000
    schedule: Literal["squaredcos_cap_v2", "linear"] = "squaredcos_cap_v2"
    zero_snr: bool = True
    min_snr: float = 5.0
    label_dropout: Share = 0.1
    fps: Rate = 30.0
    min_frames: int = 16
    max_frames: int = 240
    intensities: tuple[float, float] = (0.15, 1.5)
    sampler: str = "dpm"
    steps: Steps = 20
    guidance: float = 2.0
    guidance_rescale: float = 0.7
    smoothing: Share = 0.0

    def __post_init__(self) -> None:
        if self.denoiser not in ("temporal", "unet2d"):
            raise ValueError(f"denoiser {self.denoiser} is not temporal or unet2d")
        if self.prediction == "epsilon" and self.zero_snr:
            raise ValueError("at zero signal the noise says nothing: zero_snr needs v_prediction")

    @property
    def parameters(self) -> frozenset[str]:
        """What can be said of how a diffusion model samples."""
        return frozenset({"guidance", "steps", "sampler"})


class MotionDiffusion(nn.Module):
    """A denoiser together with the space it works in: all that a checkpoint holds.

    Learning by squared errors leaves motion short; `reach` (L,) is by how much that of each label
    is lengthened.
    """

    reach: Tensor

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.register_buffer("reach", torch.ones(config.labels))
        self.config = config
        self.space = MotionSpace(config.latent_dim, config.motion_dim)
        kinds: dict[str, type[nn.Module]] = {
            "temporal": TemporalDenoiser,
            "unet2d": UNet2dDenoiser,
        }
        self.net = kinds[config.denoiser](config)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        z_in: Tensor,
        label: Tensor,
        intensity: Tensor,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Predict velocity or noise (B, T, K), zero where there is no frame.

        Parameters
        ----------
        x
            Noisy motion (B, T, K).
        t
            (B,) steps in 0..train_steps-1.
        z_in
            (B, D).
        label
            (B,) in 0..L, L for none.
        intensity
            (B,).
        mask
            (B, T), None: all frames.
        """
        out: Tensor = self.net(x, t, self.space.rest(z_in), label, intensity, mask)
        return out if mask is None else out * mask[..., None]


def fourier(value: Tensor, size: int, longest: float = 10_000.0) -> Tensor:
    """Make sinusoidal features (..., C) of numbers (...,), C being `size`."""
    half = torch.arange(size // 2, device=value.device, dtype=torch.float32)
    angle = value.float()[..., None] * torch.exp(-math.log(longest) * half / (size // 2))
    return torch.cat([angle.cos(), angle.sin()], dim=-1)


class Condition(nn.Module):
    """One vector (B, C) of what a clip shall be: noise level, label, intensity, length."""

    def __init__(self, labels: int, width: int, *, timed: bool = True) -> None:
        super().__init__()
        self.width = width
        self.time = nn.Linear(width, width) if timed else None
        self.label = nn.Embedding(labels + 1, width)
        self.intensity = nn.Linear(width, width)
        self.length = nn.Linear(width, width)
        self.join = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())

    def forward(self, t: Tensor, label: Tensor, intensity: Tensor, frames: Tensor) -> Tensor:
        """Embed what a clip is asked to be: (B, C).

        Parameters
        ----------
        t : (B,) noise step
        label : (B,) 0..L, L for none
        intensity : (B,) 0..1.5
        frames : (B,) length of the clip
        """
        total = self.label(label) + self.length(fourier(frames, self.width))
        # Slow periods over 0..1.5, so that near intensities look alike. A clip without label is
        # told no intensity either: guidance then strengthens both.
        strength = self.intensity(fourier(10.0 * intensity, self.width))
        total = total + strength * (label < self.label.num_embeddings - 1)[:, None]
        if self.time is not None:
            total = total + self.time(fourier(t, self.width))
        return self.join(total)


class TemporalDenoiser(nn.Module):
    """Transformer over frames, with the resting face as a token that is always there."""

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.head_size = config.width // config.heads
        self.width = config.width
        self.embed = nn.Linear(config.motion_dim, config.width)
        self.clock = nn.Linear(2 * config.width, config.width)
        self.rest = nn.Linear(config.latent_dim, config.width)
        self.condition = Condition(config.labels, config.width)
        self.blocks = nn.ModuleList(ConditionedBlock(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, config.motion_dim)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        rest: Tensor,
        label: Tensor,
        intensity: Tensor,
        mask: Tensor | None,
    ) -> Tensor:
        """Predict from noisy motion x (B, T, K); see `MotionDiffusion.forward`."""
        frames = frame_count(x, mask)
        vector = self.condition(t, label, intensity, frames)
        tokens = self.embed(x) + self.clock(self._clock(x.shape[1], frames))
        tokens = torch.cat([self.rest(rest)[:, None], tokens], dim=1)  # (B, 1+T, C)
        seen = None if mask is None or bool(mask.all()) else pad(mask, (1, 0), value=True)
        table = rotary_table(tokens.shape[1], self.head_size, tokens)
        for block in self.blocks:
            tokens = block(tokens, vector, table, seen)
        return self.out(self.norm(tokens[:, 1:]))

    def _clock(self, length: int, frames: Tensor) -> Tensor:
        """Where a frame stands (B, T, 2C): counted from the first frame and from the last."""
        index = torch.arange(length, device=frames.device).expand(len(frames), length)
        left = frames[:, None] - 1 - index
        return torch.cat([fourier(index, self.width), fourier(left, self.width)], dim=-1)


class ConditionedBlock(nn.Module):
    """Pre-norm Transformer block whose scales, shifts and gates come from the condition.

    Known as adaLN-Zero (Peebles and Xie 2023, section 3.2).
    """

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(config.width, elementwise_affine=False)
        self.attention = SelfAttention(config.width, config.heads)
        self.norm_ff = nn.LayerNorm(config.width, elementwise_affine=False)
        self.ff = feed_forward(config.width, config.ff, config.dropout)
        self.modulation = nn.Linear(config.width, 6 * config.width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(
        self, x: Tensor, vector: Tensor, table: tuple[Tensor, Tensor], mask: Tensor | None
    ) -> Tensor:
        """Transform x (B, T, C) under the condition (B, C); table and mask as in attention."""
        scale_a, shift_a, gate_a, scale_f, shift_f, gate_f = self.modulation(vector)[:, None].chunk(
            6, dim=-1
        )  # six of (B, 1, C)
        y = torch.addcmul(shift_a, self.norm_attention(x), 1 + scale_a)
        x = torch.addcmul(x, gate_a, self.attention(y, table, mask))
        y = torch.addcmul(shift_f, self.norm_ff(x), 1 + scale_f)
        return torch.addcmul(x, gate_f, self.ff(y))


class UNet2dDenoiser(nn.Module):
    """The paper's denoiser: a 2D UNet over latent dimension x time.

    z_in comes as an image channel, the same in every column; a third channel marks the frames
    that are there. Label, intensity and length are added to the time embedding, which scales and
    shifts the normalized features.
    """

    def __init__(self, config: DiffusionConfig) -> None:
        super().__init__()
        levels = len(config.channels)
        self.multiple = 2 ** (levels - 1)
        embedding = 4 * config.channels[0]
        self.condition = Condition(config.labels, embedding, timed=False)
        self.project = nn.Linear(config.latent_dim, config.motion_dim)
        from diffusers import UNet2DModel  # seconds to import, and seldom needed

        self.unet: nn.Module = UNet2DModel(
            in_channels=3,
            out_channels=1,
            down_block_types=("DownBlock2D",) * levels,
            up_block_types=("UpBlock2D",) * levels,
            block_out_channels=tuple(config.channels),
            layers_per_block=config.depth,
            norm_num_groups=math.gcd(8, *config.channels),
            add_attention=config.attention,
            class_embed_type="identity",
            # Added before a group norm, a condition would partly be normalized away again.
            resnet_time_scale_shift="scale_shift",
        )

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        rest: Tensor,
        label: Tensor,
        intensity: Tensor,
        mask: Tensor | None,
    ) -> Tensor:
        """Predict from noisy motion x (B, T, K); see `MotionDiffusion.forward`."""
        batch, length, dims = x.shape
        there = x.new_ones(batch, length) if mask is None else mask.to(x)
        vector = self.condition(t, label, intensity, frame_count(x, mask))
        image = torch.stack(
            [
                (x * there[..., None]).transpose(1, 2),
                self.project(rest)[:, :, None].expand(batch, dims, length),
                there[:, None].expand(batch, dims, length),
            ],
            dim=1,
        )  # (B, 3, K, T)
        image = pad(image, (0, -length % self.multiple, 0, -dims % self.multiple))
        out = self.unet(image, t, class_labels=vector, return_dict=False)[0]
        return out[:, 0, :dims, :length].transpose(1, 2)


def frame_count(x: Tensor, mask: Tensor | None) -> Tensor:
    """Count the frames that are there, (B,), of x (B, T, ...)."""
    if mask is not None:
        return mask.sum(1)
    return torch.full((len(x),), x.shape[1], device=x.device)
