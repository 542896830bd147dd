"""The row above two clips that are compared: their names, how to look at them, and the way out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from studio.document import COMPARING, ClipState, Comparing, Document
from studio.render.comparing.difference import beside_note
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.plain import plain_tip

from .comparison import Comparison

_WIDEST = 420  # pixels a name may ask for


class ClipName(QWidget):
    """A clip's name in the middle of its room, shortened where that is narrow, with its letter."""

    def __init__(self, letter: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter, self._text, self._note, self._seen = letter, "", "", True
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        return self._text

    @property
    def seen(self) -> bool:
        return self._seen

    @property
    def note(self) -> str:
        return self._note

    def show_name(self, name: str, *, seen: bool, note: str = "") -> None:
        """Show a clip's name, in gray if the clip is not to be seen just now.

        Parameters
        ----------
        name : str
            What the clip is called.
        seen : bool
            Whether the clip is to be seen.
        note : str
            What to know of the moment that it shows, in gray behind the name.
        """
        if (name, note, seen) == (self._text, self._note, self._seen):
            return
        self._text, self._note, self._seen = name, note, seen
        words = f"{name}, {note}" if note else name
        self.setAccessibleName(f"{self._letter}: {words}")
        self.setToolTip(plain_tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        words = f"{self._letter}   {self._text}  {self._note}"
        wide = self.fontMetrics().horizontalAdvance(words)
        return QSize(min(wide + 12, _WIDEST), self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        letter = metrics.horizontalAdvance(self._letter) + 8
        note = metrics.horizontalAdvance(self._note) + 8 if self._note else 0
        room = max(self.width() - letter - note - 12, 0)
        name = metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, room)
        wide = letter + metrics.horizontalAdvance(name) + note
        rect = self.rect().adjusted(max((self.width() - wide) // 2, 6), 0, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        roles, palette = QPalette.ColorRole, self.palette()
        painter.setPen(palette.color(roles.Link if self._seen else roles.PlaceholderText))
        painter.drawText(rect, middle, self._letter)
        painter.setPen(palette.color(roles.WindowText if self._seen else roles.PlaceholderText))
        painter.drawText(rect.adjusted(letter, 0, 0, 0), middle, name)
        painter.setPen(palette.color(roles.PlaceholderText))
        painter.drawText(rect.adjusted(wide - note + 8, 0, 0, 0), middle, self._note)


class CompareBar(QWidget):
    """Shown while two clips are compared; says what the user wants to the comparison."""

    def __init__(
        self, document: Document, comparison: Comparison, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.comparison = document, comparison
        self.one, self.other = ClipName("A"), ClipName("B")
        self._frame = 0
        self._group = QButtonGroup(self)
        self.modes = {mode: self._mode_button(mode) for mode in COMPARING}
        self.leave = QToolButton(autoRaise=True)
        self.leave.setIcon(cross_icon())
        self.leave.setToolTip("Leave the comparison")
        self.leave.setAccessibleName("Leave the comparison")
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.leave.clicked.connect(lambda: comparison.show(None))
        self._arrange()
        comparison.changed.connect(self._show)
        comparison.mode_changed.connect(self._show)
        bind(self, document.clips_changed, lambda _clips: self._show())
        bind(self, document.current_changed, lambda _clip: self._show())
        self._show()

    def set_frame(self, frame: int) -> None:
        """Say what the other clip shows beside a frame of the current one."""
        self._frame = frame
        self._show_names()

    def _mode_button(self, mode: Comparing) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setCheckable(True)
        button.setText(_names()[mode])
        button.setToolTip(_tips()[mode])
        button.setAccessibleName(_names()[mode])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._choose, mode))
        self._group.addButton(button)
        return button

    def _choose(self, mode: Comparing, _checked: bool = False) -> None:
        """Look in a mode; a click on flip while it is on flips the clips."""
        if mode == "flip" and self.comparison.mode == "flip":
            self.comparison.flip()
        else:
            self.comparison.set_mode(mode)

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 3, 6, 3)
        layout.setSpacing(2)
        # As wide as the way out, so that each name stands over the middle of its half.
        layout.addSpacing(self.leave.sizeHint().width())
        layout.addWidget(self.one, stretch=1)
        for button in self.modes.values():
            layout.addWidget(button)
        layout.addWidget(self.other, stretch=1)
        layout.addWidget(self.leave)

    def _show(self) -> None:
        one, other = self.document.current_clip, self.comparison.other
        self.setVisible(one is not None and other is not None)
        if one is None or other is None:
            return
        self._show_names()
        self.modes[self.comparison.mode].setChecked(True)
        measured = self.modes["error map"]
        measured.setEnabled(self.comparison.can_measure)
        measured.setToolTip(
            _tips()["error map"]
            if self.comparison.can_measure
            else "An error map needs a surface to measure from, and B is points alone"
        )

    def _show_names(self) -> None:
        one, other = self.document.current_clip, self.comparison.other
        if one is None or other is None:
            return
        flip, flipped = self.comparison.mode == "flip", self.comparison.flipped
        note = beside_note(self._frame, one.timing, other.timing)
        self.one.show_name(one.name, seen=not (flip and flipped), note=_excess(one, other))
        self.other.show_name(other.name, seen=not flip or flipped, note=note)


def _excess(one: ClipState, other: ClipState) -> str:
    """Say how much of the other clip is never seen, because the one ends first."""
    more = (other.timing.frames - 1) / other.timing.fps - (one.timing.frames - 1) / one.timing.fps
    return f"ends {more:.2f} s earlier" if more >= 1 / one.timing.fps else ""


def _names() -> dict[Comparing, str]:
    return {
        "side by side": "Side by side",
        "flip": "Flip A/B",
        "overlay": "Overlay",
        "error map": "Error map",
    }


def _tips() -> dict[Comparing, str]:
    return {
        "side by side": "Both clips, seen from the same side at the same moment",
        "flip": "Both clips at one place, in turn",
        "overlay": "Both clips at one place, B seen through",
        "error map": "A colored by its distance from B, the motion of the head taken out",
    }
