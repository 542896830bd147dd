"""How the generator works: rarely needed, so it lies folded away."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from studio.core import GenerationRequest, Limits
from studio.document import Document
from studio.engine.catalog import ModelParameter, known_parameters
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import ParameterField, parameter_field, show_told, told_by
from studio.ui.kit.icons import undo_icon
from studio.ui.models.protocol import Models

Value = float | str | None


class SamplingForm(QWidget):
    """A row for each parameter that some generator knows, with a way back to the model's own value.

    A parameter that means nothing to the chosen model is grayed and says so.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._engine: Models | None = None
        self.parameters: tuple[ModelParameter, ...] = ()
        self.fields: dict[str, ParameterField] = {}
        self.resets: dict[str, QToolButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 2, 0, 4)
        self._grid.setColumnStretch(1, 1)
        self._make_rows()
        bind(self, document.generation_changed, self._show)
        self._show(document.state.generation)

    def _make_rows(self) -> None:
        """Make a row for each parameter, unless these rows are there."""
        if self.parameters == known_parameters():
            return
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.parameters = known_parameters()
        self.fields.clear()
        self.resets.clear()
        for row, parameter in enumerate(self.parameters):
            label, field, reset = QLabel(parameter.title), self._field(parameter), _reset(parameter)
            label.setBuddy(field)
            field.setAccessibleName(parameter.title.replace("&", ""))
            reset.clicked.connect(lambda _on, name=parameter.name: self._choose(name, None))
            self.fields[parameter.name], self.resets[parameter.name] = field, reset
            for column, part in enumerate((label, field, reset)):
                self._grid.addWidget(part, row, column)

    def _field(self, parameter: ModelParameter) -> ParameterField:
        """Make the field in which a parameter is chosen, which tells the document."""
        name, field = parameter.name, parameter_field(parameter)
        if isinstance(field, QComboBox):
            field.activated.connect(lambda _row: self._choose(name, told_by(field)))
        elif isinstance(field, QDoubleSpinBox):
            field.valueChanged.connect(lambda _: self._choose(name, told_by(field), key=name))
            field.setKeyboardTracking(False)
            field.editingFinished.connect(self.document.seal)
            field.lineEdit().returnPressed.connect(field.clearFocus)
        return field

    def _choose(self, name: str, value: Value, key: str | None = None) -> None:
        change: dict[str, Any] = {name: value}
        self.document.set_generation(key=key, **change)

    def show_engine(self, engine: Models | None) -> None:
        """Offer what the models can be told."""
        self._engine = engine
        self._make_rows()
        self._show(self.document.state.generation)

    def _own(self, wanted: GenerationRequest) -> Limits | None:
        """Give what the chosen model does by itself, None where it is not there."""
        if self._engine is None or wanted.model not in self._engine.generators:
            return None
        return self._engine.limits(wanted.model)

    def _show(self, wanted: GenerationRequest) -> None:
        own = self._own(wanted)
        for parameter in self.parameters:
            name, field = parameter.name, self.fields[parameter.name]
            used = own is not None and name in own.parameters
            value, usual = getattr(wanted, name), self._usual(parameter, own)
            with QSignalBlocker(field):
                if isinstance(field, QDoubleSpinBox):
                    field.setMaximum(_most(parameter, own))
                if used or value is not None:
                    show_told(field, usual if value is None else value)
            field.setEnabled(used)
            why = f"Not for this model: {parameter.without}"
            field.setToolTip(parameter.tip if used or own is None else why)
            reset = self.resets[name]
            reset.setEnabled(used and value not in (None, usual))
            reset.setToolTip(f"Back to the model's own: {usual}" if used else field.toolTip())

    def _usual(self, parameter: ModelParameter, own: Limits | None) -> Value:
        """Give the value that the chosen model takes unless told otherwise."""
        if own is not None and hasattr(own, parameter.name):
            usual: Value = getattr(own, parameter.name)
            return usual
        return parameter.usual(self._engine.kinds if self._engine is not None else ())


def _reset(parameter: ModelParameter) -> QToolButton:
    reset = QToolButton(autoRaise=True)
    reset.setIcon(undo_icon())
    reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    reset.setAccessibleName(f"The model's own {parameter.name}")
    return reset


def _most(parameter: ModelParameter, own: Limits | None) -> float:
    """Give the highest value that a generator takes for a number."""
    most = parameter.allowed.high if parameter.allowed is not None else 1.0
    return min(most, getattr(own, parameter.most, most))
