"""Motion3DGAN: landmark motion from a label and noise, on the sphere of its directions.

Paper 003, section 3.1. The generator gives a tangent vector at a reference point, the Karcher
mean of recorded motion; the exponential map takes it to a direction. Beside it the generator
gives the length of the motion in mm, so that intensity is generated and can be scaled. Its last
layer writes a curve, whose square-root velocity function and length they are. Frames are real
frames: a clip of 200 is not a stretched clip of 30.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, gelu, pad

from .config import Layers, Rate, SizeOrNone
from .denoisers import Condition, fourier
from .landmark_basis import LandmarkBasis
from .srvf import decode, encode, exp_map, log_map

_STILL = 0.02  # mm a frame; slower, a direction is not steep any more


@dataclass(frozen=True)
class MotionGanConfig:
    """Shape of a `MotionGan`.

    Attributes
    ----------
    layout, landmarks
        Which landmarks are moved, and M, how many.
    components
        K, coordinates the motion of the landmarks is modeled in.
    width, layers
        Of the temporal convolutions.
    patch
        Frames one position of theirs stands for.
    smoothing
        Frames, deviation of the Gaussian that goes over the last layer's curve.
    whole, local
        Noise of the clip, and of each patch.
    grid
        Steps the reference motion is stored in.
    tremor_taps
        Frames the filter of the tremor spans, odd; 0: no tremor.
    min_frames, max_frames
        Lengths the model was trained on.
    intensities
        Lowest and highest intensity of the training clips.
    """

    layout: str = "ibug-68"
    landmarks: int = 68
    components: int = 40
    labels: int = 7
    width: int = 112
    layers: Layers = 4
    patch: int = 4
    smoothing: float = 1.5
    whole: int = 24
    local: int = 8
    grid: int = 120
    tremor_taps: SizeOrNone = 15
    fps: Rate = 30.0
    min_frames: int = 16
    max_frames: int = 240
    intensities: tuple[float, float] = (0.15, 1.5)

    @property
    def patches(self) -> int:
        """Patches of the longest clip."""
        return math.ceil(self.max_frames / self.patch)


def noise_size(config: MotionGanConfig) -> int:
    """Count the numbers from N(0, 1) that one clip is made from, whatever its length."""
    tremor = (config.max_frames + config.tremor_taps) * config.components
    return config.whole + config.patches * config.local + tremor * (config.tremor_taps > 0)


class MotionGan(nn.Module):
    """The generator, and the spaces it works in.

    Parameters
    ----------
    reach
        (L,) what lengths are multiplied by when a motion of a label is generated.
    """

    mean: Tensor
    spread: Tensor
    log_length: Tensor
    reach: Tensor
    tremor: Tensor
    tremor_filter: Tensor

    def __init__(self, config: MotionGanConfig) -> None:
        super().__init__()
        self.config = config
        k, width = config.components, config.width
        self.space = LandmarkBasis(config.landmarks, k)
        start = torch.full((config.grid, k), (config.grid * k) ** -0.5, dtype=torch.float64)
        self.register_buffer("mean", start)
        self.register_buffer("spread", torch.full((k,), k**-0.5))
        self.register_buffer("log_length", torch.tensor([4.0, 0.5]))  # mean and deviation
        self.register_buffer("reach", torch.ones(config.labels))
        self.register_buffer("tremor", torch.zeros(k, k))
        self.register_buffer("tremor_filter", torch.zeros(max(config.tremor_taps, 1)))
        self.condition = Condition(config.labels, width, timed=False)
        self.whole = nn.Linear(config.whole, width)
        self.local = nn.Linear(config.local, width)
        self.clock = nn.Linear(2 * width, width)
        self.join = nn.Sequential(nn.Linear(width, width), nn.SiLU())
        self.blocks = nn.ModuleList(
            TemporalBlock(width, 2 ** (i % 4)) for i in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, config.patch * k)

    def forward(
        self, label: Tensor, intensity: Tensor, frames: Tensor, whole: Tensor, local: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Make tangent vectors (B, S, K) at the reference and standardized log lengths (B,).

        S is the largest number of frames less one, and a shorter clip is zero from its end on.

        Parameters
        ----------
        label, intensity, frames
            (B,) of each clip.
        whole
            (B, W) noise of the clip.
        local
            (B, N, C) noise of patches, N enough for S + 1.
        """
        curve = self.drawn(label, intensity, frames, whole, local)
        code = encode(curve, least=_STILL)
        point = self.reference(frames - 1).to(curve)
        mean, deviation = self.log_length
        return log_map(point, code.direction), (code.length.log() - mean) / deviation

    def drawn(
        self, label: Tensor, intensity: Tensor, frames: Tensor, whole: Tensor, local: Tensor
    ) -> Tensor:
        """Draw the curve (B, S + 1, K) in mm of the last layer, still from a clip's end on.

        A curve, because errors of a direction add up along the curve that it stands for.
        """
        length = int(frames.max())
        there = marked(frames, length, self.config.patch)  # (B, N, 1)
        vector = self.condition(frames, label, intensity, frames) + self.whole(whole)
        vector = self.join(vector)
        x = self.local(local[:, : there.shape[1]]) + self.clock(clock(there, self.config.width))
        for block in self.blocks:
            x = block(x, vector, there)
        out = self.out(self.norm(x)).reshape(len(x), -1, self.config.components)
        weights = gaussian(self.config.smoothing).to(out)
        reach = len(weights) // 2
        index = torch.arange(-reach, length + reach, device=frames.device)
        index = index.clamp_min(0).minimum(frames[:, None] - 1)
        out = out.gather(1, index[..., None].expand(-1, -1, out.shape[2]))
        out = out.unfold(1, len(weights), 1) @ weights  # (B, T, K)
        held = out.gather(1, (frames - 1)[:, None, None].expand(-1, 1, out.shape[2]))
        out = torch.where(marked(frames, length) > 0, out, held)
        return (out - out[:, :1]) * self.space.std

    def reference(self, steps: Tensor) -> Tensor:
        """Give the reference point (B, S, K) in each clip's number of steps (B,), then zeros."""
        curve = decode(self.mean)
        index = torch.arange(int(steps.max()) + 1, device=steps.device, dtype=torch.float64)
        at = (index * self.config.grid / steps[:, None]).clamp_max(self.config.grid)
        low = at.floor().long().clamp_max(self.config.grid - 1)
        share = (at - low)[..., None]
        path = curve[low] * (1 - share) + curve[low + 1] * share
        step = path.diff(dim=1)
        speed = step.norm(dim=-1, keepdim=True)
        scale: Tensor = (speed * speed.sum(1, keepdim=True)).sqrt()
        return step / scale.clamp_min(1e-30)

    def millimeters(self, log_length: Tensor) -> Tensor:
        """Convert standardized log lengths (B,) to lengths in mm."""
        mean, deviation = self.log_length.to(log_length)
        return (mean + deviation * log_length.clamp(-6, 6)).exp()

    def shaken(self, noise: Tensor, frames: int) -> Tensor:
        """Make tremor (B, T, K) in mm from noise, zero in the first frame."""
        taps, k = self.config.tremor_taps, self.config.components
        white = noise.reshape(len(noise), -1, k)[:, : frames + taps - 1]  # (B, T + taps - 1, K)
        kernel = self.tremor_filter.to(noise).expand(k, 1, taps)
        x = conv1d(white.transpose(1, 2), kernel, groups=k).transpose(1, 2)
        return (x - x[:, :1]) @ self.tremor.to(noise)


