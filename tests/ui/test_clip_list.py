"""The list of clips and takes: choose, star, move, filter, compare, make again, delete."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import ClipState
from studio.ui.clips.list_view import MIME
from studio.ui.clips.panel import SEARCH_FROM
from studio.ui.clips.rows import COMPACT_BELOW, Row, moment, star_box
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle

RECIPE = {"label": "fear", "seed": 3, "frames": 20, "intensity": 1.0, "face": {"from": "template"}}


def fill(window: MainWindow, names: str) -> list[str]:
    return [window.document.open_clip(ball(5, name=name)) for name in names]


def names(window: MainWindow) -> str:
    return "".join(clip.name for clip in window.document.state.clips)


def shown(window: MainWindow) -> str:
    rows = window.clips.list
    return "".join(rows.item(k).text() for k in range(rows.count()) if not rows.isRowHidden(k))


def choose(window: MainWindow, *ids: str) -> None:
    """Select these rows; the first is the clip on show."""
    window.document.set_current(ids[0])
    order = [clip.id for clip in window.document.state.clips]
    for clip_id in ids:
        window.clips.list.item(order.index(clip_id)).setSelected(True)


def drop(window: MainWindow, data: QMimeData, where: QPoint) -> bool:
    event = QDropEvent(
        QPointF(where),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.clips.list.dropEvent(event)
    return event.isAccepted()


def test_a_row_tells_all_of_a_clip() -> None:
    clip = ClipState("a", ball(45, name="smile", fps=30), recipe=RECIPE, starred=True, created=0.0)
    row = Row.of(clip, "anger")
    assert (row.kind, row.size) == ("Asked fear, reads anger", "45 frames · 1.5 s")
    assert row.spoken == "smile, Asked fear, reads anger, 45 frames · 1.5 s, starred"
    assert "made for fear" in row.tip and "Seed 3" in row.tip
    for verdict in ("fear", None):
        assert Row.of(clip, verdict).kind == "Fear · 3"
    opened = Row.of(ClipState("b", replace(ball(5), remarks=("One.", "Two."))), "anger")
    assert opened.kind == "Opened · anger"
    assert opened.tip.endswith("\nOne.\nTwo.") and "Ring: read as anger" in opened.tip
    assert row == Row.of(clip, "anger") != Row.of(clip, None)


def test_the_time_of_another_day_is_a_date() -> None:
    now = 1_800_000_000.0
    assert ":" in moment(now - 3600, now)
    assert moment(now - 90_000, now).count("-") == 2
    assert moment(0.0, now) == ""


def test_rows_get_a_picture_that_copies_share(window: MainWindow, qtbot: QtBot) -> None:
    clip_id = window.document.open_clip(ball(5))
    thumbnails = window.services.takes.thumbnails
    drawn: list[MeshSequence] = []
    thumbnails.drawn.connect(drawn.append)
    sequence = window.document.state.clip(clip_id).recording
    qtbot.waitUntil(lambda: thumbnails.face(sequence) is not None)
    window.document.duplicate_clip(clip_id)
    window.grab()
    assert not thumbnails.lane.busy
    assert drawn == [sequence]
    image = thumbnails.face(sequence)
    assert image.hasAlphaChannel() and image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(image.rect().center()).alpha() == 255


def test_a_low_list_has_lower_rows(window: MainWindow) -> None:
    fill(window, "ab")
    view = window.clips.list
    heights = []
    for height in (COMPACT_BELOW - 40, COMPACT_BELOW + 40):
        view.setFixedHeight(height)
        QApplication.processEvents()
        view.doItemsLayout()
        heights.append(view.visualItemRect(view.item(0)).height())
    assert heights[0] < heights[1] <= 90


def test_a_star_is_set_by_key_and_by_pointer_and_undone(window: MainWindow) -> None:
    first, second = fill(window, "ab")
    view = window.clips.list
    window.clips.toggle_star()
    assert window.document.state.clip(second).starred
    box = star_box(view.visualItemRect(view.item(0)))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert window.document.state.clip(first).starred
    assert window.document.state.current == second, "the star is not the row"
    window.document.undo()
    window.document.undo()
    assert not any(clip.starred for clip in window.document.state.clips)


def test_rows_move_by_drop_and_by_key_and_come_back(window: MainWindow) -> None:
    ids = fill(window, "abcd")
    view = window.clips.list
    data = QMimeData()
    data.setData(MIME, "\n".join([view._sender(), ids[0], ids[1]]).encode())
    low = view.visualItemRect(view.item(2)).bottomLeft() + QPoint(20, -3)
    assert drop(window, data, low)
    assert (names(window), shown(window)) == ("cabd", "cabd")
    choose(window, ids[2])
    window.registry["takes.down"].trigger()
    window.registry["takes.down"].trigger()
    assert names(window) == "abcd"
    window.registry["takes.up"].trigger()
    assert names(window) == "acbd"
    for _ in range(5):  # the moves, and the choice between them
        window.document.undo()
    assert names(window) == "abcd"


@pytest.mark.parametrize("sender", ["", "1 2"])
def test_what_comes_from_elsewhere_moves_nothing(window: MainWindow, sender: str) -> None:
    ids = fill(window, "abc")
    data = QMimeData()
    data.setData(MIME, "\n".join([sender, ids[0]]).encode())
    assert not drop(window, data, QPoint(5, 5_000))
    assert names(window) == "abc"


def test_filter_and_search_hide_all_but_the_clip_on_show(window: MainWindow) -> None:
    ids = fill(window, "abcdefgh")
    made = window.document.add_generated(ball(5, name="x"), RECIPE)
    assert window.document.state.clips[SEARCH_FROM - 1].id == made
    assert not window.clips.search.isHidden()
    clips = window.clips
    clips.filter.setCurrentIndex(clips.filter.findData("generated"))
    assert shown(window) == "x"
    clips.filter.setCurrentIndex(clips.filter.findData("starred"))
    window.document.star_clips(ids[1:3], starred=True)
    assert shown(window) == "bcx"
    window.document.set_current(ids[2])
    assert shown(window) == "bc"
    clips.filter.setCurrentIndex(0)
    clips.search.setText("A")
    assert shown(window) == "ac"


def test_several_are_deleted_as_one_step_and_only_from_the_list(
    fresh: MainWindow, qtbot: QtBot
) -> None:
    ids = fill(fresh, "abcd")
    choose(fresh, ids[3], ids[1])
    fresh.activateWindow()
    fresh.stage.setFocus()
    QTest.keyClick(fresh, Qt.Key.Key_Delete)
    assert names(fresh) == "abcd"
    fresh.clips.list.setFocus()
    qtbot.waitUntil(fresh.clips.list.hasFocus)
    QTest.keyClick(fresh.clips.list, Qt.Key.Key_Delete)
    assert names(fresh) == "ac"
    fresh.document.undo()
    assert names(fresh) == "abcd"


def test_keys_of_the_list(fresh: MainWindow, qtbot: QtBot) -> None:
    fill(fresh, "abc")
    view = fresh.clips.list
    fresh.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert fresh.document.current_clip.name == "b"
    QTest.keyClick(view, Qt.Key.Key_C)
    assert fresh.document.current_clip.name == "b", "letters are shortcuts, not a search"
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert fresh.player.playhead.playing
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert not fresh.player.playhead.playing
    QTest.keyClick(view, Qt.Key.Key_S)
    assert fresh.document.current_clip.starred
    QTest.keyClick(view, Qt.Key.Key_F2)
    assert view.findChild(QLineEdit) is not None


def test_two_chosen_clips_are_compared_or_this_and_the_last_one(window: MainWindow) -> None:
    first, second, third = fill(window, "abc")
    choose(window, third, first)
    assert window.clips.other == first
    window.registry["takes.compare"].trigger()
    assert window.stage.comparison.other.id == first
    window.compare_with(None)
    window.document.set_current(second)
    assert window.clips.other == third
    window.document.remove_clip(third)
    assert window.clips.other is None
    assert not window.registry["takes.compare"].isEnabled()


def test_a_take_is_made_again_with_the_same_frames(window: MainWindow, qtbot: QtBot) -> None:
    notices: list[str] = []
    window.desk.noticed.connect(notices.append)
    window.generation.generate.click()
    settle(qtbot, window)
    window.registry["takes.regenerate"].trigger()
    settle(qtbot, window)
    one, two = window.document.state.clips
    np.testing.assert_array_equal(one.recording.vertices, two.recording.vertices)
    assert two.recipe == one.recipe
    assert "same frames" in notices[-1]
    window.document.undo()
    assert window.document.state.clips == (one,)


def test_recipes_travel_by_clipboard(window: MainWindow, qtbot: QtBot) -> None:
    takes, registry = window.services.takes, window.registry
    ids = [
        window.document.add_generated(ball(20, name=f"fear {seed}"), {**RECIPE, "seed": seed})
        for seed in (4, 5)
    ]
    window.document.open_clip(ball(5))
    for name in ("copy_recipe", "use_settings"):
        assert not registry[f"takes.{name}"].isEnabled()
    choose(window, *ids)
    registry["takes.copy_recipe"].trigger()
    copied = json.loads(QGuiApplication.clipboard().text())
    assert [recipe["seed"] for recipe in copied] == [4, 5]
    takes.paste_recipes()
    settle(qtbot, window)
    made = window.document.state.clips[3:]
    assert [(clip.label, clip.seed, clip.recording.n_frames) for clip in made] == [
        ("fear", 4, 20),
        ("fear", 5, 20),
    ]
    window.document.undo()
    assert len(window.document.state.clips) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "[1]",
        "{}",
        '{"label": "fear", "seed": -1}',
        '{"label": "fear", "seed": 1, "frames": 1e9}',
        '{"label": "fear", "seed": 1, "intensity": NaN}',
        '{"label": "fear", "seed": 1, "intensity": 1e999}',
        '{"label": "fear", "seed": 1, "face": {"from": "moon"}}',
        "[" * 5000,
        json.dumps([RECIPE] * 201),
    ],
)
def test_what_is_no_recipe_is_refused_in_a_sentence(window: MainWindow, text: str) -> None:
    failures: list[Exception] = []
    window.desk.reported.connect(failures.append)
    QGuiApplication.clipboard().setText(text)
    window.services.takes.paste_recipes()
    window.desk.reported.disconnect(failures.append)
    assert "expected" in str(failures[0])
    assert not window.desk.lanes.generate.busy
    assert window.document.state.clips == ()
