"""What of a document lies in files, and what would be lost without asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import ReferenceType, ref

import numpy as np

from studio.core import MeshSequence

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
        self._kept = {clip.id for clip in state.clips} if saved else set()
        self._opened: dict[str, _Seen] = {}

    def saved(self, state: DocumentState) -> None:
        """Note that a state lies in a session file; what has been edited since does not."""
        self.in_session, self._saved = True, _Record.of(state)
        self._kept.update(clip.id for clip in state.clips)

    def keep(self, clip_id: str) -> None:
        """Note that the frames of a clip lie in a file."""
        self._kept.add(clip_id)

    def copied(self, clip_id: str, copy_id: str) -> None:
        """Note that a clip on the frames of another is as safe as that one."""
        if clip_id in self._kept:
            self._kept.add(copy_id)

    def opened(self, clip: ClipState) -> None:
        """Note that a clip is as its file has it."""
        self._opened[clip.id] = _Seen.of(clip)

    def is_modified(self, state: DocumentState) -> bool:
        """Whether a state differs from what was last saved in more than the clip on show."""
        return _Record.of(state) != self._saved

    def unsaved_generated(self, state: DocumentState) -> tuple[ClipState, ...]:
        """List the generated clips that lie in no file."""
        return tuple(
            clip for clip in state.clips if clip.recipe is not None and clip.id not in self._kept
        )

    def has_work(self, state: DocumentState) -> bool:
        """Whether something would be lost.

        That is edits since the session was saved, or, outside a session, whatever is more than
        files that were opened and looked at.
        """
        if self.in_session:
            return self.is_modified(state)
        edited = (clip for clip in state.clips if clip.recipe is None)
        return bool(self.unsaved_generated(state)) or any(
            self._opened.get(clip.id) != _Seen.of(clip) for clip in edited
        )
