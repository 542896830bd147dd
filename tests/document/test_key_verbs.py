"""Keys of any edit moved, copied, scaled and removed in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError
from studio.core.sequence import Floats
from studio.document import Document, IntensityEdit, IntensityKey, Landmark, LandmarkEdit
from studio.document.key_verbs import KeySpot, scaled, shifted

from .clips import square
from .test_head_turn import CORNER, LEFT, N, speaking, yaws

OFFSETS = np.float32([[1, 0, 0]])


def keyed_square(n_frames: int = 40) -> tuple[Document, str]:
    """An edit of the intensity with keys at 0, 10 and 20, landmarks moved at 5 and 12 above."""
    document = Document()
    clip = document.open_clip(square(n_frames))
    keys = [IntensityKey(frame, value) for frame, value in ((0, 1.0), (10, 0.5), (20, 1.5))]
    document.add_edit(clip, IntensityEdit(tuple(keys)))
    document.set_landmarks(clip, [Landmark("corner", 0)])
    for frame in (5, 12):
        document.move_landmarks(clip, frame, frame * OFFSETS)
    document.seal()
    return document, clip


def frames_of(document: Document) -> list[tuple[int, ...]]:
    edits = document.state.current_clip.edits
    assert all(isinstance(edit, IntensityEdit | LandmarkEdit) for edit in edits)
    return [edit.frames for edit in edits]


def test_keys_of_several_edits_move_as_one_step() -> None:
    document, clip = keyed_square()
    before = document.state
    found = document.retime_keys(clip, {KeySpot(0, 10): 13, KeySpot(1, 5): 8})
    assert frames_of(document) == [(0, 13, 20), (8, 12)]
    assert found.spots == {KeySpot(0, 13), KeySpot(1, 8)} and found.replaced == 0
    assert document.state.current_clip.edits[0].keys[1].value == 0.5
    assert document.undo_name == "Move 2 keys"
    document.undo()
    assert document.state == before


def test_the_moved_key_wins_and_is_told() -> None:
    document, clip = keyed_square()
    found = document.retime_keys(clip, {KeySpot(0, 0): 20})
    assert frames_of(document)[0] == (10, 20) and found.replaced == 1
    assert document.state.current_clip.edits[0].keys[1].value == 1.0


def test_of_two_that_are_moved_to_one_frame_the_later_stays() -> None:
    document, clip = keyed_square()
    found = document.retime_keys(clip, {KeySpot(0, 10): 3, KeySpot(0, 20): 3})
    assert frames_of(document)[0] == (0, 3) and found.replaced == 1
    assert document.state.current_clip.edits[0].keys[1].value == 1.5


def test_keys_change_places_without_loss() -> None:
    document, clip = keyed_square()
    found = document.retime_keys(clip, {KeySpot(1, 5): 12, KeySpot(1, 12): 5})
    assert frames_of(document)[1] == (5, 12) and found.replaced == 0
    worth = [key.offsets[0, 0] for key in document.state.current_clip.landmark_edit.keys]
    np.testing.assert_allclose(worth, [12, 5], atol=1e-5)


def test_copies_leave_their_keys_where_they_are() -> None:
    document, clip = keyed_square()
    found = document.retime_keys(clip, {KeySpot(0, 10): 30, KeySpot(0, 0): 20}, copy=True)
    assert frames_of(document)[0] == (0, 10, 20, 30) and found.replaced == 1
    assert [key.value for key in document.state.current_clip.edits[0].keys] == [1, 0.5, 1, 0.5]


def test_keys_that_are_passed_on_the_way_stay() -> None:
    document, clip = keyed_square()
    start = document.state
    since, spot = start.clip(clip), KeySpot(0, 10)
    for frame in range(11, 24):
        document.retime_keys(clip, {spot: frame}, since=since, key="nudge")
    assert frames_of(document)[0] == (0, 20, 23)
    document.undo()
    assert document.state == start


@pytest.mark.parametrize(
    "moves", [{KeySpot(0, 10): 40}, {KeySpot(1, 5): -1}, {KeySpot(0, 11): 12}, {KeySpot(4, 0): 1}]
)
def test_what_cannot_be_is_refused_and_changes_nothing(moves: dict[KeySpot, int]) -> None:
    document, clip = keyed_square()
    before = document.state
    with pytest.raises(InputError, match="square"):
        document.retime_keys(clip, moves)
    assert document.state is before


def test_removed_keys_leave_one_where_one_is_needed() -> None:
    document, clip = keyed_square()
    document.remove_keys(clip, [KeySpot(0, 0), KeySpot(0, 10), KeySpot(0, 20), KeySpot(1, 5)])
    assert frames_of(document) == [(0,), (12,)]
    assert document.undo_name == "Remove 4 keys"


def test_landmarks_that_say_nothing_any_more_leave_the_stack() -> None:
    document = Document()
    clip = document.open_clip(speaking(yaws()))
    document.move_landmarks(clip, 3, moved_corner())
    document.remove_keys(clip, [KeySpot(0, 3)])
    assert document.state.current_clip.edits == ()


def moved_corner() -> Floats:
    """(68, 3) one corner of the mouth moved to the left of the face."""
    offsets = np.zeros((68, 3), dtype=np.float32)
    offsets[CORNER] = LEFT
    return offsets


@pytest.mark.parametrize("copy", [False, True])
def test_what_a_key_moves_turns_with_the_head_to_its_new_frame(*, copy: bool) -> None:
    turns = yaws()
    document = Document()
    clip = document.open_clip(speaking(turns))
    document.move_landmarks(clip, 4, moved_corner() @ turns[4].T)
    document.retime_keys(clip, {KeySpot(0, 4): 18}, copy=copy)
    edit = document.state.current_clip.landmark_edit
    assert edit.frames == ((4, 18) if copy else (18,))
    np.testing.assert_allclose(edit.keys[-1].offsets[CORNER], LEFT @ turns[18].T, atol=2e-3)


def test_keys_that_do_not_turn_go_as_they_are() -> None:
    document = Document()
    clip = document.open_clip(speaking(yaws()))
    document.move_landmarks(clip, 4, moved_corner())
    edit = document.state.current_clip.landmark_edit
    assert edit is not None
    still = replace(edit, keys=(replace(edit.keys[0], turning=False),))
    document.replace_edit(clip, 0, still)
    document.retime_keys(clip, {KeySpot(0, 4): 18})
    moved = document.state.current_clip.landmark_edit.keys[0]
    np.testing.assert_array_equal(moved.offsets, moved_corner())


def test_pasted_keys_begin_in_the_frame_and_keep_their_distance() -> None:
    document, clip = keyed_square()
    source, spots = document.state.clip(clip), [KeySpot(0, 10), KeySpot(0, 20), KeySpot(1, 12)]
    found = document.paste_keys(clip, source, spots, 28)
    assert frames_of(document) == [(0, 10, 20, 28, 38), (5, 12, 30)]
    assert found.spots == {KeySpot(0, 28), KeySpot(0, 38), KeySpot(1, 30)}
    again = document.paste_keys(clip, source, spots, 30)
    assert frames_of(document)[0] == (0, 10, 20, 28, 30, 38) and again.left_out == 1


def test_keys_are_pasted_into_another_clip_by_their_kind_and_names() -> None:
    document, clip = keyed_square()
    source = document.state.clip(clip)
    other = document.open_clip(square(15))
    document.set_landmarks(other, [Landmark("nose", 1), Landmark("corner", 2)])
    found = document.paste_keys(other, source, [KeySpot(1, 5)], 7)
    edit = document.state.current_clip.landmark_edit
    assert edit.frames == (7,) and found.spots == {KeySpot(0, 7)}
    np.testing.assert_allclose(edit.keys[0].offsets, [[0, 0, 0], [5, 0, 0]], atol=1e-5)


@pytest.mark.parametrize(
    ("spot", "names", "said"),
    [(KeySpot(0, 10), ["corner"], "intensity"), (KeySpot(1, 5), ["nose"], "the landmark corner")],
)
def test_a_clip_that_has_nothing_for_them_says_so(
    spot: KeySpot, names: list[str], said: str
) -> None:
    document, clip = keyed_square()
    source = document.state.clip(clip)
    other = document.open_clip(square(15))
    document.set_landmarks(other, [Landmark(name, place) for place, name in enumerate(names)])
    with pytest.raises(InputError, match=said):
        document.paste_keys(other, source, [spot], 7)


def test_landmark_keys_want_the_same_triangulation() -> None:
    document, clip = keyed_square()
    source = document.state.clip(clip)
    document.open_clip(speaking(yaws()))
    with pytest.raises(InputError, match="the triangulation of square"):
        document.paste_keys(str(document.state.current), source, [KeySpot(1, 5)], 0)


def test_landmark_keys_find_a_face_that_has_no_edit_yet() -> None:
    document = Document()
    clip = document.open_clip(speaking(yaws(degrees=0)))
    document.move_landmarks(clip, 4, moved_corner())
    source, turns = document.state.clip(clip), yaws()
    other = document.open_clip(speaking(turns))
    document.paste_keys(other, source, [KeySpot(0, 4)], N - 1)
    edit = document.state.current_clip.landmark_edit
    assert edit.frames == (N - 1,)
    np.testing.assert_allclose(edit.keys[0].offsets[CORNER], LEFT @ turns[-1].T, atol=2e-3)


FRAMES = st.sets(st.integers(0, 30), min_size=1, max_size=6)


@given(FRAMES, st.integers(-60, 60))
def test_shifted_keys_keep_their_distances_within_the_clip(frames: set[int], by: int) -> None:
    moves = shifted({KeySpot(0, frame): frame for frame in frames}, by, 30)
    went = {to - spot.frame for spot, to in moves.items()}
    assert len(went) == 1 and all(0 <= to <= 30 for to in moves.values())
    assert went == {by} or {0, 30} & set(moves.values())


@given(FRAMES, st.integers(0, 30), st.floats(-1, 40))
def test_scaled_keys_keep_their_order_within_the_clip(
    frames: set[int], about: int, factor: float
) -> None:
    moves = scaled({KeySpot(0, frame): frame for frame in sorted(frames)}, about, factor, 30)
    went = list(moves.values())
    assert went == sorted(went) and all(0 <= to <= 30 for to in went)
    assert about not in frames or moves[KeySpot(0, about)] == about


def test_scaling_about_the_start_and_the_playhead() -> None:
    spots = {KeySpot(0, 10): 10, KeySpot(0, 14): 14, KeySpot(1, 20): 20}
    assert list(scaled(spots, 10, 1.5, 99).values()) == [10, 16, 25]
    assert list(scaled(spots, 12, 0.5, 99).values()) == [11, 13, 16]
    assert list(scaled(spots, 10, 9.0, 30).values()) == [10, 18, 30], "as far as there is room"
