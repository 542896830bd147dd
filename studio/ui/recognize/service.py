"""Asks what the clip on show expresses, and remembers what was answered."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from studio.core import Familiarity, Probabilities, ReadAs, StudioError
from studio.core.course import Course, course_of
from studio.document import ClipState, Document, Edit
from studio.engine.catalog import reader_giving
from studio.face.registration.correspondence import Correspondence
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.models.words import knows, missing_model, other_surface

from .work import Reading, judge_range, recognize_clip, weigh_clip

CACHED_ANSWERS = 64
RECOGNIZER, FAMILIARITY = reader_giving(Probabilities), reader_giving(Familiarity)
UNFAMILIAR = 0.5
# Clip, neutral frame, what was edited, what its file was read as, and how its face was fitted.
AnswerKey = tuple[str, int | None, tuple[Edit, ...], ReadAs, float, Correspondence | None]
RangeKey = tuple[AnswerKey, int, int]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a stretch of a clip expresses as a whole.

    Attributes
    ----------
    probabilities : Probabilities
        Rows of the whole clip; `clip` is what the stretch was judged as.
    start, stop : int
        Frames start..stop-1 were judged.
    whole : bool
        Whether they are the whole clip.
    note : str
        Why the stretch could not be judged, the whole clip having been; else empty.
    """

    probabilities: Probabilities
    start: int
    stop: int
    whole: bool
    note: str = ""

    @property
    def label(self) -> str:
        return self.probabilities.label

    @property
    def confidence(self) -> float:
        return self.probabilities.confidence

    @property
    def strongest(self) -> float | None:
        """How strongly it acts where it acts most; None where the reader does not say."""
        acts = self.probabilities.intensity
        return None if acts is None else float(acts[self.start : self.stop].max())

    def course(self, fps: float) -> Course:
        """Say which label leads over which stretch of it, at frames per second."""
        return course_of(self.probabilities, fps, self.start, self.stop)


