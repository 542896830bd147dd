"""Cuts: clips one after the other, trimmed and passing into each other, against NumPy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats
from studio.document import Document, Evaluator, Session, read_session, write_session
from studio.document.beside.sound import ClipSound
from studio.document.cut.cut import CutPart
from studio.document.cut.laid import laid, play, play_frame, prepare
from studio.document.cut.sounding import sounded
from studio.document.edits.landmarks import Landmark, LandmarkEdit, LandmarkKey
from studio.document.edits.time.trim import TrimEdit
from studio.io.sound.sound import Sound

from .clips import FACES, square
from .test_time_edits import at, wavy


def cut_of(*clips: MeshSequence) -> tuple[Document, list[str]]:
    document = Document()
    ids = [document.open_clip(clip, Path("a.obj")) for clip in clips]
    document.add_to_cut(ids)
    return document, ids


def frames(document: Document) -> Floats:
    return play(laid(document.state), document.evaluator).vertices


def faded(one: Floats, other: Floats, overlap: int) -> Floats:
    """The one passing into the other, by NumPy alone."""
    if not overlap:
        return np.concatenate([one, other])
    share = smoothstep((np.arange(overlap) + 1.0) / (overlap + 1.0))[:, None, None]
    both = (1 - share) * one[-overlap:] + share * other[:overlap]
    return np.concatenate([one[:-overlap], both, other[overlap:]])


def test_whole_clips_play_bit_for_bit_one_after_the_other() -> None:
    one, two = wavy(10), square(7)
    document, _ = cut_of(one, two, one)
    np.testing.assert_array_equal(
        frames(document), np.concatenate([one.vertices, two.vertices, one.vertices])
    )
    assert document.undo_name == "Add 3 clips to the cut"
    assert [span.at for span in laid(document.state).spans] == [0, 10, 17]
    document.move_in_cut(0, 1)
    np.testing.assert_array_equal(
        frames(document), np.concatenate([two.vertices, one.vertices, one.vertices])
    )
    document.remove_from_cut(2)
    assert laid(document.state).timing.frames == 17


@given(
    lengths=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    trims=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    overlap=st.integers(0, 12),
)
@settings(max_examples=25)
def test_an_overlap_is_a_crossfade_as_far_as_both_reach(
    lengths: tuple[int, int], trims: tuple[int, int], overlap: int
) -> None:
    one, two = wavy(lengths[0]), square(lengths[1])
    document, _ = cut_of(one, two)
    for place, (trim, length) in enumerate(zip(trims, lengths, strict=True)):
        document.trim_in_cut(place, trim, length)
    document.overlap_in_cut(1, overlap)
    first = one.vertices[min(trims[0], lengths[0] - 1) :]
    second = two.vertices[min(trims[1], lengths[1] - 1) :]
    reached = min(overlap, len(first), len(second))
    np.testing.assert_allclose(frames(document), faded(first, second, reached), atol=1e-5)


def test_each_frame_at_once_is_the_one_that_is_rendered() -> None:
    """Also under edits, at another rate, about another origin, and where one needs a basis."""
    far = square(9, fps=20.0).at(np.array([0.0, 100.0, 0.0]))
    document, ids = cut_of(wavy(12), far, wavy(12))
    key = LandmarkKey(4, np.float32([[0, 0, 3]]))
    document.add_edit(ids[2], LandmarkEdit((Landmark("tip", 0),), (key,)))
    for place, overlap in ((1, 5), (2, 2)):
        document.overlap_in_cut(place, overlap)
    cut = laid(document.state)
    lone = Evaluator()
    assert play_frame(cut, cut.timing.frames - 1, lone) is None, "nobody knows yet how it warps"
    prepare(cut, lone)
    seen = [play_frame(cut, frame, lone) for frame in range(cut.timing.frames)]
    np.testing.assert_allclose(np.stack(seen), frames(document), atol=1e-5)
    for frame in range(cut.timing.frames):
        assert sum(share for _, share in cut.playing(frame)) == pytest.approx(1)
    assert len(cut.playing(cut.spans[1].at)) == 2 and not cut.playing(cut.timing.frames)


def test_two_overlaps_never_lie_over_each_other() -> None:
    document, _ = cut_of(square(6), square(4), square(6))
    document.overlap_in_cut(1, 3)
    document.overlap_in_cut(2, 9)
    spans = laid(document.state).spans
    assert [(span.at, span.overlap) for span in spans] == [(0, 0), (3, 3), (6, 1)]
    document.overlap_in_cut(1, 9)
    assert laid(document.state).spans[1].overlap == 3
    document.overlap_in_cut(0, 2)
    assert laid(document.state).spans[0].overlap == 0


def test_other_rates_are_brought_to_that_of_the_first() -> None:
    one, two = replace(wavy(10), fps=25.0), replace(wavy(31), fps=60.0)
    document, _ = cut_of(one, two)
    found = frames(document)
    moments = np.arange(len(found) - 10) / 25 * 60
    assert 30 - 60 / 25 < moments[-1] <= 30
    np.testing.assert_allclose(found[10:], at(two, moments), atol=1e-5)


def test_recordings_far_from_each_other_stay_where_they_are() -> None:
    one, two = square(2), square(2).at(np.array([0.0, 100.0, 0.0]))
    found = play(laid(cut_of(one, two)[0].state), Document().evaluator)
    np.testing.assert_allclose(found.vertices[2] - found.vertices[0], [[0, 100, 0]] * 4, atol=1e-4)


def test_other_surfaces_and_places_are_refused_in_words() -> None:
    document, _ = cut_of(square(3))
    other = MeshSequence(square(2).vertices[:, :3], FACES[:1], name="half")
    turned = MeshSequence(square(2).vertices, FACES[:, ::-1], name="turned")
    for clip, found in ((other, "half: .* 3 vertices"), (turned, "4 vertices joined otherwise")):
        with pytest.raises(InputError, match=found):
            document.add_to_cut([document.open_clip(clip)])
    for wrong in (
        lambda: document.remove_from_cut(1),
        lambda: document.move_in_cut(-1, 0),
        lambda: document.trim_in_cut(4, 0, 1),
        lambda: document.overlap_in_cut(4, 0),
    ):
        with pytest.raises(InputError, match="cut: expected a part at place"):
            wrong()
    document.clear_cut()
    with pytest.raises(InputError, match="one clip or more"):
        frames(document)
    for start, stop, overlap in ((-1, None, 0), (3, 3, 0), (0, None, -1)):
        with pytest.raises(InputError, match="cut: expected"):
            CutPart("a", start, stop, overlap)


def test_ranges_edits_and_the_list_reach_the_cut() -> None:
    document = Document()
    clip, other = (document.open_clip(square(9), Path("a.obj")) for _ in range(2))
    document.set_range(clip, 2, 7)
    document.add_to_cut([clip, other])
    assert document.state.cut.parts[0] == CutPart(clip, 2, 7)
    document.add_edit(clip, TrimEdit(0, 4))
    np.testing.assert_array_equal(frames(document)[:2], square(9).vertices[2:4])
    document.remove_clip(clip)
    assert [part.clip for part in document.state.cut.parts] == [other]
    document.undo()
    assert len(document.state.cut.parts) == 2


def test_a_drag_is_one_step() -> None:
    document, _ = cut_of(square(9), square(9))
    for stop in (8, 6, 4):
        document.trim_in_cut(0, 0, stop, key="drag")
    document.undo()
    assert laid(document.state).timing.frames == 18


def test_sessions_keep_the_cut_and_older_ones_have_none(tmp_path: Path) -> None:
    document, _ = cut_of(square(9), square(9))
    document.overlap_in_cut(1, 4)
    write_session(Session(document.state), tmp_path / "a.studio")
    assert read_session(tmp_path / "a.studio").state.cut == document.state.cut
    lost = replace(document.state, clips=document.state.clips[:1], current=None)
    write_session(Session(lost), tmp_path / "b.studio")
    with pytest.raises(InputError, match=r"b\.studio: expected the parts of the cut"):
        read_session(tmp_path / "b.studio")
    old = read_session(Path(__file__).parent / "data" / "schema-1.studio").state
    assert not old.cut.parts and not any(clip.markers or clip.sound for clip in old.clips)


def test_the_sounds_of_the_parts_pass_into_each_other_as_the_frames_do() -> None:
    """Two steady tones of one height: what they make together never leaves it."""
    document, (one, two, three) = cut_of(*(replace(square(50), fps=25.0) for _ in range(3)))
    tone = np.full((2 * 8000, 1), 8000, np.int16)
    document.set_sound(one, ClipSound(Sound(tone, 8000)))
    document.set_sound(
        two, ClipSound(Sound(np.repeat(np.repeat(tone, 2, axis=0), 2, axis=1), 16000))
    )
    document.overlap_in_cut(1, 10)
    sound = sounded(laid(document.state))
    assert sound is not None and (sound.rate, sound.channels) == (8000, 1)
    assert len(sound.samples) == 140 / 25 * 8000
    assert np.abs(sound.samples[: 90 * 320].astype(int) - 8000).max() <= 2
    assert not sound.samples[90 * 320 :].any(), "the third has none"
    document.set_sound(one, None)
    alone = sounded(laid(document.state))
    assert alone is not None and not alone.samples[: 40 * 640].any()
    assert 0 < alone.samples[41 * 640, 0] < alone.samples[49 * 640, 0] < 8000
    document.set_sound(two, None)
    assert sounded(laid(document.state)) is None and three
