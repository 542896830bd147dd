"""What the clip on show expresses, frame by frame and as a whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.core import Probabilities
from studio.document import Document, Playhead

from .bind import bind
from .controller import Controller
from .probability_view import ProbabilityBars
from .recognizing import Verdict
from .text import tr
from .theme import LABEL_COLORS, label_icon

SURE, LIKELY = 0.8, 0.5


def certainty(verdict: Verdict) -> str:
    """A verdict's confidence in words and numbers, and what was judged."""
    sure = verdict.confidence
    word = tr("clearly") if sure >= SURE else tr("probably") if sure >= LIKELY else tr("perhaps")
    over = tr("over the whole clip")
    if not verdict.whole:
        over = tr("over the range, frames {first} to {last}").format(
            first=verdict.start, last=verdict.stop - 1
        )
    percent = f"{100 * sure:.0f}"
    return tr("{word}, {percent} % {over}").format(word=word, percent=percent, over=over)


class RecognitionPanel(QWidget):
    """The verdict on the clip, the bars under the playhead, and which frame is at rest."""

    def __init__(
        self,
        document: Document,
        controller: Controller,
        playhead: Playhead,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.controller, self.playhead = document, controller, playhead
        self._probabilities: Probabilities | None = None
        self.bars = ProbabilityBars()
        self._build()
        self.use_frame.clicked.connect(self.use_current_frame)
        self.estimate.clicked.connect(self.use_estimate)
        controller.probabilities_changed.connect(self._show)
        controller.recognizing.verdict_changed.connect(self._show_verdict)
        controller.recognition_note.connect(self._show_note)
        controller.engine_changed.connect(lambda _engine: self._show_labels())
        bind(self, playhead.frame_changed, lambda _frame: self._show_row())
        bind(self, document.current_changed, lambda _clip: self._show_neutral())
        bind(self, document.neutral_changed, lambda _clip, _frame: self._show_neutral())
        self._show_labels()
        self._show(None)
        self._show_verdict(None)
        self._show_note(controller.why_not(document.current_clip))
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

    def _build(self) -> None:
        self.swatch, self.verdict, self.sure = QLabel(), QLabel(), QLabel(wordWrap=True)
        font = self.verdict.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self.verdict.setFont(font)
        self.sure.setForegroundRole(self.sure.palette().ColorRole.PlaceholderText)
        self.note = QLabel(wordWrap=True)
        self.note.setForegroundRole(self.note.palette().ColorRole.PlaceholderText)
        self.neutral = QLabel(wordWrap=True)
        self.use_frame = QPushButton("Use current frame")
        self.use_frame.setToolTip("Call the frame on show this person's face at rest")
        self.estimate = QPushButton("Estimate")
        self.estimate.setToolTip("Let the recognizer find the face at rest in the clip")
        for button in (self.use_frame, self.estimate):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()

    def _arrange(self) -> None:
        head, buttons = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.swatch)
        head.addWidget(self.verdict, stretch=1)
        buttons.addWidget(self.use_frame, stretch=1)
        buttons.addWidget(self.estimate)
        line = QFrame(frameShape=QFrame.Shape.HLine, frameShadow=QFrame.Shadow.Plain)
        line.setForegroundRole(line.palette().ColorRole.Mid)
        self.bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.sure)
        layout.addWidget(self.note)
        layout.addWidget(self.bars)
        layout.addWidget(line)
        layout.addWidget(self.neutral)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def _show_labels(self) -> None:
        engine = self.controller.engine
        self.bars.set_labels((engine.labels if engine is not None else ()) or tuple(LABEL_COLORS))

    def _show(self, probabilities: Probabilities | None) -> None:
        self._probabilities = probabilities
        if probabilities is not None:
            self.bars.set_labels(probabilities.labels)
        self._show_row()
        self._show_neutral()

    def _show_verdict(self, verdict: Verdict | None) -> None:
        for part in (self.swatch, self.verdict, self.sure):
            part.setVisible(verdict is not None)
        if verdict is not None:
            self.swatch.setPixmap(label_icon(verdict.label, 16).pixmap(QSize(16, 16)))
            self.verdict.setText(verdict.label.capitalize())
            self.sure.setText(certainty(verdict))
            self._show_note(verdict.note)

    def _show_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _show_row(self) -> None:
        rows = self._probabilities.per_frame if self._probabilities is not None else None
        frame = self.playhead.frame
        self.bars.show_row(rows[frame] if rows is not None and frame < len(rows) else None)

    def _show_neutral(self) -> None:
        clip = self.document.current_clip
        frame = clip.neutral_frame if clip is not None else None
        if frame is not None:
            known = f"frame {frame}"
        else:
            known = "estimated from the clip" if self._probabilities is not None else "not known"
        self.neutral.setText(f"Face at rest: {known}")
        self.use_frame.setEnabled(clip is not None)
        self.estimate.setEnabled(frame is not None)
