"""A motion between those of two generated clips."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QSlider,
    QWidget,
)

from studio.document import ClipState
from studio.ui.kit.forms import Form, make_or_cancel, quiet, stack
from studio.ui.kit.theme import label_icon


class BlendDialog(QDialog):
    """Which two clips, and how far on the way from the first to the second.

    Parameters
    ----------
    clips
        The generated ones.
    chosen
        Those to begin with, as far as they are among them.
    """

    asked = Signal(object, object, float)  # the clips, and the share 0..1 of the second

    def __init__(
        self,
        clips: Sequence[ClipState],
        chosen: Sequence[ClipState] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.clips = list(clips)
        self.setWindowTitle("Blend two generated clips")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.one, self.other = QComboBox(), QComboBox()
        for clip in self.clips:
            for box in (self.one, self.other):
                box.addItem(label_icon(clip.label or ""), clip.name)
        first = [self.clips.index(clip) for clip in chosen if clip in self.clips]
        rows = [*first, *(row for row in range(len(self.clips)) if row not in first)]
        self.one.setCurrentIndex(rows[0])
        self.other.setCurrentIndex(rows[1])
        self.share = QSlider(Qt.Orientation.Horizontal)
        self.share.setRange(0, 100)
        self.share.setPageStep(10)
        self.share.setValue(50)
        self.told = QLabel()
        self.note = quiet()
        self._arrange()
        for box in (self.one, self.other):
            box.currentIndexChanged.connect(self._show)
        self.share.valueChanged.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        form, row = Form(), QHBoxLayout()
        form.add_field("&From", self.one, "The first clip, whose face moves")
        form.add_field("&To", self.other, "The clip whose motion is drawn near")
        row.addWidget(self.share, stretch=1)
        row.addWidget(self.told)
        self.told.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self.told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tip = "How far on the way: 0 is the first clip's motion, 100 the second's"
        form.add_field("&Share", self.share, tip, row)
        self.buttons, self.make = make_or_cancel("&Blend")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        stack(self, form, self.note, self.buttons)

    @property
    def pair(self) -> tuple[ClipState, ClipState]:
        """The two clips that are chosen."""
        return self.clips[self.one.currentIndex()], self.clips[self.other.currentIndex()]

    def _show(self) -> None:
        one, other = self.pair
        self.told.setText(f"{self.share.value()} %")
        self.make.setEnabled(one is not other)
        steps = [clip.timing.frames - 1 for clip in (one, other)]
        share = self.share.value() / 100
        frames = 1 + round(steps[0] ** (1 - share) * steps[1] ** share)
        self.note.setText(
            f"{frames} frames on the face of {one.name}."
            if one is not other
            else "Choose two clips."
        )

    def _accept(self) -> None:
        self.asked.emit(*self.pair, self.share.value() / 100)
        self.accept()
