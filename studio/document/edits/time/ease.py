"""Ease: a stretch of the clip starts and ends slowly, and lasts as long as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import InputError, Timing
from studio.core.parameters import Parameter
from studio.core.request import SHARE

from .mapped import RangeEdit, Times


@dataclass(frozen=True)
class EaseEdit(RangeEdit):
    """Lets time in the range start from a stand and come to one; its ends stay where they are.

    The speed rises evenly over a share of the range, is even in between, and falls evenly.

    Parameters
    ----------
    into, out
        Shares of the range, together at most 1.

    Raises
    ------
    InputError
        For shares beyond that.
    """

    kind: ClassVar[str] = "ease"
    title: ClassVar[str] = "Ease"
    tip: ClassVar[str] = "Lets the motion of the range start and end slowly"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *RangeEdit.parameters,
        Parameter(
            "into", "&In", "Share of the range that starts slowly", allowed=SHARE, step=0.1,
            default=0.3,
        ),
        Parameter(
            "out", "&Out", "Share of the range that ends slowly", allowed=SHARE, step=0.1,
            default=0.3,
        ),
    )  # fmt: skip

    into: float = 0.3
    out: float = 0.3

    def __post_init__(self) -> None:
        for name in ("into", "out"):
            SHARE.check(name, getattr(self, name))
        if self.into + self.out > 1.0 + 1e-9:
            found = f"{self.into + self.out:g}"
            raise InputError.of("ease", "shares of in and out that are at most 1 together", found)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        start, stop = self.span(before)
        length = max(stop - 1 - start, 1)
        share = (times - start) / length
        inside = (share > 0) & (share < 1)
        return np.where(inside, start + length * self._way(np.clip(share, 0, 1)), times)

    def _way(self, share: Times) -> Times:
        """Tell the share of the way (N,) that is behind after a share of the time (N,)."""
        fastest = 1.0 / (1.0 - (self.into + self.out) / 2)
        rising = fastest * share**2 / (2 * max(self.into, 1e-12))
        even = fastest * (share - self.into / 2)
        falling = 1.0 - fastest * (1.0 - share) ** 2 / (2 * max(self.out, 1e-12))
        return np.where(share < self.into, rising, np.where(share > 1.0 - self.out, falling, even))
