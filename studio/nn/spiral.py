"""Spiral convolution (Bouritsas et al. 2019; Gong et al. 2019), readable and fast.

A spiral lists the S vertices around each vertex in one agreed order; the convolution multiplies
their features with one weight matrix. `DownStep` and `UpStep` hold the weights once and compute the
same function in two ways:

plain : x (B, V, C). Gather, one Linear at every vertex, then resample, as published.
fast : x (V, C, B). Down: the convolution at the kept vertices only. Up: resampling and gathering
    are one linear map T = [P_1 U ... P_S U], so the weights are applied at the coarse vertices,
    to all S taps at once, and one sparse product brings the result to the fine ones.

The batch comes last in the fast form because a gathered row is then a block of C * B contiguous
numbers and neither direction needs a transposition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from .sampling import Entries

Ints = NDArray[np.int32]
Csr = tuple[Tensor, Tensor, Tensor]  # row starts, columns, values
FEW = 16  # below this batch size, one wide product beats one small product per vertex


class SpiralConv(nn.Module):
    """One weight matrix over the S vertices of a spiral.

    The weight is (C_out, S * C_in), tap by tap, the bias (C_out,).
    """

    def __init__(self, c_in: int, c_out: int, length: int) -> None:
        super().__init__()
        self.c_in, self.c_out, self.length = c_in, c_out, length
        self.linear = nn.Linear(length * c_in, c_out)

    def forward(self, x: Tensor, spirals: Tensor) -> Tensor:
        """Convolve x (B, V, C) along spirals (N, S) to (B, N, O) at N of the vertices."""
        taps = x.index_select(1, spirals.flatten())  # (B, N*S, C)
        taps = taps.view(len(x), len(spirals), -1)  # (B, N, S*C)
        out: Tensor = self.linear(taps)
        return out

    def by_tap(self) -> Tensor:
        """View the weight as (S * C_out, C_in): every tap's output from one vertex."""
        taps = self.linear.weight.view(self.c_out, self.length, self.c_in)
        return taps.transpose(0, 1).flatten(0, 1)


class DownStep(nn.Module):
    """Convolution, ELU, then only the kept vertices: (V, C_in) -> (Vc, C_out).

    Parameters
    ----------
    spirals, kept
        (V, S) and (Vc,).
    """

    spirals: Tensor
    kept: Tensor

    def __init__(self, c_in: int, c_out: int, spirals: Ints, kept: Ints) -> None:
        super().__init__()
        self.conv = SpiralConv(c_in, c_out, spirals.shape[1])
        _tables(self, spirals=spirals, kept=kept)
        self.gather = SparseMatrix(_selection(spirals[kept], len(spirals)))

    def plain(self, x: Tensor) -> Tensor:
        """Turn (B, V, C_in) into (B, Vc, C_out)."""
        x = F.elu(self.conv(x, self.spirals))
        ones = x.new_ones(len(self.kept))
        rows = torch.arange(len(self.kept), device=x.device)
        return pool(x, rows, self.kept, ones, len(self.kept))

    def forward(self, x: Tensor) -> Tensor:
        """Turn (V, C_in, B) into (Vc, C_out, B)."""
        _, channels, batch = x.shape
        taps = self.gather(x.flatten(1))  # (Vc*S, C*B)
        taps = taps.view(len(self.kept), self.conv.length * channels, batch)
        out = vertex_product(self.conv.linear.weight, taps)
        return F.elu_(out.add_(self.conv.linear.bias[:, None]))


class UpStep(nn.Module):
    """Up-sampling, convolution, and an ELU unless it is the last: (Vc, C_in) -> (V, C_out).

    Parameters
    ----------
    spirals, up
        (V, S) and (V, Vc).
    last
        No ELU, for coordinates.
    """

    spirals: Tensor
    rows: Tensor
    columns: Tensor
    weights: Tensor

    def __init__(
        self,
        c_in: int,
        c_out: int,
        spirals: Ints,
        up: Entries,
        *,
        last: bool = False,
    ) -> None:
        super().__init__()
        self.conv = SpiralConv(c_in, c_out, spirals.shape[1])
        self.last = last
        _tables(self, spirals=spirals, rows=up.rows, columns=up.columns, weights=up.values)
        self.taps = SparseMatrix(tap_matrix(spirals, up))

    def plain(self, x: Tensor) -> Tensor:
        """Turn (B, Vc, C_in) into (B, V, C_out)."""
        x = pool(x, self.rows, self.columns, self.weights, len(self.spirals))
        x = self.conv(x, self.spirals)
        return x if self.last else F.elu(x)

    def forward(self, x: Tensor) -> Tensor:
        """Turn (Vc, C_in, B) into (V, C_out, B)."""
        coarse, _, batch = x.shape
        taps = vertex_product(self.conv.by_tap(), x)  # (Vc, S*C, B)
        rows = taps.reshape(coarse * self.conv.length, self.conv.c_out * batch)
        out = self.taps(rows).view(-1, self.conv.c_out, batch)
        out = out.add_(self.conv.linear.bias[:, None])
        return out if self.last else F.elu_(out)


