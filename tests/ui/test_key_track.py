"""Keys over the timeline, moved with the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.document.key_verbs import KeySpot
from studio.ui.settings.settings import Settings
from studio.ui.timeline.key_editor import KeyEditor
from studio.ui.timeline.key_paint import handles
from studio.ui.timeline.key_track import KeyTrack
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from tests.document.test_key_verbs import frames_of, keyed_square

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
Mod, Key = Qt.KeyboardModifier, Qt.Key
LANDMARKS, INTENSITY = 1, 0  # places in the stack; the rows stand the other way round


@pytest.fixture
def document() -> Document:
    return keyed_square()[0]


@pytest.fixture
def track(document: Document, settings: Settings, qtbot: QtBot) -> Iterator[KeyTrack]:
    """Rows of landmarks at 5 and 12 and of the intensity at 0, 10 and 20, of 40 frames."""
    timeline, player = Timeline(), Player(document, settings)
    timeline.set_clip(40, 30.0)
    timeline.resize(700, 120)
    track = KeyTrack(KeyEditor(document, player), timeline)
    track.editor.player.playhead.frame_changed.connect(timeline.set_frame)
    track.sought.connect(player.seek)
    track.resize(700, 40)
    for widget in (timeline, track):
        qtbot.addWidget(widget)
    track.show()
    yield track
    player.stop()


def at(track: KeyTrack, frame: float, place: int = LANDMARKS) -> QPointF:
    """Where a frame lies in a row."""
    return QPointF(track._timeline.axis().x(frame), 10 if place == LANDMARKS else 30)


def mouse(
    track: KeyTrack, kind: QEvent.Type, point: QPointF, held: Qt.KeyboardModifier = Mod.NoModifier
) -> None:
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    buttons = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, point, track.mapToGlobal(point), button, buttons, held)
    QApplication.sendEvent(track, event)


def drag(
    track: KeyTrack, *points: QPointF, held: Qt.KeyboardModifier = Mod.NoModifier, drop: bool = True
) -> None:
    mouse(track, QEvent.Type.MouseButtonPress, points[0], held & Mod.ShiftModifier)
    for point in points[1:]:
        mouse(track, QEvent.Type.MouseMove, point, held)
    if drop:
        mouse(track, QEvent.Type.MouseButtonRelease, points[-1], held)


def click(track: KeyTrack, frame: int, place: int = LANDMARKS, *, shift: bool = False) -> None:
    drag(track, at(track, frame, place), held=Mod.ShiftModifier if shift else Mod.NoModifier)


def test_a_click_chooses_a_key_and_goes_to_it(track: KeyTrack) -> None:
    click(track, 12)
    assert track.editor.chosen == {KeySpot(LANDMARKS, 12)}
    assert track.editor.player.playhead.frame == 12
    click(track, 10, INTENSITY, shift=True)
    assert track.editor.chosen == {KeySpot(LANDMARKS, 12), KeySpot(INTENSITY, 10)}
    assert "2 chosen" in track.accessibleDescription()
    click(track, 12, shift=True)
    assert track.editor.chosen == {KeySpot(INTENSITY, 10)}
    click(track, 30)
    assert not track.editor.chosen


def test_a_drag_moves_a_key_to_whole_frames_as_one_step(
    track: KeyTrack, document: Document
) -> None:
    before, previewed = document.state, []
    track.editor.previewed.connect(previewed.append)
    drag(track, at(track, 5), at(track, 6.4), at(track, 8.2), drop=False)
    assert document.state is before, "the document waits for the end of the drag"
    assert previewed[-1].landmark_edit.frames == (8, 12)
    mouse(track, QEvent.Type.MouseButtonRelease, at(track, 8.2))
    assert frames_of(document) == [(0, 10, 20), (8, 12)]
    assert track.editor.chosen == {KeySpot(LANDMARKS, 8)}
    document.undo()
    assert document.state == before


def test_chosen_keys_of_several_edits_move_together_as_far_as_there_is_room(
    track: KeyTrack, document: Document
) -> None:
    click(track, 12)
    click(track, 10, INTENSITY, shift=True)
    drag(track, at(track, 10, INTENSITY), at(track, 15, INTENSITY))
    assert frames_of(document) == [(0, 15, 20), (5, 17)]
    drag(track, at(track, 17), at(track, 45))
    assert frames_of(document) == [(0, 20, 37), (5, 39)]


def test_control_drags_copies(track: KeyTrack, document: Document) -> None:
    drag(track, at(track, 5), at(track, 9), held=Mod.ControlModifier)
    assert frames_of(document)[1] == (5, 9, 12)
    assert document.undo_name == "Copy key"


def test_escape_gives_a_drag_up_and_then_the_choice(track: KeyTrack, document: Document) -> None:
    before, previewed = document.state, []
    track.editor.previewed.connect(previewed.append)
    click(track, 12)
    drag(track, at(track, 12), at(track, 20), drop=False)
    QTest.keyClick(track, Key.Key_Escape)
    assert document.state is before and previewed[-1] is document.current_clip
    mouse(track, QEvent.Type.MouseMove, at(track, 25))
    mouse(track, QEvent.Type.MouseButtonRelease, at(track, 25))
    assert document.state is before and track.editor.chosen == {KeySpot(LANDMARKS, 12)}
    QTest.keyClick(track, Key.Key_Escape)
    assert not track.editor.chosen


def test_a_drag_back_to_where_it_began_is_no_step(track: KeyTrack, document: Document) -> None:
    before = document.state
    drag(track, at(track, 12), at(track, 20), at(track, 12.2))
    assert document.state is before


def test_a_dragged_key_goes_onto_the_playhead_nearby(track: KeyTrack, document: Document) -> None:
    timeline = track._timeline
    timeline.set_clip(4000, 30.0)  # a pixel is several frames
    timeline.set_frame(31)
    wide = timeline.axis().pixels_per_frame
    start = at(track, 12)
    drag(track, start, start + QPointF(19 * wide + 4, 0))
    assert frames_of(document)[1][1] == 31


def test_a_box_chooses_what_is_in_it(track: KeyTrack) -> None:
    drag(track, at(track, 3, LANDMARKS), at(track, 11, INTENSITY))
    assert track.editor.chosen == {KeySpot(LANDMARKS, 5), KeySpot(INTENSITY, 10)}
    drag(track, at(track, 15, INTENSITY), at(track, 25, INTENSITY), held=Mod.ShiftModifier)
    assert KeySpot(INTENSITY, 20) in track.editor.chosen and len(track.editor.chosen) == 3


def test_the_handles_scale_about_the_other_end(track: KeyTrack, document: Document) -> None:
    track.editor.choose([KeySpot(INTENSITY, frame) for frame in (0, 10, 20)])
    last = handles(track.editor.taken.values(), track._timeline.axis(), 40)[1].center()
    wide = track._timeline.axis().pixels_per_frame
    drag(track, last, last + QPointF(10 * wide, 0))
    assert frames_of(document)[0] == (0, 15, 30) and document.undo_name == "Move 3 keys"
    first = handles(track.editor.taken.values(), track._timeline.axis(), 40)[0].center()
    drag(track, first, first + QPointF(15 * wide, 0))
    assert frames_of(document)[0] == (15, 23, 30)


def test_alt_scales_about_the_playhead(track: KeyTrack, document: Document) -> None:
    track.editor.choose([KeySpot(INTENSITY, frame) for frame in (0, 10, 20)])
    track._timeline.set_frame(10)
    drag(track, at(track, 20, INTENSITY), at(track, 15, INTENSITY), held=Mod.AltModifier)
    assert frames_of(document)[0] == (5, 10, 15)


def test_the_moved_key_wins_and_that_is_said(track: KeyTrack, document: Document) -> None:
    said: list[str] = []
    track.editor.noticed.connect(said.append)
    drag(track, at(track, 5), at(track, 12))
    assert frames_of(document)[1] == (12,)
    assert said == ["Key gave way to what was put in the same frame"]


def test_arrows_move_the_chosen_keys_and_are_one_step(track: KeyTrack, document: Document) -> None:
    before = document.state
    track.editor.choose([KeySpot(LANDMARKS, 5)])
    for _ in range(9):
        QTest.keyClick(track, Key.Key_Right)
    assert frames_of(document)[1] == (12, 14), "the key that was passed stays"
    QTest.keyClick(track, Key.Key_Right, Mod.ShiftModifier)
    QTest.keyClick(track, Key.Key_Left)
    assert frames_of(document)[1] == (12, 23)
    QTest.keyClick(track, Key.Key_Left, Mod.ShiftModifier)
    QTest.keyClick(track, Key.Key_Left, Mod.ShiftModifier)
    QTest.keyClick(track, Key.Key_Left, Mod.ShiftModifier)
    QTest.keyClick(track, Key.Key_Right)
    assert frames_of(document)[1] == (1, 12), "a stop at the first frame loses no step back"
    document.undo()
    assert document.state == before


def test_keys_are_scaled_from_the_keyboard(track: KeyTrack, document: Document) -> None:
    track.editor.choose([KeySpot(INTENSITY, frame) for frame in (0, 10, 20)])
    for _ in range(4):
        QTest.keyClick(track, Key.Key_Right, Mod.AltModifier)
    assert frames_of(document)[0] == (0, 12, 24)
    QTest.keyClick(track, Key.Key_Left, Mod.AltModifier)
    assert frames_of(document)[0] == (0, 12, 23), "counted from where they were, not rounded twice"
    document.undo()
    assert frames_of(document)[0] == (0, 10, 20)
    track.editor.choose_all()
    track.editor.player.seek(10)
    QTest.keyClick(track, Key.Key_Left, Mod.AltModifier | Mod.ShiftModifier)
    assert frames_of(document) == [(1, 10, 19), (6, 12)]


def test_up_and_down_walk_through_the_keys_of_all_rows(track: KeyTrack) -> None:
    for spot in ((INTENSITY, 0), (LANDMARKS, 5), (INTENSITY, 10)):
        QTest.keyClick(track, Key.Key_Down)
        assert track.editor.chosen == {KeySpot(*spot)}
        assert track.editor.player.playhead.frame == spot[1]
    QTest.keyClick(track, Key.Key_Up, Mod.ShiftModifier)
    assert track.editor.chosen == {KeySpot(INTENSITY, 10), KeySpot(LANDMARKS, 5)}


def test_keys_are_copied_and_pasted_at_the_playhead(track: KeyTrack, document: Document) -> None:
    editor = track.editor
    assert not editor.can_paste
    editor.choose([KeySpot(INTENSITY, 10), KeySpot(LANDMARKS, 12)])
    editor.copy()
    editor.player.seek(30)
    editor.paste()
    assert frames_of(document) == [(0, 10, 20, 30), (5, 12, 32)]
    assert editor.chosen == {KeySpot(INTENSITY, 30), KeySpot(LANDMARKS, 32)}
    document.remove_clip(str(document.state.current))
    assert not editor.can_paste


def test_paste_says_what_found_no_room(track: KeyTrack, document: Document) -> None:
    said, editor = list[str](), track.editor
    editor.choose_all()
    editor.copy()
    editor.noticed.connect(said.append)
    editor.player.seek(39)
    editor.paste()
    assert said == ["4 keys past the end of the clip left out"]


def test_paste_into_a_clip_without_such_an_edit_fails_in_a_sentence(
    track: KeyTrack, document: Document, qtbot: QtBot
) -> None:
    editor, failed = track.editor, list[Exception]()
    editor.failed.connect(failed.append)
    editor.choose([KeySpot(INTENSITY, 10)])
    editor.copy()
    document.open_clip(document.current_clip.recording)
    before = document.state
    editor.paste()
    assert len(failed) == 1 and document.state is before


def test_removed_keys_leave_the_row_its_last(track: KeyTrack, document: Document) -> None:
    said: list[str] = []
    track.editor.noticed.connect(said.append)
    track.editor.choose_all()
    QTest.keyClick(track, Key.Key_Backspace)
    assert frames_of(document) == [(0,), ()]
    assert said == ["An edit of the intensity keeps one key"]
    assert [row.place for row in track.editor.rows] == [INTENSITY]


def test_arrows_are_the_windows_while_no_key_is_chosen(track: KeyTrack) -> None:
    for chosen in ([], [KeySpot(LANDMARKS, 5)]):
        track.editor.choose(chosen)
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_Right, Mod.NoModifier)
        event.ignore()
        QApplication.sendEvent(track, event)
        assert event.isAccepted() is bool(chosen)


def test_undo_in_a_drag_lets_go(track: KeyTrack, document: Document) -> None:
    drag(track, at(track, 5), at(track, 9), drop=False)
    document.undo()
    mouse(track, QEvent.Type.MouseMove, at(track, 20))
    mouse(track, QEvent.Type.MouseButtonRelease, at(track, 20))
    assert frames_of(document) == [(0, 10, 20), (5,)], "only what undo took back"
