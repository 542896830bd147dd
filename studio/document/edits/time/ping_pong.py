"""Ping-pong: the clip plays forward, then backward, and so on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import Timing
from studio.core.parameters import Parameter
from studio.core.request import Range

from .mapped import TimeEdit, Times

_PASSES = Range(2, 1000, whole=True)


@dataclass(frozen=True)
class PingPongEdit(TimeEdit):
    """Plays all frames forward and backward in turn; the frame where it turns plays once.

    Parameters
    ----------
    passes
        How often it plays from end to end, 2 for there and back.

    Raises
    ------
    InputError
        For fewer than 2.
    """

    kind: ClassVar[str] = "ping-pong"
    title: ClassVar[str] = "Ping-pong"
    tip: ClassVar[str] = "Plays the clip forward and backward in turn"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "passes", "&Passes", "How often it plays from end to end, 2 for there and back",
            allowed=_PASSES, default=2,
        ),
    )  # fmt: skip

    passes: int = 2

    def __post_init__(self) -> None:
        _PASSES.check("passes", self.passes)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: how often it plays."""
        return f"{self.title} · {self.passes} times"

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above; where it turns no frame plays twice."""
        return replace(before, frames=self.passes * (before.frames - 1) + 1)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        way = max(before.frames - 1, 1)
        return np.asarray(way - np.abs(np.mod(times, 2 * way) - way))
