"""How long something plays, and how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The length and the pace of a clip.

    Parameters
    ----------
    frames
        How many there are, 1 or more.
    fps
        Frames per second.
    """

    frames: int
    fps: float

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.fps
