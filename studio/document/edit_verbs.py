"""The verbs of the document that build the stack of edits of a clip."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from studio.core import InputError
from studio.core.sequence import Floats

from .edits.edit import Beginning, Edit
from .edits.parts.masked import MaskedEdit
from .edits.time.trim import TrimEdit
from .names import free_name, new_id
from .state import ClipState, DocumentState

_SAME = 0.5  # of a frame, within which two moments are one to a user


class EditVerbs(ABC):
    """What a document can do with the edits of its clips; see `Document`.

    A place counts from the bottom of the stack, 0 first. All verbs raise `InputError` for a place
    where there is no edit, and for an edit that does not fit the clip.
    """

    @property
    @abstractmethod
    def state(self) -> DocumentState:
        """What is open now."""

    @abstractmethod
    def _write(self, state: DocumentState, name: str, key: str | None = None) -> None: ...

    @abstractmethod
    def _copied(self, clip_id: str, copy_id: str) -> None:
        """Hear that a clip shares the frames of another."""

    @abstractmethod
    def _put(self, clip: ClipState, name: str, key: str | None = None) -> None: ...

    def add_edit(self, clip_id: str, edit: Edit) -> int:
        """Put an edit on top of the others; its place."""
        clip = self.state.clip(clip_id)
        self._put_edits(clip, (*clip.edits, edit), f"Add {edit.title.lower()}")
        return len(clip.edits)

    def replace_edit(
        self, clip_id: str, place: int, edit: Edit, *, step: str = "", key: str | None = None
    ) -> None:
        """Put an edit in place of another.

        Parameters
        ----------
        clip_id, place, edit
            Where, and which.
        step
            What undo calls it, by default after the edit.
        key
            Calls in a row that share it undo as one step.
        """
        clip = self.state.clip(clip_id)
        edits = [*clip.edits]
        edits[_checked(clip, place)] = edit
        self._put_edits(clip, tuple(edits), step or f"Change {edit.title.lower()}", key)

    def move_edit(self, clip_id: str, place: int, to: int) -> None:
        """Move an edit to another place in the stack; past the top means the top."""
        clip = self.state.clip(clip_id)
        edits = [*clip.edits]
        moved = edits.pop(_checked(clip, place))
        edits.insert(max(to, 0), moved)
        self._put_edits(clip, tuple(edits), f"Move {moved.title.lower()}")

    def switch_edit(self, clip_id: str, place: int, *, on: bool) -> None:
        """Let an edit take part, or play the clip without it."""
        clip = self.state.clip(clip_id)
        edits = [*clip.edits]
        switched = edits[_checked(clip, place)]
        edits[place] = replace(switched, on=on)
        name = f"Switch {switched.title.lower()} {'on' if on else 'off'}"
        self._put_edits(clip, tuple(edits), name)

    def remove_edit(self, clip_id: str, place: int) -> None:
        """Take an edit out of the stack."""
        clip = self.state.clip(clip_id)
        edits = [*clip.edits]
        removed = edits.pop(_checked(clip, place))
        self._put_edits(clip, tuple(edits), f"Remove {removed.title.lower()}")

    def duplicate_edit(self, clip_id: str, place: int) -> int:
        """Put a second one of an edit on top of it; its place."""
        clip = self.state.clip(clip_id)
        edits = [*clip.edits]
        copied = edits[_checked(clip, place)]
        edits.insert(place + 1, copied)
        self._put_edits(clip, tuple(edits), f"Duplicate {copied.title.lower()}")
        return place + 1

    def rename_edit(self, clip_id: str, place: int, name: str) -> None:
        """Call an edit something; an empty name is that of its kind."""
        clip = self.state.clip(clip_id)
        edit = clip.edits[_checked(clip, place)]
        step = f"Rename {edit.title.lower()}"
        self.replace_edit(clip_id, place, replace(edit, called=name.strip()), step=step)

    def split_clip(self, clip_id: str, frame: int) -> str:
        """Part a clip in two, the second of which begins with a frame; the id of the second.

        Both keep the recording and all edits below a trim of their own, so that either end can be
        moved again. The second becomes the current one.
        """
        clip = self.state.clip(clip_id)
        if not 0 < frame < clip.timing.frames:
            last = clip.timing.frames - 1
            raise InputError.of(clip.name, f"a frame from 1 to {last} to split at", str(frame))
        state, taken = self.state, [one.name for one in self.state.clips]
        parts = [
            within(followed(clip, replace(clip, edits=(*clip.edits, TrimEdit(start, stop)))))
            for start, stop in ((0, frame), (frame, None))
        ]
        second = replace(parts[1], id=new_id(), name=free_name(clip.name, taken))
        place = state.clips.index(clip)
        clips = (*state.clips[:place], parts[0], second, *state.clips[place + 1 :])
        self._copied(clip.id, second.id)
        self._write(replace(state, clips=clips, current=second.id), f"Split {clip.name}")
        return second.id

    def _put_edits(
        self, clip: ClipState, edits: tuple[Edit, ...], name: str, key: str | None = None
    ) -> None:
        changed = replace(clip, edits=tuple(_on_face(clip, edit) for edit in edits))
        check_edits(changed)
        self._put(within(followed(clip, changed)), name, key)


def _on_face(clip: ClipState, edit: Edit) -> Edit:
    """Carry a region by name to a face of another triangulation that lies on the studio's."""
    if not isinstance(edit, MaskedEdit):
        return edit
    return edit.carried_to(clip.recording, clip.registration)


