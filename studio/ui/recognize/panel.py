"""What the clip on show expresses, frame by frame and as a whole."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import Probabilities
from studio.document import Document, Playhead
from studio.ui.kit.bind import bind
from studio.ui.kit.line import Line
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import LABEL_COLORS
from studio.ui.models.service import ModelService
from studio.ui.timeline.curve_controls import CurveControls
from studio.ui.timeline.curve_display import CurveDisplay

from .bars import ProbabilityBars
from .service import RecognizeService, Verdict
from .tracks import TrackChooser, TrackService
from .verdict import INTENSITY_HINT, VerdictView, sentence
from .work import rest_words

Role = QPalette.ColorRole


class RecognitionPanel(QWidget):
    """The verdict on the clip, the bars under the playhead, and which frame is at rest."""

    def __init__(
        self,
        document: Document,
        models: ModelService,
        recognition: RecognizeService,
        tracks: TrackService,
        playhead: Playhead,
        curves: CurveDisplay,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._models, self._recognition = document, models, recognition
        self.playhead, self.curves = playhead, curves
        self._probabilities: Probabilities | None = None
        self._what = ""
        self._other: Probabilities | None = None
        self.bars, self.reading = ProbabilityBars(), Line(ink=Role.PlaceholderText)
        self.units = QLabel(wordWrap=True)
        self.verdict_view = VerdictView()
        self.verdict, self.sure = self.verdict_view.label, self.verdict_view.sure
        self.display = CurveControls(curves)
        self.tracks = TrackChooser(tracks, curves, self.display.form)
        self._build()
        self._listen()
        self._show_labels()
        self._show(None)
        self._show_verdict(None)
        self._show_note(recognition.why_not(document.current_clip))
        self._show_neutral()

    def use_current_frame(self) -> None:
        """Call the frame on show the face at rest."""
        clip = self.document.current_clip
        if clip is not None:
            self.document.set_neutral_frame(clip.id, self.playhead.frame)

    def use_estimate(self) -> None:
        """Leave the face at rest to the recognizer."""
        clip = self.document.current_clip
        if clip is not None:
            self.document.set_neutral_frame(clip.id, None)

    def show_other(self, what: str, read: Probabilities | None) -> None:
        """Show what the last frame of something else reads, in place of the frame on show.

        Parameters
        ----------
        what
            What it is; empty for nothing else any more.
        read
            None where it was not read.
        """
        if (what, read) == (self._what, None) and self._other is None:
            return
        self._what, self._other = what, read
        if read is not None:
            self.bars.set_labels(read.labels)
        self._show_row()

    def say_units(self, text: str) -> None:
        """Say which action units speak for what is read; nothing where that is empty."""
        self.units.setText(text)
        self.units.setVisible(bool(text))

    def _listen(self) -> None:
        recognition, document = self._recognition, self.document
        self.use_frame.clicked.connect(self.use_current_frame)
        self.estimate.clicked.connect(self.use_estimate)
        self.curves.shown_changed.connect(self._show)
        self.curves.look_changed.connect(lambda _look: self._show_row())
        recognition.verdict_changed.connect(self._show_verdict)
        recognition.familiarity_changed.connect(lambda _known: self._show_doubt())
        recognition.note_changed.connect(self._show_note)
        self._models.engine_changed.connect(lambda _engine: self._show_labels())
        bind(self, self.playhead.frame_changed, lambda _frame: self._show_row())
        bind(self, document.current_changed, lambda _clip: self._show_neutral())
        bind(self, document.neutral_changed, lambda _clip, _frame: self._show_neutral())

    def _build(self) -> None:
        self.note = QLabel(wordWrap=True)
        self.note.setForegroundRole(Role.PlaceholderText)
        self.units.setAccessibleName("Action units that speak for it")
        self.units.hide()
        self.neutral = QLabel(wordWrap=True)
        self.use_frame = QPushButton("Use current frame")
        self.use_frame.setToolTip("Call the frame on show this person's face at rest")
        self.estimate = QPushButton("Estimate")
        self.estimate.setToolTip("Let the recognizer find the face at rest in the clip")
        self.export = QToolButton()
        self.export.setText("Export")
        self.export.setToolTip("Write the probabilities as a table or as a chart")
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setMenu(QMenu(self.export))
        for button in (self.use_frame, self.estimate, self.export):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()

    def _arrange(self) -> None:
        buttons, foot = QHBoxLayout(), QHBoxLayout()
        buttons.addWidget(self.use_frame, stretch=1)
        buttons.addWidget(self.estimate)
        foot.addStretch(1)
        foot.addWidget(self.export)
        self.bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        for part in (
            self.verdict_view,
            self.note,
            self.bars,
            self.reading,
            self.units,
            _line(),
            self.neutral,
        ):
            layout.addWidget(part)
        layout.addLayout(buttons)
        layout.addWidget(_line())
        layout.addWidget(self.display)
        layout.addLayout(foot)
        layout.addStretch(1)

    def _show_labels(self) -> None:
        engine = self._models.engine
        self.bars.set_labels((engine.labels if engine is not None else ()) or tuple(LABEL_COLORS))

    def _show(self, probabilities: Probabilities | None) -> None:
        self._probabilities = probabilities
        self.export.setEnabled(probabilities is not None)
        if probabilities is not None:
            self.bars.set_labels(probabilities.labels)
        self._show_row()
        self._show_neutral()

    def _show_verdict(self, verdict: Verdict | None) -> None:
        clip = self.document.current_clip
        if verdict is None or clip is None:
            self.verdict_view.show_verdict(None)
        else:
            self.verdict_view.show_verdict(verdict, verdict.course(clip.timing.fps))
            self._show_note(verdict.note)
        self._show_doubt()

    def _show_doubt(self) -> None:
        verdict, known = self._recognition.current_verdict, self._recognition.familiarity
        self.verdict_view.caution.say(self._recognition.doubt)
        if known is None or verdict is None:
            self.sure.setToolTip(INTENSITY_HINT)
            return
        self.sure.setToolTip(
            f"{INTENSITY_HINT}. Unfamiliar motion scores towards 1, above 0.50 is too far; here: "
            f"{known.over(verdict.start, verdict.stop):.2f}"
        )

    def _show_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _show_row(self) -> None:
        read, frame = self._other, len(self._other.per_frame) - 1 if self._other else 0
        if not self._what:
            read, frame = self._probabilities, self.playhead.frame
        if read is None or frame >= len(read.per_frame):
            self.bars.show_row(None)
            self.reading.set_text("")
            return
        threshold = self.curves.look.threshold
        row = read.per_frame[frame]
        self.bars.show_row(row, threshold)
        best = int(row.argmax())
        said = label_name(read.labels[best]).lower() if row[best] >= threshold else "uncertain"
        acts = read.intensity
        strength = "" if acts is None else f", intensity {acts[frame]:.2f}"
        what = self._what or f"Frame {frame}"
        self.reading.set_text(f"{what} reads {said}{strength}")

    def _show_neutral(self) -> None:
        clip = self.document.current_clip
        frame = clip.neutral_frame if clip is not None else None
        unread = frame is None and self._probabilities is None
        known = "not known" if clip is None or unread else rest_words(clip)
        reading = None if unread else self._recognition.reading
        said = "" if reading is None else reading.said
        self.neutral.setText(f"Face at rest: {known}" + (f"\n{sentence(said)}" if said else ""))
        self.use_frame.setEnabled(clip is not None)
        self.estimate.setEnabled(frame is not None)


def _line() -> QFrame:
    line = QFrame(frameShape=QFrame.Shape.HLine, frameShadow=QFrame.Shadow.Plain)
    line.setForegroundRole(Role.Mid)
    return line
