"""The frames of clips that were edited by hand, worked out while the window goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.core import MeshSequence, Progress
from studio.document import ClipState, Document, Edit, Played
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane

Wish = tuple[MeshSequence, tuple[Edit, ...]]


class FramesAhead(QObject):
    """Follows the document, which says at once what was edited; the frames come after.

    The clip on show goes first, then the one beside it, then as many others as the evaluator can
    remember. Frames that no clip of the document plays any more are not computed to the end.
    """

    ready = Signal(str)  # id of the clip whose frames are there
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        # Not among the lanes that can be cancelled: what plays is what the document says.
        self.lane = Lane("edits", self)
        self._beside: str | None = None
        self._given_up: set[Wish] = set()
        self._made: set[Wish] = set()  # may have been forgotten since
        self._at: Wish | None = None  # what is being worked out
        bind(self, document.clips_changed, lambda _clips: self._follow())
        bind(self, document.current_changed, lambda _clip: self._follow())
        self._follow()

    def set_beside(self, clip: ClipState | None) -> None:
        """Say which clip is compared with the current one."""
        self._beside = clip.id if clip is not None else None
        self._follow()

    @property
    def busy(self) -> bool:
        return self.lane.busy

    def close(self) -> None:
        """Stop and wait for the thread."""
        self.lane.close()

    def _follow(self) -> None:
        """Compute the first of what is not there."""
        wanted = self._wanted()
        if self._at is not None and self._at not in [_wish(clip) for clip in wanted]:
            self.lane.cancel()
            self._at = None
        if not wanted or _wish(wanted[0]) == self._at:
            return
        first = wanted[0]
        self._at = _wish(first)
        self.lane.submit(
            work_out,
            self.document.played(first),
            on_result=lambda _made: self._take(first),
            on_error=lambda error: self._miss(first, error),
        )

    def _wanted(self) -> list[ClipState]:
        """List the clips whose frames are not there yet, the one on show first."""
        state, evaluator = self.document.state, self.document.evaluator
        clips = [clip for clip in state.clips if not clip.as_recorded]
        clips.sort(key=lambda clip: (clip.id != state.current, clip.id != self._beside))
        seen = [clip for clip in clips if clip.id in (state.current, self._beside)]
        # The first is asked for last, so that it is remembered longest.
        missing = [clip for clip in reversed(clips) if evaluator.ready(clip) is None][::-1]
        self._given_up &= {_wish(clip) for clip in missing}
        self._made &= {_wish(clip) for clip in clips}
        ahead = [clip for clip in evaluator.fits(clips) if _wish(clip) not in self._made]
        wanted = [clip for clip in missing if clip in seen or clip in ahead]
        return [clip for clip in wanted if _wish(clip) not in self._given_up]

    def _take(self, clip: ClipState) -> None:
        """Tell of every clip that plays these frames: a copy shares them."""
        self._at = None
        self._made.add(_wish(clip))
        self._follow()
        for other in self.document.state.clips:
            if _wish(other) == _wish(clip):
                self.ready.emit(other.id)

    def _miss(self, clip: ClipState, error: Exception) -> None:
        """Say once that these frames cannot be had."""
        self._at = None
        self._given_up.add(_wish(clip))
        self._follow()
        self.failed.emit(error)


def _wish(clip: ClipState) -> Wish:
    """Give what of a clip its frames depend on."""
    return clip.recording, clip.active_edits


def work_out(played: Played, *, progress: Progress) -> MeshSequence:
    """Compute the frames of an edited clip."""
    return played.sequence(progress)
