"""Blocks of the action-unit Transformer: attention with a cache, tokens of units, positions."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from studio.nn.attention import feed_forward


def periodic_positions(start: int, count: int, period: int, width: int) -> Tensor:
    """Make the periodic positions of frames (paper 004, eq. 3).

    Parameters
    ----------
    start, count
        The first frame, and how many.
    period
        Frames after which positions repeat.
    width
        Channels C.

    Returns
    -------
    (T, C) tensor
    """
    at = torch.arange(start, start + count).remainder(period)[:, None].float()
    rate = torch.exp(torch.arange(0, width, 2).float() * (-math.log(10_000.0) / width))
    return torch.stack([(at * rate).sin(), (at * rate).cos()], dim=-1).flatten(1)


class Attention(nn.Module):
    """Multi-head attention whose keys and values can be kept.

    Parameters
    ----------
    width, heads
        Channels, and parts they are divided into.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is no multiple of the {heads} heads")
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.memory = nn.Linear(width, 2 * width)
        self.join = nn.Linear(width, width)

    def remembered(self, x: Tensor) -> Tensor:
        """Make keys and values (2, B, H, T, C / H) of what is attended to, x (B, T, C)."""
        parts = self.memory(x).view(*x.shape[:2], 2, self.heads, -1)
        return parts.permute(2, 0, 3, 1, 4)

    def forward(self, x: Tensor, memory: Tensor, allowed: Tensor | None = None) -> Tensor:
        """Attend from x (B, Q, C) to a memory; `allowed` (Q, T) is True where one may look."""
        q = self.query(x).view(*x.shape[:2], self.heads, -1).transpose(1, 2)
        out = scaled_dot_product_attention(q, memory[0], memory[1], attn_mask=allowed)
        return self.join(out.transpose(1, 2).flatten(2))


class EncoderLayer(nn.Module):
    """Self-attention and perceptron, each normalized after its residual (eq. 8)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attend = Attention(width, heads)
        self.think = feed_forward(width, 2, 0.0)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Let tokens (B, N, C) look at each other."""
        x = self.norms[0](x + self.attend(x, self.attend.remembered(x)))
        out: Tensor = self.norms[1](x + self.think(x))
        return out


class DecoderLayer(nn.Module):
    """Self-attention over units so far, cross-attention to the mesh, perceptron (eq. 6)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.own = Attention(width, heads)
        self.cross = Attention(width, heads)
        self.think = feed_forward(width, 2, 0.0)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))

    def forward(
        self,
        h: Tensor,
        own: Tensor,
        seen: Tensor,
        allowed: tuple[Tensor | None, Tensor | None] = (None, None),
    ) -> Tensor:
        """Decode h (B, Q, C) beside memories of itself and of the mesh."""
        h = self.norms[0](h + self.own(h, own, allowed[0]))
        h = self.norms[1](h + self.cross(h, seen, allowed[1]))
        out: Tensor = self.norms[2](h + self.think(h))
        return out


class UnitTokens(nn.Module):
    """A token for each unit from the points of its region (eq. 7).

    Parameters
    ----------
    points : (N, P) tensor of int
        Which of the points lie in the region of each unit.
    mask : (N, P) tensor
        How much each counts, 0..1.
    width
        Channels of a token.
    """

    points: Tensor
    mask: Tensor

    def __init__(self, points: Tensor, mask: Tensor, width: int) -> None:
        super().__init__()
        self.register_buffer("points", points)
        self.register_buffer("mask", mask)
        units, size = points.shape[0], 3 * points.shape[1]
        self.first = nn.Parameter(torch.randn(units, size, width) / math.sqrt(size))
        self.bias = nn.Parameter(torch.zeros(units, width))
        self.then = nn.Sequential(nn.GELU(), nn.Linear(width, width))

    def forward(self, moved: Tensor) -> Tensor:
        """Make tokens (F, N, C) of displacements (F, K, 3)."""
        part = moved[:, self.points] * self.mask[..., None]  # (F, N, P, 3)
        out = torch.einsum("fnp,npc->fnc", part.flatten(2), self.first) + self.bias
        tokens: Tensor = self.then(out) + self.bias
        return tokens


class UnitHeads(nn.Module):
    """N linear heads over what both modules say of each unit (eq. 10), and ordinal intensity.

    Intensity 0 to 5 is the sum of the probabilities of reaching each of five levels.
    """

    levels = 5

    def __init__(self, units: int, width: int) -> None:
        super().__init__()
        self.occurs = nn.Parameter(torch.randn(units, width) / math.sqrt(width))
        self.bias = nn.Parameter(torch.full((units,), -2.0))
        self.strength = nn.Parameter(torch.randn(units, width) / math.sqrt(width))
        self.steps = nn.Parameter(torch.linspace(-1.0, -5.0, self.levels).repeat(units, 1))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Read z (..., N, C): logits of occurrence (..., N) and of levels (..., N, 5)."""
        occurs = torch.einsum("...nc,nc->...n", z, self.occurs) + self.bias
        strength = torch.einsum("...nc,nc->...n", z, self.strength)
        return occurs, strength[..., None] + self.steps