def beginning(clip: ClipState, frame: int = 0, neutral: int | Floats = 0) -> Beginning:
    """Say what a user has chosen on a clip, for an edit on top of its others.

    Parameters
    ----------
    clip
        Its range, where one is set, is that of the edit.
    frame
        The one on show.
    neutral
        The frame that shows the face at rest, or that face (V, 3) mm.
    """
    timing, span = clip.timing, clip.range
    chosen = span if span != (0, timing.frames) else None
    return Beginning(clip.recording, timing, clip.name, frame, chosen, neutral, clip.label or "")


def begun(kind: type[Edit], at: Beginning) -> Edit:
    """Make the edit of a kind that a user begins with.

    Raises
    ------
    InputError
        Where it does not fit the clip, with a sentence that begins with the clip's name.
    """
    edit = kind.begun(at)
    edit.check(at.recording, at.timing, at.name)
    return edit


def check_edits(clip: ClipState) -> None:
    """Refuse a clip where an edit does not fit what lies below it.

    Raises
    ------
    InputError
        With a sentence that begins with the clip's name.
    """
    timing = clip.recording.timing
    for edit in clip.edits:
        edit.check(clip.recording, timing, clip.name)
        if edit.on and edit.changes:
            timing = edit.timing(timing)


def fits(clip: ClipState) -> bool:
    """Whether all edits of a clip fit what lies below them."""
    try:
        check_edits(clip)
    except InputError:
        return False
    return True


def followed(before: ClipState, after: ClipState) -> ClipState:
    """Keep the range and the neutral frame on the moments they were on, where these still play.

    Parameters
    ----------
    before, after
        The same clip with other edits.
    """
    if _plays_alike(before, after):
        return after
    now = after.moments

    def place(frame: int) -> int | None:
        """Find the first of the frames nearest to the moment of one before."""
        (moment,) = before.source_times(np.array([frame], dtype=np.float64))
        away = np.abs(now - moment)
        near = int(away.argmin())
        return near if away[near] <= _SAME else None

    start = place(before.start)
    stop = None if before.stop is None else place(before.stop - 1)
    if start is not None and stop is not None:
        start, stop = sorted((start, stop))  # it may play backward
    inside = start is not None
    neutral = None if before.neutral_frame is None else place(before.neutral_frame)
    return replace(
        after,
        start=start if start is not None and inside else 0,
        stop=stop + 1 if stop is not None and inside else None,
        neutral_frame=neutral,
    )


def _plays_alike(before: ClipState, after: ClipState) -> bool:
    """Whether the frames of a clip keep their moments."""
    if before.timing != after.timing:
        return False
    return np.array_equal(before.moments, after.moments)


def within(clip: ClipState) -> ClipState:
    """Keep the range and the neutral frame of a clip in what plays of it."""
    frames, neutral = clip.timing.frames, clip.neutral_frame
    return replace(
        clip,
        start=min(clip.start, frames - 1),
        stop=None if clip.stop is None or clip.stop >= frames else clip.stop,
        neutral_frame=None if neutral is None or neutral >= frames else neutral,
    )


def _checked(clip: ClipState, place: int) -> int:
    if not 0 <= place < len(clip.edits):
        raise InputError.of(clip.name, f"one of {len(clip.edits)} edits", f"number {place}")
    return place
