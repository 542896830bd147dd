"""Asks what the clip expresses that the one on show is compared with."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.document import ClipState, Document
from studio.ui.kit.lanes import Lane
from studio.ui.models.service import ModelService
from studio.ui.view3d.comparison import Comparison

from .service import AnswerKey, RecognizeService, answer_key
from .work import Reading, recognize_clip


class BesideService(QObject):
    """Follows the comparison; its answers are those of `RecognizeService`, and the other way.

    The clip on show is read first: while that goes on, nothing is asked here.

    Parameters
    ----------
    lane, first
        Where the clip beside is read, and where the one on show is.
    """

    changed = Signal(object, object)  # Probabilities and Timing of the clip beside, or None

    def __init__(
        self,
        document: Document,
        comparison: Comparison,
        recognition: RecognizeService,
        models: ModelService,
        lane: Lane,
        first: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.comparison = document, comparison
        self._recognition, self._models = recognition, models
        self._lane, self._first = lane, first
        self._asked: AnswerKey | None = None
        comparison.changed.connect(self._follow)
        models.changed.connect(self._ask_others)
        first.started.connect(lambda _title: self._wait())
        first.finished.connect(self._follow)
        lane.stopped.connect(lambda: self._tell(None, None))

    def _follow(self) -> None:
        """Ask about the clip beside, unless that is known or being asked."""
        clip, engine = self.comparison.other, self._models.engine
        if clip is None or engine is None or self._recognition.why_not(clip):
            self._forget()
            self._tell(None, None)
            return
        known, key = self._recognition.known(clip), answer_key(clip)
        if known is not None:
            self._forget()
        elif key != self._asked and not self._first.busy:
            self._asked = key
            self._lane.submit(
                recognize_clip,
                engine,
                self.document.played(clip),
                title=f"Reading {clip.name}",
                on_result=lambda answer: self._take(key, answer),
            )
        self._tell(clip, known)

    def _wait(self) -> None:
        """Give way to the clip on show until it has been read."""
        if self._recognition.reading is None:
            self._forget()

    def _ask_others(self) -> None:
        """Ask other models."""
        self._forget()
        self._follow()

    def _forget(self) -> None:
        self._lane.cancel()
        self._asked = None

    def _take(self, key: AnswerKey, answer: Reading) -> None:
        self._asked = None
        self._recognition.remember(key, answer)
        self._follow()

    def _tell(self, clip: ClipState | None, known: Reading | None) -> None:
        if clip is None or known is None:
            self.changed.emit(None, None)
        else:
            self.changed.emit(known.probabilities, clip.timing)