class RecognizeService(QObject):
    """Has the clip on show recognized; the newest question wins."""

    probabilities_changed = Signal(object)  # Probabilities of the clip on show, or None
    verdict_changed = Signal(object)  # Verdict on its range, or None
    reading_changed = Signal(object)  # Reading of the clip on show, or None
    rest_changed = Signal(object)  # (V, 3) the clip on show was read against, or None
    familiarity_changed = Signal(object)  # Familiarity of the clip on show, or None
    remembered = Signal()  # what another clip than the one on show expresses
    note_changed = Signal(str)  # why there are none, empty when there are
    failed = Signal(object)  # Exception

    def __init__(
        self,
        document: Document,
        lane: Lane,
        models: ModelService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._lane, self._models = document, lane, models
        self._answers: OrderedDict[AnswerKey, Reading] = OrderedDict()
        self._ranges: OrderedDict[RangeKey, Verdict] = OrderedDict()
        self._weighed: OrderedDict[AnswerKey, Familiarity | None] = OrderedDict()
        self._asked: Models | None = None
        self._verdict: Verdict | None = None
        lane.stopped.connect(self._stop)
        models.changed.connect(self.recognize)
        bind(self, document.current_changed, lambda _clip: self.recognize())
        bind(self, document.neutral_changed, lambda _clip, _frame: self.recognize())
        bind(self, document.edit_changed, lambda _clip: self.recognize())
        bind(self, document.registration_changed, lambda _clip: self.recognize())
        bind(self, document.range_changed, lambda clip, *_range: self._follow_range(clip))

    @property
    def reading(self) -> Reading | None:
        """What is known of the clip on show."""
        clip = self.document.current_clip
        return self.known(clip) if clip is not None else None

    def known(self, clip: ClipState) -> Reading | None:
        """Look up what a clip was read as; None if it was not."""
        return self._answers.get(answer_key(clip))

    def remember(self, key: AnswerKey, answer: Reading) -> None:
        """Keep what the present models answered of a clip that is not on show."""
        keep(self._answers, key, answer)
        self.remembered.emit()

    def read_behind(self, clip: ClipState, lane: Lane) -> bool:
        """Have a clip that is not on show read on a lane, where it can be; what it was is told."""
        engine = self._models.engine
        if engine is None or self.why_not(clip):
            return False
        lane.submit(
            recognize_clip,
            engine,
            self.document.played(clip),
            title=f"Reading {clip.name}",
            on_result=partial(self.remember, answer_key(clip)),
        )
        return True

    @property
    def current_verdict(self) -> Verdict | None:
        """The verdict that was last told."""
        return self._verdict

    @property
    def doubt(self) -> str:
        """Why the verdict on show is to be taken with care, empty for no reason known."""
        known, verdict, reading = self.familiarity, self._verdict, self.reading
        if verdict is None:
            return ""
        doubts = list(reading.remarks) if reading is not None else []
        if known is not None and known.over(verdict.start, verdict.stop) > UNFAMILIAR:
            span = verdict.start, verdict.stop
            doubts.append(caution(known.over(*span), known.cause(*span)))
        return " ".join(doubts)

    @property
    def familiarity(self) -> Familiarity | None:
        """How far the clip on show lies from the training data, as far as that is known."""
        clip = self.document.current_clip
        return self._weighed.get(answer_key(clip)) if clip is not None else None

    def recognize(self) -> None:
        """Ask what the clip on show expresses; the answer is remembered per neutral frame."""
        self._lane.cancel()
        clip, engine = self.document.current_clip, self._models.engine
        self._forget_others(engine)
        note = self.why_not(clip)
        if clip is None or engine is None or note:
            self._tell(None, note)
            return
        key = answer_key(clip)
        if key in self._answers:
            self._answers.move_to_end(key)
            self._tell(self._answers[key])
            return
        self._tell(None, "Reading the expression…")
        self._lane.submit(
            recognize_clip,
            engine,
            self.document.played(clip),
            title=f"Reading {clip.name}",
            on_result=lambda answer: self._take_answer(key, answer),
            on_error=self._miss_answer,
        )

    def _stop(self) -> None:
        """Say that the question was stopped; what is known of the whole clip stays."""
        if self.reading is None:
            self._tell(None, "Reading was stopped.")
        elif self._verdict is None:
            self._tell_whole(self.reading, "Reading the range was stopped.")

    def verdict(self, clip: ClipState) -> str | None:
        """Look up the label a clip, or its range, was last read as; None if it was not read."""
        key = answer_key(clip)
        judged = self._ranges.get((key, *clip.range))
        if judged is not None:
            return judged.label
        answer = self._answers.get(key)
        return answer.probabilities.label if answer is not None else None

    def why_not(self, clip: ClipState | None) -> str:
        """Say in a sentence why the clip cannot be read; empty when it can."""
        engine = self._models.engine
        if engine is None:
            return self._models.note
        missing = missing_model(engine, RECOGNIZER.name)
        if missing or clip is None:
            return missing or "Open or generate a clip to see what it expresses."
        if not knows(engine, clip):
            return other_surface(clip.recording)
        return ""

    def _forget_others(self, engine: Models | None) -> None:
        """Let go of what other models answered."""
        if engine is not self._asked:
            self._answers.clear()
            self._ranges.clear()
            self._weighed.clear()
            self._asked = engine

    def _take_answer(self, key: AnswerKey, answer: Reading) -> None:
        keep(self._answers, key, answer)
        self._tell(answer)

    def _miss_answer(self, error: Exception) -> None:
        if isinstance(error, StudioError):
            self._tell(None, str(error))
            return
        self._tell(None, "The expression could not be read.")
        self.failed.emit(error)

    def _tell(self, answer: Reading | None, note: str = "") -> None:
        self.probabilities_changed.emit(answer.probabilities if answer is not None else None)
        self.rest_changed.emit(answer.rest if answer is not None else None)
        self.reading_changed.emit(answer)
        self.note_changed.emit(note)
        self.familiarity_changed.emit(self.familiarity if answer is not None else None)
        self._judge(answer)

    # The range

    def _follow_range(self, clip_id: str) -> None:
        if clip_id == self.document.state.current and self.reading is not None:
            self._lane.cancel()
            self._judge(self.reading)

    def _judge(self, answer: Reading | None) -> None:
        """Tell the verdict on the range; ask for it first where it is not known."""
        clip, engine = self.document.current_clip, self._models.engine
        if clip is None or answer is None or engine is None:
            self._tell_verdict(None)
            return
        start, stop = clip.range
        if (start, stop) == (0, clip.timing.frames):
            self._tell_whole(answer)
            self._weigh()
            return
        key = (answer_key(clip), start, stop)
        if key in self._ranges:
            self._tell_verdict(self._ranges[key])
            self._weigh()
            return
        self._tell_verdict(None)
        self._lane.submit(
            judge_range,
            engine,
            self.document.played(clip),
            (start, stop),
            answer.probabilities,
            title=f"Reading the range of {clip.name}",
            on_result=lambda found: self._take_range(key, found),
            on_error=lambda error: self._miss_range(answer, error),
        )

    def _take_range(self, key: RangeKey, found: Probabilities) -> None:
        verdict = Verdict(found, key[1], key[2], whole=False)
        keep(self._ranges, key, verdict)
        self._tell_verdict(verdict)
        self._weigh()

    def _miss_range(self, answer: Reading, error: Exception) -> None:
        if not isinstance(error, StudioError):
            self.failed.emit(error)
        note = str(error) if isinstance(error, StudioError) else "The range could not be read."
        self._tell_whole(answer, note)
        self._weigh()

    def _tell_whole(self, answer: Reading, note: str = "") -> None:
        known = answer.probabilities
        self._tell_verdict(Verdict(known, 0, len(known.per_frame), whole=True, note=note))

    # Familiarity

    def _weigh(self) -> None:
        """Ask, last of all, how far the clip lies from the training data, unless that is known."""
        clip, engine = self.document.current_clip, self._models.engine
        if clip is None or engine is None or answer_key(clip) in self._weighed:
            return
        if FAMILIARITY.name not in engine.kinds:
            self._take_weight(answer_key(clip), None)
            return
        self._lane.submit(
            weigh_clip,
            engine,
            self.document.played(clip),
            title=f"Comparing {clip.name} with the training data",
            on_result=partial(self._take_weight, answer_key(clip)),
            on_error=partial(self._miss_weight, answer_key(clip)),
        )

    def _take_weight(self, key: AnswerKey, found: Familiarity | None) -> None:
        keep(self._weighed, key, found)
        self.familiarity_changed.emit(found)

    def _miss_weight(self, key: AnswerKey, error: Exception) -> None:
        """Say once what went wrong; the reading stands without the weight."""
        self._take_weight(key, None)
        self.failed.emit(error)

    def _tell_verdict(self, verdict: Verdict | None) -> None:
        self._verdict = verdict
        self.verdict_changed.emit(verdict)


def caution(score: float, cause: str) -> str:
    """Say what an unfamiliar clip asks of the reader.

    Parameters
    ----------
    score : float
        0..1, above one half.
    cause : str
        The measure by which the clip is farthest from the training data.
    """
    reasons = {
        "motion": "this motion is unlike what the model was trained on",
        "speed": "this face moves faster, or less smoothly, than the model was trained on",
        "face": "this face is unlike those the model was trained on",
        "surface": "this surface is rougher, or of another shape, than the model can make",
    }
    reason = reasons.get(cause, reasons["motion"])
    return (
        f"Unfamiliar ({score:.2f}, where 0.50 is the limit): {reason}; take the numbers with care."
    )


def answer_key(clip: ClipState) -> AnswerKey:
    """Collect what an answer depends on, besides the models."""
    read = clip.recording
    edits, found = clip.active_edits, clip.registration
    return clip.id, clip.neutral_frame, edits, read.read_as, read.fps, found


def keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Remember, and let go of what was not asked for longest."""
    kept[key] = value
    while len(kept) > CACHED_ANSWERS:
        kept.popitem(last=False)