@torch.inference_mode()
def generate_landmarks(
    model: MotionGan, label: Tensor, intensity: Tensor, frames: int, noise: Tensor
) -> Tensor:
    """Generate landmark displacements (B, T, M, 3) float32 in mm, zero in the first frame.

    Parameters
    ----------
    label, intensity
        (B,).
    noise
        (B, noise_size(config)) from N(0, 1).
    """
    config = model.config
    many = torch.full_like(label, frames)
    end = config.whole + config.patches * config.local
    whole, local, shake = noise[:, : config.whole], noise[:, config.whole : end], noise[:, end:]
    local = local.reshape(len(noise), config.patches, config.local)
    vector, size = model(label, intensity, many, whole, local)
    direction = exp_map(model.reference(many - 1), vector.double())
    curve = decode(direction, model.millimeters(size.double()) * model.reach[label])
    if config.tremor_taps:
        curve = curve + model.shaken(shake.double(), frames)
    return model.space.inverse(curve).float()


class TemporalBlock(nn.Module):
    """Residual convolution over time, scaled and shifted by the condition."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(width, 2 * width)
        self.mix = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, vector: Tensor, there: Tensor) -> Tensor:
        """Mix patches x (B, N, C) under a condition (B, C).

        What is not there (B, N, 1) is never read.
        """
        scale, shift = self.modulation(vector)[:, None].chunk(2, dim=-1)
        y = (self.norm(x) * (1 + scale) + shift) * there
        y = self.mix(y.transpose(1, 2)).transpose(1, 2)
        return x + self.out(gelu(y))


def marked(steps: Tensor, length: int, patch: int = 1) -> Tensor:
    """Mark steps, or patches of `length` steps, that are there: (B, N, 1), 1 there and 0 after."""
    count = math.ceil(length / patch)
    index = torch.arange(count, device=steps.device) * patch
    return (index < steps[:, None]).float()[..., None]


def patched(x: Tensor, patch: int) -> Tensor:
    """Cut (B, S, K) into (B, N, patch * K), zeros appended where S is no multiple."""
    x = pad(x, (0, 0, 0, -x.shape[1] % patch))
    return x.reshape(len(x), -1, patch * x.shape[2])


def gaussian(deviation: float) -> Tensor:
    """Make weights (N,), N odd, that add up to 1, out to three deviations."""
    reach = math.ceil(3 * deviation)
    at = torch.arange(-reach, reach + 1, dtype=torch.float32) / max(deviation, 1e-3)
    weights = (-0.5 * at * at).exp()
    return weights / weights.sum()


def clock(there: Tensor, width: int) -> Tensor:
    """Embed where a patch stands as (B, N, C), from the first and from the last that is there."""
    index = torch.arange(there.shape[1], device=there.device).expand(len(there), -1)
    left = there[..., 0].sum(1, keepdim=True) - 1 - index
    return torch.cat([fourier(index, width), fourier(left, width)], dim=-1)
