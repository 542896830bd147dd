"""Which edit of channels is worked on, and the weights below it, solved in the background."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.core import Progress
from studio.document import ClipState, Document
from studio.document.edits.channels.captured import Captured, can_move, captured, channels_for
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.channels.keying import Placed
from studio.document.edits.time.frame_map import FrameMap, moves_time
from studio.document.evaluator import Evaluator
from studio.face.rig import ARKIT
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.timeline.player import Player

_MOVES = 0.01  # of a weight, that a channel has to move to count as moving


@dataclass(frozen=True, eq=False)
class Work:
    """The edit that is worked on.

    Attributes
    ----------
    clip
        The current clip; where it has no edit of channels yet, with one on top.
    place
        Of the edit in its stack.
    edit
        The edit.
    there
        Whether the document has it.
    """

    clip: ClipState
    place: int
    edit: ChannelsEdit
    there: bool

    @classmethod
    def on(cls, clip: ClipState | None, wanted: int | None) -> Work | None:
        """Choose the edit of a clip: at the wanted place, else the topmost; None for no face."""
        if clip is None:
            return None
        found = [
            (place == wanted, place, edit)
            for place, edit in enumerate(clip.edits)
            if isinstance(edit, ChannelsEdit)
        ]
        if found:
            _, place, edit = max(found, key=lambda one: one[:2])
            return cls(clip, place, edit, there=True)
        if not can_move(clip):
            return None
        edit = channels_for(clip)
        return cls(replace(clip, edits=(*clip.edits, edit)), len(clip.edits), edit, there=False)

    def having(self, edit: ChannelsEdit) -> ClipState:
        """Give the clip with another edit in its place."""
        edits = (*self.clip.edits[: self.place], edit, *self.clip.edits[self.place + 1 :])
        return replace(self.clip, edits=edits)

    def before(self, place: int | None) -> Work | None:
        """Give the same work under another edit of the stack, which changes no times.

        None where that lies on top of this one, or frames above it are others than below.
        """
        between = self.clip.edits[slice(place, self.place)]
        if place is None or not between or any(moves_time(one) for one in between if one.on):
            return None
        under = replace(self.clip, edits=(*self.clip.edits[:place], self.edit))
        return Work(under, place, self.edit, there=False)

    @cached_property
    def under(self) -> Hashable:
        """What the weights below it depend on."""
        active = (one for one in self.clip.edits[: self.place] if one.on and one.changes)
        return self.clip.recording, tuple(active), self.edit.basis_key

    @cached_property
    def frame_map(self) -> FrameMap:
        """Where its frames play on the timeline."""
        return self.clip.frame_map(self.place)


class ChannelWork(QObject):
    """Follows the document to the edit of channels of the current clip, and has the clip solved.

    Attributes
    ----------
    below
        What lies below the edit of channels; None while it is solved.
    before
        The same without the edit that is chosen in the stack, and what lies on that; None where it
        is no other edit, or while it is solved.
    """

    changed = Signal()  # the edit, what is seen or chosen of it, or what a drag shows
    failed = Signal(object)  # Exception

    def __init__(
        self, document: Document, player: Player, lane: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.player, self.lane = document, player, lane
        self.work: Work | None = None
        self.below: Captured | None = None
        self.before: Captured | None = None
        self.dragged: Placed | None = None
        self._under: Hashable = None  # what `below` is of, or will be
        self._under_before: Hashable = None  # the same of `before`
        self._active = False
        self._place: int | None = None
        for signal in (document.edit_changed, document.current_changed):
            bind(self, signal, lambda _clip: self._follow())
        bind(self, document.registration_changed, lambda _clip: self._follow())

    # What there is

    @property
    def edit(self) -> ChannelsEdit | None:
        """The edit, as the drag has it while there is one."""
        if self.dragged is not None:
            return self.dragged.edit
        return self.work.edit if self.work is not None else None

    @property
    def ready(self) -> bool:
        """Whether the channels can be changed now."""
        return self.work is not None and self.below is not None

    @property
    def frame(self) -> int:
        """The frame of the edit under the playhead."""
        frame = self.player.playhead.frame
        return self.work.clip.frame_below(self.work.place, frame) if self.work else frame

    @property
    def last(self) -> int:
        """The last frame that the edit has."""
        return self.work.frame_map.before.frames - 1 if self.work is not None else 0

    @property
    def keyed(self) -> tuple[str, ...]:
        """The channels that have keys."""
        return tuple(self.edit.by_channel) if self.edit is not None else ()

    @property
    def moving(self) -> tuple[str, ...]:
        """The channels that move or have keys."""
        if self.below is None:
            return ()
        moves, keyed = np.ptp(self.below.weights, axis=0) > _MOVES, self.keyed
        return tuple(n for n, on in zip(ARKIT, moves, strict=True) if on or n in keyed)

    def values(self, frame: int) -> Mapping[str, float]:
        """Tell the weight of every channel in a frame of the edit; nothing while it is solved."""
        edit, below = self.edit, self.below
        if edit is None or below is None or not 0 <= frame < below.frames:
            return {}
        row = edit.edited(below.weights[[frame]], np.array([frame]))[0]
        return dict(zip(ARKIT, row.tolist(), strict=True))

    # Following

    def set_active(self, *, on: bool) -> None:
        """Say whether anybody looks; without, no clip is solved."""
        if on != self._active:
            self._active = on
            self._follow()

    def show_place(self, place: int | None) -> None:
        """Work on the edit at this place of the stack, where it is one of channels."""
        if place != self._place:
            self._place = place
            self._follow()

    def _follow(self) -> None:
        """Work on what the document has now, and solve it where that is another clip."""
        self.dragged = None
        self.work = Work.on(self.document.current_clip, self._place)
        under = self.work.under if self.work is not None and self._active else None
        if under is None or under != self._under:
            self.below, self._under = None, None
            self.lane.cancel()
        if under is not None and self._under is None and self.work is not None:
            self._under = under
            self.lane.submit(
                _solve,
                self.document.evaluator,
                self.work.clip,
                self.work.place,
                title="Solving the clip to channels",
                on_result=self._take,
                on_error=self.failed.emit,
            )
        self._follow_before()
        self.changed.emit()

    def _take(self, found: Captured) -> None:
        self.below = found
        self._follow_before()
        self.changed.emit()

    def _follow_before(self) -> None:
        """Solve what lies below the chosen edit too, once what lies above it has been."""
        found = self.work.before(self._place) if self.work is not None and self._active else None
        under = found.under if found is not None else None
        if under != self._under_before or self.below is None:
            self.before, self._under_before = None, None
        if found is None or self.below is None or self._under_before is not None:
            return
        self._under_before = under
        self.lane.submit(
            _solve,
            self.document.evaluator,
            found.clip,
            found.place,
            title="Solving the clip before the edit",
            on_result=partial(self._take_before, under),
            on_error=self.failed.emit,
        )

    def _take_before(self, under: Hashable, found: Captured) -> None:
        if under == self._under_before:  # another edit may have been chosen since
            self.before = found
            self.changed.emit()


def _solve(evaluator: Evaluator, clip: ClipState, place: int, *, progress: Progress) -> Captured:
    return captured(evaluator, clip, place, progress)
