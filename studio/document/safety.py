"""What of a document lies in files, and what would be lost without asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import ReferenceType, ref

import numpy as np

from studio.core import MeshSequence

from .edits.edit import Edit
from .state import ClipState, DocumentState

_NO_FRAMES = MeshSequence(
    np.zeros((1, 1, 3), dtype=np.float32), np.zeros((0, 3), dtype=np.int32), name="no frames"
)


@dataclass(frozen=True)
class _Seen:
    """A clip as it once was, which does not keep its frames in memory."""

    bare: ClipState
    frames: ReferenceType[MeshSequence]

    @classmethod
    def of(cls, clip: ClipState) -> _Seen:
        return cls(replace(clip, recording=_NO_FRAMES), ref(clip.recording))


@dataclass(frozen=True)
class _Record:
    """A document as it once was, but for the clip on show; it keeps no frames in memory either."""

    bare: DocumentState
    clips: tuple[_Seen, ...]

    @classmethod
    def of(cls, state: DocumentState) -> _Record:
        return cls(replace(state, clips=(), current=None), tuple(map(_Seen.of, state.clips)))


@dataclass(frozen=True)
class Unsaved:
    """What of a document lies in no file.

    Attributes
    ----------
    made
        Clips that were made here and never written.
    edited
        Clips that were edited since they were read or written.
    """

    made: tuple[ClipState, ...] = ()
    edited: tuple[ClipState, ...] = ()


class Safety:
    """Follows one document.

    Parameters
    ----------
    state
        What the document began with.
    saved
        Whether that lies in a session file.
    """

    def __init__(self, state: DocumentState, *, saved: bool = False) -> None:
        self.in_session = saved
        self._saved = _Record.of(state)
        self._kept: dict[str, tuple[Edit, ...]] = {}  # the edits with which clips were written
        for clip in state.clips if saved else ():
            self.keep(clip)
        self._opened: dict[str, _Seen] = {}
        self._recorded: set[str] = set()  # clips that no file had before

    def saved(self, state: DocumentState) -> None:
        """Note that a state lies in a session file; what has been edited since does not."""
        self.in_session, self._saved = True, _Record.of(state)
        for clip in state.clips:
            self.keep(clip)

    def keep(self, clip: ClipState) -> None:
        """Note that the frames of a clip, as it is here, lie in a file."""
        self._kept[clip.id] = clip.active_edits

    def copied(self, clip_id: str, copy_id: str) -> None:
        """Note that a clip on the frames of another is as safe as that one."""
        if clip_id in self._recorded:
            self._recorded.add(copy_id)
        if clip_id in self._kept:
            self._kept[copy_id] = self._kept[clip_id]

    def opened(self, clip: ClipState) -> None:
        """Note that a clip is as its file has it."""
        self._opened[clip.id] = _Seen.of(replace(clip, registration=None))

    def recorded(self, clip: ClipState) -> None:
        """Note that a clip has never been in a file."""
        self._recorded.add(clip.id)

    def is_modified(self, state: DocumentState) -> bool:
        """Whether a state differs from what was last saved in more than the clip on show."""
        return _Record.of(state) != self._saved

    def unsaved(self, state: DocumentState) -> Unsaved:
        """List the clips whose frames lie in no file."""
        at_risk = [clip for clip in state.clips if not self._lies_in_a_file(clip)]
        made = [c for c in at_risk if self._is_made(c) and c.id not in self._kept]
        return Unsaved(tuple(made), tuple(clip for clip in at_risk if clip not in made))

    def _lies_in_a_file(self, clip: ClipState) -> bool:
        """Whether the frames that play do: as they came, or as they were last written."""
        came = not self._is_made(clip) and clip.as_recorded
        return came or self._kept.get(clip.id) == clip.active_edits

    def _is_made(self, clip: ClipState) -> bool:
        """Whether a clip came from no file."""
        return clip.recipe is not None or clip.id in self._recorded

    def has_work(self, state: DocumentState) -> bool:
        """Whether something would be lost.

        That is edits since the session was saved, or, outside a session, whatever is more than
        files that were opened and looked at; how a face lies on the studio's is found again.
        """
        if self.in_session:
            return self.is_modified(state)
        lost = self.unsaved(state)
        opened = (c for c in state.clips if c.recipe is None and c.id not in self._kept)
        return bool(lost.made or lost.edited) or any(
            self._opened.get(clip.id) != _Seen.of(replace(clip, registration=None))
            for clip in opened
        )
