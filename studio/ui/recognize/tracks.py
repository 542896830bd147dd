"""The tracks on the timeline: the expression, or what another reader says of the clip on show."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout

from studio.core import Probabilities, Progress, StudioError, Tracks
from studio.document import ClipState, Document, Played
from studio.engine.catalog import kind_of, reader_giving
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.kit.scrolling import calm_wheel, narrow_combo
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.models.words import knows
from studio.ui.timeline.curve_display import CurveDisplay

from .service import AnswerKey, answer_key, keep
from .work import frames_of

USUAL = reader_giving(Probabilities).name


def read_tracks(engine: Models, played: Played, reader: str, *, progress: Progress) -> Tracks:
    """Have a reader read a clip, against the frame the user calls neutral if there is one."""
    sequence, neutral = frames_of(engine, played, progress)
    return engine.read(reader, sequence, neutral, progress)


class TrackService(QObject):
    """Has the chosen reader read the clip on show; the newest question wins.

    If the chosen reader is the recognizer, nothing is asked: it reads the clip anyway.

    Parameters
    ----------
    document : Document
        Which clip is on show.
    lane : Lane
        Where readers read.
    models : ModelService
        The models that serve.
    reader : str
        Which one reads until another is chosen.
    """

    tracks_changed = Signal(object)  # Tracks of the chosen reader, None while there are none
    readers_changed = Signal()  # which there are, or which is chosen
    failed = Signal(object)  # Exception

    def __init__(
        self,
        document: Document,
        lane: Lane,
        models: ModelService,
        parent: QObject | None = None,
        *,
        reader: str = USUAL,
    ) -> None:
        super().__init__(parent)
        self.document, self._lane, self._models = document, lane, models
        self.chosen = self._asked = reader
        self._known: OrderedDict[tuple[str, AnswerKey], Tracks] = OrderedDict()
        models.engine_changed.connect(lambda _engine: self._begin_anew())
        bind(self, document.current_changed, lambda _clip: self._read())
        bind(self, document.neutral_changed, lambda _clip, _frame: self._read())
        bind(self, document.edit_changed, lambda _clip: self._read())
        bind(self, document.registration_changed, lambda _clip: self._read())

    @property
    def readers(self) -> tuple[str, ...]:
        """The readers that there are, the usual one first."""
        engine = self._models.engine
        return engine.readers if engine is not None else ()

    @property
    def instead(self) -> bool:
        """Whether other tracks than the expression are asked for."""
        return self.chosen != USUAL

    def choose(self, reader: str) -> None:
        """Have a reader read what is on show from now on."""
        self._asked = reader
        self._use(reader)

    def _use(self, reader: str) -> None:
        self.chosen = reader
        self.readers_changed.emit()
        self._read()

    def can_read(self, clip: ClipState) -> bool:
        """Whether the chosen reader, another than the recognizer, reads a clip."""
        engine = self._models.engine
        return engine is not None and self.chosen in engine.readers and knows(engine, clip)

    def known(self, clip: ClipState) -> Tracks | None:
        """Give what the chosen reader has said of a clip, if it has."""
        return self._known.get((self.chosen, answer_key(clip)))

    def remember(self, key: tuple[str, AnswerKey], tracks: Tracks) -> None:
        """Keep what a reader said of a clip that is not on show."""
        keep(self._known, key, tracks)

    def _begin_anew(self) -> None:
        """Let go of what other models said."""
        self._known.clear()
        there = self.readers or (USUAL,)
        self._use(self._asked if self._asked in there else there[0])

    def _read(self) -> None:
        self._lane.cancel()
        clip, engine = self.document.current_clip, self._models.engine
        known = self.known(clip) if clip is not None else None
        self.tracks_changed.emit(known)
        if clip is None or engine is None or known is not None:
            return
        key = (self.chosen, answer_key(clip))
        if self.instead and self.can_read(clip):
            self._lane.submit(
                read_tracks,
                engine,
                self.document.played(clip),
                self.chosen,
                title=f"Reading {kind_of(self.chosen).title.lower()} of {clip.name}",
                on_result=lambda tracks: self._take(key, tracks),
                on_error=self._miss,
            )

    def _take(self, key: tuple[str, AnswerKey], tracks: Tracks) -> None:
        keep(self._known, key, tracks)
        self.tracks_changed.emit(tracks)

    def _miss(self, error: Exception) -> None:
        """Report what went wrong, but not that a clip cannot be read: the panel says why."""
        if not isinstance(error, StudioError):
            self.failed.emit(error)


class TrackChooser(QComboBox):
    """The first row of a form: which reader's tracks the timeline shows.

    The row is hidden where there is but one reader.
    """

    def __init__(self, tracks: TrackService, curves: CurveDisplay, form: QFormLayout) -> None:
        super().__init__()
        self.tracks, self.curves, self._form = tracks, curves, form
        self.setToolTip("What the curves on the timeline are of")
        self.setAccessibleName("Tracks on the timeline")
        narrow_combo(self)
        calm_wheel(self)
        form.insertRow(0, "Tracks", self)
        self.activated.connect(lambda _row: tracks.choose(self.currentData()))
        tracks.readers_changed.connect(self._show)
        tracks.tracks_changed.connect(lambda read: curves.set_others(read, instead=tracks.instead))
        self._show()

    def _show(self) -> None:
        with QSignalBlocker(self):
            self.clear()
            for name in self.tracks.readers:
                self.addItem(kind_of(name).title, name)
            self.setCurrentIndex(self.findData(self.tracks.chosen))
        self._form.setRowVisible(self, self.count() > 1)
