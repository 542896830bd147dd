"""Two clips in the window: beside each other, in turn, as their distance; and the way out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.document import IntensityEdit, IntensityKey
from studio.face.template import load_template
from studio.ui.clips.rows import ROW
from studio.ui.timeline.distance_track import DistanceTrack
from studio.ui.view3d.compare_bar import CompareBar
from studio.ui.view3d.viewport import Viewport
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .fakes import SmallEngine, ball
from .windows import Make, settle


@pytest.fixture
def window(again: Make) -> MainWindow:
    """Three clips; the last, 8 frames on the template, is the current one."""
    window = again()
    window.build_view()
    still = nodding(4)
    for clip in (ball(5, name="ball"), replace(still, name="short"), nodding(8)):
        window.document.open_clip(clip)
    return window


@pytest.fixture
def view(window: MainWindow) -> Viewport:
    assert window.stage.viewport is not None
    return window.stage.viewport


def ids(window: MainWindow) -> dict[str, str]:
    return {clip.name: clip.id for clip in window.document.state.clips}


def bar(window: MainWindow) -> CompareBar:
    found = window.stage.findChild(CompareBar)
    assert isinstance(found, CompareBar)
    return found


def test_both_clips_show_the_same_moment_under_their_names(
    window: MainWindow, view: Viewport
) -> None:
    assert bar(window).isHidden()
    window.compare_with(ids(window)["short"])
    assert bar(window).isVisible()
    assert (bar(window).one.text, bar(window).other.text) == ("nodding", "short")
    for frame, beside, note in ((2, 2, ""), (3, 3, ""), (6, 3, "has ended"), (0, 0, "")):
        window.player.seek(frame)
        assert (view.scene.frame, view.view.pair.other.frame) == (frame, beside)
        assert bar(window).other.note == note
    window.document.rename_clip(ids(window)["short"], "grin")
    assert bar(window).other.text == "grin"


@pytest.mark.parametrize("way", ["key", "button", "menu", "verb"])
def test_there_is_one_step_back_to_one_clip(
    window: MainWindow, view: Viewport, qtbot: QtBot, way: str
) -> None:
    leave = window.registry["view.leave"]
    assert not leave.isEnabled(), "Escape is not taken while nothing is compared"
    window.compare_with(ids(window)["short"])
    if way == "key":
        window.activateWindow()
        window.stage.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.stage.setFocus()
        qtbot.waitUntil(window.stage.hasFocus)
        QTest.keyClick(window.stage, Qt.Key.Key_Escape)
    elif way == "button":
        bar(window).leave.click()
    elif way == "menu":
        leave.trigger()
    else:
        window.compare_with(None)
    assert view.view.pair is None
    assert bar(window).isHidden() and not leave.isEnabled()
    assert view.view.render_window.GetRenderers().GetNumberOfItems() == 1


def test_flip_shows_one_of_two_and_the_names_say_which(window: MainWindow, view: Viewport) -> None:
    window.compare_with(ids(window)["short"])
    window.registry["view.flip"].trigger()
    pair, names = view.view.pair, bar(window)
    assert pair.mode == "flip" and pair.flipped
    assert (names.one.seen, names.other.seen) == (False, True)
    names.modes["flip"].click()
    assert not pair.flipped and names.one.seen
    names.modes["side by side"].click()
    assert names.one.seen and names.other.seen


def test_error_map_tells_the_distance_in_millimeters(window: MainWindow, view: Viewport) -> None:
    current = ids(window)["nodding"]
    window.document.open_clip(replace(nodding(4), name="slow", fps=15.0))
    window.document.set_current(current)
    window.compare_with(ids(window)["slow"])
    bar(window).modes["error map"].click()
    jaw = load_template().regions["jaw"]
    for frame, away in ((3, 4.5), (6, 9.0)):  # beside moments 1.5 and 3
        window.player.seek(frame)
        expected = np.where(jaw, away, 0.0)
        np.testing.assert_allclose(view.scene.surface.heat, expected, atol=0.03)
        assert bar(window).other.note == "interpolated"
    assert view.bar.isVisible() and view.bar.title == "distance, mm"
    assert view.bar.limit == view.scene.limit == 10.0
    window.player.seek(7)
    assert bar(window).other.note == "has ended"
    window.compare_with(None)
    assert view.bar.isHidden()
    window.set_heat_map(on=True)
    assert view.bar.title == "moved, mm"


def test_error_map_is_offered_where_there_is_a_surface(window: MainWindow, view: Viewport) -> None:
    points = replace(ball(5), faces=np.zeros((0, 3), dtype=np.int32), name="points")
    current = ids(window)["nodding"]
    window.document.open_clip(points)
    window.document.set_current(current)
    window.compare_with(ids(window)["short"])
    window.stage.comparison.set_mode("error map")
    window.compare_with(ids(window)["ball"])
    assert window.stage.comparison.mode == "error map"
    window.compare_with(ids(window)["points"])
    assert window.stage.comparison.mode == "side by side"
    assert not bar(window).modes["error map"].isEnabled()
    assert "points alone" in bar(window).modes["error map"].toolTip()
    assert window.registry["view.compare.flip"].isEnabled()
    assert not window.registry["view.compare.error map"].isEnabled()
    window.compare_with(ids(window)["short"])
    assert bar(window).modes["error map"].isEnabled()


def test_going_to_the_other_clip_makes_them_change_places(window: MainWindow) -> None:
    known = ids(window)
    window.compare_with(known["short"])
    window.document.set_current(known["short"])
    assert (bar(window).one.text, bar(window).other.text) == ("short", "nodding")
    window.document.set_current(known["ball"])
    assert (bar(window).one.text, bar(window).other.text) == ("ball", "nodding")


def test_a_clip_that_is_closed_ends_it(window: MainWindow, view: Viewport) -> None:
    known = ids(window)
    window.compare_with(known["short"])
    window.document.remove_clip(known["short"])
    assert window.stage.comparison.other is None and view.view.pair is None
    window.document.undo()
    window.compare_with(known["short"])
    window.registry["file.close_clip"].trigger()
    assert view.view.pair is None
    assert window.document.current_clip.name == "short"


def test_a_clip_is_not_compared_with_itself_nor_with_one_that_is_gone(
    window: MainWindow, view: Viewport
) -> None:
    for clip_id in (ids(window)["nodding"], "no such clip"):
        window.compare_with(clip_id)
        assert window.stage.comparison.other is None and view.view.pair is None


def test_the_menu_offers_the_other_clips(window: MainWindow) -> None:
    menu = window.registry.menu("view.compare_with")
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == ["ball", "short"]
    menu.actions()[1].trigger()
    menu.aboutToShow.emit()
    assert [entry.isChecked() for entry in menu.actions()] == [False, True]
    menu.actions()[1].trigger()
    assert window.stage.comparison.other is None


def test_both_wear_the_same_look_and_measure_from_their_own_face_at_rest(
    window: MainWindow, view: Viewport
) -> None:
    window.set_heat_map(on=True)
    window.stage.look.set_part("tongue", on=False)
    window.compare_with(ids(window)["short"])
    scenes = view.scene, view.view.pair.other
    assert all(not scene.surface.actors["tongue"].GetVisibility() for scene in scenes)
    assert len({scene.limit for scene in scenes}) == 1
    window.set_shading("points")
    assert all(scene.surface.actors["skin"].GetProperty().GetVertexVisibility() for scene in scenes)
    window.player.seek(3)
    np.testing.assert_allclose(scenes[0].surface.heat, scenes[1].surface.heat, atol=1e-4)


def test_a_preview_stands_alone_and_gives_the_pair_back(window: MainWindow, view: Viewport) -> None:
    window.compare_with(ids(window)["short"])
    window.stage.show_preview(ball(5), "the estimate")
    assert view.view.pair is None
    window.stage.show_preview(None)
    assert view.view.pair is not None and bar(window).isVisible()


def test_the_color_bar_stands_where_no_face_is(window: MainWindow, view: Viewport) -> None:
    window.set_heat_map(on=True)
    room = view.view.width()
    assert view.bar.geometry().right() > 0.95 * room
    window.compare_with(ids(window)["short"])
    assert abs(view.bar.geometry().center().x() - room / 2) < 2, "between the two"
    window.stage.comparison.set_mode("error map")
    assert view.bar.geometry().right() > 0.95 * room


def track(window: MainWindow) -> DistanceTrack:
    return window.comparing.track


def test_the_distance_is_told_over_time_while_it_can_be_measured(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert track(window).isHidden()
    window.compare_with(ids(window)["short"])
    assert track(window).isVisible()
    qtbot.waitUntil(lambda: track(window).distances is not None)
    settle(qtbot, window)
    assert track(window).texts() == [
        "Frame 0: mean 0 · p95 0 · max 0 mm",
        "Clip: mean 0 · p95 0 · max 0 mm at frame 0",
    ]
    window.player.seek(6)
    assert track(window).texts()[0] == "Frame 6: B has ended"
    assert "B has ended" in track(window).accessibleDescription()
    window.compare_with(None)
    assert track(window).isHidden()


def test_the_distance_follows_edits_and_the_clips_change_places(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.compare_with(ids(window)["short"])
    document = window.document
    current = str(document.state.current)
    document.add_edit(current, IntensityEdit((IntensityKey(0, 0.0),)))
    settle(qtbot, window)
    known = track(window).distances
    jaw = 3 * np.arange(4)
    np.testing.assert_allclose(known.figures[:, 2], jaw, atol=2e-2)
    document.set_current(ids(window)["short"])
    settle(qtbot, window)
    np.testing.assert_allclose(track(window).distances.figures[:, 2], jaw, atol=2e-2)
    assert track(window).distances.shared == 4
    document.set_current(current)
    assert track(window).distances is known, "what was measured is remembered"


def test_a_click_on_the_distance_goes_to_the_frame(window: MainWindow, qtbot: QtBot) -> None:
    window.compare_with(ids(window)["short"])
    at = QPoint(round(window.stage.timeline.axis().x(2)), track(window).height() - 8)
    qtbot.mouseClick(track(window), Qt.MouseButton.LeftButton, pos=at)
    assert window.player.playhead.frame == 2


def test_a_stopped_measurement_says_so(window: MainWindow) -> None:
    window.compare_with(ids(window)["short"])
    window.desk.lanes.distance.stop()
    assert track(window).texts() == ["Measuring was stopped."]


def test_the_curves_of_both_are_shown_at_the_same_moments(window: MainWindow, qtbot: QtBot) -> None:
    document, timeline, models = window.document, window.stage.timeline, window.desk.models
    assert timeline._shown.beside is None
    document.open_clip(replace(ball(11, name="fast"), fps=60.0))
    document.open_clip(ball(8, name="slow"))
    window.compare_with(ids(window)["fast"])
    models.load()
    settle(qtbot, window)
    engine, beside = models.engine, timeline._shown.beside
    assert isinstance(engine, SmallEngine)
    assert [name for name, _ in engine.asked] == ["slow", "fast"], "the clip on show goes first"
    assert beside is not None and len(beside.values) == 6, "as long as both last"
    known = window.services.recognition.known(window.stage.comparison.other)
    np.testing.assert_allclose(beside.values, known.probabilities.values[::2], atol=1e-6)
    name, text = timeline.hover_lines(2)[0]
    assert "· B" in text and name in beside.names
    assert all("· B" not in text for _name, text in timeline.hover_lines(7))
    place = [clip.name for clip in document.state.clips].index("fast")
    assert window.clips.list.item(place).data(ROW).verdict, "the list says what was read, too"
    document.set_current(ids(window)["fast"])
    settle(qtbot, window)
    assert len(timeline._shown.beside.values) == 11 and len(timeline._shown.tracks.values) == 11
    window.compare_with(None)
    assert timeline._shown.beside is None
