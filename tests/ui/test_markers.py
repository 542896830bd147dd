"""Markers over the timeline, and drags that go onto them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.document.edits.time.trim import TrimEdit
from studio.ui.settings.settings import Settings
from studio.ui.timeline.axis import FrameAxis
from studio.ui.timeline.marker_row import MarkerRow
from studio.ui.timeline.markers import Markers
from studio.ui.timeline.player import Player
from studio.ui.timeline.snapping import snapped
from studio.ui.timeline.timeline import Timeline
from tests.document.clips import square

LEFT, NONE, Mod = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier
PRESS, MOVE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove
RELEASE = QEvent.Type.MouseButtonRelease


@pytest.fixture
def row(settings: Settings, qtbot: QtBot) -> Iterator[MarkerRow]:
    """A clip of 300 frames, a frame every two pixels, marked at 40 and 200."""
    document = Document()
    clip = document.open_clip(square(300), Path("a.obj"))
    document.add_marker(clip, 40, "smiles")
    document.add_marker(clip, 200)
    player, timeline = Player(document, settings), Timeline()
    timeline.set_clip(300, 30.0)
    timeline.resize(700, 120)
    timeline.scrubbed.connect(player.seek)
    player.playhead.frame_changed.connect(timeline.set_frame)
    row = MarkerRow(Markers(document, player, timeline), timeline)
    row.resize(700, 20)
    for widget in (timeline, row):
        qtbot.addWidget(widget)
    row.show()
    yield row
    player.stop()


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    x: float,
    y: float = 8,
    held: Qt.KeyboardModifier = Mod.NoModifier,
) -> None:
    button = NONE if kind == MOVE else LEFT
    buttons = NONE if kind == RELEASE else LEFT
    point = QPointF(x, y)
    event = QMouseEvent(kind, point, widget.mapToGlobal(point), button, buttons, held)
    QApplication.sendEvent(widget, event)


def frames(row: MarkerRow) -> list[int]:
    return [place.frame for place in row.markers.places]


def test_the_row_is_there_for_clips_with_markers(row: MarkerRow) -> None:
    assert not row.isHidden()
    assert row.accessibleDescription() == "frame 40 smiles; frame 200"
    document = row.markers.document
    for _ in range(2):
        row.markers.choose(0)
        row.markers.remove()
    assert row.isHidden()
    document.undo()
    assert not row.isHidden() and frames(row) == [200]


def test_a_drag_moves_a_marker_as_one_step_and_onto_the_playhead(row: MarkerRow) -> None:
    axis, document = row._timeline.axis(), row.markers.document
    mouse(row, PRESS, axis.x(40) + 2)
    assert row.markers.player.playhead.frame == 40
    for frame in (50, 90, 120):
        mouse(row, MOVE, axis.x(frame))
    mouse(row, RELEASE, axis.x(120))
    assert frames(row) == [120, 200] and document.undo_name == "Move marker"
    row.markers.player.seek(150)
    mouse(row, PRESS, axis.x(200))
    row.markers.player.seek(150)
    mouse(row, MOVE, axis.x(152))
    assert frames(row) == [120, 150], "onto the playhead"
    mouse(row, MOVE, axis.x(152), held=Mod.AltModifier)
    assert frames(row) == [120, 152], "past it"
    mouse(row, RELEASE, axis.x(152))
    document.undo()
    document.undo()
    assert frames(row) == [40, 200]


def test_the_keyboard_does_all_of_it(row: MarkerRow) -> None:
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Down)
    assert row.markers.player.playhead.frame == 40 and row.markers.chosen == 0
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert frames(row) == [41, 200] and row.markers.player.playhead.frame == 41
    QTest.keyClick(row, Qt.Key.Key_Down)
    QTest.keyClick(row, Qt.Key.Key_Down)
    assert row.markers.player.playhead.frame == 41, "round at the end"
    QTest.keyClick(row, Qt.Key.Key_Return)
    dialog = row.findChild(QInputDialog)
    assert dialog is not None and dialog.textValue() == "smiles"
    dialog.setTextValue("laughs")
    dialog.accept()
    assert row.markers.places[0].note == "laughs"
    QTest.keyClick(row, Qt.Key.Key_Delete)
    assert frames(row) == [200] and row.markers.chosen is None


def test_the_row_follows_edits_of_time(row: MarkerRow) -> None:
    document = row.markers.document
    document.add_edit(str(document.state.current), TrimEdit(30, 100))
    assert frames(row) == [10]


def test_scrubbing_and_the_range_go_onto_markers(row: MarkerRow) -> None:
    timeline = row._timeline
    axis, plot, lane = timeline.axis(), timeline._layout().plot, timeline._layout().lane
    mouse(timeline, PRESS, axis.x(39), plot.center().y())
    mouse(timeline, MOVE, axis.x(42), plot.center().y())
    assert timeline.frame == 40
    mouse(timeline, MOVE, axis.x(42), plot.center().y(), Mod.AltModifier)
    assert timeline.frame == 42
    mouse(timeline, RELEASE, axis.x(42), plot.center().y())
    mouse(timeline, PRESS, axis.x(299), lane.center().y())
    mouse(timeline, MOVE, axis.x(201), lane.center().y())
    mouse(timeline, RELEASE, axis.x(201), lane.center().y())
    assert timeline.range == (0, 201)


def test_what_is_near_is_a_matter_of_pixels() -> None:
    wide, close = FrameAxis(1001, 0, 1000), FrameAxis(1001, 0, 1000, 100, 20)
    assert snapped(wide, 104, (100, 500)) == 100
    assert snapped(wide, 106, (100, 500)) == 106
    assert snapped(close, close.x(101), (100, 500)) == 101
    assert snapped(wide, 104, (100,), free=True) == 104
    assert snapped(wide, -40, ()) == 0
