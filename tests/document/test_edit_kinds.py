"""What every kind of edit says of itself, how one begins, and clips that are split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import InputError
from studio.document import ClipState, Document, Edit, IntensityEdit, IntensityKey
from studio.document.edit_verbs import beginning, begun
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import KINDS
from studio.document.edits.keyed import KeyedEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit
from tests.render.faces import nodding

from .clips import square

KNOWN = [kind for kind in KINDS.values() if kind.begins()]


def face(**changes: object) -> ClipState:
    return replace(ClipState("face", nodding(24), recipe={"label": "fear"}), **changes)


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.kind)
def test_every_kind_says_what_it_does_and_begins_on_a_face(kind: type[Edit]) -> None:
    assert kind.tip and not kind.tip.endswith(".") and kind.tip[0].isupper()
    clip = face()
    edit = begun(kind, beginning(clip, 7, 3))
    named = replace(edit, called="mine")
    assert named != edit and hash(named) != hash(edit), "undo tells them apart"
    one, other = (replace(clip, edits=(each,)) for each in (edit, named))
    assert one.active_edits == other.active_edits, "the same frames play"
    assert named.name == "mine" and edit.name == kind.title


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.kind)
def test_a_new_edit_takes_the_range_and_the_neutral_frame(kind: type[Edit]) -> None:
    edit = begun(kind, beginning(face(start=4, stop=12), 7, 3))
    told = {one.name: getattr(edit, one.name) for one in kind.parameters}
    assert (told.get("start", 4), told.get("stop", 12)) == (4, 12)
    assert told.get("neutral", 3) == 3 and told.get("label", "fear") == "fear"
    if kind.kind == "hold":
        assert told["frame"] == 7


def test_what_makes_nothing_of_a_whole_clip_takes_the_frame_on_show() -> None:
    for kind in ("delete", "fill"):
        edit: object = begun(KINDS[kind], beginning(face(), 7))
        assert (getattr(edit, "start", 0), getattr(edit, "stop", 0)) == (7, 8)


def test_a_kind_that_does_not_fit_says_so_of_the_clip() -> None:
    clip = ClipState("plane", square(5), name="plane")
    with pytest.raises(InputError, match="plane"):
        begun(KINDS["mirror"], beginning(clip))
    with pytest.raises(InputError, match="landmarks"):
        begun(KINDS["landmarks"], beginning(clip))


@pytest.mark.parametrize("frame", [1, 4, 6])
def test_both_parts_of_a_split_clip_play_what_the_whole_did(frame: int) -> None:
    document = Document()
    clip = document.open_clip(square(8))
    document.add_edit(clip, SpeedEdit((CurveKey(0, 0.5), CurveKey(7, 2.0))))
    before = document.state
    whole = document.evaluator.sequence(before.clip(clip)).vertices
    second = document.split_clip(clip, frame)
    parts = [document.evaluator.sequence(document.state.clip(c)).vertices for c in (clip, second)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert document.state.current == second and len(parts[0]) == frame
    assert [one.name for one in document.state.clips] == ["square", "square (2)"]
    document.undo()
    assert document.state == before


@pytest.mark.parametrize("frame", [0, 8, -1])
def test_nothing_is_split_off_at_an_end(frame: int) -> None:
    document = Document()
    clip = document.open_clip(square(8))
    with pytest.raises(InputError, match="frame from 1 to 7"):
        document.split_clip(clip, frame)


def test_a_range_that_plays_backward_stays_the_range() -> None:
    document = Document()
    clip = document.open_clip(square(20))
    document.set_range(clip, 4, 9)
    document.add_edit(clip, ReverseEdit(4, 9))
    assert document.state.clip(clip).range == (4, 9)
    document.add_edit(clip, TrimEdit(4, 9))
    assert document.state.clip(clip).range == (0, 5)


KEYED: list[KeyedEdit] = [
    SpeedEdit((CurveKey(0, 0.5), CurveKey(7, 2.0)), between="linear"),
    IntensityEdit((IntensityKey(0, 0.5), IntensityKey(6, 1.5)), between="linear"),
]


@pytest.mark.parametrize("edit", KEYED, ids=lambda edit: edit.kind)
def test_a_key_that_is_set_changes_nothing_yet(edit: KeyedEdit) -> None:
    document = Document()
    clip = document.open_clip(square(8))
    document.add_edit(clip, edit)
    before = document.evaluator.sequence(document.state.clip(clip)).vertices
    document.set_key(clip, 0, 4)
    changed = document.state.clip(clip).edits[0]
    assert isinstance(changed, KeyedEdit) and 4 in changed.frames
    assert document.undo_name == "Set key"
    after = document.evaluator.sequence(document.state.clip(clip)).vertices
    np.testing.assert_allclose(after, before, atol=0.05)


def test_edits_are_named_and_duplicated() -> None:
    document = Document()
    clip = document.open_clip(square(8))
    document.add_edit(clip, TrimEdit(0, 6))
    document.rename_edit(clip, 0, "  head  ")
    assert document.state.clip(clip).edits[0].called == "head"
    assert document.duplicate_edit(clip, 0) == 1
    assert document.state.clip(clip).edits == (TrimEdit(0, 6, called="head"),) * 2
    document.undo()
    document.undo()
    assert document.state.clip(clip).edits == (TrimEdit(0, 6),)
