"""A surface shown for now that is not in the document, with a caption that says what it is."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.core import MeshSequence

# Drawing takes time from what is being worked on meanwhile: fifteen frames a second do.
MIN_TICK_MS = 66
_MARGIN = 12


class Caption(QLabel):
    """A quiet line at the top of a widget, over what it shows."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setContentsMargins(10, 5, 10, 5)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a line; an empty one hides the caption."""
        self.setText(text)
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        self.resize(self.sizeHint().boundedTo(self._over.size()))
        self.move((self._over.width() - self.width()) // 2, _MARGIN)
        self.raise_()


class Preview(QObject):
    """Plays a surface for now: its frames go round in a loop at their own pace.

    Some frames are left out where they come fast.

    Parameters
    ----------
    over : QWidget
        What shows it and bears the caption.

    Attributes
    ----------
    still : bool
        Whether to hold the middle frame instead, where an expression mostly stands at its height;
        for views that are drawn on the processors the work in hand needs.
    lent : bool
        Whether whoever shows it says which frame is seen, and moves it by the playback bar.
    """

    frame_changed = Signal(int)
    changed = Signal()  # what is shown, or that nothing is any more

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.sequence: MeshSequence | None = None
        self.frame = 0
        self.still = self.lent = False
        self.caption = Caption(over)
        self._due = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._next)

    def show(self, sequence: MeshSequence | None, note: str = "", *, lent: bool = False) -> None:
        """Hold another surface, or none; one as long as the last goes on where that was."""
        kept = self.sequence is not None and sequence is not None
        longer = sequence is not None and sequence.n_frames > self.frame
        self.frame = self.frame if kept and longer else 0
        self.sequence, self.lent = sequence, lent and sequence is not None
        self.caption.say(note if sequence is not None else "")
        if self.lent:
            self.frame = 0
        elif sequence is not None and self.still:
            self.frame = sequence.n_frames // 2
        if sequence is None or sequence.n_frames < 2 or self.still or self.lent:
            self._timer.stop()
        elif not self._timer.isActive():
            self._due = time.perf_counter()
            self._timer.start(max(round(1000 / sequence.fps), MIN_TICK_MS))
        self.changed.emit()

    def _next(self) -> None:
        if self.sequence is None:
            return
        now, length = time.perf_counter(), self.sequence.n_frames
        # Whole frames only; what is left of the time counts for the next one.
        frames = max(round((now - self._due) * self.sequence.fps), 1)
        self._due += frames / self.sequence.fps
        self.frame = (self.frame + frames) % length
        self.frame_changed.emit(self.frame)
