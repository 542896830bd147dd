"""Menu, tool strip, settings and session file all speak to one look of the view."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from studio.document import ViewState
from studio.ui.view3d.turntable import DEGREES_PER_SECOND, Turntable
from studio.ui.view3d.viewport import Viewport
from studio.ui.window.main_window import MainWindow
from studio.ui.window.view_strip import ViewStrip
from tests.render.faces import nodding

from .fakes import ball
from .windows import Make


@pytest.fixture
def window(again: Make) -> Iterator[MainWindow]:
    window = again()
    window.build_view()
    window.document.open_clip(nodding())
    yield window
    window.player.stop()


@pytest.fixture
def view(window: MainWindow) -> Viewport:
    assert window.stage.viewport is not None
    return window.stage.viewport


def tools(window: MainWindow) -> ViewStrip:
    strip = window.stage.viewport.findChild(ViewStrip)
    assert isinstance(strip, ViewStrip)
    return strip


def test_keys_and_tools_change_one_look(window: MainWindow, view: Viewport) -> None:
    registry, strip = window.registry, tools(window)
    registry["view.landmarks"].trigger()
    assert view.scene.marks.actor.GetVisibility()
    assert strip.landmarks.isChecked()
    strip.landmarks.click()
    assert not view.scene.marks.actor.GetVisibility()
    assert not registry["view.landmarks"].isChecked()
    strip.orthographic.click()
    assert view.scene.renderer.GetActiveCamera().GetParallelProjection()
    strip.heat_map.click()
    assert registry["view.heat_map"].isChecked() and view.bar.isVisible()
    for shading in ("flat", "wireframe", "points", "smooth"):
        window.stage.look.next_shading()
        assert [one.text() for one in registry.choice("view.shading") if one.isChecked()] == [
            f"&{shading.capitalize()}"
        ]


def test_every_tool_says_what_it_is_and_can_be_reached(window: MainWindow) -> None:
    buttons = tools(window).findChildren(QToolButton)
    assert len(buttons) == 11
    for button in buttons:
        assert len(button.toolTip()) > 5 and button.accessibleName()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert not button.icon().isNull()
    assert tools(window).landmarks.toolTip() == "Landmarks (Shift+M)"


def test_keys_of_the_view_are_free(window: MainWindow) -> None:
    """No two entries of the menus share a key in one place, or neither would work."""
    registry = window.registry
    keys = [(key, entry) for entry in registry for key in entry.keys]
    assert not [entry.text() for key, entry in keys if registry.owners(key, entry)]
    assert {"1", "2", "3", "5", "7", "F", "Shift+M", "T", "W", "X"} <= {key for key, _ in keys}


def test_presets_keep_the_distance_and_fit_keeps_the_side(
    window: MainWindow, view: Viewport
) -> None:
    look = window.stage.look
    view.scene.orbit = view.scene.orbit.zoomed(0.5).panned(0.3, 0)
    look.look_from("left")
    orbit = view.scene.orbit
    assert (orbit.azimuth, orbit.zoom, orbit.pan) == (90, 0.5, (0, 0))
    look.fit()
    assert (view.scene.orbit.azimuth, view.scene.orbit.zoom) == (90, 1)
    look.set_part("skin", on=False)
    look.fit()
    assert np.linalg.norm(view.scene.orbit.size) < 0.7 * np.linalg.norm(orbit.size)
    look.show_all()
    look.reset()
    assert view.scene.orbit.azimuth == 0


def test_the_camera_needs_no_mouse(window: MainWindow, view: Viewport) -> None:
    for name in ("turn_right", "turn_up", "nearer"):
        window.registry[f"view.{name}"].trigger()
    orbit = view.scene.orbit
    assert (orbit.azimuth, orbit.elevation, orbit.zoom) == (-15, -15, 0.8), "as if dragged"
    for name in ("turn_left", "turn_down", "farther"):
        window.registry[f"view.{name}"].trigger()
    assert (view.scene.orbit.azimuth, view.scene.orbit.elevation) == (0, 0)
    assert view.scene.orbit.zoom == pytest.approx(1)


def test_parts_can_be_chosen_where_there_are_some(window: MainWindow, view: Viewport) -> None:
    registry, strip = window.registry, tools(window)
    parts = registry.menu("view.parts").menuAction()
    assert parts.isEnabled() and strip.parts.isEnabled()
    assert not registry["view.show_all"].isEnabled()
    registry["view.part.tongue"].trigger()
    assert not view.scene.surface.actors["tongue"].GetVisibility()
    assert window.stage.view_state().hidden == ("tongue",)
    window.document.open_clip(ball())
    assert not parts.isEnabled() and not strip.parts.isEnabled()
    assert not registry["view.landmarks"].isEnabled(), "there are none on this surface"
    window.document.undo()
    assert strip.parts.isEnabled()
    assert not view.scene.surface.actors["tongue"].GetVisibility()
    registry["view.show_all"].trigger()
    assert view.scene.surface.actors["tongue"].GetVisibility()
    assert registry["view.part.tongue"].isChecked()


def test_a_view_that_was_kept_comes_back_also_before_there_is_a_view(
    window: MainWindow, view: Viewport, make: Make
) -> None:
    look = window.stage.look
    look.set_shading("points")
    look.set_drawn("landmarks", on=True)
    look.set_part("skin", on=False)
    look.set_orthographic(on=True)
    view.scene.orbit = view.scene.orbit.turned(30, 12).zoomed(0.7).panned(0.2, 0.1)
    kept = json.loads(json.dumps(window.stage.view_state().as_dict()))
    other = make()
    other.stage.restore_view(kept)
    assert other.stage.view_state() == ViewState.of(kept)
    assert other.registry["view.landmarks"].isChecked()
    other.build_view()
    other.document.open_clip(nodding())
    scene = other.stage.viewport.scene
    assert other.stage.view_state() == ViewState.of(kept)
    assert scene.orbit.azimuth == 30 and scene.orbit.parallel
    assert not scene.surface.actors["skin"].GetVisibility()
    assert scene.marks.actor.GetVisibility()
    other.stage.restore_view({})
    assert other.stage.view_state() == ViewState()


def test_shading_and_overlays_are_remembered_but_not_the_camera(make: Make) -> None:
    window = make()
    window.build_view()
    window.stage.restore_view(
        ViewState(30.0, shading="flat", landmarks=True, orthographic=True, hidden=("tongue",))
    )
    other = make()
    other.build_view()
    expected = ViewState(shading="flat", landmarks=True, orthographic=True)
    assert other.stage.view_state() == expected


def test_turntable_turns_by_time_and_stops_when_the_view_is_touched(
    window: MainWindow, view: Viewport, qtbot: QtBot
) -> None:
    action = window.registry["view.turntable"]
    assert not view.view.turntable.running
    action.trigger()
    assert view.view.turntable.running
    qtbot.waitUntil(lambda: view.scene.orbit.azimuth > 0)
    assert view.scene.orbit.elevation == 0
    qtbot.mousePress(view.view, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    qtbot.mouseRelease(view.view, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert not view.view.turntable.running
    assert not action.isChecked()
    action.trigger()
    view.close_view()
    QApplication.processEvents()


def test_a_turntable_has_one_pace_on_every_machine(qtbot: QtBot) -> None:
    turned: list[float] = []
    table = Turntable(turned.append)
    for seconds in ([0.1] * 10, [0.02] * 50):
        turned.clear()
        now = 100.0
        table.tick(now)
        turned.clear()
        for step in seconds:
            now += step
            table.tick(now)
        assert sum(turned) == pytest.approx(DEGREES_PER_SECOND)
    table.tick(now + 60)
    assert turned[-1] < 10, "a window that stood still does not jump"
