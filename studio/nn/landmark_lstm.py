"""Landmark motion from recurrent networks (paper 002): three LSTM layers and a linear one.

conditioned : one network for all labels. It is told the neutral landmarks, label, intensity,
    where in the clip it stands and a noise vector, and says where the landmarks are, seen from
    the neutral; nothing is summed up, so nothing drifts.
paper : one network a label, started from a zero vector, that turns the last increment into the
    next. It hears neither noise nor face, so each label has one motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from .config import Layers, Rate
from .denoisers import fourier
from .landmark_basis import LandmarkBasis

State = tuple[Tensor, Tensor]
_CLOCK = 32


@dataclass(frozen=True)
class LandmarkLstmConfig:
    """Shape of a `LandmarkLstm`; `layout`, `landmarks` and `components` as in `MotionGanConfig`."""

    form: Literal["conditioned", "paper"] = "conditioned"
    layout: str = "ibug-68"
    landmarks: int = 68
    components: int = 40
    labels: int = 7
    width: int = 128
    layers: Layers = 3
    noise: int = 16
    fps: Rate = 30.0
    min_frames: int = 16
    max_frames: int = 240
    intensities: tuple[float, float] = (0.15, 1.5)

    def __post_init__(self) -> None:
        if self.form not in ("conditioned", "paper"):
            raise ValueError(f"form {self.form} is not conditioned or paper")


def noise_size(config: LandmarkLstmConfig) -> int:
    """Count the numbers from N(0, 1) that one clip is made from."""
    return config.noise


class LandmarkLstm(nn.Module):
    """Either form behind one call; which one is in the config."""

    rest_mean: Tensor
    rest_std: Tensor
    step_std: Tensor

    def __init__(self, config: LandmarkLstmConfig) -> None:
        super().__init__()
        self.config = config
        self.space = LandmarkBasis(config.landmarks, config.components)
        self.register_buffer("rest_mean", torch.zeros(3 * config.landmarks))
        self.register_buffer("rest_std", torch.ones(3 * config.landmarks))
        self.register_buffer("step_std", torch.ones(config.components))
        self.net = Conditioned(config) if config.form == "conditioned" else PerLabel(config)

    def forward(
        self,
        before: Tensor,
        label: Tensor,
        intensity: Tensor,
        frames: Tensor,
        noise: Tensor,
        neutral: Tensor,
        state: State | None = None,
        start: int = 0,
    ) -> tuple[Tensor, State]:
        """Predict what follows each row (B, T, K), and the state after the last.

        Parameters
        ----------
        before : (B, T, K) in deviations: where the landmarks were (conditioned), or their last
            increment (paper); the rows of frames start..start+T-1 of clips of `frames` (B,)
        label, intensity : (B,)
        noise : (B, N)
        neutral : (B, M, 3) landmarks in mm
        """
        if isinstance(self.net, PerLabel):
            return self.net(before, label, state)
        face = (neutral.flatten(1) - self.rest_mean) / self.rest_std
        vector = self.net.condition(label, intensity, noise, face)
        time = clock(before.shape[1], frames, start)
        return self.net(before, time, vector, state)

    @torch.no_grad()
    def fit(self, displacements: Tensor, steps: Tensor, neutrals: Tensor) -> LandmarkLstm:
        """Set the buffers from the training people.

        Parameters
        ----------
        displacements, steps : (N, M, 3) mm, displacements and their increments
        neutrals : (S, M, 3) mm, landmarks at rest
        """
        self.space.fit(displacements)
        spread = self.space(steps).square().mean(0).sqrt()
        self.step_std.copy_(spread.clamp_min((0.02 * spread.max()).clamp_min(1e-6)))
        self.rest_mean.copy_(neutrals.flatten(1).mean(0))
        self.rest_std.copy_(neutrals.flatten(1).std(0, unbiased=False).clamp_min(0.1))
        return self


class Conditioned(nn.Module):
    """One stack for every label."""

    def __init__(self, config: LandmarkLstmConfig) -> None:
        super().__init__()
        width, k = config.width, config.components
        self.label = nn.Embedding(config.labels, width)
        self.intensity = nn.Linear(16, width)
        self.noise = nn.Linear(config.noise, width)
        self.face = nn.Sequential(nn.Linear(3 * config.landmarks, 32), nn.Tanh())
        self.join = nn.Sequential(nn.Linear(width + 32, width), nn.SiLU())
        self.lstm = nn.LSTM(k + _CLOCK + width, width, config.layers, batch_first=True)
        self.out = nn.Linear(2 * width, k)

    def condition(self, label: Tensor, intensity: Tensor, noise: Tensor, face: Tensor) -> Tensor:
        """Embed label and intensity (B,), noise (B, N) and the face's coordinates as (B, C)."""
        strength = self.intensity(fourier(10.0 * intensity, 16))
        total = self.label(label) + strength + self.noise(noise)
        return self.join(torch.cat([total, self.face(face)], dim=-1))

    def forward(
        self, before: Tensor, time: Tensor, vector: Tensor, state: State | None
    ) -> tuple[Tensor, State]:
        """Predict (B, T, K), and the state after, from rows (B, T, K) and a condition (B, C)."""
        wide = vector[:, None].expand(-1, before.shape[1], -1)
        h, state = self.lstm(torch.cat([before, time.to(before), wide], dim=-1), state)
        return self.out(torch.cat([h, wide], dim=-1)), state


