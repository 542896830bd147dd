"""Which frame below an edit plays in which frame, and keys under edits of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import Timing
from studio.document import ClipState, Document, IntensityEdit, IntensityKey, Landmark
from studio.document.edit_verbs import fits
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import Edit
from studio.document.edits.loop import LoopEdit
from studio.document.edits.time.delete import DeleteEdit
from studio.document.edits.time.ease import EaseEdit
from studio.document.edits.time.frame_map import FrameMap
from studio.document.edits.time.hold import HoldEdit
from studio.document.edits.time.ping_pong import PingPongEdit
from studio.document.edits.time.repeat import RepeatEdit
from studio.document.edits.time.resample import ResampleEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit
from studio.document.key_verbs import KeySpot, landed, seen

from .clips import square

N = 24
SPANS = st.tuples(st.integers(0, N), st.integers(0, N)).map(sorted)
RANGED = st.sampled_from([TrimEdit, DeleteEdit, RepeatEdit, ReverseEdit, EaseEdit])
PACES = st.sampled_from([0.3, 0.5, 2.0, 5.0])
TIMED: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda kind, span: kind(*span), RANGED, SPANS),
    st.builds(HoldEdit, st.integers(0, N - 1), st.integers(1, 9)),
    st.builds(PingPongEdit, st.integers(2, 3)),
    st.builds(ResampleEdit, st.sampled_from([12.0, 25.0, 30.0, 60.0])),
    st.builds(
        lambda speed: SpeedEdit((CurveKey(0, speed),)), st.sampled_from([0.3, 0.5, 2.0, 5.0])
    ),
    st.builds(LoopEdit, st.integers(1, 3), st.integers(0, 6)),
    st.builds(lambda on: IntensityEdit((IntensityKey(0, 0.5),), on=on), st.booleans()),
)
STACKS = st.lists(TIMED, max_size=4).map(tuple)


def clip_of(edits: tuple[Edit, ...]) -> ClipState:
    """A clip with those of the edits that fit it."""
    clip = ClipState("one", square(N))
    for edit in edits:
        more = replace(clip, edits=(*clip.edits, edit))
        clip = more if fits(more) else clip
    return clip


@given(STACKS, st.data())
def test_a_frame_is_shown_where_it_plays_and_lies_below_where_it_is_shown(
    edits: tuple[Edit, ...], data: st.DataObject
) -> None:
    clip = clip_of(edits)
    place = data.draw(st.integers(0, len(clip.edits)))
    under = replace(clip, edits=clip.edits[:place]).timing.frames
    played = [clip.frame_below(place, frame) for frame in range(clip.timing.frames)]
    assert all(0 <= frame < under for frame in played)
    for frame in range(under):
        at = clip.shown_frame(place, frame)
        if frame in played:
            assert at is not None and played[at] == frame, "setting and showing are one place"
            first = played.index(frame)
            assert all(one == frame for one in played[first : at + 1]), "the first time it plays"
        elif at is not None:
            assert 0 <= at < clip.timing.frames, "passed between two frames"


@given(STACKS)
def test_a_key_set_in_any_frame_changes_what_that_frame_plays(edits: tuple[Edit, ...]) -> None:
    timed = tuple(edit for edit in edits if not isinstance(edit, IntensityEdit))
    document = Document()
    document.open_clip(square(N))
    clip = document.state.clips[0]
    document.add_edit(clip.id, IntensityEdit((IntensityKey(0, 1.0),)))
    for edit in timed:
        if fits(replace(document.state.clips[0], edits=(*document.state.clips[0].edits, edit))):
            document.add_edit(clip.id, edit)
    clip = document.state.clips[0]
    frame = clip.timing.frames // 2
    below = clip.frame_below(0, frame)
    moment = clip.frame_map(0).moments(np.array([float(frame)]))[0]
    assert abs(moment - below) <= 0.5, "the key lies at what plays"


@pytest.mark.parametrize(
    ("edits", "shown"),
    [
        ((TrimEdit(4, 9),), [None, None, None, None, 0, 1, 2, 3, 4, None, None, None]),
        ((DeleteEdit(2, 10),), [0, 1, *[None] * 8, 2, 3]),
        ((ReverseEdit(),), [*range(11, -1, -1)]),
        ((RepeatEdit(2, 4, 3),), [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15]),
        ((PingPongEdit(3),), [*range(12)]),
        ((HoldEdit(3, 5),), [0, 1, 2, 3, *range(9, 17)]),
        ((SpeedEdit((CurveKey(0, 0.5),)),), [*range(0, 24, 2)]),
        ((TrimEdit(2), ReverseEdit()), [None, None, *range(9, -1, -1)]),
        ((TrimEdit(2, on=False),), [*range(12)]),
    ],
)
def test_frames_are_shown_where_they_play_first(
    edits: tuple[Edit, ...], shown: list[int | None]
) -> None:
    clip = replace(ClipState("one", square(12)), edits=edits)
    assert [clip.shown_frame(0, frame) for frame in range(12)] == shown


def test_what_quick_motion_passes_over_is_shown_beside_it_and_a_cut_is_not() -> None:
    quick = FrameMap((SpeedEdit((CurveKey(0, 4.0),)),), Timing(21, 30.0))
    assert [quick.above(frame) for frame in (0, 3, 4, 5, 20)] == [0, 1, 1, 1, 5]
    cut = FrameMap((DeleteEdit(4, 12),), Timing(21, 30.0))
    assert [cut.above(frame) for frame in (3, 4, 8, 11, 12)] == [3, None, None, None, 4]


def under_a_trim() -> tuple[Document, str]:
    """An edit of the intensity with keys at 0, 10 and 20, of which 10 to 29 play, reversed."""
    document = Document()
    clip = document.open_clip(square(40))
    keys = [IntensityKey(frame, value) for frame, value in ((0, 1.0), (10, 0.5), (20, 1.5))]
    document.add_edit(clip, IntensityEdit(tuple(keys)))
    document.add_edit(clip, TrimEdit(10, 30))
    document.add_edit(clip, ReverseEdit())
    return document, clip


def test_keys_are_moved_as_they_are_seen() -> None:
    document, clip = under_a_trim()
    state = document.state.clip(clip)
    spots = [KeySpot(0, frame) for frame in (0, 10, 20)]
    there = seen(state, spots)
    assert there == {KeySpot(0, 20): 9, KeySpot(0, 10): 19}
    moves = landed(state, there, {spot: frame - 4 for spot, frame in there.items()})
    document.retime_keys(clip, moves)
    edit = document.state.clip(clip).edits[0]
    assert isinstance(edit, IntensityEdit) and edit.frames == (0, 14, 24)
    assert [*seen(document.state.clip(clip), [KeySpot(0, 14)]).values()] == [15]


def test_keys_are_pasted_where_the_playhead_is_seen() -> None:
    document, clip = under_a_trim()
    source = document.state.clip(clip)
    document.paste_keys(clip, source, [KeySpot(0, 20), KeySpot(0, 10)], 2)
    edit = document.state.clip(clip).edits[0]
    assert isinstance(edit, IntensityEdit)
    assert edit.frames == (0, 10, 17, 20, 27), "seen at 2 and 12, where 27 and 17 play"
    found = document.paste_keys(clip, source, [KeySpot(0, 0), KeySpot(0, 20)], 0)
    assert found.left_out == 1, "a key that does not play goes nowhere"


def test_the_neutral_frame_of_an_edit_is_the_one_that_the_user_saw() -> None:
    document, clip = under_a_trim()
    document.set_neutral_frame(clip, 3)
    edit = document.state.clip(clip).edits[0]
    assert isinstance(edit, IntensityEdit) and edit.neutral == 26
    assert document.state.clip(clip).neutral_frame == 3


def test_landmarks_are_moved_in_the_frame_that_is_seen() -> None:
    from studio.document.landmark_drag import take_hold

    document = Document()
    clip = document.open_clip(square(12))
    document.set_landmarks(clip, [Landmark(str(vertex), vertex) for vertex in range(3)])
    document.add_edit(clip, TrimEdit(5))
    state = document.state.clip(clip)
    held = take_hold(state, document.evaluator, 2, 0, {0})
    assert (held.frame, held.under) == (2, 7)
    by = np.float32([0, 1, 0])
    document.move_landmarks(clip, held.under, held.offsets(by))
    edit = document.state.clip(clip).landmark_edit
    assert edit is not None and edit.frames == (7,)
    np.testing.assert_allclose(
        document.evaluator.frame(document.state.clip(clip), 2), held.surface(by), atol=1e-4
    )
