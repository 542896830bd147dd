"""Keeps who is known, and has the clip on show compared with them while somebody looks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import Progress, Registered, StudioError
from studio.core.identity.people import Identified, KnownPeople
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Played
from studio.engine.kinds.identity import IDENTITY
from studio.io.people import write_people
from studio.takes.identity.enrolling import known_at
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.models.words import knows
from studio.ui.recognize.service import AnswerKey, answer_key, keep
from studio.ui.recognize.work import frames_of


def identify_clip(
    engine: Models, played: Played, known: KnownPeople, *, progress: Progress
) -> Identified:
    """Compare a clip with known people."""
    sequence, _ = frames_of(engine, played, progress.part(0.0, 0.5))
    return engine.identify(sequence, known, progress.part(0.5, 1.0))


def describe_clip(engine: Models, played: Played, *, progress: Progress) -> Floats:
    """Describe the person of a clip (E,)."""
    sequence, _ = frames_of(engine, played, progress.part(0.0, 0.5))
    return engine.person_vector(sequence, progress.part(0.5, 1.0))


def know_people(engine: Models, path: Path, *, progress: Progress) -> tuple[KnownPeople, list[str]]:
    """Know the people of a folder or a file; also what was remarked."""
    remarks: list[str] = []
    heard = replace(progress, remarked=remarks.append)
    return known_at(engine, path, Registered(), heard), remarks


class PeopleService(QObject):
    """Who is known in this window, and whom the clip on show shows.

    Parameters
    ----------
    document
        Which clip is on show.
    lane
        Where clips are compared and described.
    models
        The models that serve.
    """

    known_changed = Signal()
    answer_changed = Signal()
    failed = Signal(object)  # Exception
    noticed = Signal(str)
    written = Signal(object)  # Path

    def __init__(
        self, document: Document, lane: Lane, models: ModelService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self._lane, self._models = document, lane, models
        self.known: KnownPeople | None = None
        self.wanted = False
        self._answers: OrderedDict[AnswerKey, Identified] = OrderedDict()
        models.engine_changed.connect(lambda _engine: self._begin_anew())
        for changed in (
            document.current_changed,
            document.edit_changed,
            document.registration_changed,
        ):
            bind(self, changed, lambda *_carried: self._read())

    @property
    def names(self) -> tuple[str, ...]:
        """Of everybody who is known."""
        return self.known.names if self.known is not None else ()

    @property
    def usable(self) -> bool:
        """Whether the models tell people apart."""
        engine = self._models.engine
        return engine is not None and IDENTITY.name in engine.kinds

    @property
    def can_add(self) -> bool:
        """Whether the clip on show can make a person known."""
        clip, engine = self.document.current_clip, self._models.engine
        return self.usable and clip is not None and engine is not None and knows(engine, clip)

    @property
    def answer(self) -> Identified | None:
        """Whom the clip on show shows, once that is known."""
        clip = self.document.current_clip
        return None if clip is None else self._answers.get(answer_key(clip))

    def want(self, *, on: bool) -> None:
        """Have clips compared, or no more, because nobody looks."""
        if on != self.wanted:
            self.wanted = on
            self._read()

    def open(self, path: Path) -> None:
        """Know the people of a folder of clips, or of a file that was kept."""
        engine = self._models.engine
        if engine is not None and self.usable:
            self._lane.submit(
                know_people,
                engine,
                path,
                title=f"Knowing the people of {path.name}",
                on_result=self._take_people,
                on_error=self.failed.emit,
            )

    def add(self, name: str) -> None:
        """Know the person of the clip on show under a name, or by one clip more."""
        clip, engine = self.document.current_clip, self._models.engine
        if clip is None or engine is None or not self.can_add:
            return
        self._lane.submit(
            describe_clip,
            engine,
            self.document.played(clip),
            title=f"Describing the person of {clip.name}",
            on_result=partial(self._take_vector, name, engine.person_model),
            on_error=self.failed.emit,
        )

    def forget(self, name: str) -> None:
        """Know a person no more."""
        if self.known is not None and name in self.names:
            self._know(self.known.without(name))

    def write(self, path: Path) -> None:
        """Keep everybody in a file.

        Raises
        ------
        StudioError
            Where the place cannot be written.
        """
        if self.known is not None:
            write_people(self.known, path)
            self.written.emit(path)

    def _take_people(self, found: tuple[KnownPeople, list[str]]) -> None:
        known, remarks = found
        engine = self._models.engine
        if engine is not None and known.model != engine.person_model:
            self.failed.emit(StudioError("These people were described by other models."))
            return
        for remark in remarks:
            self.noticed.emit(remark)
        self._know(known)

    def _take_vector(self, name: str, model: str, vector: Floats) -> None:
        known = self.known
        if known is None or known.model != model:
            known = KnownPeople.nobody(model)
        self._know(known.joined(name, vector[None]))

    def _know(self, known: KnownPeople) -> None:
        self.known = known if known.names else None
        self._answers.clear()
        self.known_changed.emit()
        self._read()

    def _begin_anew(self) -> None:
        """Vectors of other models mean something else: nobody is known by them."""
        engine = self._models.engine
        known = self.known
        if known is not None and engine is not None and known.model != engine.person_model:
            self.known = None
            self.noticed.emit("Other models describe people otherwise: nobody is known now.")
        self._answers.clear()
        self.known_changed.emit()
        self._read()

    def _read(self) -> None:
        clip, engine = self.document.current_clip, self._models.engine
        self.answer_changed.emit()
        if clip is None or engine is None or self.known is None or self.answer is not None:
            return
        if self.wanted and self.can_add:
            self._lane.submit(
                identify_clip,
                engine,
                self.document.played(clip),
                self.known,
                title=f"Telling whom {clip.name} shows",
                on_result=partial(self._take, clip, self.known),
                on_error=self.failed.emit,
            )

    def _take(self, clip: ClipState, known: KnownPeople, answer: Identified) -> None:
        if known is self.known:
            keep(self._answers, answer_key(clip), answer)
            self.answer_changed.emit()
