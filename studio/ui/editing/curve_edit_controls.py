"""The value of a curve under the playhead, as how strong an expression is, and the curve's keys."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.request import Range
from studio.document.edits.curve import BETWEEN, CurveEdit
from studio.document.edits.intensity import IntensityEdit
from studio.ui.kit.bind import bind
from studio.ui.kit.scrolling import calm_wheel
from studio.ui.timeline.player import Player

from .chosen_edit import ChosenEdit

_NAMES = {"smooth": "Smooth", "linear": "Straight"}
_TIPS = {
    "intensity": "How strong the expression is in this frame: 0 % is the face at rest, "
    "100 % as it was",
    "speed": "How fast the clip passes in this frame: 50 % is half as fast, 100 % as it was",
}
_NOTCHES = 100  # of a slider from the least value to 1, where it goes by ratios


class CurveEditControls(QWidget):
    """Changes the keys of the chosen edit.

    While the edit has one key, the slider changes the whole clip; with more, it sets a key at the
    frame on show. A drag is shown as it goes and told to the document when it ends, so that it is
    one step and no frames are computed for nothing.
    """

    def __init__(self, chosen: ChosenEdit, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen, self.player = chosen, player
        self._kind: type[CurveEdit] = IntensityEdit
        self._seen: list[int] = []  # the frames that play the keys
        self._make_value()
        self._make_keys()
        self._arrange()
        self._connect()
        self._fit(IntensityEdit())

    @property
    def edit(self) -> CurveEdit | None:
        """The edit that is changed, None while another kind is chosen."""
        found = self.chosen.edit
        return found if isinstance(found, CurveEdit) else None

    def _make_value(self) -> None:
        self.slider, self.value = percent_fields("Intensity of the clip", "", 2.0)

    def _make_keys(self) -> None:
        self.before = tool_button("Previous key", "Go to the key before this frame")
        self.before.setArrowType(Qt.ArrowType.LeftArrow)
        self.after = tool_button("Next key", "Go to the key after this frame")
        self.after.setArrowType(Qt.ArrowType.RightArrow)
        self.key = tool_button("Key at this frame", "Set a key at this frame, or take it away")
        self.key.setText("◆ Key")
        self.key.setCheckable(True)
        self.between = QComboBox()
        for name in BETWEEN:
            self.between.addItem(_NAMES[name], name)
        self.between.setAccessibleName("Between keys")
        self.between.setToolTip("How the value passes from one key to the next")
        calm_wheel(self.between)
        self.said = QLabel(wordWrap=True)
        # A dock gives a wrapped text one line unless told otherwise.
        self.said.setMinimumHeight(2 * self.said.fontMetrics().lineSpacing())
        self.said.setForegroundRole(self.said.palette().ColorRole.PlaceholderText)

    def _arrange(self) -> None:
        value, keys = QHBoxLayout(), QHBoxLayout()
        value.addWidget(self.slider, stretch=1)
        value.addWidget(self.value)
        for part in (self.before, self.key, self.after):
            keys.addWidget(part)
        keys.addStretch(1)
        keys.addWidget(self.between)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(value)
        column.addLayout(keys)
        column.addWidget(self.said)

    def _connect(self) -> None:
        self.slider.valueChanged.connect(lambda place: self._set(_value(self._kind.values, place)))
        self.slider.sliderReleased.connect(self.chosen.drop)
        self.value.valueChanged.connect(lambda percent: self._set(percent / 100))
        self.value.editingFinished.connect(self.chosen.document.seal)
        self.key.clicked.connect(lambda on: self._set_key(on=on))
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self.between.activated.connect(lambda _row: self._set_between())
        bind(self, self.player.playhead.frame_changed, lambda _frame: self._show_frame())
        self.chosen.changed.connect(self.show_edit)

    def _set(self, value: float) -> None:
        """Let the value be so much here, or everywhere while there is one key."""
        edit = self.edit
        if edit is not None:
            frame = self.chosen.frame if len(edit.keys) > 1 else edit.keys[0].frame
            changed = edit.with_value(frame, value)
            key = f"curve:{self.chosen.place}:{frame}"
            self.chosen.put(changed, key=key, held=self.slider.isSliderDown())

    def _set_key(self, *, on: bool) -> None:
        edit, frame = self.edit, self.chosen.frame
        if edit is not None:
            if on:
                self.chosen.set_key()
            else:
                self.chosen.put(edit.without([frame]))

    def _set_between(self) -> None:
        if self.edit is not None:
            self.chosen.change({"between": BETWEEN[self.between.currentIndex()]})

    def _go(self, step: int) -> None:
        """Go to the nearest key seen before (-1) or after (1) the frame on show."""
        here = self.player.playhead.frame
        ahead = [way for frame in self._seen if (way := (frame - here) * step) > 0]
        if ahead:
            self.player.seek(here + step * min(ahead))

    def show_edit(self) -> None:
        """Show the curve of the chosen edit, as the slider has it while it is held."""
        edit = self.edit
        if edit is None:
            return
        found = [self.chosen.shown(frame) for frame in edit.frames]
        self._seen = sorted(frame for frame in found if frame is not None)
        self._fit(edit)
        self.between.setCurrentIndex(BETWEEN.index(edit.between))
        self.between.setEnabled(len(edit.keys) > 1)
        self.said.setText(_said(edit, self._seen))
        self._show_frame()

    def _show_frame(self) -> None:
        """Show the value under the playhead."""
        edit = self.edit
        if edit is None:
            return
        frame, here = self.chosen.frame, self.player.playhead.frame
        value = float(edit.scale(np.array([frame]))[0])
        for field, shown in ((self.value, 100 * value), (self.slider, _place(edit.values, value))):
            if field is not self.slider or not self.slider.isSliderDown():
                with QSignalBlocker(field):
                    field.setValue(round(shown))
        seen = self._seen
        self.key.setChecked(frame in edit.frames)
        self.key.setEnabled(frame not in edit.frames or len(edit.keys) > 1)
        self.before.setEnabled(bool(seen) and here > seen[0])
        self.after.setEnabled(bool(seen) and here < seen[-1])

    def _fit(self, edit: CurveEdit) -> None:
        """Have the fields say what this kind of edit scales."""
        if type(edit) is self._kind and self.slider.toolTip():
            return
        self._kind, allowed = type(edit), edit.values
        tip = _TIPS.get(edit.kind, f"{edit.title} in this frame")
        with QSignalBlocker(self.slider), QSignalBlocker(self.value):
            ends = (round(_place(allowed, end)) for end in (allowed.low, allowed.high))
            self.slider.setRange(*ends)
            self.value.setRange(round(100 * allowed.low), round(100 * allowed.high))
        for field in (self.slider, self.value):
            field.setAccessibleName(f"{edit.title} of the clip")
            field.setToolTip(tip)


def _place(allowed: Range, value: float) -> float:
    """Tell where on a slider a value lies; what cannot be 0 goes by ratios about 1."""
    if allowed.low <= 0:
        return 100 * value
    return _NOTCHES * math.log(value) / -math.log(allowed.low)


def _value(allowed: Range, place: int) -> float:
    """Tell the value at a place of a slider, on whole percents."""
    if allowed.low <= 0:
        return place / 100
    value = round(math.exp(-math.log(allowed.low) * place / _NOTCHES), 2)
    return min(max(value, allowed.low), allowed.high)


def _said(edit: CurveEdit, seen: list[int]) -> str:
    if len(edit.keys) == 1:
        return "The same over the whole clip; a key at another frame makes it a curve."
    gone = len(edit.keys) - len(seen)
    cut = f"; {gone} more where the clip is cut" if gone else ""
    return f"Keys at frames {', '.join(str(frame) for frame in seen) or '–'}{cut}"


def percent_fields(name: str, tip: str, most: float) -> tuple[QSlider, QSpinBox]:
    """Make a slider and a field for an amount from 0 to `most`, in percent."""
    slider, value = QSlider(Qt.Orientation.Horizontal), QSpinBox(suffix=" %")
    value.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
    value.setKeyboardTracking(False)
    for field in (slider, value):
        field.setRange(0, round(100 * most))
        field.setAccessibleName(name)
        field.setToolTip(tip)
    slider.setPageStep(10)
    calm_wheel(slider, value)
    return slider, value


def tool_button(name: str, tip: str) -> QToolButton:
    """Make a small button that the keyboard reaches, with a name for screen readers."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
