"""Poses under the list of channels: copied, laid, put between keys, kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.document.edits.channels.poses import TWEEN_LEAST, TWEEN_MOST
from studio.ui.editing.curve_edit_controls import percent_fields, tool_button
from studio.ui.kit.forms import open_over
from studio.ui.kit.scrolling import calm_wheel, narrow_combo

from .editor import ChannelEditor
from .posing import PoseEditor

_MIDDLE = 50  # percent of the way, where a tween begins


class PoseControls(QWidget):
    """Copy and paste with a strength, a tween slider, and the poses that are kept as files."""

    def __init__(
        self, editor: ChannelEditor, poses: PoseEditor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor, self.poses = editor, poses
        tip = "How strongly a pose is laid on the frame at the playhead"
        self.strength, self.strength_value = percent_fields("Strength of the pose", tip, 1.0)
        self.tween = QSlider(Qt.Orientation.Horizontal)
        self.tween_value = QSpinBox(suffix=" %")
        self._make_tween()
        self.kept = QComboBox()
        self.kept.setAccessibleName("Poses that are kept")
        self.kept.setToolTip("Poses that are kept as files")
        narrow_combo(self.kept)
        calm_wheel(self.kept)
        self._arrange()
        self._connect()
        self._show_kept()

    def _make_tween(self) -> None:
        tip = "Put keys at the playhead so far from the keys before to those after"
        self.tween_value.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.tween_value.setKeyboardTracking(False)
        for field in (self.tween, self.tween_value):
            field.setRange(round(100 * TWEEN_LEAST), round(100 * TWEEN_MOST))
            field.setValue(_MIDDLE)
            field.setAccessibleName("Tween")
            field.setToolTip(tip)
        calm_wheel(self.tween, self.tween_value)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 4, 0)
        grid.setVerticalSpacing(3)
        fields = {
            "Strength": (self.strength, self.strength_value),
            "Tween": (self.tween, self.tween_value),
        }
        for row, (title, (slider, value)) in enumerate(fields.items(), 1):
            label = QLabel(title)
            label.setBuddy(slider)
            for column, part in enumerate((label, slider, value)):
                grid.addWidget(part, row, column)
        grid.addLayout(self._make_buttons(), 0, 0, 1, 3)
        grid.addLayout(self._make_kept(), 3, 0, 1, 3)
        grid.setColumnStretch(1, 1)

    def _make_buttons(self) -> QHBoxLayout:
        self.copy = _button("Copy pose", "Remember the pose at the playhead", self.poses.copy)
        self.paste = _button("Paste", "Lay the copied pose on this frame", self.poses.paste)
        flip = "Lay the copied pose on this frame, left and right swapped"
        self.flip = _button("Flipped", flip, lambda: self.poses.paste(flip=True))
        return _in_a_row(self.copy, self.paste, self.flip)

    def _make_kept(self) -> QHBoxLayout:
        self.lay = _button("Lay", "Lay the chosen pose on this frame", self._lay)
        self.keep = _button("Keep…", "Keep the pose at the playhead as a file", self.ask_name)
        self.forget = _button("Delete", "Delete the file of the chosen pose", self._forget)
        row = _in_a_row(self.lay, self.keep, self.forget)
        row.insertWidget(0, self.kept, 1)
        return row

    def _connect(self) -> None:
        self.strength.setValue(100)
        self.strength_value.setValue(100)
        self.strength.valueChanged.connect(self._set_strength)
        self.strength_value.valueChanged.connect(self._set_strength)
        self.tween.sliderPressed.connect(lambda: self.editor.hold("Tween"))
        self.tween.valueChanged.connect(self._tween)
        self.tween.sliderReleased.connect(self._drop)
        self.tween_value.valueChanged.connect(self._tween)
        self.editor.changed.connect(self._allow)
        self.poses.changed.connect(self._show_kept)

    # Speaking

    def ask_name(self) -> None:
        """Ask for a name, and keep the pose at the playhead under it."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Keep pose")
        dialog.setLabelText("Name of the pose:")
        dialog.setTextValue(self.kept.currentText())
        dialog.textValueSelected.connect(self.poses.keep)
        open_over(dialog)

    def _set_strength(self, percent: int) -> None:
        self.poses.strength = percent / 100
        for field in (self.strength, self.strength_value):
            with QSignalBlocker(field):
                field.setValue(percent)

    def _tween(self, percent: int) -> None:
        for field in (self.tween, self.tween_value):
            with QSignalBlocker(field):
                field.setValue(percent)
        if self.tween.isSliderDown():
            self.poses.show_tween(percent / 100)
        else:
            self.poses.tween(percent / 100)

    def _drop(self) -> None:
        self.editor.drop()
        for field in (self.tween, self.tween_value):
            with QSignalBlocker(field):
                field.setValue(_MIDDLE)

    def _lay(self) -> None:
        if self.kept.currentText():
            self.poses.lay(self.kept.currentText())

    def _forget(self) -> None:
        if self.kept.currentText():
            self.poses.forget(self.kept.currentText())

    # Showing

    def _show_kept(self) -> None:
        names, chosen = self.poses.names, self.kept.currentText()
        if names != [self.kept.itemText(row) for row in range(self.kept.count())]:
            self.kept.clear()
            self.kept.addItems(names)
            self.kept.setCurrentText(chosen)
        self._allow()

    def _allow(self) -> None:
        ready, kept = self.editor.ready, self.kept.count() > 0
        usable: dict[QWidget, bool] = dict.fromkeys((self.copy, self.keep), ready)
        usable |= dict.fromkeys((self.tween, self.tween_value), ready)
        usable |= dict.fromkeys((self.paste, self.flip), ready and self.poses.copied is not None)
        usable |= {self.lay: ready and kept, self.forget: kept, self.kept: kept}
        for part, on in usable.items():
            part.setEnabled(on)


def _button(text: str, tip: str, verb: Callable[[], object]) -> QToolButton:
    button = tool_button(text.rstrip("…"), tip)
    button.setText(text)
    button.clicked.connect(lambda _on: verb())
    return button


def _in_a_row(*buttons: QToolButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(0)
    return row
