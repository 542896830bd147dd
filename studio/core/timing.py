"""How long something plays, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import InputError

SLOWEST, FASTEST = 1, 1000  # frames per second


def checked_rate(name: Path | str, fps: float) -> float:
    """Take a number of frames per second that a recording can have.

    Raises
    ------
    InputError
        For one outside 1 to 1000, in a sentence that begins with the name.
    """
    if not SLOWEST <= fps <= FASTEST:
        # A whole number may be larger than any float.
        found = f"{fps:g}" if isinstance(fps, float) else str(fps)
        raise InputError.of(name, f"a frame rate from {SLOWEST:g} to {FASTEST:g}", found)
    return float(fps)


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
