"""Measures the two clips that are compared, in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.core import MeshSequence, Progress, StudioError
from studio.document import Document, Edit, Played
from studio.render.comparing.apart import apart
from studio.render.comparing.distance import Distances, measure, told_regions
from studio.render.comparing.heads import Head
from studio.ui.kit.lanes import Lane

from .comparison import Comparison

_REMEMBERED = 16  # pairs, as each edit makes another one
Pair = tuple[MeshSequence, tuple[Edit, ...], MeshSequence, tuple[Edit, ...], bool]


class DistanceService(QObject):
    """Follows the comparison; what is measured so far is told while the rest is worked out.

    What was measured is remembered until the comparison ends, so that the clips can change places.
    """

    changed = Signal(object, str)  # Distances or None, and what is going on or in the way
    failed = Signal(object)  # Exception

    def __init__(
        self, document: Document, comparison: Comparison, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.comparison, self._lane = document, comparison, lane
        self._known: dict[Pair, Distances] = {}
        self._at: Pair | None = None  # what is being measured, or was stopped
        comparison.changed.connect(self._follow)
        lane.stopped.connect(lambda: self.changed.emit(None, "Measuring was stopped."))

    def _follow(self) -> None:
        """Measure the clips on show, unless that is known or going on."""
        one, other = self.document.current_clip, self.comparison.other
        if one is None or other is None or not self.comparison.can_measure:
            self._lane.cancel()
            self._at = None
            self._known.clear()
            self.changed.emit(None, "")
            return
        heads = self.comparison.heads
        edits = one.active_edits, other.active_edits
        pair = one.recording, edits[0], other.recording, edits[1], heads is not None
        if pair == self._at and pair not in self._known:
            return
        self._lane.cancel()
        self._at = pair
        if pair in self._known:
            self.changed.emit(self._known[pair], "")
            return
        self.changed.emit(None, "measuring…")
        self._lane.submit(
            measure_played,
            self.document.played(one),
            self.document.played(other),
            heads,
            title=f"Measuring {one.name} against {other.name}",
            on_partial=lambda part: self.changed.emit(part, "measuring…"),
            on_result=partial(self._take, pair),
            on_error=self._miss,
        )

    def _take(self, pair: Pair, found: Distances) -> None:
        self._known[pair] = found
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        self.changed.emit(found, "")

    def _miss(self, error: Exception) -> None:
        if isinstance(error, StudioError):
            self.changed.emit(None, str(error))
            return
        self.changed.emit(None, "The distance could not be measured.")
        self.failed.emit(error)


def measure_played(
    one: Played,
    other: Played,
    heads: tuple[Head, Head] | None,
    *,
    progress: Progress,
    show: Callable[[Distances], object],
) -> Distances:
    """Measure what plays of a clip against what plays of another, the heads as in `apart`."""
    first, second = (played.sequence(progress.part(0.0, 0.1)) for played in (one, other))
    between, regions = apart(first, second, heads), told_regions(first.topology)
    return measure(between, regions, progress.part(0.1, 1.0), show)
