"""The scale of an expression under the playhead, and the keys of its curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
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

from studio.document import ClipState, Document, IntensityEdit
from studio.document.edits.curve import BETWEEN
from studio.document.edits.intensity import MOST
from studio.ui.kit.bind import bind
from studio.ui.kit.scrolling import calm_wheel
from studio.ui.timeline.player import Player

_NAMES = {"smooth": "Smooth", "linear": "Straight"}


class IntensityControls(QWidget):
    """Changes one edit of the current clip.

    While the edit has one key, the slider changes the whole clip; with more, it sets a key at the
    frame on show. A drag is shown as it goes and told to the document when it ends, so that it is
    one step and no frames are computed for nothing.

    Parameters
    ----------
    preview
        Shows the frame under the playhead as this clip would play it.
    """

    def __init__(
        self,
        document: Document,
        player: Player,
        preview: Callable[[ClipState], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.player, self._preview = document, player, preview
        self.place = 0
        self._dragged: IntensityEdit | None = None  # what the slider says while it is held
        self._make_value()
        self._make_keys()
        self._arrange()
        self._connect()

    @property
    def edit(self) -> IntensityEdit | None:
        """The edit that is changed, None while the current clip has none there."""
        clip = self.document.current_clip
        edits = clip.edits if clip is not None else ()
        found = edits[self.place] if self.place < len(edits) else None
        return found if isinstance(found, IntensityEdit) else None

    def show_place(self, place: int) -> None:
        """Change the edit at this place of the stack; a drag of another one is given up."""
        self.place, self._dragged = place, None
        self._show()

    def _make_value(self) -> None:
        tip = "How strong the expression is in this frame: 0 % is the face at rest, 100 % as it was"
        self.slider, self.value = percent_fields("Intensity of the clip", tip, MOST)

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
        self.between.setToolTip("How the intensity passes from one key to the next")
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
        self.slider.valueChanged.connect(self._set)
        self.slider.sliderReleased.connect(self._drop)
        self.value.valueChanged.connect(self._set)
        self.value.editingFinished.connect(self.document.seal)
        self.key.clicked.connect(lambda on: self._set_key(on=on))
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self.between.activated.connect(lambda _row: self._set_between())
        bind(self, self.player.playhead.frame_changed, lambda _frame: self._follow())
        bind(self, self.document.edit_changed, lambda _clip: self._show())

    @property
    def _frame(self) -> int:
        return self.player.playhead.frame

    def _set(self, percent: int) -> None:
        """Let the expression be so strong here, or everywhere while there is one key."""
        edit = self.edit
        if edit is not None:
            frame = self._frame if len(edit.keys) > 1 else edit.keys[0].frame
            changed = edit.with_value(frame, percent / 100)
            if self.slider.isSliderDown():
                self._dragged = changed
                self._follow()
            else:
                self._put(changed, key=f"intensity:{self.place}:{frame}")

    def _follow(self) -> None:
        """Show the frame under the playhead, as the slider has it while it is held."""
        clip, dragged = self.document.current_clip, self._dragged
        if clip is None or dragged is None:
            self._show()
            return
        edits = (*clip.edits[: self.place], dragged, *clip.edits[self.place + 1 :])
        self._preview(replace(clip, edits=edits))
        with QSignalBlocker(self.value):
            self.value.setValue(self.slider.value())

    def _drop(self) -> None:
        """End a drag as one step of the document."""
        dragged, self._dragged = self._dragged, None
        if dragged is not None and self.edit is not None:
            self._put(dragged)

    def _set_key(self, *, on: bool) -> None:
        edit = self.edit
        if edit is not None:
            value = round(float(edit.scale(self._at)[0]), 2)
            self._put(edit.with_value(self._frame, value) if on else edit.without([self._frame]))

    def _set_between(self) -> None:
        edit = self.edit
        if edit is not None:
            self._put(replace(edit, between=BETWEEN[self.between.currentIndex()]))

    def _go(self, step: int) -> None:
        """Go to the nearest key before (-1) or after (1) the frame on show."""
        away = [(frame - self._frame) * step for frame in (self.edit or IntensityEdit()).frames]
        ahead = [distance for distance in away if distance > 0]
        if ahead:
            self.player.seek(self._frame + step * min(ahead))

    def _put(self, edit: IntensityEdit, key: str | None = None) -> None:
        clip = self.document.current_clip
        if clip is not None:
            self.document.replace_edit(clip.id, self.place, edit, key=key)
        self._show()

    def _show(self) -> None:
        edit, frame = self.edit, self._frame
        if edit is None:
            return
        percent = round(100 * float(edit.scale(self._at)[0]))
        for field in (self.slider, self.value):
            with QSignalBlocker(field):
                field.setValue(percent)
        self.key.setChecked(frame in edit.frames)
        self.key.setEnabled(frame not in edit.frames or len(edit.keys) > 1)
        self.before.setEnabled(frame > edit.frames[0])
        self.after.setEnabled(frame < edit.frames[-1])
        self.between.setCurrentIndex(BETWEEN.index(edit.between))
        self.between.setEnabled(len(edit.keys) > 1)
        self.said.setText(_said(edit))

    @property
    def _at(self) -> NDArray[np.intp]:
        return np.array([self._frame])


def _said(edit: IntensityEdit) -> str:
    if len(edit.keys) == 1:
        return "The same over the whole clip; a key at another frame makes it a curve."
    return f"Keys at frames {', '.join(str(frame) for frame in edit.frames)}"


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
