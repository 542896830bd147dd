"""Action units in the window: read while looked at, thresholds, peaks, tables of other tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence, Progress
from studio.core.unit_tracks import Columns
from studio.document.edits.parts.region_intensity import RegionIntensityEdit
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.io.live.history import Poses
from studio.io.live.packet import CHANNELS, WEIGHTS
from studio.io.tracks.files import read_units
from studio.render.coloring.units import UnitMap
from studio.ui.live.work import LiveAnswer, read_poses
from studio.ui.settings.settings import Settings
from studio.ui.units.words import explanation, live_words
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


def live_answer(window: MainWindow) -> LiveAnswer:
    engine = window.desk.models.engine
    assert engine is not None
    values = np.zeros((40, CHANNELS), dtype=np.float32)
    values[:, WEIGHTS.start] = np.linspace(0.0, 1.0, 40)
    return read_poses(engine, Poses(np.arange(40) / 30.0, values), None, progress=Progress())


def test_units_of_a_live_face_are_shown_as_they_come(qtbot: QtBot, window: MainWindow) -> None:
    look(qtbot, window)
    answer, of_clip = live_answer(window), window.units.service.shown
    assert answer.units is not None and of_clip is not None
    panel, told = window.units.panel, window.recognition.units
    window.living.reading.read.emit(answer)
    shown = window.units.service.shown
    assert shown is not None and window.units.service.live and not window.units.known
    assert panel.table.item(1, 1).text() == f"{answer.units.values[-1, 1]:.1f}"
    assert not window.units.strip.isVisible()  # a face that arrives has no timeline
    assert told.text() == live_words(answer.expression, shown)
    calm = replace(answer.units, values=0 * answer.units.values, summary=0 * answer.units.summary)
    window.living.reading.read.emit(replace(answer, units=calm))
    assert panel.table.item(1, 1).text() == "0.0" and told.text() == "No unit shows."
    assert panel.table.item(1, 2).text() == f"{answer.units.summary[1]:.1f}"  # the highest stays
    window.living.reading.read.emit(None)
    assert window.units.service.shown is not None and window.units.strip.isVisible()
    np.testing.assert_array_equal(window.units.service.shown.values, of_clip.values)
    assert told.text() == panel.why.text() != ""


def jaw() -> MeshSequence:
    weights = np.zeros((20, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, 20)
    return MeshSequence(load_rig().pose(weights), load_template().faces, 30.0, "jaw")


@pytest.fixture
def mapped(qtbot: QtBot, make: Make) -> MainWindow:
    """A clip of the studio's face with its units on it."""
    window = make(SmallEngine(kinds=KINDS, topology=load_template().topology))
    window.desk.models.load()
    window.build_view()
    window.document.open_clip(jaw())
    settle(qtbot, window)
    assert not window.units.known
    window.registry["recognition.unit_map"].trigger()
    settle(qtbot, window)
    return window


def test_units_color_the_face_and_give_way_to_a_comparison(
    qtbot: QtBot, mapped: MainWindow, settings: Settings
) -> None:
    window, template = mapped, load_template()
    view = window.stage.viewport
    assert view is not None and view.scene is not None
    assert settings.unit_map and window.units.known  # it is read, though no panel is to be seen
    assert view.bar.title == "units, 0 to 5" and view.bar.limit == 5.0
    window.player.seek(19)
    surface = view.scene.surface
    assert surface is not None
    assert surface.heat[template.landmarks[48]] == pytest.approx(5.0, abs=0.2)
    window.document.open_clip(replace(jaw(), name="again"))
    settle(qtbot, window)
    window.compare_with(window.document.state.clips[0].id)
    assert view.scene.against is None
    window.compare_with(None)
    assert view.bar.title == "units, 0 to 5"
    window.registry["recognition.unit_map"].trigger()
    assert view.scene.against is None and not settings.unit_map
    assert not view.scene.heat_map


def test_units_come_back_to_the_face_once_its_region_is_painted(
    qtbot: QtBot, mapped: MainWindow
) -> None:
    view = mapped.stage.viewport
    assert view is not None and view.scene is not None and view.scene.surface is not None
    mapped.stack.add(RegionIntensityEdit)
    settle(qtbot, mapped)
    assert view.bar.isVisible() and view.bar.title == "units, 0 to 5"
    heat = view.scene.surface.heat.copy()
    mapped.registry["edit.paint"].trigger()
    assert view.scene.surface.heat.max() == 1.0 and not view.bar.isVisible()
    mapped.registry["edit.paint"].trigger()
    np.testing.assert_array_equal(view.scene.surface.heat, heat)
    assert isinstance(view.scene.against, UnitMap) and view.bar.isVisible()
    assert view.bar.title == "units, 0 to 5" and view.scene.limit == 5.0


def test_units_of_a_live_face_color_no_preview_of_another(qtbot: QtBot, mapped: MainWindow) -> None:
    view, living, stage = mapped.stage.viewport, mapped.living, mapped.stage
    assert view is not None and view.scene is not None
    living.set_on(on=True)
    living.live.posed.emit(load_template().vertices)
    living.reading.read.emit(live_answer(mapped))
    assert isinstance(view.scene.against, UnitMap) and not stage.shows_current()
    other = jaw()
    stage.show_preview(other, "Made")
    assert view.scene.against is None
    living.reading.read.emit(live_answer(mapped))
    assert stage.preview.sequence is other and view.scene.against is None
    stage.show_preview(None)
    living.live.posed.emit(load_template().vertices)
    assert isinstance(view.scene.against, UnitMap) and not stage.shows_current()
    living.set_on(on=False)
    assert stage.shows_current() and isinstance(view.scene.against, UnitMap)
    assert not mapped.units.service.live


def test_curves_stand_in_for_the_strip_and_thresholds_are_dragged(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    look(qtbot, window)
    strip, curves = window.units.strip, window.units.curves
    assert strip.isVisible() and not curves.isVisible()
    window.registry["recognition.unit_curves"].trigger()
    assert curves.isVisible() and not strip.isVisible() and settings.unit_curves
    assert curves.tracks is not None and curves.tracks.units == (4, 12)
    x = window.stage.timeline.axis().x(20)
    line = QPoint(round(x), round(curves.threshold_y(1)))
    qtbot.mousePress(curves, Qt.MouseButton.LeftButton, pos=line)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(line - QPoint(0, 8)),
        curves.mapToGlobal(QPointF(line)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    curves.mouseMoveEvent(move)
    qtbot.mouseRelease(curves, Qt.MouseButton.LeftButton, pos=line - QPoint(0, 8))
    limit = settings.unit_thresholds[12]
    assert 2.0 < limit < 3.0
    tracks = window.units.service.shown
    assert tracks is not None and tracks.thresholds[1] == pytest.approx(limit)
    assert window.units.panel._limits[1].value() == pytest.approx(limit)
    assert "AU12" in window.units.panel.table.item(1, 0).toolTip()
    at = QPoint(round(x), round(curves.threshold_y(1)))
    qtbot.mouseDClick(curves, Qt.MouseButton.LeftButton, pos=at)
    assert settings.unit_thresholds == {}  # it is the model's again
    qtbot.mouseClick(curves, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 4))
    assert window.player.playhead.frame == 20
    before = curves.grab().toImage()
    window.player.seek(21)
    layer = curves._layer
    assert layer is not None and curves.grab().toImage() != before  # the playhead
    assert curves._layer is layer  # the curves are not painted again for it
    window.units.service.set_threshold(12, 4.0)
    assert curves.grab().toImage() != before and curves._layer is not layer
