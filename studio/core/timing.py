"""How long something plays, and how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The length and the pace of a clip.

    frames : how many, 1 or more
    fps : frames per second
    """

    frames: int
    fps: float

    @property
    def seconds(self) -> float:
        return self.frames / self.fps
