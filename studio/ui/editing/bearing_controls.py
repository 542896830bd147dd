"""How much of head, gaze and blinks goes with an expression."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from studio.core.request import BEARING, SEED
from studio.document import BearingEdit
from studio.ui.kit.icons import icon

from .chosen_edit import ChosenEdit
from .curve_edit_controls import percent_fields, tool_button

_CHANNELS = {
    "head": ("Head", "How far the head turns and nods with the expression"),
    "gaze": ("Gaze", "How far the eyes wander"),
    "blinks": ("Blinks", "How far the lids close when they blink"),
}


class BearingControls(QWidget):
    """Changes the chosen edit, where it is a bearing: three amounts, and another draw."""

    def __init__(self, chosen: ChosenEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.sliders: dict[str, QSlider] = {}
        self.boxes: dict[str, QSpinBox] = {}
        self.again = tool_button(
            "Draw again", "Let head, gaze and blinks go another way, as much as before"
        )
        self.again.setIcon(icon("dice"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, name in enumerate(_CHANNELS):
            self._add_row(grid, row, name)
        grid.addWidget(self.again, 0, 3)
        self.again.clicked.connect(self._draw_again)
        chosen.changed.connect(self.show_edit)

    @property
    def edit(self) -> BearingEdit | None:
        """The edit that is changed, None while another kind is chosen."""
        found = self.chosen.edit
        return found if isinstance(found, BearingEdit) else None

    def _add_row(self, grid: QGridLayout, row: int, name: str) -> None:
        title, tip = _CHANNELS[name]
        slider, box = percent_fields(title, tip, BEARING.high)
        for field in (slider, box):
            field.valueChanged.connect(lambda percent, name=name: self._set(name, percent))
        slider.sliderReleased.connect(self.chosen.drop)
        box.editingFinished.connect(self.chosen.document.seal)
        self.sliders[name], self.boxes[name] = slider, box
        for column, part in enumerate((QLabel(title), slider, box)):
            grid.addWidget(part, row, column)

    def _set(self, name: str, percent: int) -> None:
        if self.edit is not None:
            key, held = f"bearing:{self.chosen.place}:{name}", self.sliders[name].isSliderDown()
            self.chosen.change({name: percent / 100}, key=key, held=held)

    def _draw_again(self) -> None:
        edit = self.edit
        if edit is not None:
            self.chosen.change({"seed": (edit.seed + 1) % (int(SEED.high) + 1)})

    def show_edit(self) -> None:
        """Show the amounts."""
        edit = self.edit
        if edit is None:
            return
        for name in _CHANNELS:
            for field in (self.sliders[name], self.boxes[name]):
                with QSignalBlocker(field):
                    field.setValue(round(100 * getattr(edit, name)))
