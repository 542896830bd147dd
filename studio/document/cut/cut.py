"""A cut as data: which frames of which clips, in which order, and how they pass into each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from studio.core import InputError


@dataclass(frozen=True)
class CutPart:
    """Some frames of a clip in a cut.

    Parameters
    ----------
    clip
        Its id.
    start, stop
        Frames start..stop-1 of what plays of it; without a stop, to its end.
    overlap
        Frames at the beginning that lie over the end of the part before, which passes into this
        one there; in frames of the cut.

    Raises
    ------
    InputError
        For a range that holds no frame, and for an overlap below 0.
    """

    clip: str
    start: int = 0
    stop: int | None = None
    overlap: int = 0

    def __post_init__(self) -> None:
        if self.start < 0 or (self.stop is not None and self.stop <= self.start):
            found = f"{self.start} to {self.stop}"
            raise InputError.of("cut", "a range of one frame or more", found)
        if self.overlap < 0:
            raise InputError.of("cut", "an overlap of 0 frames or more", str(self.overlap))


@dataclass(frozen=True)
class Cut:
    """Parts one after the other."""

    parts: tuple[CutPart, ...] = ()

    def without(self, clips: Collection[str]) -> Cut:
        """Leave out the parts of some clips."""
        return Cut(tuple(part for part in self.parts if part.clip not in clips))
