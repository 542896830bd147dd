"""The parameters of any edit as fields, with a slider where there is a number to drag."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSlider, QToolButton, QWidget

from studio.core.parameters import Parameter, Value
from studio.document import BearingEdit, Edit
from studio.document.edits.curve import CurveEdit
from studio.document.edits.parts.masked import MaskedEdit
from studio.document.edits.span import FRAME
from studio.ui.kit.forms import (
    ParameterField,
    parameter_field,
    show_told,
    told_by,
    told_changed,
)
from studio.ui.kit.scrolling import calm_wheel

from .chosen_edit import ChosenEdit

_MOST = 2000  # places of a slider; a longer range has a field alone
_WIDE = 90  # pixels of a field
Told = Value | None
# What other controls show.
_ELSEWHERE: dict[type, tuple[str, ...]] = {
    CurveEdit: ("keys", "between"),
    MaskedEdit: ("mask",),
    BearingEdit: ("seed", "head", "gaze", "blinks"),
}


class ParameterRow(QObject):
    """A field; for a number with a slider, for a frame with a button that takes the one on show.

    Parameters
    ----------
    parameter
        What is told.
    last
        The last frame below the edit, where it is a frame.
    """

    changed = Signal()  # what it says; `held` tells whether by a drag that goes on
    let_go = Signal()  # a drag has ended, or typing has
    here_asked = Signal()  # the frame on show is to be taken

    def __init__(self, parameter: Parameter, last: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.field: ParameterField = parameter_field(parameter)
        self.slider: QSlider | None = None
        self.here: QToolButton | None = None
        self.is_frame = parameter.allowed == FRAME
        self.optional = self.is_frame and parameter.default is None
        self._name(self.field)
        told_changed(self.field, self._tell)
        if isinstance(self.field, QDoubleSpinBox):
            self._make_number(self.field, last)

    @property
    def held(self) -> bool:
        """Whether the slider is held down."""
        return self.slider is not None and self.slider.isSliderDown()

    @property
    def told(self) -> Told:
        """What it says; None for the end of the clip."""
        said = told_by(self.field)
        return None if self.optional and said == 0 else said

    def show_value(self, value: Told) -> None:
        """Show a value; where it is None, the end of the clip."""
        with QSignalBlocker(self.field):
            show_told(self.field, 0 if value is None and self.optional else value)
        if self.slider is not None and not self.held and isinstance(self.field, QDoubleSpinBox):
            with QSignalBlocker(self.slider):
                self.slider.setValue(round((self.field.value() - self._low) / self._step))

    def lay(self, grid: QGridLayout, row: int) -> None:
        """Put the parts into a row of a grid."""
        title = QLabel(self.parameter.title)
        title.setBuddy(self.field)
        title.setToolTip(self.parameter.tip)
        grid.addWidget(title, row, 0)
        if self.slider is None:
            grid.addWidget(self.field, row, 1, 1, 2)
            return
        grid.addWidget(self.slider, row, 1)
        grid.addWidget(self.field, row, 2)
        if self.here is not None:
            grid.addWidget(self.here, row, 3)

    def _make_number(self, field: QDoubleSpinBox, last: int) -> None:
        allowed, self._step = self.parameter.allowed, self.parameter.step
        field.setKeyboardTracking(False)
        field.setMaximumWidth(_WIDE)
        field.editingFinished.connect(self.let_go)
        if allowed is None:
            return
        self._low, high = float(allowed.low), float(allowed.high)
        if self.is_frame:
            high = float(last + 1 if self.parameter.name == "stop" else last)
        if self.optional:
            field.setSpecialValueText("the end")
        if self.is_frame:
            self.here = QToolButton()
            self.here.setText("Here")
            self.here.setAccessibleName(f"{field.accessibleName()}: the frame on show")
            self.here.setToolTip("Take the frame on show")
            self.here.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.here.clicked.connect(self.here_asked)
        places = round((high - self._low) / self._step)
        if 0 < places <= _MOST:
            self.slider = QSlider(Qt.Orientation.Horizontal)
            self.slider.setMaximum(places)
            self.slider.setPageStep(max(places // 10, 1))
            self._name(self.slider)
            calm_wheel(self.slider)
            self.slider.valueChanged.connect(self._slide)
            self.slider.sliderReleased.connect(self.let_go)

    def _name(self, field: QWidget) -> None:
        field.setAccessibleName(self.parameter.title.replace("&", ""))
        field.setToolTip(self.parameter.tip)

    def _slide(self, place: int) -> None:
        if isinstance(self.field, QDoubleSpinBox):
            with QSignalBlocker(self.field):
                self.field.setValue(self._low + place * self._step)
        self.changed.emit()

    def _tell(self) -> None:
        self.changed.emit()


class ParameterControls(QWidget):
    """Changes what the chosen edit can be told, besides its keys.

    A drag of a slider is shown as it goes and is one step; what cannot be is refused in words.
    """

    def __init__(self, chosen: ChosenEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen = chosen
        self.rows: dict[str, ParameterRow] = {}
        self._made: tuple[object, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        chosen.changed.connect(self.show_edit)

    def show_edit(self) -> None:
        """Make the fields those of the chosen edit, and have them say what it does."""
        edit = self.chosen.edit
        told = _told(edit) if edit is not None else ()
        last = self.chosen.frames_below - 1
        made = (type(edit), tuple(one.name for one in told), last)
        held = any(row.held for row in self.rows.values())
        if made[:2] != self._made[:2] or (made != self._made and not held):
            self._made = made
            self._make(told, last)
        for name, row in self.rows.items():
            if not row.field.hasFocus() or row.told != getattr(edit, name):
                row.show_value(getattr(edit, name))
        self.setVisible(bool(self.rows))

    def _make(self, told: tuple[Parameter, ...], last: int) -> None:
        for row in self.rows.values():
            row.blockSignals(True)  # a field that goes while it has the focus tells of its end
            row.deleteLater()
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = {one.name: ParameterRow(one, last, self) for one in told}
        for place, row in enumerate(self.rows.values()):
            row.lay(self._grid, place)
            row.changed.connect(partial(self._change, row))
            row.let_go.connect(self._let_go)
            row.here_asked.connect(partial(self._take_here, row))

    def _change(self, row: ParameterRow) -> None:
        name = row.parameter.name
        key = f"parameter:{self.chosen.place}:{name}"
        self.chosen.change({name: row.told}, key=key, held=row.held)

    def _let_go(self) -> None:
        self.chosen.drop()
        self.chosen.document.seal()

    def _take_here(self, row: ParameterRow) -> None:
        behind = row.parameter.name == "stop"  # which names the frame behind the last
        self.chosen.change({row.parameter.name: self.chosen.frame + behind})


def _told(edit: Edit) -> tuple[Parameter, ...]:
    """List the parameters that fields can show as the edit has them."""
    kinds = (names for kind, names in _ELSEWHERE.items() if isinstance(edit, kind))
    own = {name for names in kinds for name in names}
    return tuple(
        one
        for one in edit.parameters
        if one.name not in own
        and (one.allowed is not None or one.choices or isinstance(one.default, bool))
        and isinstance(getattr(edit, one.name), int | float | str | bool | None)
    )
