"""As what clips are written: a preset for a program, or a format, its options and a unit."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from studio.core.parameters import Parameter, Value
from studio.io import FORMATS, Format
from studio.io.presets import Preset, presets
from studio.ui.kit.forms import (
    Form,
    ParameterField,
    choices,
    parameter_field,
    quiet,
    show_told,
    told_by,
    told_changed,
)
from studio.ui.settings.preferences_dialog import unit_names
from studio.ui.settings.settings import Settings

_CUSTOM = ""  # the preset that is none
_FREE = "gijqvxy"  # letters for Alt that no dialog with these fields uses for anything else


class FormChoice(QObject):
    """Widgets in a form: the same in every dialog that writes clips.

    Parameters
    ----------
    kinds
        The formats to choose from.
    """

    changed = Signal()
    format_changed = Signal()

    def __init__(self, kinds: Iterable[Format], settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        kinds = list(kinds)
        offered = {one.name: one for one in presets() if one.format in kinds}
        self._presets: dict[str, Preset] = offered
        titles = {_CUSTOM: "Custom"} | {name: one.title for name, one in offered.items()}
        self.preset = choices(titles, _CUSTOM)
        self.format = choices(format_names(kinds), settings.export_format)
        self.unit = choices(unit_names(), settings.export_unit)
        self.note = quiet()
        self.options: dict[str, ParameterField] = {}
        self._form: Form | None = None
        self._below = 0
        self.preset.activated.connect(lambda _row: self._take_preset())
        self.format.currentIndexChanged.connect(lambda _row: self._follow_format())
        self.unit.currentIndexChanged.connect(lambda _row: self._follow())

    @property
    def kind(self) -> Format:
        """The format that is chosen."""
        return FORMATS[str(self.format.currentData())]

    @property
    def unit_name(self) -> str:
        """The unit that is chosen, or the only one."""
        units = self.kind.units
        return str(self.unit.currentData()) if len(units) > 1 else units[0]

    @property
    def told(self) -> dict[str, Value]:
        """What the format is told, by the names of its parameters."""
        return {name: told_by(field) for name, field in self.options.items()}

    def add_to(self, form: Form, what: str) -> None:
        """Put the rows into a form; `what` is written, in the plural."""
        self._form = form
        tip = "Format, options and unit as suit a program; Custom: as chosen below"
        form.add_field("&Preset", self.preset, tip)
        form.add_field("F&ormat", self.format, f"What the {what} are written as")
        self._below = form.rowCount()  # where options are put
        form.add_field("&Unit", self.unit, "The unit of the coordinates")
        self._show_options(self._settings.export_options_for(self.kind))
        self._show_preset(self._settings.export_preset)

    def remember(self) -> None:
        """Keep the choices for the next time."""
        settings = self._settings
        settings.export_format = self.kind.name
        settings.export_unit = str(self.unit.currentData())
        settings.export_preset = str(self.preset.currentData())
        settings.set_export_options_for(self.kind, self.told)

    def _take_preset(self) -> None:
        """Set format, options and unit as the preset says."""
        preset = self._presets.get(str(self.preset.currentData()))
        if preset is None:
            self._follow()
            return
        for box, value in ((self.format, preset.format_name), (self.unit, preset.unit)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(value))
        self._show_options(preset.format.settled(preset.settings))
        self._show_preset(preset.name)
        self.format_changed.emit()
        self.changed.emit()

    def _follow_format(self) -> None:
        self._show_options(self._settings.export_options_for(self.kind))
        self._show_preset()
        self.format_changed.emit()
        self.changed.emit()

    def _follow(self) -> None:
        self._show_preset()
        self.changed.emit()

    def _show_preset(self, first: str = "") -> None:
        """Show the preset that says what is chosen, the shown one before others; and what is lost.

        Parameters
        ----------
        first
            The preset that goes before others that say the same.
        """
        wanted = self.kind, self.unit_name, self.told
        first = first or str(self.preset.currentData())
        fitting = [one.name for one in self._presets.values() if _said(one) == wanted]
        name = first if first in fitting else next(iter(fitting), _CUSTOM)
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(self.preset.findData(name))
        why = self._presets[name].why if name else ""
        self.note.setText(" ".join(filter(None, [why, self.kind.loses])))
        if self._form is not None:
            several = self.kind.has_vertices and len(self.kind.units) > 1
            self._form.setRowVisible(self.unit, several)

    def _show_options(self, told: dict[str, Value]) -> None:
        """Have a row for each parameter of the format, below it."""
        if self._form is None:
            return
        for field in self.options.values():
            self._form.removeRow(field)
        self.options = {}
        free = list(_FREE)
        for place, parameter in enumerate(self.kind.parameters, start=self._below):
            field = parameter_field(parameter)
            show_told(field, told.get(parameter.name))
            told_changed(field, self._follow)
            self._form.insert_field(place, _titled(parameter, free), field, parameter.tip)
            self.options[parameter.name] = field


def format_names(kinds: Iterable[Format]) -> dict[str, str]:
    """Give the names of formats as people call them."""
    return {kind.name: kind.label for kind in kinds}


def _said(preset: Preset) -> tuple[Format, str, dict[str, Value]]:
    """Give what the widgets hold where they show a preset."""
    usual = {one.name: one.first for one in preset.format.parameters}
    return preset.format, preset.unit, usual | preset.format.settled(preset.settings)


def _titled(parameter: Parameter, free: list[str]) -> str:
    """Mark a letter that is free in the title; each parameter takes one."""
    title = parameter.title.replace("&", "")
    letter = next((letter for letter in title if letter.lower() in free), "")
    if not letter:
        return title
    free.remove(letter.lower())
    return title.replace(letter, f"&{letter}", 1)
