"""Fits faces of other triangulations in the background, and says what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from studio.core import StudioError
from studio.document import ClipState
from studio.face.registration.correspondence import Correspondence
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind

from .words import fitted_words, offer_words, refused_words, undone_words
from .work import fit_face, is_foreign, keep_chosen, may_be_face

State = Literal["none", "offered", "fitting", "refused"]


@dataclass(frozen=True)
class Offer:
    """What the window has to say of the face of the clip on show.

    Attributes
    ----------
    state
        Whether there is anything, and what; "refused" where a fit was tried and is not good.
    words
        A sentence for the bar.
    """

    state: State = "none"
    words: str = ""


class RegistrationService(QObject):
    """Has one face after the other fitted; the clip on show comes first.

    Attributes
    ----------
    automatic
        Whether a face is fitted by itself when it is opened. Only a fit that is accepted is taken.
    """

    changed = Signal()  # what is offered, being done, or how far it is
    progressed = Signal(float)  # of what is being fitted, 0..1
    stopped = Signal()  # by the user
    failed = Signal(object)  # Exception

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.registrar, self.automatic = desk.document, desk.registrar, True
        self._lane, self._models, self._notice = desk.lanes.registration, desk.models, desk.notice
        self._waiting: deque[str] = deque()
        self._fitting: str | None = None
        self._share = 0.0
        self._refused: dict[str, str] = {}  # clip id -> why its face was not fitted
        self._put_off: set[str] = set()
        self._lane.stopped.connect(self._forget)
        self._lane.progressed.connect(self._follow_progress)
        desk.models.changed.connect(self._go_on)
        bind(self, self.document.current_changed, lambda _clip: self.changed.emit())
        bind(self, self.document.registration_changed, lambda _clip: self.changed.emit())
        bind(self, self.document.clips_changed, lambda _clips: self._follow_clips())

    # What there is to say

    @property
    def offer(self) -> Offer:
        """What is to be said of the clip on show."""
        clip = self.document.current_clip
        if clip is None or clip.registration is not None or not is_foreign(clip.recording):
            return Offer()
        if clip.id == self._fitting:
            return Offer("fitting", f"Fitting {clip.name} to the studio's face… {self._share:.0%}")
        if clip.id in self._put_off:
            return Offer()
        if clip.id in self._refused:
            return Offer("refused", refused_words(clip, self._refused[clip.id]))
        return Offer("offered", offer_words(clip)) if may_be_face(clip.recording) else Offer()

    @property
    def busy(self) -> bool:
        """Whether a face is being fitted or waits for it."""
        return self._fitting is not None or bool(self._waiting)

    def can_fit(self, clip: ClipState | None) -> bool:
        """Whether the clip's face is one that can be fitted."""
        return clip is not None and is_foreign(clip.recording)

    # Verbs

    def opened(self) -> None:
        """Fit the face of the clip that was just opened by itself, where that is wanted."""
        clip = self.document.current_clip
        if clip is None:
            return
        if clip.registration is not None:  # shared by a clip of the same person
            self._notice(fitted_words(clip, clip.registration))
        elif self.automatic and may_be_face(clip.recording):
            self._waiting.append(clip.id)
            self._go_on()
        self.changed.emit()

    def fit(self, clip_id: str) -> None:
        """Fit the face of a clip now, by landmarks that are found on pictures of it."""
        self._put_off.discard(clip_id)
        self._refused.pop(clip_id, None)
        if self._fitting is not None:
            self._waiting.appendleft(self._fitting)
        self._start(clip_id)

    def ask(
        self,
        clip: ClipState,
        job: Callable[..., object],
        *args: object,
        on_result: Callable[[Any], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        """Run a job of the assistant on a clip, in place of what is being fitted."""
        if self._fitting is not None and self._fitting != clip.id:
            self._waiting.appendleft(self._fitting)
        self._fitting = None
        title = f"Fitting {clip.name} to the studio's face"
        self._lane.submit(job, *args, title=title, on_result=on_result, on_error=on_error)
        self.changed.emit()

    def leave(self, *, busy: bool) -> None:
        """Go on with the faces that wait, now that the assistant is closed.

        Parameters
        ----------
        busy
            Whether something is being done for it still, which nobody waits for any more.
        """
        if busy:
            self._lane.cancel()
        self._go_on()

    def take(self, clip_id: str, found: Correspondence, *, by_hand: bool = False) -> None:
        """Put an accepted fit into the document, and say so.

        Parameters
        ----------
        by_hand
            Whether the user has accepted it: the face is known by it from now on.
        """
        clip = self.document.state.find(clip_id)
        if clip is None:
            return
        try:
            self.document.set_registration(clip_id, found)
        except StudioError as error:
            self.failed.emit(error)
            return
        self._refused.pop(clip_id, None)
        self._notice(fitted_words(clip, found))
        if by_hand:
            self._lane.submit(keep_chosen, found, on_result=lambda _kept: self._go_on())

    def take_off(self, clip_id: str) -> None:
        """Take the fit off a clip, which can only be looked at then."""
        clip = self.document.state.clip(clip_id)
        self._put_off.add(clip_id)
        self.document.set_registration(clip_id, None)
        self._notice(undone_words(clip))

    def put_off(self, clip_id: str) -> None:
        """Offer nothing for this clip any more."""
        self._put_off.add(clip_id)
        self.changed.emit()

    def stop(self) -> None:
        """Stop fitting; what was being fitted is offered."""
        self._lane.stop()

    # How

    def _forget(self) -> None:
        self._waiting.clear()
        self._fitting = None
        self.stopped.emit()
        self.changed.emit()

    def _go_on(self) -> None:
        """Fit the next face once the models are there: two that import at a time only wait."""
        if self._fitting is not None or self._lane.busy or self._models.loading:
            return
        while self._waiting:
            clip = self.document.state.find(self._waiting.popleft())
            if clip is not None and clip.registration is None:
                self._start(clip.id)
                return

    def _start(self, clip_id: str) -> None:
        clip = self.document.state.clip(clip_id)
        self._fitting, self._share = clip_id, 0.0
        self._lane.submit(
            fit_face,
            self.registrar,
            self.document.played(clip),
            title=f"Fitting {clip.name} to the studio's face",
            on_result=partial(self._take_found, clip_id),
            on_error=partial(self._miss, clip_id),
        )
        self.changed.emit()

    def _follow_progress(self, share: float, _message: str) -> None:
        self.progressed.emit(share)
        if self._fitting is not None:
            self._share = share
            self.changed.emit()

    def _take_found(self, clip_id: str, found: Correspondence) -> None:
        self._fitting = None
        if found.verdict.accepted:
            self.take(clip_id, found)
        else:
            self._refused[clip_id] = found.verdict.reason
        self.changed.emit()
        self._go_on()

    def _miss(self, clip_id: str, error: Exception) -> None:
        """Offer the points instead where no face is found, and report a bug."""
        self._fitting = None
        if isinstance(error, StudioError):
            self._refused[clip_id] = str(error)
        else:
            self.failed.emit(error)
        self.changed.emit()
        self._go_on()

    def _follow_clips(self) -> None:
        there = {clip.id for clip in self.document.state.clips}
        if self._fitting is not None and self._fitting not in there:
            self._fitting = None
            self._lane.cancel()
            self._go_on()
        self.changed.emit()
