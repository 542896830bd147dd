"""The fields that the dialogs of motion between motions share."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.core.request import SEED
from studio.document import ClipState
from studio.ui.kit.forms import Form, make_or_cancel
from studio.ui.kit.icons import dice_icon
from studio.ui.kit.scrolling import calm_wheel, narrow_combo
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_icon

SEEDS = 10_000  # the dice stay with numbers that can be remembered
AS_SHOWN = "As the clip shows"


class ShareSlider(QSlider):
    """A share in percent, with its number beside it."""

    def __init__(self, share: float, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, 100)
        self.setPageStep(10)
        self.told = QLabel()
        self.told.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self.told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.valueChanged.connect(lambda value: self.told.setText(f"{value} %"))
        self.setValue(round(100 * share))
        self.told.setText(f"{self.value()} %")
        calm_wheel(self)

    @property
    def share(self) -> float:
        """The share, 0..1."""
        return self.value() / 100

    def put_into(self, form: Form, title: str, tip: str) -> None:
        """Add the slider and its number as a row."""
        row = QHBoxLayout()
        row.addWidget(self, stretch=1)
        row.addWidget(self.told)
        form.add_field(title, self, tip, row)


class SeedField(QSpinBox):
    """A seed, with dice beside it."""

    def __init__(self, seed: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, minimum=int(SEED.low), maximum=int(SEED.high))
        self.setValue(seed)
        self.dice = QToolButton()
        self.dice.setIcon(dice_icon())
        self.dice.setToolTip("Another seed")
        self.dice.setAccessibleName("Another seed")
        self.dice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dice.clicked.connect(self.roll)
        calm_wheel(self)

    def roll(self) -> None:
        """Choose another seed."""
        self.setValue(random.choice([seed for seed in range(SEEDS) if seed != self.value()]))

    def put_into(self, form: Form) -> None:
        """Add the seed and its dice as a row."""
        row = QHBoxLayout()
        row.addWidget(self, stretch=1)
        row.addWidget(self.dice)
        form.add_field("&Seed", self, "The same seed gives the same frames", row)


def label_box(labels: Sequence[str]) -> QComboBox:
    """Offer the expressions, and first the one that the clip shows."""
    box = QComboBox()
    box.setIconSize(QSize(12, 12))
    box.addItem(AS_SHOWN, "")
    for label in labels:
        box.addItem(label_icon(label), label_name(label), label)
    calm_wheel(box)
    return box


def clip_box(clips: Sequence[ClipState]) -> QComboBox:
    """Offer clips by their names."""
    box = QComboBox()
    for clip in clips:
        box.addItem(label_icon(clip.label or ""), clip.name)
    narrow_combo(box)
    calm_wheel(box)
    return box


def frame_box(first: int, last: int, frame: int) -> QSpinBox:
    """Make a field for a frame, or for a number of them."""
    box = QSpinBox(minimum=first, maximum=last)
    box.setValue(frame)
    calm_wheel(box)
    return box


def stand_aside(dialog: QDialog) -> None:
    """Leave the view in the middle of the window free, where the system lets dialogs be moved."""
    parent = dialog.parentWidget()
    if parent is not None:
        low = parent.rect().bottomLeft() - dialog.rect().bottomLeft()
        dialog.move(parent.mapToGlobal(low))


def foot(dialog: QDialog, verb: str) -> tuple[QDialogButtonBox, QPushButton, QPushButton]:
    """Make the foot of a dialog: look, make, cancel; the buttons, and the first two."""
    buttons, make = make_or_cancel(verb)
    look = buttons.addButton("&Preview", QDialogButtonBox.ButtonRole.ActionRole)
    look.setToolTip("Make it and show it; nothing is kept until you say so")
    look.clicked.connect(lambda: stand_aside(dialog))
    buttons.rejected.connect(dialog.reject)
    return buttons, look, make
