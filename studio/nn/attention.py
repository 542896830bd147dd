"""Self-attention over frames: rotary positions, padding masks, a bounded causal window."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, scaled_dot_product_attention


def rotary_table(length: int, size: int, like: Tensor, start: int = 0) -> tuple[Tensor, Tensor]:
    """Make the table of the rotary embedding (Su et al. 2021, section 3.2).

    Positions count from `start`; attention then depends on differences of positions alone, so
    no length is too long.

    Returns
    -------
    cosines, sines : (T, C / 2) each, for T = `length` positions and heads of C = `size` channels
    """
    half = torch.arange(size // 2, device=like.device, dtype=torch.float32)
    frequency = 10_000.0 ** (-half / (size // 2))
    position = torch.arange(start, start + length, device=like.device, dtype=torch.float32)
    angle = position[:, None] * frequency
    return angle.cos().to(like.dtype), angle.sin().to(like.dtype)


def rotate(x: Tensor, table: tuple[Tensor, Tensor]) -> Tensor:
    """Turn x (B, T, H, C) by the rotary table of its T positions."""
    cos, sin = (part[:, None, :] for part in table)  # (T, 1, C/2)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def full_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Let all frames attend to all frames that are in the mask.

    Parameters
    ----------
    q, k, v
        (B, T, H, C).
    mask
        (B, T), True where a frame is there.

    Returns
    -------
    (B, T, H, C)
    """
    return _attend(q, k, v, None if mask is None else mask[:, None, None, :])


def banded_attention(q: Tensor, k: Tensor, v: Tensor, window: int, mask: Tensor | None) -> Tensor:
    """Let frame t attend to the frames t-window+1..t that are in the mask (B, T).

    The clip is cut into pieces of `window` frames; each piece looks at itself and at the piece
    before it, so memory grows with T and not with T squared. Shapes as in `full_attention`.
    """
    batch, frames, heads, _ = q.shape
    if frames <= window:
        return _masked(q, k, v, _band(frames, frames, 0, q), _keys(mask, batch, frames, q))
    pieces = -(-frames // window)
    extra = pieces * window - frames
    q, k, v = (_cut(x, pieces, extra) for x in (q, k, v))  # (B, N, W, H, C)
    there = _cut(_keys(mask, batch, frames, q)[..., None, None], pieces, extra)[..., 0, 0]
    k, v, there = (torch.cat([_before(x), x], 2).flatten(0, 1) for x in (k, v, there))
    out = _masked(q.flatten(0, 1), k, v, _band(window, 2 * window, window, q), there)
    return out.reshape(batch, pieces * window, heads, -1)[:, :frames]


def _cut(x: Tensor, pieces: int, extra: int) -> Tensor:
    """(B, T, H, C) padded by `extra` frames and cut into pieces (B, N, W, H, C)."""
    x = pad(x, (0, 0, 0, 0, 0, extra))
    return x.view(len(x), pieces, -1, *x.shape[2:])


def _before(x: Tensor) -> Tensor:
    """Shift the pieces (B, N, ...) by one; nothing (zero, False) stands before the first."""
    return torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)


def _attend(q: Tensor, k: Tensor, v: Tensor, allowed: Tensor | None) -> Tensor:
    q, k, v = (x.transpose(1, 2) for x in (q, k, v))
    return scaled_dot_product_attention(q, k, v, attn_mask=allowed).transpose(1, 2)


def _band(queries: int, keys: int, lead: int, like: Tensor) -> Tensor:
    """(Q, K) True where key j, which stands `lead` places before query 0, lies in the window."""
    i = torch.arange(queries, device=like.device)[:, None] + lead
    j = torch.arange(keys, device=like.device)[None]
    return (j <= i) & (j > i - queries)


def _keys(mask: Tensor | None, batch: int, frames: int, like: Tensor) -> Tensor:
    if mask is not None:
        return mask
    return torch.ones(batch, frames, dtype=torch.bool, device=like.device)


def _masked(q: Tensor, k: Tensor, v: Tensor, band: Tensor, there: Tensor) -> Tensor:
    """Attend from q (N, Q, H, C) to k, v (N, K, H, C).

    A query always sees itself, so no row is empty.
    """
    queries, keys = band.shape
    itself = torch.eye(queries, dtype=torch.bool, device=q.device)
    itself = pad(itself, (keys - queries, 0))
    allowed = (band & there[:, None, :]) | itself
    return _attend(q, k, v, allowed[:, None])


class SelfAttention(nn.Module):
    """Multi-head self-attention with rotary positions.

    Parameters
    ----------
    window
        Frame t sees t-window+1..t; None: every frame sees every frame.
    """

    def __init__(self, width: int, heads: int, window: int | None = None) -> None:
        super().__init__()
        if width % (2 * heads):
            raise ValueError(f"width {width} is no multiple of twice the {heads} heads")
        self.heads = heads
        self.window = window
        self.project = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)

    def forward(
        self, x: Tensor, table: tuple[Tensor, Tensor], mask: Tensor | None = None
    ) -> Tensor:
        """Attend among frames.

        Parameters
        ----------
        x : (B, T, C)
        table : the `rotary_table` of the frames
        mask : (B, T) the frames that are there

        Returns
        -------
        (B, T, C)
        """
        parts = self.project(x).view(*x.shape[:2], 3, self.heads, -1)  # (B, T, 3, H, C/H)
        q, k, v = parts.unbind(2)
        q, k = rotate(q, table), rotate(k, table)
        if self.window is None:
            out = full_attention(q, k, v, mask)
        else:
            out = banded_attention(q, k, v, self.window, mask)
        return self.join(out.flatten(2))


def feed_forward(width: int, factor: int, dropout: float) -> nn.Sequential:
    """Make the two-layer perceptron of a Transformer block."""
    return nn.Sequential(
        nn.Linear(width, factor * width),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(factor * width, width),
    )