class PerLabel(nn.Module):
    """A stack for each label, which sees increments alone."""

    def __init__(self, config: LandmarkLstmConfig) -> None:
        super().__init__()
        k, width, layers = config.components, config.width, config.layers
        self.width, self.layers = width, layers
        self.lstms = nn.ModuleList(
            nn.LSTM(k, width, layers, batch_first=True) for _ in range(config.labels)
        )
        self.outs = nn.ModuleList(nn.Linear(width, k) for _ in range(config.labels))

    def forward(self, before: Tensor, label: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Predict (B, T, K), and the state after, from rows (B, T, K) by the net of each label."""
        out = torch.zeros_like(before)
        blank = before.new_zeros(self.layers, len(before), self.width)
        old = state or (blank, blank)
        hidden, cell = torch.zeros_like(blank), torch.zeros_like(blank)
        for k in sorted(set(label.tolist())):
            rows = torch.nonzero(label == k)[:, 0]
            own = (old[0][:, rows].contiguous(), old[1][:, rows].contiguous())
            h, (last, memory) = self.lstms[k](before[rows], own)
            out = out.index_copy(0, rows, self.outs[k](h))
            hidden, cell = hidden.index_copy(1, rows, last), cell.index_copy(1, rows, memory)
        return out, (hidden, cell)


def clock(length: int, frames: Tensor, start: int = 0) -> Tensor:
    """Tell where frames start..start+length-1 stand (B, T, 32): from the first and the last."""
    index = torch.arange(start, start + length, device=frames.device).expand(len(frames), length)
    left = frames[:, None] - 1 - index
    return torch.cat([fourier(index, _CLOCK // 2), fourier(left, _CLOCK // 2)], dim=-1)


@torch.inference_mode()
def generate_landmarks(
    model: LandmarkLstm,
    label: Tensor,
    intensity: Tensor,
    frames: int,
    noise: Tensor,
    neutral: Tensor,
) -> Tensor:
    """Generate landmark displacements (B, T, M, 3) float32 in mm, zero in the first frame.

    Parameters
    ----------
    label, intensity
        (B,).
    noise
        (B, noise_size(config)) from N(0, 1).
    neutral
        (B, M, 3) the faces' landmarks at rest, mm, in the template's pose.
    """
    many = torch.full_like(label, frames)
    row = noise.new_zeros(len(label), 1, model.config.components)
    rows, state = [row], None
    for t in range(frames - 1):
        row, state = model(row, label, intensity, many, noise, neutral, state, t)
        rows.append(row)
    x = torch.cat(rows, dim=1)
    if model.config.form == "paper":
        return model.space.inverse((x * model.step_std).cumsum(1)).float()
    return model.space.inverse(x * model.space.std).float()
