"""Every text can be translated: in a language of brackets, none stands without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.kit.text import tr
from studio.ui.window.main_window import MainWindow

from .dialogs import OPENERS, open_dialog
from .fakes import SmallEngine, ball
from .literals import filled_in_tr, past_tr
from .pseudo import Brackets, bare, untranslated
from .windows import Make, settle

# What is nobody's language: names of clips, files, programs, devices and keys.
NAMES = {
    *("ball", "fear 3", "small", "happiness", "sadness", "surprise", "Expression Studio"),
    *("CPU", "CUDA", "NVIDIA GPU", "Apple GPU", "OBJ", "PLY", "NPZ", "MP4", "GIF", "PNG"),
}


@pytest.fixture(autouse=True)
def brackets(qapp: QApplication) -> Iterator[None]:
    translator = Brackets(qapp)
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def full(make: Make, qtbot: QtBot) -> MainWindow:
    window = make(SmallEngine())
    window.build_view()
    window.controller.load_models()
    settle(qtbot, window)
    window.document.open_clip(ball(9))
    window.document.add_generated(ball(9), {"label": "fear", "seed": 3})
    settle(qtbot, window)
    return window


def test_no_text_is_written_past_the_door() -> None:
    found = past_tr()
    if found:
        pytest.fail("use tr():\n" + "\n".join(found), pytrace=False)
    assert filled_in_tr() == [], "fill in after tr, by format"


def test_brackets_stand_for_a_language() -> None:
    assert tr("Open &folder…") == "⟦Open &folder…⟧"
    assert bare(f"{tr('{name} is open').format(name='ball')} · 30", set()) == ""
    assert bare(f"ball {tr('opened')} <b>late</b>", {"ball"}) == "late"


def test_the_window_without_a_clip(make: Make) -> None:
    assert untranslated(make(), NAMES) == []


def test_the_window_with_clips_and_its_dialogs(full: MainWindow) -> None:
    # One window for all, because each takes a second or two to come up.
    found = untranslated(full, NAMES)
    for name in OPENERS:
        dialog = open_dialog(full, name)
        found += [f"{name}: {line}" for line in untranslated(dialog, NAMES)]
        dialog.close()
    if found:
        pytest.fail("\n".join(found), pytrace=False)
