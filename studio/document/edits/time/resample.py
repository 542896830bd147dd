"""Resample: the same motion at another frame rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from studio.core import Timing
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.timing import FASTEST, SLOWEST
from studio.document.edits.edit import Beginning

from .mapped import TimeEdit, Times, at_rate

_RATE = Range(SLOWEST, FASTEST)


@dataclass(frozen=True)
class ResampleEdit(TimeEdit):
    """Plays the motion as long as before, with more or fewer frames a second.

    Parameters
    ----------
    fps
        Frames a second above.

    Raises
    ------
    InputError
        For a rate that no clip can have.
    """

    kind: ClassVar[str] = "resample"
    title: ClassVar[str] = "Resample"
    tip: ClassVar[str] = "Plays the same motion with more or fewer frames a second"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("fps", "&Rate", "Frames a second", allowed=_RATE, default=30.0),
    )

    fps: float = 30.0

    def __post_init__(self) -> None:
        _RATE.check("fps", self.fps)

    @classmethod
    def begun(cls, at: Beginning) -> ResampleEdit:
        """Begin with the rate that there is."""
        return cls(at.timing.fps)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the rate."""
        return f"{self.title} · {self.fps:g} fps"

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: as many frames as fit between the first and the last."""
        return at_rate(before, self.fps)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above."""
        return times * (before.fps / self.fps)
