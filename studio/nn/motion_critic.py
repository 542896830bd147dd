"""What Motion3DGAN is trained against: the critic, and the encoder of the reconstruction term.

Neither is needed to generate, so neither ships.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .denoisers import Condition
from .motion_gan import MotionGan, TemporalBlock, clock, marked, patched
from .srvf import decode, exp_map


class MotionReader(nn.Module):
    """Reads a motion, given as tangent vector and log length, as the condition describes it.

    It sees the tangent vector and the curve this stands for, in mm: small errors of a direction
    add up along the curve, and only there can be seen. Layer norm, no batch norm: what it says
    of a clip does not depend on the others (WGAN-GP, Gulrajani et al. 2017, section 4).
    """

    def __init__(self, model: MotionGan, width: int, layers: int) -> None:
        super().__init__()
        config = model.config
        self.patch, self.width = config.patch, width
        self.embed = nn.Linear(2 * config.patch * config.components, width)
        self.clock = nn.Linear(2 * width, width)
        self.size = nn.Linear(1, width)
        self.condition = Condition(config.labels, width, timed=False)
        self.blocks = nn.ModuleList(TemporalBlock(width, 2 ** (i % 4)) for i in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(
        self,
        model: MotionGan,
        vector: Tensor,
        log_length: Tensor,
        label: Tensor,
        intensity: Tensor,
        frames: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read features (B, N, C) of patches, which are there (B, N, 1), and the condition.

        Parameters
        ----------
        vector
            (B, S, K).
        log_length
            (B,), standardized.
        label, intensity, frames
            (B,).
        """
        steps = frames - 1
        there = marked(steps, vector.shape[1], self.patch)
        scaled = vector / model.spread * steps[:, None, None].sqrt()
        both = torch.cat([scaled, curve_of(model, vector, log_length, steps)], dim=-1)
        condition = self.condition(frames, label, intensity, frames)
        condition = condition + self.size(log_length[:, None])
        x = self.embed(patched(both, self.patch)) + self.clock(clock(there, self.width))
        for block in self.blocks:
            x = block(x, condition, there)
        return self.norm(x), there, condition


def curve_of(model: MotionGan, vector: Tensor, log_length: Tensor, steps: Tensor) -> Tensor:
    """Give the curve after each step, in deviations: (B, S, K), zero from a clip's end on."""
    direction = exp_map(model.reference(steps).to(vector), vector)
    curve = decode(direction, model.millimeters(log_length))[:, 1:]
    return curve / model.space.std * marked(steps, vector.shape[1])


class MotionCritic(nn.Module):
    """How real a motion looks: D of eq. 2, one number a clip."""

    def __init__(self, model: MotionGan, width: int = 96, layers: int = 3) -> None:
        super().__init__()
        self.reader = MotionReader(model, width, layers)
        self.judge = nn.Linear(2 * width, width)
        self.label = nn.Embedding(model.config.labels, width)
        self.out = nn.Linear(width, 1)

    def forward(
        self,
        model: MotionGan,
        vector: Tensor,
        log_length: Tensor,
        label: Tensor,
        intensity: Tensor,
        frames: Tensor,
    ) -> Tensor:
        """Score motions (B,), arguments as of `MotionReader`."""
        x, there, condition = self.reader(model, vector, log_length, label, intensity, frames)
        mean = (x * there).sum(1) / there.sum(1)
        h = torch.nn.functional.silu(self.judge(torch.cat([mean, condition], dim=-1)))
        return self.out(h)[:, 0] + (h * self.label(label)).sum(-1)


class MotionEncoder(nn.Module):
    """The noise a recorded motion would have come from, as mean and log variance."""

    def __init__(self, model: MotionGan, width: int = 96, layers: int = 3) -> None:
        super().__init__()
        self.reader = MotionReader(model, width, layers)
        self.whole = nn.Linear(width, 2 * model.config.whole)
        self.local = nn.Linear(width, 2 * model.config.local)

    def forward(
        self,
        model: MotionGan,
        vector: Tensor,
        log_length: Tensor,
        label: Tensor,
        intensity: Tensor,
        frames: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Encode the clip (B, 2W) and patches (B, N, 2C), and tell which are there (B, N, 1)."""
        x, there, _ = self.reader(model, vector, log_length, label, intensity, frames)
        mean = (x * there).sum(1) / there.sum(1)
        return self.whole(mean), self.local(x), there
