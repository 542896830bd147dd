"""The keys that are chosen over the timeline, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from studio.core import StudioError
from studio.core.sequence import Floats
from studio.document import ClipState, Document
from studio.document.edit_verbs import fits
from studio.document.edits.edit import Frames
from studio.document.edits.keyed import KeyedEdit
from studio.document.edits.time.frame_map import FrameMap
from studio.document.key_verbs import (
    KeySpot,
    Rekeyed,
    counted,
    landed,
    retimed,
    scaled,
    seen,
    shifted,
)
from studio.ui.kit.bind import bind

from .player import Player

Moves = Mapping[KeySpot, int]


@dataclass(frozen=True, eq=False)
class KeyRow:
    """An edit with keys, as the timeline shows it.

    Attributes
    ----------
    place, edit
        The edit and its place in the stack.
    seen
        Where its keys are on the timeline, by frame; a key that does not play is not there.
    """

    place: int
    edit: KeyedEdit
    seen: Mapping[KeySpot, int]
    _map: FrameMap

    @classmethod
    def of(cls, clip: ClipState, place: int, edit: KeyedEdit) -> KeyRow:
        """Look at an edit of a clip as it plays."""
        spots = [KeySpot(place, frame) for frame in edit.frames]
        return cls(place, edit, seen(clip, spots), clip.frame_map(place))

    @property
    def spots(self) -> list[KeySpot]:
        """The keys that play, by where they are seen."""
        return [*self.seen]

    def shares(self, frames: Frames) -> Floats:
        """Tell what the keys do in frames (N,) that play, as (N, C) curves from 0 to 1."""
        return self.edit.shares(self._map.below(frames))


@dataclass(frozen=True, eq=False)
class _Series:
    """Moves in a row of the same keys, which are one step and are counted from its start."""

    since: ClipState
    spots: frozenset[KeySpot]
    by: int
    about: int | None  # the frame that they are scaled about, None where they are shifted
    made: ClipState
    at: frozenset[KeySpot]  # where they are now


class KeyEditor(QObject):
    """Verbs of the track, the menu and the palette on the keys of the current clip.

    A drag is shown as it goes and told to the document when it ends, so that it is one step.
    """

    changed = Signal()  # the keys, what is chosen or copied, or what is being dragged
    previewed = Signal(object)  # ClipState as it would be, or is again
    noticed = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.player = document, player
        self.chosen: frozenset[KeySpot] = frozenset()
        self.dragged: Rekeyed | None = None
        self._moves: tuple[Moves, bool] | None = None  # of the drag, and whether it copies
        self._copied: tuple[ClipState, frozenset[KeySpot]] | None = None
        self._series: _Series | None = None
        bind(self, document.edit_changed, lambda _clip: self._follow())
        bind(self, document.current_changed, lambda _clip: self._follow())
        bind(self, document.clips_changed, lambda _clips: self._forget_copied())

    # What there is

    @property
    def clip(self) -> ClipState | None:
        """The current clip, as the drag has it while there is one."""
        return self.dragged.clip if self.dragged is not None else self.document.current_clip

    @property
    def rows(self) -> list[KeyRow]:
        """The edits that have keys, the top of the stack first; landmarks may never be moved."""
        clip = self.clip
        edits = [*enumerate(clip.edits)] if clip is not None else []
        return [
            KeyRow.of(clip, place, edit)
            for place, edit in edits[::-1]
            if clip is not None and isinstance(edit, KeyedEdit) and edit.keys
        ]

    @property
    def spots(self) -> list[KeySpot]:
        """All keys that play, by where they are seen."""
        there = [item for row in self.rows for item in row.seen.items()]
        return [spot for spot, _ in sorted(there, key=lambda one: (one[1], -one[0].place))]

    def places(self, spots: Collection[KeySpot]) -> Mapping[KeySpot, int]:
        """Tell where keys of the current clip, or of the drag, are seen on the timeline."""
        return seen(self.clip, spots) if self.clip is not None else {}

    @property
    def taken(self) -> Mapping[KeySpot, int]:
        """Where the chosen keys are seen, as it was before the drag while there is one."""
        clip = self.document.current_clip
        return seen(clip, self.chosen) if clip is not None else {}

    @property
    def marked(self) -> frozenset[KeySpot]:
        """The chosen keys, where the drag has them while there is one."""
        return self.dragged.spots if self.dragged is not None else self.chosen

    @property
    def can_scale(self) -> bool:
        """Whether keys of two frames or more are chosen."""
        return len({*self.taken.values()}) > 1

    @property
    def can_paste(self) -> bool:
        return self._copied is not None and self.document.current_clip is not None

    # Choosing

    def choose(self, spots: Collection[KeySpot]) -> None:
        """Let these keys be the ones that verbs are about."""
        if frozenset(spots) != self.chosen:
            self.chosen = frozenset(spots)
            self.changed.emit()

    def choose_all(self) -> None:
        """Choose every key of every edit."""
        self.choose(self.spots)

    # Verbs

    def move(self, by: int) -> None:
        """Move the chosen keys by frames; calls in a row are one step."""
        self._go_on(by, None)

    def stretch(self, by: int) -> None:
        """Scale the chosen keys about the first, so that the last one moves by frames."""
        if self.can_scale:
            self._go_on(by, min(self.taken.values()))

    def stretch_about_playhead(self, by: int) -> None:
        """Scale the chosen keys about the playhead, so that the farthest moves away by frames."""
        self._go_on(by, self.player.playhead.frame)

    def copy(self) -> None:
        """Remember the chosen keys."""
        clip = self.document.current_clip
        if clip is not None and self.chosen:
            self._copied = clip, self.chosen
            self.noticed.emit(f"Copied {counted(len(self.chosen))}")
            self.changed.emit()

    def paste(self) -> None:
        """Put copies of the remembered keys into the current clip, the first at the playhead."""
        clip, frame = self.document.current_clip, self.player.playhead.frame
        if clip is not None and self._copied is not None:
            source, spots = self._copied
            self._tell(lambda: self.document.paste_keys(clip.id, source, spots, frame))

    def remove(self, spots: Collection[KeySpot] | None = None) -> None:
        """Take keys out, by default those that are chosen."""
        clip, gone = self.document.current_clip, self.chosen if spots is None else spots
        if clip is None or not gone:
            return
        before = len(self.spots)
        self.document.remove_keys(clip.id, gone)
        if before - len(self.spots) < len(gone):
            self.noticed.emit("An edit of the intensity keeps one key")

    # A drag

    def show_move(self, by: int, *, copy: bool = False) -> None:
        """Show the chosen keys moved by frames from where they were taken."""
        self._show(lambda last: shifted(self.taken, by, last), copy=copy)

    def show_scale(self, about: int, factor: float) -> None:
        """Show the chosen keys scaled about a frame."""
        self._show(lambda last: scaled(self.taken, about, factor, last))

    def drop(self) -> None:
        """End the drag as one step of the document."""
        (dragged, moves), self.dragged, self._moves = (self.dragged, self._moves), None, None
        if dragged is not None and moves is not None:
            ways, copy = moves
            clip = dragged.clip
            self._tell(lambda: self.document.retime_keys(clip.id, ways, copy=copy))
            self.document.seal()

    def let_go(self) -> None:
        """Give the drag up; everything is where it was."""
        if self._moves is not None:
            self._forget_drag()
            self.previewed.emit(self.document.current_clip)
            self.changed.emit()

    # Doing it

    def _show(self, moves: Callable[[int], Moves], *, copy: bool = False) -> None:
        clip = self.document.current_clip
        if clip is None or not self.chosen:
            return
        ways = landed(clip, self.taken, moves(clip.timing.frames - 1))
        if all(to == spot.frame for spot, to in ways.items()):
            self.let_go()
        elif self._moves != (ways, copy):
            dragged = retimed(self.document.evaluator, clip, ways, copy=copy)
            if fits(dragged.clip):
                self._moves, self.dragged = (ways, copy), dragged
                self.previewed.emit(dragged.clip)
                self.changed.emit()

    def _go_on(self, by: int, about: int | None) -> None:
        """Move the chosen keys on, from where the first of the calls in a row found them."""
        clip, series = self.document.current_clip, self._series
        if clip is None or not self.chosen:
            return
        now = clip, self.chosen, about
        on = series is not None and now == (series.made, series.at, series.about)
        if series is None or not on:
            series = _Series(clip, self.chosen, 0, about, clip, self.chosen)
        there, last = seen(series.since, series.spots), series.since.timing.frames - 1
        by = series.by + by
        to = shifted(there, by, last) if about is None else _away(there, about, by, last)
        moves = landed(series.since, there, to)
        if all(frame == spot.frame for spot, frame in moves.items()) and not on:
            return
        self._tell(
            lambda: self.document.retime_keys(
                clip.id, moves, since=series.since, key=f"keys:{id(series.since)}"
            )
        )
        made = self.document.state.clip(clip.id)
        went = next((to[spot] - at for spot, at in there.items()), 0) if about is None else by
        self._series = replace(series, by=went, made=made, at=self.chosen)

    def _tell(self, act: Callable[[], Rekeyed]) -> None:
        """Do something to the document, choose the keys it is about, and say what else it did."""
        try:
            found = act()
        except StudioError as error:
            self.failed.emit(error)
            self.changed.emit()
            return
        self.choose(found.spots)
        said = []
        if found.replaced:
            said.append(f"{counted(found.replaced)} gave way to what was put in the same frame")
        if found.left_out:
            said.append(f"{counted(found.left_out)} past the end of the clip left out")
        if said:
            text = "; ".join(said)
            self.noticed.emit(f"{text[0].upper()}{text[1:]}")

    # Following

    def _follow(self) -> None:
        """Forget what is gone: keys that are no more, and the drag of a clip that is another."""
        self._forget_drag()
        self.chosen &= frozenset(self.spots)
        self.changed.emit()

    def _forget_drag(self) -> None:
        self.dragged, self._moves = None, None

    def _forget_copied(self) -> None:
        """Let go of a clip that was closed."""
        if self._copied is not None and self.document.state.find(self._copied[0].id) is None:
            self._copied = None
            self.changed.emit()


def _away(there: Mapping[KeySpot, int], about: int, by: int, last: int) -> Mapping[KeySpot, int]:
    """Scale keys about a frame; the farthest one moves away by frames."""
    reach = max(abs(frame - about) for frame in there.values())
    return scaled(there, about, (reach + by) / reach if reach else 1.0, last)
