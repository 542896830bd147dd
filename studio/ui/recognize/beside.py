"""Has the clip read that the one on show is compared with, by the reader of the tracks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.core import Tracks
from studio.document import ClipState, Document
from studio.ui.kit.lanes import Lane
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.view3d.comparison import Comparison

from .service import AnswerKey, RecognizeService, answer_key
from .tracks import TrackService, read_tracks
from .work import Reading, recognize_clip


class BesideService(QObject):
    """Follows the comparison; its answers are shared with whoever reads the clip on show.

    The clip on show is read first: while that goes on, nothing is asked here.

    Parameters
    ----------
    tracks
        Which reader the tracks are of.
    lane, first
        Where the clip beside is read, and where the one on show is.
    """

    changed = Signal(object, object)  # Tracks and Timing of the clip beside, or None

    def __init__(
        self,
        document: Document,
        comparison: Comparison,
        recognition: RecognizeService,
        tracks: TrackService,
        models: ModelService,
        lane: Lane,
        first: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.comparison = document, comparison
        self._recognition, self._tracks, self._models = recognition, tracks, models
        self._lane, self._first = lane, first
        self._asked: tuple[str, AnswerKey] | None = None
        self._reader = tracks.chosen
        comparison.changed.connect(self._follow)
        models.changed.connect(self._ask_others)
        tracks.readers_changed.connect(self._change_reader)
        first.started.connect(lambda _title: self._wait())
        first.finished.connect(self._follow)
        lane.stopped.connect(lambda: self._tell(None, None))

    def _follow(self) -> None:
        """Ask about the clip beside, unless that is known or being asked."""
        clip, engine = self.comparison.other, self._models.engine
        if clip is None or engine is None or not self._readable(clip):
            self._forget()
            self._tell(None, None)
            return
        known, key = self._known(clip), (self._tracks.chosen, answer_key(clip))
        if known is not None:
            self._forget()
        elif key != self._asked and not self._first.busy:
            self._asked = key
            self._ask(engine, clip, key)
        self._tell(clip, known)

    def _ask(self, engine: Models, clip: ClipState, key: tuple[str, AnswerKey]) -> None:
        """Have the clip read by the reader that the key names."""
        played, title = self.document.played(clip), f"Reading {clip.name}"

        def keep_tracks(read: Tracks) -> None:
            self._take(partial(self._tracks.remember, key, read))

        def keep_answer(read: Reading) -> None:
            self._take(partial(self._recognition.remember, key[1], read))

        if self._tracks.instead:
            reader, lane = self._tracks.chosen, self._lane
            lane.submit(read_tracks, engine, played, reader, title=title, on_result=keep_tracks)
        else:
            self._lane.submit(recognize_clip, engine, played, title=title, on_result=keep_answer)

    def _readable(self, clip: ClipState) -> bool:
        if self._tracks.instead:
            return self._tracks.can_read(clip)
        return not self._recognition.why_not(clip)

    def _known(self, clip: ClipState) -> Tracks | None:
        if self._tracks.instead:
            return self._tracks.known(clip)
        answer = self._recognition.known(clip)
        return answer.probabilities if answer is not None else None

    def _wait(self) -> None:
        """Give way to the clip on show until it has been read."""
        if self._recognition.reading is None:
            self._forget()

    def _change_reader(self) -> None:
        """Ask the reader that is chosen now; the same one may be told again."""
        if self._reader != self._tracks.chosen:
            self._reader = self._tracks.chosen
            self._ask_others()

    def _ask_others(self) -> None:
        """Ask other models."""
        self._forget()
        self._follow()

    def _forget(self) -> None:
        self._lane.cancel()
        self._asked = None

    def _take(self, remember: Callable[[], object]) -> None:
        self._asked = None
        remember()
        self._follow()

    def _tell(self, clip: ClipState | None, known: Tracks | None) -> None:
        self.changed.emit(known, clip.timing if clip is not None and known is not None else None)
