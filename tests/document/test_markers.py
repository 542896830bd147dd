"""Markers stay on what is seen where they were put, whatever is done to the time of a clip."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import InputError
from studio.document import Document, Session, read_session, write_session
from studio.document.beside.markers import Marker
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import Edit
from studio.document.edits.time.delete import DeleteEdit
from studio.document.edits.time.hold import HoldEdit
from studio.document.edits.time.ping_pong import PingPongEdit
from studio.document.edits.time.repeat import RepeatEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit

from .clips import square
from .sessions import same


def marked() -> tuple[Document, str]:
    document = Document()
    clip = document.open_clip(square(40), Path("a.obj"))
    for frame, note in ((20, "smiles"), (4, ""), (31, "blinks")):
        document.add_marker(clip, frame, note)
    return document, clip


def frames(document: Document, clip: str) -> list[tuple[int, str]]:
    return [(place.frame, place.note) for place in document.state.clip(clip).marked]


def test_markers_stand_in_order_and_a_frame_has_one() -> None:
    document, clip = marked()
    assert frames(document, clip) == [(4, ""), (20, "smiles"), (31, "blinks")]
    assert document.add_marker(clip, 20, "again") == 1
    assert document.note_marker(clip, 0, " looks up ") == 0
    assert document.move_marker(clip, 0, 25) == 1
    assert frames(document, clip) == [(20, "smiles"), (25, "looks up"), (31, "blinks")]
    document.remove_marker(clip, 1)
    assert len(document.state.clip(clip).markers) == 2
    while document.undo_name != "Open square":
        document.undo()
    assert frames(document, clip) == []


def test_a_drag_is_one_step() -> None:
    document, clip = marked()
    number = 0
    for frame in (10, 22, 33):
        number = document.move_marker(clip, number, frame, key="drag")
    assert frames(document, clip)[number] == (33, "")
    document.undo()
    assert frames(document, clip)[0] == (4, "")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (TrimEdit(10, 30), [(10, "smiles")]),
        (DeleteEdit(10, 25), [(4, ""), (16, "blinks")]),
        (ReverseEdit(), [(8, "blinks"), (19, "smiles"), (35, "")]),
        (HoldEdit(20, 5), [(4, ""), (20, "smiles"), (36, "blinks")]),
        (RepeatEdit(18, 22), [(4, ""), (20, "smiles"), (24, "smiles"), (35, "blinks")]),
        (SpeedEdit((CurveKey(0, 0.5),)), [(8, ""), (40, "smiles"), (62, "blinks")]),
        # Frame 31 is between two that play.
        (SpeedEdit((CurveKey(0, 2.0),)), [(2, ""), (10, "smiles"), (15, "blinks")]),
        (
            PingPongEdit(),
            [(4, ""), (20, "smiles"), (31, "blinks"), (47, "blinks"), (58, "smiles"), (74, "")],
        ),
    ],
    ids=lambda one: one.kind if isinstance(one, Edit) else "",
)
def test_markers_follow_edits_of_time(edit: Edit, expected: list[tuple[int, str]]) -> None:
    document, clip = marked()
    before = frames(document, clip)
    document.add_edit(clip, edit)
    assert frames(document, clip) == expected
    document.switch_edit(clip, 0, on=False)
    assert frames(document, clip) == before


def test_what_is_marked_in_an_edited_clip_is_what_plays_there() -> None:
    document, clip = marked()
    document.add_edit(clip, SpeedEdit((CurveKey(0, 0.5),)))
    document.add_marker(clip, 21)
    assert document.state.clip(clip).markers[1] == Marker(10.5)
    assert (21, "") in frames(document, clip)


def test_markers_lie_in_sessions_and_in_copies(tmp_path: Path) -> None:
    document, clip = marked()
    copy = document.duplicate_clip(clip)
    assert frames(document, copy) == frames(document, clip)
    write_session(Session(document.state), tmp_path / "a.studio")
    assert same(read_session(tmp_path / "a.studio").state, document.state)


def test_what_is_not_there_is_refused() -> None:
    document, clip = marked()
    before = document.state
    for wrong in (
        lambda: document.add_marker(clip, 40),
        lambda: document.move_marker(clip, 0, -1),
        lambda: document.note_marker(clip, 3, "x"),
        lambda: document.remove_marker(clip, -1),
    ):
        with pytest.raises(InputError, match="square: expected"):
            wrong()
    with pytest.raises(InputError, match="a moment of the recording"):
        Marker(-1.0)
    assert document.state is before
