"""Poses in the order of their time, which grow at their end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles, Floats

from .packet import CHANNELS

WINDOW = 4  # poses among which one that was overtaken still finds its place


@dataclass(frozen=True, eq=False)
class Poses:
    """Some poses, as they are now.

    Attributes
    ----------
    seconds
        (N,) that rise.
    values
        (N, 61) as `Packet` has them.
    """

    seconds: Doubles
    values: Floats

    def __len__(self) -> int:
        return len(self.seconds)


class History:
    """Poses that arrive one by one, of which the last `most` are kept, and maybe a few more."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._seconds: list[float] = []
        self._values: list[Floats] = []

    def __len__(self) -> int:
        return len(self._seconds)

    def put(self, seconds: float, values: Floats) -> bool:
        """Put a pose (61,) where its time is; whether it is not too late for that.

        One that has the time of another takes its place: the later one knows more.
        """
        at = len(self._seconds)
        while at and self._seconds[at - 1] >= seconds:
            at -= 1
            if len(self._seconds) - at > WINDOW:
                return False
        if at < len(self._seconds) and self._seconds[at] == seconds:
            self._values[at] = values
            return True
        self._seconds.insert(at, seconds)
        self._values.insert(at, values)
        if len(self._seconds) > 2 * self.most:
            del self._seconds[: -self.most], self._values[: -self.most]
        return True

    def copy(self, most: int) -> History:
        """Give another that begins with the same."""
        other = History(most)
        other._seconds, other._values = [*self._seconds], [*self._values]
        return other

    def poses(self, last: int | None = None) -> Poses:
        """Give the last so many, or all."""
        first = 0 if last is None else max(len(self._seconds) - last, 0)
        rows = self._values[first:]
        values = np.stack(rows) if rows else np.zeros((0, CHANNELS), dtype=np.float32)
        return Poses(np.array(self._seconds[first:], dtype=np.float64), values)
