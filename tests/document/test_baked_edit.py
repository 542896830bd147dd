"""Stored frames in the place of others, or between them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Evaluator
from studio.document.edit_verbs import check_edits
from studio.document.edits.baked import BakedEdit
from studio.document.edits.stack import read_stack
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.session import Session, read_session, write_session
from studio.document.state import held_bytes

from .clips import square

T, V = 12, 4
CLIP = square(T)
RECIPE = {"made": "between", "seed": 7, "source": {"from": "clip", "name": "a"}}


def frames(count: int) -> Floats:
    return np.random.default_rng(count).normal(size=(count, V, 3)).astype(np.float32)


def baked(start: int, stop: int, count: int) -> BakedEdit:
    return BakedEdit(start, stop, frames(count), RECIPE)


SPANS = st.tuples(st.integers(0, T), st.integers(0, T)).map(sorted)


@given(SPANS, st.integers(1, 9))
def test_the_stored_frames_stand_in_the_range_and_all_others_stay(
    span: list[int], count: int
) -> None:
    start, stop = span
    edit, evaluator = baked(start, stop, count), Evaluator()
    clip = ClipState("a", CLIP, edits=(edit,))
    check_edits(clip)
    wanted = np.concatenate([CLIP.vertices[:start], frames(count), CLIP.vertices[stop:]])
    looked = [evaluator.frame(clip, place) for place in range(clip.timing.frames)]
    found = evaluator.sequence(clip)
    assert found.n_frames == clip.timing.frames == len(wanted)
    assert found.vertices.tobytes() == wanted.tobytes()
    assert np.array_equal(np.stack([each for each in looked if each is not None]), wanted)
    changed = edit.touches(np.arange(len(wanted)))
    kept = wanted[: len(CLIP.vertices)][~changed[: len(CLIP.vertices)]]
    assert np.array_equal(kept, CLIP.vertices[: len(wanted)][~changed[: len(CLIP.vertices)]])


@given(SPANS, st.integers(1, 9))
def test_kept_frames_play_their_own_moments(span: list[int], count: int) -> None:
    start, stop = span
    clip = ClipState("a", CLIP, edits=(baked(start, stop, count),))
    found = clip.source_times(np.arange(clip.timing.frames, dtype=np.float64))
    assert found[:start].tolist() == list(range(start))
    assert found[start + count :].tolist() == list(range(stop, T))
    assert (np.diff(found) >= 0).all()
    assert (found >= 0).all() and (found <= T - 1).all()


def test_it_is_laid_over_others_and_taken_off_again() -> None:
    document = Document()
    name = document.open_clip(CLIP)
    document.add_edit(name, ReverseEdit())
    before = document.played(document.state.clip(name)).sequence().vertices.tobytes()
    place = document.add_edit(name, baked(3, 5, 6))
    document.set_range(name, 9, 14)
    document.switch_edit(name, place, on=False)
    assert document.played(document.state.clip(name)).sequence().vertices.tobytes() == before
    assert document.state.clip(name).range == (5, 10)
    document.switch_edit(name, place, on=True)
    assert document.state.clip(name).timing.frames == T + 4
    document.remove_edit(name, place)
    assert document.played(document.state.clip(name)).sequence().vertices.tobytes() == before


def test_a_session_keeps_the_frames_and_their_recipe(tmp_path: Path) -> None:
    document = Document()
    name = document.open_clip(CLIP)
    document.add_edit(name, baked(3, 5, 6))
    write_session(Session(document.state), tmp_path / "a.studio")
    (clip,) = read_session(tmp_path / "a.studio").state.clips
    assert clip.edits == document.state.clip(name).edits
    (edit,) = clip.edits
    assert isinstance(edit, BakedEdit)
    assert edit.recipe == RECIPE
    assert edit.vertices.tobytes() == frames(6).tobytes()


def test_a_file_tells_the_frames_as_lists(tmp_path: Path) -> None:
    told = {"kind": "baked", "start": 2, "stop": 3, "vertices": frames(2).tolist()}
    path = tmp_path / "stack.json"
    path.write_text(json.dumps([told]))
    assert read_stack(path) == (BakedEdit(2, 3, frames(2)),)


def test_equal_edits_are_one_and_others_are_not() -> None:
    edit = baked(2, 4, 3)
    assert edit == baked(2, 4, 3)
    assert hash(edit) == hash(baked(2, 4, 3))
    others = [
        replace(edit, on=False),
        replace(edit, start=1),
        replace(edit, vertices=edit.vertices + 1),
        replace(edit, recipe=None),
    ]
    assert all(edit != other for other in others)
    # What undo keeps of it is counted once.
    assert replace(edit, on=False).vertices is edit.vertices
    states = [
        replace(Document().state, clips=(ClipState("a", CLIP, edits=(each,)),))
        for each in (edit, replace(edit, on=False))
    ]
    assert held_bytes(states) == CLIP.vertices.nbytes + edit.vertices.nbytes


def test_the_frames_cannot_be_written_over() -> None:
    given_frames = frames(3)
    edit = BakedEdit(2, 4, given_frames)
    given_frames[:] = 0
    assert edit.vertices.any() and not edit.vertices.flags.writeable


@pytest.mark.parametrize(
    ("start", "stop", "vertices", "sentence"),
    [
        (4, 3, frames(1), "stop: expected frame 4 or a later one, found 3"),
        (-1, 3, frames(1), "start: expected a whole number"),
        (1, 3, frames(1)[0], "vertices: expected frames of shape"),
        (1, 3, np.zeros((0, V, 3), np.float32), "vertices: expected frames of shape"),
        (1, 3, np.full((1, V, 3), np.nan, np.float32), "vertices: expected finite numbers"),
    ],
)
def test_what_cannot_be_is_refused(start: int, stop: int, vertices: Floats, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        BakedEdit(start, stop, vertices)


@pytest.mark.parametrize("edit", [baked(3, T + 1, 2), BakedEdit(1, 2, np.zeros((1, 9, 3), "f4"))])
def test_a_clip_that_it_does_not_fit_is_refused(edit: BakedEdit) -> None:
    with pytest.raises(InputError, match="square: expected"):
        check_edits(ClipState("a", CLIP, edits=(edit,)))
