"""Frames between motions: which, what they show, and how much of them is the model's."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.core.request import INTENSITY, InbetweenRequest
from studio.document import ClipState
from studio.takes.latent.recipe import Way
from studio.ui.kit.forms import Form, number_box, quiet, stack
from studio.ui.kit.scrolling import calm_wheel

from .fields import SeedField, ShareSlider, clip_box, foot, frame_box, label_box
from .service import Wish

MOST = 200  # frames that a join or a loop may take
USUAL = 12
TITLES: dict[str, str] = {
    "fill": "Fill the range",
    "again": "Regenerate the range",
    "loop": "Close the loop",
    "join": "Join with another clip",
}


class BetweenDialog(QDialog):
    """Which frames, and how they are made.

    Parameters
    ----------
    clip
        The clip that they come into.
    way
        What they are made for.
    labels
        What the models know.
    others
        The clips that may follow it.
    again
        Whether the range is there already, and shall be another one.
    """

    asked = Signal(object, bool)  # a `Wish`, and whether it is only to be looked at

    def __init__(
        self,
        clip: ClipState,
        way: Way,
        labels: Sequence[str],
        others: Sequence[ClipState] = (),
        *,
        again: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.clip, self.way, self.others = clip, way, list(others)
        self.setWindowTitle(TITLES["again" if again else way])
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        frames = clip.timing.frames
        start, stop = range_of(clip)
        self.first = frame_box(1, max(frames - 2, 1), start)
        self.last = frame_box(1, max(frames - 2, 1), stop - 1)
        self.frames = frame_box(1, MOST, USUAL)
        self.other = clip_box(self.others)
        self.label = label_box(labels)
        self.seed = SeedField(1)
        self.intensity = number_box(INTENSITY, decimals=2, step=0.05)
        self.intensity.setValue(1.0)
        calm_wheel(self.intensity)
        self.strength = ShareSlider(1.0)
        self.note = quiet()
        self._arrange()
        if again:
            self.seed.roll()
        for box in (self.first, self.last, self.frames, self.seed):
            box.valueChanged.connect(lambda _value: self._show())
        self.strength.valueChanged.connect(lambda _value: self._show())
        self._show()

    def _arrange(self) -> None:
        form = Form()
        if self.way == "fill":
            form.add_field("&From", self.first, "The first frame that is made anew")
            form.add_field("&To", self.last, "The last frame that is made anew")
        if self.way == "join":
            form.add_field("&Clip", self.other, "The clip that follows")
        if self.way != "fill":
            form.add_field("&Frames", self.frames, "How many lead from one motion to the other")
        form.add_field("&Expression", self.label, "What the frames in between show")
        self.seed.put_into(form)
        form.add_field("&Intensity", self.intensity, "How strong the expression gets")
        tip = "How much of the motion is the model's; 0 % goes along a smooth curve"
        self.strength.put_into(form, "Mo&del's part", tip)
        self.buttons, self.look, self.make = foot(self, "&Make")
        self.look.clicked.connect(lambda: self._ask(look=True))
        self.buttons.accepted.connect(self._accept)
        stack(self, form, self.note, self.buttons)

    @property
    def wish(self) -> Wish:
        """What is asked for."""
        request = InbetweenRequest(
            str(self.label.currentData()),
            self.seed.value(),
            round(self.intensity.value(), 2),
            self.strength.share,
        )
        if self.way == "fill":
            return Wish("fill", self.clip, request, self.first.value(), self.last.value() + 1)
        other = self.others[self.other.currentIndex()] if self.way == "join" else None
        return Wish(self.way, self.clip, request, frames=self.frames.value(), other=other)

    @property
    def count(self) -> int:
        """How many frames are made."""
        if self.way != "fill":
            return self.frames.value()
        return self.last.value() - self.first.value() + 1

    def _show(self) -> None:
        possible = self.count > 0
        for button in (self.look, self.make):
            button.setEnabled(possible)
        for field in (self.label, self.seed, self.seed.dice, self.intensity):
            field.setEnabled(self.strength.share > 0)
        seconds = self.count / self.clip.timing.fps
        words = f"{self.count} frame{'s' * (self.count != 1)} in {seconds:.2f} s"
        kept = "all others stay as they are"
        self.note.setText(
            f"{words}; {kept}." if possible else "The last frame is before the first."
        )

    def _ask(self, *, look: bool) -> None:
        self.asked.emit(self.wish, look)

    def _accept(self) -> None:
        self._ask(look=False)
        self.accept()


def range_of(clip: ClipState) -> tuple[int, int]:
    """Choose frames to make anew: those of the in/out range, or else the middle third."""
    frames, (start, stop) = clip.timing.frames, clip.range
    if (start, stop) == (0, frames):
        start, stop = frames // 3, frames - frames // 3
    start = min(max(start, 1), max(frames - 2, 1))
    return start, max(min(stop, frames - 1), start + 1)
