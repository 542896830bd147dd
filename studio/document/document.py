"""The one place that writes: verbs in, signals out."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from psygnal import Signal

from studio.core import GenerationRequest, InputError, MeshSequence

from .beside.marker_verbs import MarkerVerbs
from .beside.sound import ClipSound
from .beside.sound_verbs import SoundVerbs
from .cut.verbs import CutVerbs
from .edits.landmarks import placed_by
from .evaluator import Evaluator, Played
from .generation_verbs import GenerationVerbs
from .history import History
from .key_verbs import KeyVerbs
from .landmark_verbs import LandmarkVerbs, check_frame
from .names import copy_name, free_name, new_id
from .reading_verbs import ReadingVerbs
from .registration_verbs import RegistrationVerbs, joined, registration_for
from .safety import Safety, Unsaved
from .state import ClipState, DocumentState, held_bytes


class Document(
    LandmarkVerbs,
    KeyVerbs,
    ReadingVerbs,
    RegistrationVerbs,
    GenerationVerbs,
    MarkerVerbs,
    SoundVerbs,
    CutVerbs,
):
    """The open document. Views listen to the signals and read `state`; only verbs write.

    A verb that changes nothing emits nothing. Verbs raise `InputError` when a clip is not in the
    document or a number is out of range, and then leave the document as it was.

    Parameters
    ----------
    state
        What it begins with; by default nothing is open.
    undo_bytes
        As in `set_undo_bytes`.
    clock
        Seconds since 1970, for the time a clip came in.
    """

    changed = Signal(DocumentState, DocumentState)  # before, after
    clips_changed = Signal(tuple)
    current_changed = Signal(object)  # the clip id, or None
    range_changed = Signal(str, int, int)  # clip id, start, stop
    neutral_changed = Signal(str, object)  # clip id, frame or None
    edit_changed = Signal(str)  # id of the clip whose edits, or whose frames below them, changed
    registration_changed = Signal(str)  # id of the clip whose face lies otherwise on the studio's
    timing_changed = Signal(str)  # id of the clip that plays longer, shorter or at another pace
    generation_changed = Signal(GenerationRequest)
    seed_locked_changed = Signal(bool)
    history_changed = Signal()

    def __init__(
        self,
        state: DocumentState | None = None,
        *,
        undo_bytes: int = 2**30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        initial = state or DocumentState()
        self._undo_bytes = undo_bytes
        self.evaluator = Evaluator(undo_bytes)
        self._history = self._history_of(initial)
        self._safety = Safety(initial)
        self._clock = clock

    @property
    def state(self) -> DocumentState:
        """What is open now."""
        return self._history.state

    @property
    def current_clip(self) -> ClipState | None:
        """The clip on show; None where there is none."""
        return self.state.current_clip

    def played(self, clip: ClipState) -> Played:
        """Give a clip with what a job gets its frames from."""
        return Played(clip, self.evaluator)

    @property
    def undo_name(self) -> str | None:
        """Name of the step that `undo` would take back, None when there is none."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str | None:
        """Name of the step that `redo` would bring back, None when there is none."""
        return self._history.redo_name

    # Clips

    def open_clip(
        self,
        sequence: MeshSequence,
        source: Path | None = None,
        sound: ClipSound | None = None,
        *,
        recorded: bool = False,
    ) -> str:
        """Add a clip read from a file with the sound beside it, or just recorded; its id."""
        name, known = free_name(sequence.name, self._names), registration_for(self.state, sequence)
        clip = ClipState(new_id(), sequence, source, name=name, created=self._clock())
        clip = replace(clip, registration=known, sound=sound)
        (self._safety.recorded if recorded else self._safety.opened)(clip)
        self._append(clip, f"{'Record' if recorded else 'Open'} {clip.name}")
        return clip.id

    def add_generated(
        self, sequence: MeshSequence, recipe: Mapping[str, object], *, key: str | None = None
    ) -> str:
        """Add a generated clip with the recipe that makes it again; its id.

        Calls that share `key` with a change made for this clip are one step with it, as in
        `set_generation`.
        """
        return self.add_takes([(sequence, recipe)], key=key)[0]

    def add_takes(
        self,
        takes: Sequence[tuple[MeshSequence, Mapping[str, object]]],
        *,
        step: str | None = None,
        key: str | None = None,
    ) -> list[str]:
        """Add generated clips with their recipes as one step and show the first; their ids.

        Parameters
        ----------
        takes
            Clips and recipes.
        step
            Its name, by default that they were generated.
        key
            As in `set_generation`.
        """
        if not takes:
            return []
        now, clips = self._clock(), list[ClipState]()
        for sequence, recipe in takes:
            placed = placed_by(recipe)
            edits = () if placed is None else (placed,)
            name = free_name(sequence.name, [*self._names, *(clip.name for clip in clips)])
            clip = ClipState(new_id(), sequence, None, recipe, name=name, created=now, edits=edits)
            known = registration_for(self.state, sequence, made=True)
            clips.append(replace(clip, registration=known))
        made = clips[0].name if len(clips) == 1 else f"{len(clips)} takes"
        everything = (*self.state.clips, *clips)
        state = replace(self.state, clips=everything, current=clips[0].id)
        self._write(state, step or f"Generate {made}", key)
        return [clip.id for clip in clips]

    def duplicate_clip(self, clip_id: str) -> str:
        """Put a second clip on the same frames right after the first; its id."""
        original = self.state.clip(clip_id)
        name, now = free_name(copy_name(original.name), self._names), self._clock()
        copy = replace(original, id=new_id(), name=name, created=now)
        place = self.state.clips.index(original) + 1
        clips = (*self.state.clips[:place], copy, *self.state.clips[place:])
        self._copied(clip_id, copy.id)
        self._write(replace(self.state, clips=clips, current=copy.id), f"Duplicate {original.name}")
        return copy.id

    def remove_clip(self, clip_id: str) -> None:
        """Take a clip out; its neighbor becomes the current one if it was."""
        self.remove_clips([clip_id])

    def remove_clips(self, clip_ids: Collection[str]) -> None:
        """Take clips out as one step.

        Where the current one goes, the next that stays, or else the one before, becomes current.
        """
        gone = [self.state.clip(clip_id) for clip_id in clip_ids]
        if not gone:
            return
        clips = tuple(clip for clip in self.state.clips if clip not in gone)
        current = self.state.current
        if current in clip_ids:
            place = self.state.clips.index(self.state.clip(str(current)))
            after = [clip for clip in self.state.clips[place:] if clip not in gone]
            current = (after or clips[-1:])[0].id if clips else None
        name = gone[0].name if len(gone) == 1 else f"{len(gone)} clips"
        cut = self.state.cut.without(clip_ids)
        state = replace(self.state, clips=clips, current=current, cut=cut)
        self._write(state, f"Close {name}")

    def move_clips(self, clip_ids: Collection[str], place: int) -> None:
        """Move clips, in the order they stand in, before the one that is at a place now.

        A place past the end means the end.
        """
        moved = [self.state.clip(clip_id) for clip_id in clip_ids]
        order = self.state.clips
        place = min(max(place, 0), len(order))
        before = [clip for clip in order[:place] if clip not in moved]
        after = [clip for clip in order[place:] if clip not in moved]
        clips = (*before, *(clip for clip in order if clip in moved), *after)
        name = moved[0].name if len(moved) == 1 else f"{len(moved)} clips"
        self._write(replace(self.state, clips=clips), f"Move {name}")

    def star_clips(self, clip_ids: Collection[str], *, starred: bool) -> None:
        """Give clips a star, or take it away, as one step."""
        chosen = [self.state.clip(clip_id) for clip_id in clip_ids]
        clips = tuple(
            replace(clip, starred=starred) if clip in chosen else clip for clip in self.state.clips
        )
        name = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} clips"
        self._write(replace(self.state, clips=clips), f"{'Star' if starred else 'Unstar'} {name}")

    def rename_clip(self, clip_id: str, name: str) -> None:
        """Give a clip a name, which must not be empty."""
        clip = self.state.clip(clip_id)
        if not name.strip():
            raise InputError.of(clip.name, "a name that is not empty", "nothing")
        self._put(replace(clip, name=name.strip()), f"Rename {clip.name}")

    def set_current(self, clip_id: str | None) -> None:
        """Choose the clip on show; browsing through several is one step."""
        if clip_id is not None:
            self.state.clip(clip_id)
        self._write(replace(self.state, current=clip_id), "Show another clip", key="current")

    def set_range(self, clip_id: str, start: int, stop: int) -> None:
        """Set the in/out range to frames start..stop-1, clamped so that one frame is left."""
        clip = self.state.clip(clip_id)
        n_frames = clip.timing.frames
        start = min(max(start, 0), n_frames - 1)
        stop = min(max(stop, start + 1), n_frames)
        whole = replace(clip, start=start, stop=None if stop == n_frames else stop)
        self._put(whole, "Set range", key=f"range:{clip_id}")

    def set_neutral_frame(self, clip_id: str, frame: int | None) -> None:
        """Say which frame shows the face at rest, also to the edits that measure from it.

        None leaves it to the estimate.
        """
        clip = self.state.clip(clip_id)
        edits = clip.edits
        if frame is not None:
            check_frame(clip, frame)
            under = partial(clip.frame_below, frame=frame)
            edits = tuple(edit.with_neutral(under(place)) for place, edit in enumerate(edits))
        self._put(replace(clip, neutral_frame=frame, edits=edits), "Set neutral frame")

    # History

    def undo(self) -> None:
        """Take the last step back."""
        before = self.state
        if self._history.undo():
            self._announce(before)

    def redo(self) -> None:
        """Take the step again that was taken back."""
        before = self.state
        if self._history.redo():
            self._announce(before)

    def seal(self) -> None:
        """End a drag, so that the next edit is a step of its own."""
        self._history.seal()

    def set_undo_bytes(self, undo_bytes: int) -> None:
        """Set how many bytes of frames undo alone may keep; the oldest go.

        The frames of edited clips may take as many again.
        """
        before = self._history.undo_name
        self._undo_bytes = undo_bytes
        self._history.set_budget(undo_bytes)
        self.evaluator.set_budget(undo_bytes)
        if self._history.undo_name != before:
            self.history_changed.emit()

    # Whole documents

    def replace(self, state: DocumentState, *, saved: bool = True) -> None:
        """Put another document in place of this one, with a history of its own.

        Parameters
        ----------
        state
            The other document.
        saved
            Whether it lies in a session file as it is.
        """
        before = self.state
        self._history = self._history_of(state)
        self._safety = Safety(state if saved else DocumentState(), saved=saved)
        self._announce(before)
        if before.current == state.current and before.current_clip != state.current_clip:
            self.current_changed.emit(state.current)

    # What would be lost

    @property
    def is_modified(self) -> bool:
        """Whether the document differs from what was last saved, the clip on show aside."""
        return self._safety.is_modified(self.state)

    @property
    def has_unsaved_work(self) -> bool:
        """Whether something would be lost.

        That is edits since the session was saved, or, outside a session, whatever is more than
        files that were opened and looked at.
        """
        return self._safety.has_work(self.state)

    def mark_saved(self, state: DocumentState | None = None) -> None:
        """Note that a state, by default the present one, lies safely in a session file."""
        self._safety.saved(state or self.state)
        self.history_changed.emit()

    def mark_kept(self, clip: ClipState) -> None:
        """Note that the frames of a clip, as it was then, lie safely in a file."""
        self._safety.keep(clip)
        self.history_changed.emit()

    @property
    def unsaved(self) -> Unsaved:
        """The clips whose frames lie in no file."""
        return self._safety.unsaved(self.state)

    def _copied(self, clip_id: str, copy_id: str) -> None:
        self._safety.copied(clip_id, copy_id)

    def _history_of(self, state: DocumentState) -> History[DocumentState]:
        return History(state, weigh=held_bytes, budget=self._undo_bytes)

    @property
    def _names(self) -> list[str]:
        return [clip.name for clip in self.state.clips]

    def _append(self, clip: ClipState, name: str) -> None:
        state = replace(self.state, clips=joined(self.state.clips, clip), current=clip.id)
        self._write(state, name)

    def _put(self, clip: ClipState, name: str, key: str | None = None) -> None:
        clips = tuple(clip if other.id == clip.id else other for other in self.state.clips)
        self._write(replace(self.state, clips=clips), name, key=key)

    def _write(self, state: DocumentState, name: str, key: str | None = None) -> None:
        before = self.state
        self._history.push(state, name, key)
        if self.state is not before:
            self._announce(before)

    def _announce(self, before: DocumentState) -> None:
        after = self.state
        if after.clips != before.clips:
            self.clips_changed.emit(after.clips)
        if after.current != before.current:
            self.current_changed.emit(after.current)
        for clip in after.clips:
            self._announce_clip(before.find(clip.id), clip)
        if after.generation != before.generation:
            self.generation_changed.emit(after.generation)
        if after.seed_locked != before.seed_locked:
            self.seed_locked_changed.emit(after.seed_locked)
        self.changed.emit(before, after)
        self.history_changed.emit()

    def _announce_clip(self, before: ClipState | None, after: ClipState) -> None:
        if before is None:
            return
        if before.timing != after.timing:
            self.timing_changed.emit(after.id)
        if before.range != after.range:
            self.range_changed.emit(after.id, *after.range)
        if before.edits != after.edits or before.recording is not after.recording:
            self.edit_changed.emit(after.id)
        if before.registration is not after.registration:
            self.registration_changed.emit(after.id)
        if before.neutral_frame != after.neutral_frame:
            self.neutral_changed.emit(after.id, after.neutral_frame)
