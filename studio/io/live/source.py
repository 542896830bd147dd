"""What live faces come from: a port, or a camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from .station import Station

Answer = TypeVar("Answer")


class Source(Protocol):
    """Gives what comes to a station, in a thread of its own, until it is closed.

    Attributes
    ----------
    place
        Where a phone has to send to, or what the camera is called.
    station
        What came; `ask` for it while more comes.
    """

    place: str
    station: Station

    @property
    def over(self) -> bool:
        """Whether nothing more can come: a camera that was taken away, a video at its end."""
        ...

    def ask(self, question: Callable[[Station], Answer]) -> Answer:
        """Ask something of the station, or tell it something, between two poses."""
        ...

    def calibrate(self, *, on: bool) -> bool:
        """Take the face as it is now for that at rest, or no more; False: others have to."""
        ...

    def close(self) -> None:
        """End it; what came stays."""
        ...
