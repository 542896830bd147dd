"""How much of head, gaze and blinks goes with an expression."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from studio.core.request import BEARING, SEED
from studio.document import BearingEdit, Document
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import icon

from .intensity_controls import percent_fields, tool_button

_CHANNELS = {
    "head": ("Head", "How far the head turns and nods with the expression"),
    "gaze": ("Gaze", "How far the eyes wander"),
    "blinks": ("Blinks", "How far the lids close when they blink"),
}


class BearingControls(QWidget):
    """Changes one bearing edit of the current clip: three amounts, and another draw."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.place = document, 0
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
        bind(self, document.edit_changed, lambda _clip: self._show())

    @property
    def edit(self) -> BearingEdit | None:
        """The edit that is changed, None while the current clip has none there."""
        clip = self.document.current_clip
        edits = clip.edits if clip is not None else ()
        found = edits[self.place] if self.place < len(edits) else None
        return found if isinstance(found, BearingEdit) else None

    def show_place(self, place: int) -> None:
        """Change the edit at this place of the stack."""
        self.place = place
        self._show()

    def _add_row(self, grid: QGridLayout, row: int, name: str) -> None:
        title, tip = _CHANNELS[name]
        slider, box = percent_fields(title, tip, BEARING.high)
        for field in (slider, box):
            field.valueChanged.connect(lambda percent, name=name: self._set(name, percent))
        for release in (slider.sliderReleased, box.editingFinished):
            release.connect(self.document.seal)
        self.sliders[name], self.boxes[name] = slider, box
        for column, part in enumerate((QLabel(title), slider, box)):
            grid.addWidget(part, row, column)

    def _set(self, name: str, percent: int) -> None:
        edit = self.edit
        if edit is not None:
            key = f"bearing:{self.place}:{name}"
            self._put(edit.with_amount(name, percent / 100), key)

    def _draw_again(self) -> None:
        edit = self.edit
        if edit is not None:
            self._put(replace(edit, seed=(edit.seed + 1) % (int(SEED.high) + 1)))

    def _put(self, edit: BearingEdit, key: str | None = None) -> None:
        clip = self.document.current_clip
        if clip is not None:
            self.document.replace_edit(clip.id, self.place, edit, key=key)
        self._show()

    def _show(self) -> None:
        edit = self.edit
        if edit is None:
            return
        for name in _CHANNELS:
            for field in (self.sliders[name], self.boxes[name]):
                with QSignalBlocker(field):
                    field.setValue(round(100 * getattr(edit, name)))
