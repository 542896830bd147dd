"""Action units in the window: read while looked at, thresholds, peaks, tables of other tools."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.core.unit_tracks import Columns
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.io.tracks.files import read_units
from studio.ui.settings.settings import Settings
from studio.ui.units.words import explanation
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle

KINDS = SmallEngine().kinds | {"units"}


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    window = make(SmallEngine(kinds=KINDS))
    window.desk.models.load()
    window.document.open_clip(ball(40))
    settle(qtbot, window)
    return window


def look(qtbot: QtBot, window: MainWindow) -> None:
    window.show_dock("units")
    settle(qtbot, window)


def test_units_are_read_when_somebody_looks_and_shown_in_the_strip(
    qtbot: QtBot, window: MainWindow
) -> None:
    strip, panel = window.units.strip, window.units.panel
    assert not strip.isVisible() and not window.units.known
    look(qtbot, window)
    assert strip.isVisible() and panel.table.rowCount() == 2
    window.player.seek(20)
    tracks = window.units.service.shown
    assert tracks is not None
    assert panel.table.item(1, 1).text() == f"{tracks.values[20, 1]:.1f}"
    assert "AU 12" in strip.accessibleDescription()
    window._docks["units"].hide()
    assert window.units.known  # what is known stays
    window.player.seek(30)
    window.show_dock("units")
    assert panel.table.item(1, 1).text() == f"{tracks.values[30, 1]:.1f}"


def test_a_threshold_says_when_a_unit_occurs_and_is_remembered(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    look(qtbot, window)
    window.units.panel._limits[1].setValue(4.0)
    tracks = window.units.service.shown
    assert tracks is not None
    assert np.array_equal(tracks.occurs[:, 1], tracks.values[:, 1] >= 4.0)
    assert settings.unit_thresholds == {12: 4.0}
    window.units.set_preset("DISFA")
    assert settings.unit_preset == "DISFA"


def test_steps_go_from_peak_to_peak_and_a_row_to_its_top(qtbot: QtBot, window: MainWindow) -> None:
    look(qtbot, window)
    tracks = window.units.service.shown
    assert tracks is not None
    window.units.panel._go_to_top(1)
    top = int(tracks.values[:, 1].argmax())
    assert window.player.playhead.frame == top
    window.units.panel.table.selectRow(1)
    window.player.seek(0)
    window.units.step(1)
    assert tracks.values[window.player.playhead.frame, 1] > 4.0


def test_a_verdict_is_explained_by_its_units(qtbot: QtBot, window: MainWindow) -> None:
    look(qtbot, window)
    verdict, tracks = window.services.recognition.current_verdict, window.units.service.shown
    assert verdict is not None and verdict.label == "happiness"
    said = explanation(verdict, tracks)
    assert "12 (5.0)" in said
    assert window.units.panel.why.text() == said
    assert explanation(None, tracks) == ""


def test_what_is_written_lies_beside_again(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    template = load_template()
    window = make(SmallEngine(kinds=KINDS, topology=template.topology))
    window.desk.models.load()
    weights = np.zeros((40, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, 40)
    window.document.open_clip(MeshSequence(load_rig().pose(weights), template.faces, 30.0, "jaw"))
    settle(qtbot, window)
    look(qtbot, window)
    path = tmp_path / "a.csv"
    with qtbot.waitSignal(window.units.service.written):
        window.units.write(path, Columns.openface)
    table = read_units(path)
    assert len(table.times) == 40
    window.units.lay_beside(path)
    shown = window.units.service.shown
    assert shown is not None and window.units.service.source == "a.csv"
    at = shown.names.index("AU12")
    assert shown.values[:, at] == pytest.approx(table.tracks.values[:, 1], abs=0.02)
    window.units.service.drop_table()
    assert window.units.service.source == ""


def test_a_file_that_is_no_table_is_one_sentence(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    heard: list[Exception] = []
    window.desk.reported.connect(heard.append)
    path = tmp_path / "no.csv"
    path.write_text("a,b\n1,2\n")
    window.units.lay_beside(path)
    assert "action units by name" in str(heard[0])
