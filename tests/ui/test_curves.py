"""Channels in the window: curves whose keys are moved, sliders, poses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import ClipState, Document
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.channels.keying import Spot
from studio.document.edits.parts.channel_gain import ChannelGainEdit
from studio.document.edits.parts.gains import ChannelGain
from studio.document.edits.time.reverse import ReverseEdit
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.ui.curves.editor import ChannelEditor
from studio.ui.curves.items import points_of
from studio.ui.curves.mouse import CurveView
from studio.ui.curves.panel import ChannelPanel
from studio.ui.curves.posing import PoseEditor
from studio.ui.kit.lanes import Lane
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from tests.document.test_channels import BROW, JAW, SMILE, clip, curve

from .windows import Make, settle

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
Mod, Key = Qt.KeyboardModifier, Qt.Key
EDIT = ChannelsEdit((curve(JAW, (2, 0.2), (8, 0.8)), curve(BROW, (5, 0.5))))


@pytest.fixture
def document() -> Document:
    document = Document()
    document.add_edit(document.open_clip(clip()), EDIT)
    return document


@pytest.fixture
def editor(document: Document, settings: Settings, qtbot: QtBot) -> Iterator[ChannelEditor]:
    """Jaw keyed at 2 and 8, brow at 5, of 12 frames."""
    player, lane = Player(document, settings), Lane("channels")
    editor = ChannelEditor(document, player, lane)
    editor.set_active(on=True)
    qtbot.waitUntil(lambda: editor.ready)
    yield editor
    player.stop()
    lane.close()


@pytest.fixture
def view(editor: ChannelEditor, qtbot: QtBot) -> CurveView:
    timeline = Timeline()
    timeline.set_clip(12, 30.0)
    timeline.resize(700, 120)
    view = CurveView(editor, timeline)
    view.resize(700, 220)
    for widget in (timeline, view):
        qtbot.addWidget(widget)
    editor.player.playhead.frame_changed.connect(timeline.set_frame)
    view.show()
    return view


def edit_of(document: Document) -> ChannelsEdit:
    clip = document.current_clip
    assert clip is not None and isinstance(clip.edits[0], ChannelsEdit)
    return clip.edits[0]


def keys(document: Document, channel: str) -> list[tuple[int, float]]:
    found = edit_of(document).by_channel[channel].keys
    return [(key.frame, round(key.value, 2)) for key in found]


def place(view: CurveView, frame: float, value: float) -> QPointF:
    """Where a weight lies, also between two frames."""
    before, after = view.grid.at(int(frame), value), view.grid.at(int(frame) + 1, value)
    assert before is not None
    assert after is not None
    return before + (after - before) * (frame % 1)


def mouse(
    view: CurveView,
    kind: QEvent.Type,
    at: QPointF,
    held: Qt.KeyboardModifier = Mod.NoModifier,
) -> None:
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    buttons = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
    port = view.viewport()
    event = QMouseEvent(kind, at, port.mapToGlobal(at), button, buttons, held)
    QApplication.sendEvent(port, event)


def drag(
    view: CurveView,
    *points: QPointF,
    held: Qt.KeyboardModifier = Mod.NoModifier,
    drop: bool = True,
) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        mouse(view, QEvent.Type.MouseMove, point, held)
    if drop:
        mouse(view, QEvent.Type.MouseButtonRelease, points[-1], held)


# Curves


def test_a_drag_moves_a_key_in_time_and_height_as_one_step(
    view: CurveView, document: Document
) -> None:
    before, previewed = document.state, list[ClipState]()
    view.editor.previewed.connect(previewed.append)
    start = place(view, 8, 0.8)
    drag(view, start, start + QPointF(9, 9), place(view, 10, 0.4), drop=False)
    assert document.state is before and previewed[-1].edits[0] != EDIT
    mouse(view, QEvent.Type.MouseButtonRelease, place(view, 10, 0.4))
    assert keys(document, JAW) == [(2, 0.2), (10, 0.4)]
    assert view.editor.chosen == {Spot(JAW, 10)} and document.undo_name == "Move keys"
    document.undo()
    assert document.state == before


def test_with_shift_a_drag_keeps_to_one_axis(view: CurveView, document: Document) -> None:
    drag(view, place(view, 8, 0.8), place(view, 8.3, 0.3), held=Mod.ShiftModifier)
    assert keys(document, JAW) == [(2, 0.2), (8, 0.3)]


def test_a_box_chooses_and_handles_scale_what_is_chosen(
    view: CurveView, document: Document
) -> None:
    drag(view, place(view, 1, 1.04), place(view, 9, 0.02))
    assert len(view.editor.chosen) == 3
    side = view.handles.sides["right"].center()
    drag(view, side, side - QPointF(3 * view.grid.axis.pixels_per_frame, 0))
    assert edit_of(document).frames == (2, 4, 5) and document.undo_name == "Scale keys"
    top = view.handles.sides["top"].center()
    drag(view, top, top + QPointF(0, 0.3 * view.grid.pixels_per_weight))
    assert keys(document, JAW) == [(2, 0.2), (5, 0.5)] and keys(document, BROW) == [(4, 0.35)]


def test_escape_gives_a_drag_up(view: CurveView, document: Document) -> None:
    before = document.state
    drag(view, place(view, 8, 0.8), place(view, 10, 0.4), drop=False)
    QTest.keyClick(view, Key.Key_Escape)
    assert document.state is before and view.editor.dragged is None
    QTest.keyClick(view, Key.Key_Escape)
    assert not view.editor.chosen


def test_the_keyboard_moves_scales_and_removes(view: CurveView, document: Document) -> None:
    view.editor.choose({Spot(JAW, 2), Spot(JAW, 8)})
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Up, Mod.ShiftModifier)
    assert keys(document, JAW) == [(4, 0.3), (10, 0.9)]
    document.undo()
    assert document.state.clips[0].edits == (EDIT,), "moves in a row are one step"
    view.editor.choose({Spot(JAW, 2), Spot(JAW, 8)})
    QTest.keyClick(view, Key.Key_Left, Mod.AltModifier)
    assert keys(document, JAW) == [(2, 0.2), (7, 0.8)]
    QTest.keyClick(view, Key.Key_A, Mod.ControlModifier)
    QTest.keyClick(view, Key.Key_Delete)
    assert edit_of(document).curves == ()


def test_a_double_click_on_a_curve_sets_a_key_and_changes_nothing_else(
    view: CurveView, document: Document
) -> None:
    at = place(view, 5, 0.5 + 0.0)
    value = float(EDIT.by_channel[JAW].values(np.array([4]))[0])
    at = place(view, 4, value)
    mouse(view, QEvent.Type.MouseButtonDblClick, at)
    assert keys(document, JAW) == [(2, 0.2), (4, round(value, 2)), (8, 0.8)]
    assert view.editor.player.playhead.frame == 4


def test_the_wheel_zooms_the_timeline_and_with_ctrl_the_heights(view: CurveView) -> None:
    at = place(view, 4, 0.5)
    for held in (Mod.ControlModifier, Mod.NoModifier):
        heights, zoom = view.heights, view.timeline.zoom
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPointF(0, 120).toPoint(), QPointF(0, 120).toPoint(),
            NONE, held, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)
        assert (view.heights != heights) == (held == Mod.ControlModifier)
        assert (view.timeline.zoom != zoom) == (held == Mod.NoModifier)


def test_a_click_goes_to_a_key_wherever_time_above_puts_it(
    view: CurveView, document: Document
) -> None:
    document.add_edit(document.state.clips[0].id, ReverseEdit())
    assert view.grid.at(2, 0.2) == QPointF(view.timeline.axis().x(9), view.grid.y(0.2))
    drag(view, place(view, 2, 0.2))
    assert view.editor.player.playhead.frame == 9 and view.editor.frame == 2
    drag(view, place(view, 8, 0.8), place(view, 6, 0.8), held=Mod.ShiftModifier)
    assert keys(document, JAW) == [(2, 0.2), (6, 0.8)]


def test_curves_without_keys_are_as_captured_until_they_are_reduced(
    view: CurveView, document: Document
) -> None:
    view.editor.see([SMILE])
    assert set(view.items_of) == {SMILE} and not len(view.items_of[SMILE].places)
    said: list[str] = []
    view.editor.noticed.connect(said.append)
    view.editor.reduce(0.1)
    assert len(edit_of(document).by_channel[SMILE].keys) < 12
    assert said[-1].endswith("within 0.1 mm") and document.undo_name == "Reduce keys"


# The list


@pytest.fixture
def panel(editor: ChannelEditor, tmp_path: Path, qtbot: QtBot) -> ChannelPanel:
    panel = ChannelPanel(editor, PoseEditor(editor, tmp_path / "poses"))
    panel.resize(300, 800)
    qtbot.addWidget(panel)
    panel.show()
    for group in panel.groups.values():
        group.title.setChecked(True)
    return panel


def test_every_channel_has_a_row_in_a_region(panel: ChannelPanel) -> None:
    assert set(panel.rows) == set(ARKIT) and len(panel.groups) == 6
    panel.search.setText("smile")
    assert {row.channel for row in panel._seen_rows()} == {"mouthSmileLeft", "mouthSmileRight"}
    panel.search.clear()
    panel.rows[JAW].name.click()
    assert panel.editor.seen == (JAW,)
    panel.rows[JAW].name.click()
    assert panel.editor.seen == ()


def test_a_slider_is_live_and_one_step_and_sets_a_key(
    panel: ChannelPanel, document: Document
) -> None:
    editor, row, before = panel.editor, panel.rows[SMILE], document.state
    previewed: list[ClipState] = []
    editor.previewed.connect(previewed.append)
    editor.player.seek(6)
    captured = row.slider.value()
    assert abs(captured - 50) < 5 and not row.dot.keyed
    row.slider.setSliderDown(True)
    row.slider.setSliderPosition(70)
    row.slider.setSliderPosition(90)
    assert document.state is before and len(previewed) == 2
    row.slider.setSliderDown(False)
    assert dict(keys(document, SMILE))[6] == 0.9 and document.undo_name == "Set mouthSmileLeft"
    assert row.dot.keyed and row.dot.isChecked()
    document.undo()
    assert document.state == before and row.slider.value() == captured


def test_rows_follow_the_playhead_and_the_dot_sets_and_clears_keys(
    panel: ChannelPanel, document: Document
) -> None:
    row, editor = panel.rows[JAW], panel.editor
    editor.player.seek(2)
    assert row.value.value() == 0.2 and row.dot.isChecked()
    row.dot.click()
    assert keys(document, JAW) == [(8, 0.8)]
    editor.player.seek(8)
    row.dot.click()
    assert JAW not in edit_of(document).by_channel and not row.dot.keyed
    row.value.setValue(1.5)
    assert dict(keys(document, JAW))[8] == 1.5


# Poses


def test_poses_are_copied_pasted_flipped_tweened_and_kept(
    panel: ChannelPanel, document: Document
) -> None:
    controls, editor = panel.poses, panel.editor
    editor.player.seek(8)
    controls.copy.click()
    editor.player.seek(3)
    assert controls.paste.isEnabled() and not controls.lay.isEnabled()
    controls.strength.setValue(50)
    was = editor.values(3)[JAW]
    controls.paste.click()
    assert editor.values(3)[JAW] == pytest.approx((was + 0.8) / 2) and SMILE not in editor.keyed
    document.undo()
    controls.strength.setValue(100)
    controls.flip.click()
    now = editor.values(3)
    assert now["mouthSmileRight"] == pytest.approx(0.5, abs=0.05) and now[SMILE] < 0.05
    document.undo()
    controls.tween_value.setValue(25)
    assert editor.values(3)[JAW] == pytest.approx(0.35) and document.undo_name == "Tween"
    controls.poses.keep("wide")
    (path,) = controls.poses.folder.iterdir()
    assert json.loads(path.read_text())[JAW] == pytest.approx(0.35)
    assert controls.kept.currentText() == "wide"
    editor.player.seek(8)
    controls.lay.click()
    assert editor.values(8)[JAW] == pytest.approx(0.35) and document.undo_name == "Lay wide"
    path.write_text("[]")
    failed: list[Exception] = []
    editor.failed.connect(failed.append)
    controls.lay.click()
    assert "a table of weights by channel" in str(failed[0])
    controls.forget.click()
    assert not path.exists() and controls.kept.count() == 0


def test_a_tween_slider_is_live_and_one_step(panel: ChannelPanel, document: Document) -> None:
    panel.editor.player.seek(4)
    before, slider = document.state, panel.poses.tween
    slider.setSliderDown(True)
    for percent in (10, 150):
        slider.setSliderPosition(percent)
    assert document.state is before and panel.editor.values(4)[JAW] == pytest.approx(1.1)
    slider.setSliderDown(False)
    assert dict(keys(document, JAW))[4] == 1.1 and slider.value() == 50
    document.undo()
    assert document.state == before


# The window


@pytest.mark.slow
def test_the_window_solves_a_clip_and_shows_what_a_slider_does(again: Make, qtbot: QtBot) -> None:
    window = again()
    window.build_view()
    rig, n = load_rig(), 5
    weights = np.zeros((n, len(ARKIT)))
    weights[:, ARKIT_INDEX[SMILE]] = 0.4
    window.document.open_clip(MeshSequence(rig.pose(weights), load_template().faces, name="a"))
    settle(qtbot, window)
    assert not window.curving.view.isVisible()
    window.registry["edit.channels"].trigger()
    editor = window.curving.editor
    qtbot.waitUntil(lambda: editor.ready)
    assert window.curving.view.isVisible() and window.curving.panel.isVisible()
    assert edit_of(window.document).curves == ()
    panel, surface = window.curving.panel, window.stage.viewport
    assert surface is not None
    panel.groups["Jaw"].title.setChecked(True)
    slider = panel.rows[JAW].slider
    slider.setSliderDown(True)
    slider.setSliderPosition(80)
    seen = np.array(surface.scene.surface.points)
    moved = np.linalg.norm(seen - window.document.state.clips[0].recording.vertices[0], axis=1)
    wanted = np.linalg.norm(0.8 * rig.actions[ARKIT_INDEX[JAW]], axis=1)
    np.testing.assert_allclose(moved, wanted, atol=0.2)
    slider.setSliderDown(False)
    settle(qtbot, window)
    assert keys(window.document, JAW)[0] == (0, 0.8)
    window.document.add_edit(window.document.state.clips[0].id, ChannelsEdit())
    assert editor.work is not None and editor.work.place == 1, "the topmost"
    window.stack.list.setCurrentRow(0)
    window.stack.list.setCurrentRow(1)
    assert editor.work.place == 0 and editor.keyed == (JAW,)
    window._docks["channels"].close()
    assert not window.curving.view.isVisible()


@pytest.mark.slow
def test_a_face_without_channels_says_so(again: Make, qtbot: QtBot) -> None:
    from .fakes import ball

    window = again()
    window.document.open_clip(ball(3))
    window.show_dock("channels")
    settle(qtbot, window)
    assert "no channels" in window.curving.panel.said.text()
    assert not window.registry["edit.channels"].isEnabled()
    assert window.curving.view.grab().width() > 0


def test_the_curve_before_the_chosen_edit_is_drawn_behind_the_one_after(
    document: Document, editor: ChannelEditor, view: CurveView, qtbot: QtBot
) -> None:
    clip_id, raw = document.state.current, editor.below
    assert clip_id is not None and raw is not None
    gains = ChannelGainEdit((ChannelGain(SMILE, 0.5),))
    document.move_edit(clip_id, document.add_edit(clip_id, gains), 0)
    editor.see([SMILE])
    qtbot.waitUntil(lambda: not editor.lane.busy)
    assert editor.before is None and not len(view.items_of[SMILE].before)
    editor.show_place(0)
    qtbot.waitUntil(lambda: not editor.lane.busy)
    assert editor.before is not None and editor.below is not None
    np.testing.assert_allclose(editor.before.weights, raw.weights, atol=1e-6)
    np.testing.assert_allclose(editor.below.of(SMILE), 0.5 * raw.of(SMILE), atol=0.01)
    item, (x, frames) = view.items_of[SMILE], view.grid.sampled()
    wanted = np.interp(frames, np.arange(12), raw.of(SMILE))
    np.testing.assert_allclose(item.before, points_of(view.grid, x, wanted), atol=1e-6)
    assert view.accessibleDescription().endswith("fainter, before the chosen edit")
    editor.show_place(1)
    assert editor.before is None and not len(item.before), "that of the channels themselves"
    editor.show_place(0)
    document.add_edit(clip_id, ReverseEdit())
    document.move_edit(clip_id, 2, 1)
    qtbot.waitUntil(lambda: not editor.lane.busy)
    assert editor.before is None, "its frames are others"
