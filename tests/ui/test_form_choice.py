"""As what clips are written: presets, options of formats, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel
from pytestqt.qtbot import QtBot

from studio.core.parameters import Choice, Parameter, Value
from studio.core.request import Range
from studio.document import Document
from studio.io import FORMATS
from studio.io.format import Format
from studio.io.traits import Extra, Shape
from studio.ui.export.dialog import ExportDialog
from studio.ui.export.folder_fields import FolderFields
from studio.ui.settings.settings import Settings

from .fakes import ball

Open = Callable[[], ExportDialog]
USUAL = {"bound": 0.05, "form": "dense", "normals": False, "count": 3}


def size(shape: Shape, told: Mapping[str, Value]) -> int:
    return round(shape.frames * 1000 / float(told["bound"]))


TOLD = Format(
    name="told",
    label="Told",
    write=lambda *_: None,
    measure=size,
    loses="Much is lost.",
    parameters=(
        Parameter("bound", "&Bound in mm", "How far", Range(0.001, 1.0), step=0.01, default=0.05),
        Parameter("form", "F&orm", "Which", choices=(Choice("dense", "D"), Choice("pca", "P"))),
        Parameter("normals", "&Normals", "Whether", default=False),
        Parameter("count", "&Count", "How many", Range(1, 9, whole=True), default=3),
    ),
)
LACKS = Format(
    name="lacks", label="Lacks", write=lambda *_: None, extra=Extra("more", "no_such_module")
)


@pytest.fixture
def dialog(settings: Settings, document: Document, qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    FORMATS.add(TOLD)
    FORMATS.add(LACKS)
    document.open_clip(ball(4, name="clip"))

    def opened() -> ExportDialog:
        assert document.current_clip is not None
        made = ExportDialog(document.current_clip, settings)
        made.fields.folder.setText(str(tmp_path))
        qtbot.addWidget(made)
        return made

    yield opened
    for name in ("told", "lacks"):
        FORMATS.pop(name, None)


def choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_each_option_of_a_format_has_a_field(dialog: Open, settings: Settings) -> None:
    one = dialog()
    choice = one.fields.form_choice
    assert choice.options == {} and choice.note.text() == ""
    choose(choice.format, "told")
    assert choice.told == USUAL and "Much is lost." in choice.note.text()
    bound, form, normals, count = choice.options.values()
    assert isinstance(bound, QDoubleSpinBox) and bound.decimals() == 3
    assert isinstance(form, QComboBox) and isinstance(normals, QCheckBox)
    titles = {label.buddy(): label.text() for label in one.findChildren(QLabel) if label.buddy()}
    assert [titles[field] for field in (bound, form, normals, count)] == [
        *("Bound &in mm", "Form", "Normals", "Count"),
    ]
    before = one.summary.text()
    assert "80 kB" in before
    bound.setValue(0.002)
    assert "2 MB" in one.summary.text()
    form.setCurrentIndex(1)
    normals.setChecked(True)
    told = {"bound": 0.002, "form": "pca", "normals": True, "count": 3}
    assert one.request().settings == told
    one.accept()
    assert settings.export_options_for(TOLD) == told
    choose(choice.format, "obj")
    assert choice.options == {} and one.request().settings == {}
    assert dialog().request().settings == told, "of the format that was last written"
    settings.put("export/told options", '{"bound": 7, "gone": 1}')
    usual = {name: value for name, value in USUAL.items() if name != "form"}
    assert settings.export_options_for(TOLD) == usual


def test_a_preset_sets_all_and_a_change_makes_it_custom(dialog: Open, settings: Settings) -> None:
    one = dialog()
    choice = one.fields.form_choice
    assert choice.preset.currentText() == "Custom"
    choose(choice.preset, "usd")
    assert (one.fields.format_name, choice.unit_name) == ("usd", "m")
    assert "Every vertex of every frame is kept" in choice.note.text()
    choose(choice.unit, "mm")
    assert choice.preset.currentText() == "Custom" and choice.kind.name == "usd"
    choose(choice.unit, "cm")
    assert choice.preset.currentText() == "Unreal Engine"
    choose(choice.format, "npz")
    assert choice.preset.currentText() == "Custom"
    choose(choice.preset, "research")
    assert (one.request().format_name, one.request().unit) == ("npz", "mm")
    one.accept()
    assert settings.export_preset == "research"
    again = dialog()
    assert again.fields.form_choice.preset.currentData() == "research"


def test_presets_that_say_the_same_are_told_apart(dialog: Open) -> None:
    one = dialog()
    choice = one.fields.form_choice
    for name in ("unity", "blender", "unity"):
        choose(choice.preset, name)
        assert choice.preset.currentData() == name
        assert choice.kind.name == "glb"


def test_a_format_that_needs_a_library_says_how_to_get_it(dialog: Open) -> None:
    one = dialog()
    choose(one.fields.format, "lacks")
    assert not one.ok.isEnabled()
    assert "run pip install 'expression-studio[more]'" in one.summary.text()


@pytest.mark.usefixtures("dialog")
def test_dialogs_that_fill_a_folder_have_the_same(settings: Settings, tmp_path: Path) -> None:
    from studio.ui.kit.forms import Form

    fields = FolderFields(tmp_path, settings)
    form = Form()
    fields.add_to(form, "takes", "there")
    assert fields.format.findData("png") < 0 <= fields.format.findData("told")
    choose(fields.format, "told")
    assert fields.form_choice.told == USUAL
    choose(fields.form_choice.preset, "research")
    assert fields.form_choice.kind.name == "npz" and not fields.form_choice.options


def test_a_format_of_one_unit_asks_for_none(dialog: Open, settings: Settings) -> None:
    made = dialog()
    form = made.fields.form_choice
    choose(form.unit, "cm")
    choose(form.format, "glb")
    assert form.unit.isHidden() and form.unit_name == "m"
    form.remember()
    assert settings.export_unit == "cm", "of the formats that have several"
