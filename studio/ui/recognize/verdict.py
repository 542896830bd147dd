"""The verdict on a clip in words: what, how sure, over which frames, and whether to trust it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.core.course import Course
from studio.ui.kit.icons import icon
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_icon

from .service import Verdict

SURE, LIKELY = 0.8, 0.5
INTENSITY_HINT = "Intensity 0 is a face at rest, 1 a full expression; more is theatrical"
_CAUTION = "#C77700"
Role = QPalette.ColorRole


def certainty(verdict: Verdict) -> str:
    """Say a verdict's confidence in words and numbers, and what was judged."""
    sure = verdict.confidence
    word = "clearly" if sure >= SURE else "probably" if sure >= LIKELY else "perhaps"
    over = "over the whole clip"
    if not verdict.whole:
        over = f"over the range, frames {verdict.start} to {verdict.stop - 1}"
    strongest = verdict.strongest
    acts = "" if strongest is None else f", intensity up to {strongest:.1f}"
    return f"{word}, {100 * sure:.0f} % {over}{acts}"


def sentence(words: str) -> str:
    """Begin words with a capital letter."""
    return words[:1].upper() + words[1:]


class Caution(QFrame):
    """A sentence that must not be missed, behind a bar of its own color."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel(wordWrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.addWidget(self.label)
        self.say("")

    def say(self, sentence: str) -> None:
        """Show a sentence, or hide for an empty one."""
        self.label.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(Role.AlternateBase))
        painter.fillRect(0, 0, 4, self.height(), QColor(_CAUTION))


class VerdictView(QWidget):
    """Label, certainty, course and caution; a button copies them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.swatch, self.label, self.sure = QLabel(), QLabel(), QLabel(wordWrap=True)
        font = self.label.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self.label.setFont(font)
        self.sure.setForegroundRole(Role.PlaceholderText)
        self.course = QLabel(wordWrap=True)
        self.course.setToolTip(
            "The share of the time that each expression leads, and when; what leads only for a "
            "moment does not count"
        )
        self.copy = QToolButton(autoRaise=True)
        self.copy.setIcon(icon("copy"))
        self.copy.setToolTip("Copy the verdict as text")
        self.copy.setAccessibleName("Copy the verdict")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.caution = Caution()
        head = QHBoxLayout()
        head.addWidget(self.swatch)
        head.addWidget(self.label, stretch=1)
        head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.sure)
        layout.addWidget(self.course)
        layout.addWidget(self.caution)

    def show_verdict(self, verdict: Verdict | None, course: Course | None = None) -> None:
        """Show a verdict and the course of what was judged; None empties the view."""
        self.setVisible(verdict is not None)
        self.course.setVisible(course is not None)
        if course is not None:
            self.course.setText(sentence(course.text()))
        if verdict is not None:
            self.swatch.setPixmap(label_icon(verdict.label, 16).pixmap(QSize(16, 16)))
            self.label.setText(label_name(verdict.label))
            self.sure.setText(certainty(verdict))