def pool(x: Tensor, rows: Tensor, columns: Tensor, weights: Tensor, n_rows: int) -> Tensor:
    """Resample x (B, V, C) to (B, n_rows, C) by a sparse matrix given entry by entry."""
    parts = x.index_select(1, columns) * weights[:, None]
    index = rows.long()[None, :, None].expand_as(parts)
    out = x.new_zeros(len(x), n_rows, x.shape[2])
    return out.scatter_add(1, index, parts)


def vertex_product(weight: Tensor, x: Tensor) -> Tensor:
    """Multiply weight (O, I) with each vertex of x (V, I, B), giving (V, O, B)."""
    if x.shape[2] < FEW:
        return (x.mT @ weight.mT).mT.contiguous()
    return torch.bmm(weight.expand(len(x), -1, -1), x)


def tap_matrix(spirals: Ints, up: Entries) -> Entries:
    """T (V, Vc * S): up-sample, then add up what tap s of vertex c (column c * S + s) gives."""
    count, length = spirals.shape
    starts, tapped = up.starts, spirals.ravel()
    first, sizes = starts[tapped], np.diff(starts)[tapped]
    # Which entry of `up` each is: the rows that are tapped, one after the other.
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    entry = np.repeat(first, sizes) + within
    row, tap = np.divmod(np.repeat(np.arange(count * length), sizes), length)
    columns = up.columns[entry].astype(np.int64) * length + tap
    return Entries(row, columns, up.values[entry], (count, up.shape[1] * length)).ordered()


def _selection(table: Ints, n_columns: int) -> Entries:
    """(N * S, n_columns) matrix that lists the rows named by a table (N, S)."""
    columns = table.ravel()
    ones = np.ones(len(columns), dtype=np.float32)
    return Entries(np.arange(len(columns)), columns, ones, (len(columns), n_columns))


def _tables(module: nn.Module, **arrays: NDArray[Any]) -> None:
    """Tables that follow the module to its device; they are derived, so no checkpoint has them."""
    for name, array in arrays.items():
        dtype = np.float32 if array.dtype.kind == "f" else np.int32
        module.register_buffer(name, torch.tensor(array.astype(dtype)), persistent=False)


class SparseMatrix(nn.Module):
    """A fixed sparse matrix; its transpose is stored too, so no gradient is scattered."""

    starts: Tensor
    columns: Tensor
    values: Tensor
    starts_t: Tensor
    columns_t: Tensor
    values_t: Tensor

    def __init__(self, matrix: Entries) -> None:
        super().__init__()
        for suffix, part in (("", matrix), ("_t", matrix.transposed())):
            entries = {"starts": part.starts, "columns": part.columns, "values": part.values}
            _tables(self, **{name + suffix: array for name, array in entries.items()})

    def forward(self, x: Tensor) -> Tensor:
        """Turn (C, N) into (R, N), in the precision of the matrix."""
        ahead = self.starts, self.columns, self.values
        back = self.starts_t, self.columns_t, self.values_t
        out: Tensor = _Product.apply(  # type: ignore[no-untyped-call]
            x.to(self.values.dtype), ahead, back
        )
        return out


class _Product(torch.autograd.Function):
    """Sparse times dense; the gradient is the transposed product."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ahead: Csr, back: Csr) -> Tensor:
        ctx.back = back
        return csr_product(ahead, x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, None, None]:
        return csr_product(ctx.back, grad.contiguous()), None, None


def csr_product(matrix: Csr, x: Tensor) -> Tensor:
    """Blend rows of x (C, N) into (R, N).

    An embedding bag is exactly this, and on the CPU two to three times as fast as torch's sparse
    product; Metal lacks it.
    """
    if x.device.type == "mps":
        return entrywise_product(matrix, x)
    starts, columns, values = matrix
    return F.embedding_bag(
        columns, x, starts, mode="sum", per_sample_weights=values, include_last_offset=True
    )


def entrywise_product(matrix: Csr, x: Tensor) -> Tensor:
    """Multiply a matrix (R, C) with x (C, N) by plain gathering and adding, on any device."""
    starts, columns, values = matrix
    rows = torch.arange(len(starts) - 1, device=x.device).repeat_interleave(starts.diff())
    out = x.new_zeros(len(starts) - 1, x.shape[1])
    return out.index_add(0, rows, x.index_select(0, columns) * values[:, None])
