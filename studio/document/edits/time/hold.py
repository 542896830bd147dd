"""Hold: a frame stays for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import MeshSequence, Timing
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.document.edits.edit import Beginning
from studio.document.edits.span import FRAME, MOST_FRAMES, check_frames

from .mapped import TimeEdit, Times

_FRAMES = Range(1, MOST_FRAMES, whole=True)


@dataclass(frozen=True)
class HoldEdit(TimeEdit):
    """Lets a frame stay longer, and what follows it play later.

    Parameters
    ----------
    frame
        The number of the frame below.
    frames
        How many frames longer it stays.

    Raises
    ------
    InputError
        For less than a frame.
    """

    kind: ClassVar[str] = "hold"
    title: ClassVar[str] = "Hold"
    tip: ClassVar[str] = "Lets a frame stay longer; what follows plays later"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "frame", "&Frame", "The frame that stays", allowed=FRAME, default=0
        ),
        Parameter("frames", "F&or", "How many frames longer it stays", allowed=_FRAMES, default=15),
    )  # fmt: skip

    frame: int = 0
    frames: int = 15

    def __post_init__(self) -> None:
        _FRAMES.check("frames", self.frames)

    @classmethod
    def begun(cls, at: Beginning) -> HoldEdit:
        """Hold the frame on show for half a second."""
        return cls(at.frame, max(round(at.timing.fps / 2), 1))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: which frame, and how long."""
        return f"{self.title} · {self.frame} for {self.frames}"

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: longer by the frames of the hold."""
        return replace(before, frames=before.frames + self.frames)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        return np.where(times <= self.frame, times, np.maximum(times - self.frames, self.frame))

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a frame that is not there."""
        check_frames("a frame to hold", [self.frame], before, name)
        super().check(recording, before, name)

    def moved(self, to: Callable[[int], int]) -> HoldEdit:
        """Take the frame to the number that it has now."""
        return replace(self, frame=to(self.frame))
