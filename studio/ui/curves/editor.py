"""Verbs on the keys of channels, which the curves, the list and the menu share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from studio.core import Progress, StudioError
from studio.document import Document
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.channels.curves import Tangent
from studio.document.edits.channels.keying import (
    Placed,
    Spot,
    held,
    moved,
    scaled,
    spots_of,
    thinned,
    with_tangent,
    with_values,
    without,
)
from studio.face.rig import ARKIT
from studio.ui.kit.lanes import Lane
from studio.ui.timeline.player import Player

from .solving import ChannelWork

_SLOW = 20_000  # channels times frames, from which on making keys takes longer than a hand waits
Change = Callable[[ChannelsEdit], ChannelsEdit]
Way = tuple[float, float]  # in frames and in weights
Going = Callable[[ChannelsEdit, frozenset[Spot], Way], Placed]


@dataclass(frozen=True, eq=False)
class _Series:
    """Moves in a row of the same keys, which are one step and are counted from its start."""

    step: str
    since: ChannelsEdit
    spots: frozenset[Spot]
    way: Way
    made: ChannelsEdit
    at: frozenset[Spot]  # where they are now


class ChannelEditor(ChannelWork):
    """What is seen and chosen of the channels of the current clip, and what is done to it.

    A drag is shown as it goes and told to the document when it ends, so that it is one step.
    """

    previewed = Signal(object)  # ClipState as it would be, or is again
    noticed = Signal(str)

    def __init__(
        self, document: Document, player: Player, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(document, player, lane, parent)
        self.seen: tuple[str, ...] = ()
        self.chosen: frozenset[Spot] = frozenset()
        self._from: ChannelsEdit | None = None  # what the drag began with
        self._step = ""  # what the drag is called
        self._series: _Series | None = None
        self._follow()

    @property
    def drawn(self) -> tuple[str, ...]:
        """The channels whose curves stand out: those that are seen, or else those with keys."""
        return self.seen or self.keyed

    @property
    def marked(self) -> frozenset[Spot]:
        """The chosen keys, where the drag has them while there is one."""
        return self.dragged.spots if self.dragged is not None else self.chosen

    # Choosing

    def see(self, channels: Iterable[str]) -> None:
        """Let the curves of these channels be seen; keys of others are chosen no longer."""
        wanted = set(channels)
        self.seen = tuple(name for name in ARKIT if name in wanted)
        drawn = self.drawn
        self.chosen = frozenset(spot for spot in self.chosen if spot.channel in drawn)
        self.changed.emit()

    def choose(self, spots: Iterable[Spot]) -> None:
        """Let these keys be the ones that verbs are about."""
        found = frozenset(spots)
        if found != self.chosen:
            self.chosen = found
            self.changed.emit()

    def choose_all(self) -> None:
        """Choose every key that is seen."""
        if self.edit is not None:
            self.choose(spots_of(self.edit, self.drawn))

    def go(self, step: int) -> None:
        """Go to the nearest key before (-1) or after (1) the playhead, of what is seen."""
        if self.edit is None or self.work is None:
            return
        frames = {spot.frame for spot in spots_of(self.edit, self.drawn)}
        ahead = sorted(step * (frame - self.frame) for frame in frames)
        away = next((one for one in ahead if one > 0), None)
        at = None if away is None else self.work.frame_map.above(self.frame + step * away)
        if at is not None:
            self.player.seek(at)

    # Verbs

    def begin(self) -> None:
        """Lay an edit of channels on the clip, unless it has one."""
        if self.work is not None and not self.work.there:
            self.document.add_edit(self.work.clip.id, self.work.edit)

    def set_values(self, values: Mapping[str, float], step: str, key: str = "") -> None:
        """Put keys at the playhead; calls in a row that share a key are one step."""
        frame, below = self.frame, self.below
        if below is not None:
            key = f"{key}:{frame}" if key else ""
            self.apply(lambda edit: with_values(edit, frame, values, below), step, key, len(values))

    def set_keys(self) -> None:
        """Put a key at the playhead into what is seen, as it is there."""
        now = self.values(self.frame)
        self.set_values({name: now[name] for name in self.drawn if name in now}, "Set keys")

    def move(self, by: int, more: float) -> None:
        """Move the chosen keys by frames and by a weight; calls in a row are one step."""
        last = self.last

        def change(edit: ChannelsEdit, spots: frozenset[Spot], way: Way) -> Placed:
            return moved(edit, spots, int(way[0]), way[1], last)

        self._place_keys(change, (by, more), "Move keys")

    def stretch(self, in_time: int, in_weight: float) -> None:
        """Scale the chosen keys about the first and lowest, so that the farthest moves so far."""
        last = self.last

        def change(edit: ChannelsEdit, spots: frozenset[Spot], way: Way) -> Placed:
            frames = [spot.frame for spot in spots]
            weights = [weight_of(edit, spot) for spot in spots]
            about = min(frames), min(weights)
            factors = (
                _grown(max(frames) - about[0], way[0]),
                _grown(max(weights) - about[1], way[1]),
            )
            return scaled(edit, spots, about, factors, last)

        self._place_keys(change, (in_time, in_weight), "Scale keys")

    def remove(self) -> None:
        """Take the chosen keys out; a channel without any is as captured."""
        spots = self.chosen
        if spots:
            self.apply(lambda edit: without(edit, spots), "Remove keys")

    def remove_here(self) -> None:
        """Take out the keys at the playhead, of what is seen."""
        frame = self.frame
        spots = [Spot(name, frame) for name in self.drawn]
        self.apply(lambda edit: without(edit, spots), "Remove keys")

    def set_tangent(self, tangent: Tangent) -> None:
        """Let the chosen keys go on to the next ones like this."""
        spots = self.chosen
        if spots:
            self.apply(lambda edit: with_tangent(edit, spots, tangent), f"Keys go on {tangent}")

    def reduce(self, bound: float) -> None:
        """Give what is seen as few keys as keep every vertex within so many mm."""
        below, names = self.below, self.drawn
        if below is None or not names:
            return
        before = len(spots_of(self.edit, names)) if self.edit is not None else 0

        def say(edit: ChannelsEdit) -> None:
            now = len(spots_of(edit, names))
            was = f" in place of {before}" if before else ""
            self.noticed.emit(f"{now} keys{was}, within {bound:g} mm")

        self.apply(
            lambda edit: thinned(edit, names, below, bound), "Reduce keys", "", len(names), say
        )

    # A drag

    def hold(self, step: str, channels: Iterable[str] = ()) -> None:
        """Begin a drag that undo will call so, of channels that get curves where they have none."""
        if self.work is not None and self.below is not None:
            self._from = held(self.work.edit, channels, self.below)
            self._step = step

    def show(self, change: Callable[[ChannelsEdit], Placed | ChannelsEdit]) -> None:
        """Show what a drag makes of the edit that it began with."""
        if self._from is None or self.work is None:
            return
        made = change(self._from)
        self.dragged = made if isinstance(made, Placed) else Placed(made, self.chosen)
        self.previewed.emit(self.work.having(self.dragged.edit))
        self.changed.emit()

    def drop(self) -> None:
        """End the drag as one step of the document."""
        (dragged, self.dragged), self._from = (self.dragged, None), None
        if dragged is None or self.work is None:
            return
        self.chosen = dragged.spots
        if dragged.edit == self.work.edit:
            self.changed.emit()
            return
        self._put(dragged.edit, self._step)
        self.document.seal()

    def let_go(self) -> None:
        """Give the drag up; everything is where it was."""
        (dragged, self.dragged), self._from = (self.dragged, None), None
        if dragged is not None:
            self.previewed.emit(self.document.current_clip)
            self.changed.emit()

    # Doing it

    def apply(
        self,
        change: Change,
        step: str,
        key: str = "",
        channels: int = 0,
        then: Callable[[ChannelsEdit], object] | None = None,
    ) -> None:
        """Change the edit as one step, in the background where it takes long.

        Parameters
        ----------
        change
            What becomes of the edit.
        step, key
            What undo calls it; calls in a row that share a key are one.
        channels
            How many may get keys for all their frames.
        then
            Is given the edit once the document has it.
        """
        if self.work is None or self.below is None:
            return
        since = self.work.edit

        def take(made: ChannelsEdit) -> None:
            if self.work is not None and self.work.edit is since and made != since:
                self._put(made, step, key)
            if then is not None:
                then(made)

        if channels * self.below.frames > _SLOW:
            self.lane.submit(
                _changed, change, since, title=step, on_result=take, on_error=self.failed.emit
            )
            return
        try:
            take(change(since))
        except StudioError as error:
            self.failed.emit(error)

    def _place_keys(self, change: Going, way: Way, step: str) -> None:
        """Move or scale the chosen keys on, from where the first of the calls in a row found them.

        So keys that are passed on the way stay.
        """
        if self.work is None or not self.chosen:
            return
        series, now = self._series, self.work.edit
        if series is None or (series.step, series.made, series.at) != (step, now, self.chosen):
            series = _Series(step, now, self.chosen, (0.0, 0.0), now, self.chosen)
        way = series.way[0] + way[0], series.way[1] + way[1]
        made = change(series.since, series.spots, way)
        self.chosen = made.spots
        self._series = replace(series, way=way, made=made.edit, at=made.spots)
        if made.edit != now:
            self._put(made.edit, step, f"{step}:{id(series.since)}")

    def _put(self, edit: ChannelsEdit, step: str, key: str = "") -> None:
        """Tell the document, which has the edit from then on."""
        work = self.work
        if work is None:
            return
        try:
            if work.there:
                name = f"channels:{work.place}:{key}" if key else None
                self.document.replace_edit(work.clip.id, work.place, edit, step=step, key=name)
            else:
                self.document.add_edit(work.clip.id, edit)
        except StudioError as error:
            self.failed.emit(error)

    def _follow(self) -> None:
        """Forget keys that are no more, and the drag."""
        self._from = None
        super()._follow()
        there = set(spots_of(self.edit)) if self.edit is not None else set()
        self.choose(self.chosen & there)


def _changed(change: Change, edit: ChannelsEdit, *, progress: Progress) -> ChannelsEdit:
    progress.check()
    return change(edit)


def weight_of(edit: ChannelsEdit | None, spot: Spot) -> float:
    """Tell the weight of a key; 0 where it is no more."""
    curve = edit.by_channel.get(spot.channel) if edit is not None else None
    key = curve.key_at(spot.frame) if curve is not None else None
    return key.value if key is not None else 0.0


def _grown(length: float, by: float) -> float:
    """Give the factor that makes a length longer by something; 1 where there is no length."""
    return (length + by) / length if length > 0.0 else 1.0
