"""The cut under the timeline: arranged, trimmed, faded and rendered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import Document
from studio.document.beside.sound import ClipSound
from studio.io.sound.sound import Sound
from studio.ui.cut.service import CutService
from studio.ui.cut.strip import CutStrip
from studio.ui.kit.lanes import Lane
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from tests.document.clips import FACES, square

from .test_markers import MOVE, PRESS, RELEASE, mouse

Mod, Key = Qt.KeyboardModifier, Qt.Key


@pytest.fixture
def strip(settings: Settings, qtbot: QtBot) -> Iterator[CutStrip]:
    """Three clips of 100 frames, two pixels a frame, the second marked at 70."""
    document, timeline = Document(), Timeline()
    player, lane = Player(document, settings), Lane("cut", timeline)
    ids = [document.open_clip(square(100, name=name), Path("a.obj")) for name in "abc"]
    document.add_marker(ids[1], 70)
    cut = CutService(document, lane, timeline)
    strip = CutStrip(cut, player, timeline)
    for widget in (timeline, strip):
        qtbot.addWidget(widget)
    timeline.resize(round(timeline.axis().left) + 616, 120)
    strip.resize(timeline.width(), 30)
    cut.add(ids)
    strip.show()
    yield strip
    lane.close()
    player.stop()


def names(strip: CutStrip) -> str:
    return "".join(span.clip.name for span in strip.cut.laid.spans)


def drag(
    strip: CutStrip,
    frame: float,
    to: float,
    y: float = 18,
    held: Qt.KeyboardModifier = Mod.NoModifier,
) -> None:
    axis = strip.axis()
    start, end = axis.x(frame), axis.x(to)
    mouse(strip, PRESS, start, y)
    for share in (0.3, 0.7, 1.0):
        mouse(strip, MOVE, start + share * (end - start), y, held)
    mouse(strip, RELEASE, end, y)


def test_the_strip_is_there_for_a_cut_and_says_it(strip: CutStrip) -> None:
    assert not strip.isHidden() and names(strip) == "abc"
    text = "a, 100 frames; b, 100 frames; c, 100 frames; chosen: 3, c"
    assert strip.accessibleDescription() == text
    strip.cut.document.undo()
    assert strip.isHidden() and strip.cut.chosen is None


def test_a_drag_reorders_and_a_step_is_undone(strip: CutStrip) -> None:
    drag(strip, 50, 230)
    assert names(strip) == "bac" and strip.cut.chosen == 1
    drag(strip, 250, 10)
    assert names(strip) == "cba" and strip.cut.chosen == 0


def test_ends_are_trimmed_and_go_onto_markers(strip: CutStrip) -> None:
    document, (_, b, _) = strip.cut.document, strip.cut.laid.spans
    drag(strip, 199, 170.5)
    assert strip.cut.laid.spans[1].stop == 70, "onto the marker"
    document.undo()
    assert strip.cut.laid.spans[1] == b, "one step"
    drag(strip, 199, 170.5, held=Mod.AltModifier)
    assert strip.cut.laid.spans[1].stop in (71, 72)
    drag(strip, 0, 25)
    first = strip.cut.laid.spans[0]
    assert (first.start, first.stop, first.at) == (25, 100, 0)


def test_the_corner_draws_a_part_over_the_one_before(strip: CutStrip) -> None:
    drag(strip, 101, 81, y=12)
    assert strip.cut.laid.spans[1].overlap == 20
    assert strip.cut.laid.timing.frames == 280
    assert strip.cut.document.undo_name == "Crossfade in the cut"
    strip.cut.document.undo()
    assert strip.cut.laid.timing.frames == 300
    assert strip.grip_at(QPointF(strip.axis().x(1), 12)) == (0, "start"), "nothing lies before it"


def test_the_keyboard_does_all_of_it(strip: CutStrip) -> None:
    strip.setFocus()
    QTest.keyClick(strip, Key.Key_Left)
    assert strip.cut.chosen == 1
    QTest.keyClick(strip, Key.Key_Left, Mod.ControlModifier)
    assert names(strip) == "bac"
    QTest.keyClick(strip, Key.Key_Left, Mod.ShiftModifier)
    assert strip.cut.laid.spans[0].stop == 99
    QTest.keyClick(strip, Key.Key_Right)
    for _ in range(3):
        QTest.keyClick(strip, Key.Key_Left, Mod.AltModifier)
    assert strip.cut.laid.spans[1].overlap == 3
    QTest.keyClick(strip, Key.Key_Return)
    assert strip.cut.document.current_clip.name == "a"
    QTest.keyClick(strip, Key.Key_Delete)
    assert names(strip) == "bc" and strip.cut.chosen == 1


def test_rendering_makes_a_clip_in_one_step(strip: CutStrip, qtbot: QtBot) -> None:
    cut, document = strip.cut, strip.cut.document
    tone = Sound(np.full((8000, 1), 500, np.int16), 8000)
    document.set_sound(cut.laid.spans[0].clip.id, ClipSound(tone))
    cut.choose(1)
    cut.fade(8)
    cut.render()
    qtbot.waitUntil(lambda: not cut.lane.busy)
    made = document.current_clip
    assert made.name == "cut" and made.timing.frames == 292
    np.testing.assert_array_equal(made.recording.vertices[-1], square(100).vertices[-1])
    assert made.recipe["made"] == "cut" and made.recipe["parts"][1]["overlap"] == 8
    assert document.unsaved.made == (made,), "it lies in no file yet"
    assert made.sound.sound.samples[:7000].min() == 500
    assert document.undo_name == "Render the cut"
    document.undo()
    assert len(document.state.clips) == 3, "one step"
    assert document.undo_name == "Crossfade in the cut"


def test_another_surface_is_refused_in_words(strip: CutStrip) -> None:
    failed = list[Exception]()
    strip.cut.failed.connect(failed.append)
    half = MeshSequence(square(2).vertices[:, :3], FACES[:1], name="half")
    strip.cut.add([strip.cut.document.open_clip(half)])
    assert names(strip) == "abc" and str(failed[0]).startswith("half: expected the 4-vertex")
