"""How long work speaks to whoever waits for it: reports out, a stop request in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from .errors import Cancelled

Item = TypeVar("Item")
Listener = Callable[[float, str], None]
Remarked = Callable[[str], None]


def _silent(fraction: float, message: str) -> None:
    """Hear nothing: nobody watches this work."""


def _unheard(sentence: str) -> None:
    """Pass over what nobody waits for."""


@dataclass(frozen=True)
class Progress:
    """Progress of one job, safe to share between the worker and the one who waits.

    Attributes
    ----------
    listener : called with (fraction in 0..1, message) from the worker's thread
    low, high : the part of the whole job this object reports on
    remarked : called with a sentence on what was read, from the worker's thread
    """

    listener: Listener = _silent
    low: float = 0.0
    high: float = 1.0
    remarked: Remarked = _unheard
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)

    def cancel(self) -> None:
        """Ask the job to stop; it does at its next report."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if a stop was asked for."""
        if self._stop.is_set():
            raise Cancelled

    def report(self, fraction: float, message: str = "") -> None:
        """Say how far this part is, 0..1.

        Raises
        ------
        Cancelled
            If a stop was asked for.
        """
        self.check()
        fraction = min(max(fraction, 0.0), 1.0)
        self.listener(self.low + (self.high - self.low) * fraction, message)

    def part(self, low: float, high: float) -> Progress:
        """Give a share of this progress to a step of the work; one stop serves all parts."""
        span = self.high - self.low
        ends = self.low + span * low, self.low + span * high
        return Progress(self.listener, *ends, self.remarked, self._stop)

    def each(
        self, items: Iterable[Item], message: str = "", *, total: int | None = None
    ) -> Iterator[Item]:
        """Yield the items; one report and one stop check before each, and a report at the end."""
        items = list(items) if total is None else items
        count = len(items) if isinstance(items, list) else int(total or 0)
        for done, item in enumerate(items):
            self.report(done / max(count, 1), message)
            yield item
        self.report(1.0, message)
