"""The cut in the 3D view: frames that are worked out as the playhead asks for them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.core.sequence import Floats
from studio.document.beside.sound import ClipSound
from studio.document.cut.laid import play
from studio.io.sound.sound import Sound
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .test_markers import MOVE, PRESS, RELEASE, mouse
from .test_window import focus, press
from .windows import settle

Key, Mod = Qt.Key, Qt.KeyboardModifier


def points(window: MainWindow) -> Floats:
    return window.stage.viewport.scene.surface.points


@pytest.fixture
def cut(window: MainWindow) -> MainWindow:
    """Two balls in the cut, of 8 and 6 frames, that share three; the second is on show."""
    window.build_view()
    ids = [window.document.open_clip(ball(n, name=name)) for n, name in ((8, "a"), (6, "b"))]
    window.rows.cut.add(ids)
    window.document.overlap_in_cut(1, 3)
    return window


def test_the_cut_is_seen_frame_by_frame_and_never_rendered(cut: MainWindow, qtbot: QtBot) -> None:
    document, player = cut.document, cut.player
    before, wanted = document.state, play(cut.rows.cut.laid, document.evaluator).vertices
    player.seek(2)
    focus(qtbot, cut)
    press(cut, Key.Key_J, Mod.ControlModifier)
    seen = [points(cut).copy()]
    for _ in range(len(wanted) - 1):
        press(cut, Key.Key_Right)
        seen.append(points(cut).copy())
    np.testing.assert_allclose(np.stack(seen), wanted, atol=1e-4)
    press(cut, Key.Key_Home)
    assert cut.stage.preview.caption.text() == "Cut: a"
    player.step(6)
    assert cut.stage.preview.caption.text() == "Cut: a into b"
    assert cut.stage.bar.where.text().startswith("6 / 10")
    assert (player.playhead.frame, document.state) == (2, before), "the clip stays as it was"
    press(cut, Key.Key_J, Mod.ControlModifier)
    np.testing.assert_array_equal(points(cut), ball(6).vertices[2])
    assert cut.stage.bar.where.text().startswith("2 / 5") and not cut.stage.preview.caption.text()


def test_it_plays_and_its_clips_come_back_where_they_are_asked_for(
    cut: MainWindow, qtbot: QtBot
) -> None:
    focus(qtbot, cut)
    player, cutting = cut.player, cut.registry
    press(cut, Key.Key_Space, Mod.ShiftModifier)
    assert player.on_cut and player.cut.playing and not player.playhead.playing
    qtbot.waitUntil(lambda: player.cut.frame > 0)
    press(cut, Key.Key_Space)
    assert player.on_cut and not player.cut.playing, "space pauses what is seen"
    cut.stage.timeline.scrubbed.emit(3)
    assert not player.on_cut
    np.testing.assert_array_equal(points(cut), ball(6).vertices[3])
    for leave in (lambda: cut.document.set_current(cut.document.state.clips[0].id),
                  cut.rows.cut.show, cut.document.clear_cut):  # fmt: skip
        cutting["edit.cut.see"].trigger()
        assert player.on_cut
        leave()
        assert not player.on_cut and cut.stage.preview.sequence is None
    assert not cutting["edit.cut.see"].isEnabled()


def test_the_ruler_of_the_strip_takes_its_playhead(cut: MainWindow) -> None:
    strip, player = cut.rows.strip, cut.player
    strip.resize(800, strip.sizeHint().height())
    axis = strip.axis()
    mouse(strip, PRESS, axis.x(4), 3)
    assert player.on_cut and player.cut.frame == 4
    mouse(strip, MOVE, axis.x(9), 3)
    mouse(strip, RELEASE, axis.x(9), 3)
    assert player.cut.frame == 9 and strip.accessibleDescription().endswith("on show")
    mouse(strip, PRESS, axis.x(700), 3)
    mouse(strip, RELEASE, axis.x(700), 3)
    assert player.cut.frame == 10, "its last"


def test_a_change_of_the_cut_is_seen_at_once(cut: MainWindow) -> None:
    cut.player.seek_cut(10)
    cut.document.overlap_in_cut(1, 0)
    assert (cut.player.cut.n_frames, cut.player.cut.frame) == (14, 10)
    np.testing.assert_array_equal(points(cut), ball(6).vertices[2])
    cut.document.undo()
    assert cut.player.cut.n_frames == 11


def test_what_its_clips_read_and_sound_like_goes_with_it(cut: MainWindow, qtbot: QtBot) -> None:
    first, second = cut.document.state.clips
    tone = Sound(np.full((8000, 1), 500, np.int16), 8000)
    cut.document.set_sound(first.id, ClipSound(tone))
    cut.player.seek_cut(1)
    settle(qtbot, cut)
    cut.desk.models.load()  # the cut is seen already
    qtbot.waitUntil(lambda: cut.services.recognition.known(first) is not None)
    settle(qtbot, cut)
    known = [cut.services.recognition.known(clip).probabilities for clip in (first, second)]
    cut.player.go_to(6)
    share = cut.rows.cut.laid.playing(6)[1][1]
    wanted = (1 - share) * known[0].per_frame[6] + share * known[1].per_frame[1]
    said = [bar.text() for bar in cut.recognition.bars.bars]
    assert said == [f"{100 * value:.0f} %" for value in wanted]
    assert cut.recognition.reading.text().startswith("Cut reads")
    assert cut.rows.sounds.follower.sound.samples.max() == 500
    cut.player.set_on_cut(on=False)
    assert cut.rows.sounds.follower is None, "the clip on show has no sound"
