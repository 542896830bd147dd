"""What a reader says of a clip: named curves over its frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .sequence import Floats, read_only


@dataclass(frozen=True, eq=False)
class Tracks:
    """Curves read off a clip, and what they come to over the whole of it.

    Parameters
    ----------
    names : tuple of str
        What the N curves are of.
    values : (T, N) float32
        One row a frame.
    summary : (N,) float32
        The clip as a whole.
    low, high : float
        The values between which the curves are drawn.

    Raises
    ------
    ValueError
        If the arrays do not have N columns.
    """

    names: tuple[str, ...]
    values: Floats
    summary: Floats
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        for name in ("values", "summary"):
            array = np.ascontiguousarray(getattr(self, name), dtype=np.float32)
            if array.shape[-1] != len(self.names):
                raise ValueError(f"{name} has shape {array.shape} for {len(self.names)} names")
            read_only(array)
            object.__setattr__(self, name, array)

    @cached_property
    def shares(self) -> Floats:
        """(T, N) float32, where the values lie between `low` (0) and `high` (1)."""
        return np.asarray((self.values - self.low) / (self.high - self.low), dtype=np.float32)

    def at(self, moments: NDArray[np.float64]) -> Self:
        """Read the curves at moments (N,) in frames, on a straight way between two of them."""
        frames = np.arange(len(self.values))
        columns = [np.interp(moments, frames, column) for column in self.values.T]
        return replace(self, values=np.stack(columns, axis=1))

    def text(self, value: float) -> str:
        """Write a value of a curve as people read it."""
        return f"{value:.2f}"
