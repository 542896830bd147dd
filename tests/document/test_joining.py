"""Edits that put another clip before, into or behind a clip, against NumPy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats
from studio.document import (
    ClipState,
    Document,
    DocumentState,
    Evaluator,
    Session,
    read_session,
    write_session,
)
from studio.document.edits.edit import Edit
from studio.document.edits.joining.insert import InsertEdit
from studio.document.edits.joining.join import JoinEdit
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.state import held_bytes

from .clips import FACES
from .test_time_edits import CLIP, FPS, T, played, wavy

LATER = MeshSequence(wavy(25).vertices[::-1] + np.float32(3), FACES, fps=FPS, name="later")
OTHER = OtherClip.of(LATER)
OWN, THEIRS, N = CLIP.vertices, LATER.vertices, 25


def faded(own: Floats, theirs: Floats, *, out: bool = False) -> Floats:
    share = smoothstep((np.arange(len(own)) + 1.0) / (len(own) + 1.0)).astype(np.float32)
    share = (share[::-1] if out else share)[:, None, None]
    return own + share * (theirs - own)


def test_what_is_cut_plays_bit_for_bit() -> None:
    for edit, frames in (
        (JoinEdit(OTHER), [OWN, THEIRS]),
        (InsertEdit(OTHER), [THEIRS, OWN]),
        (InsertEdit(OTHER, frame=7), [OWN[:7], THEIRS, OWN[7:]]),
        (InsertEdit(OTHER, frame=T), [OWN, THEIRS]),
        (InsertEdit(OTHER, frame=7, way="overwrite"), [OWN[:7], THEIRS, OWN[7 + N :]]),
        (InsertEdit(OTHER, frame=30, way="overwrite"), [OWN[:30], THEIRS]),
        (InsertEdit(), [OWN]),
    ):
        np.testing.assert_array_equal(played(edit).vertices, np.concatenate(frames))


def test_what_overlaps_passes_from_one_into_the_other() -> None:
    joined = [OWN[:-6], faded(OWN[-6:], THEIRS[:6]), THEIRS[6:]]
    np.testing.assert_allclose(
        played(JoinEdit(OTHER, overlap=6)).vertices, np.concatenate(joined), atol=1e-5
    )
    into, out = faded(OWN[4:10], THEIRS[:6]), faded(OWN[10:16], THEIRS[-6:], out=True)
    wanted = np.concatenate([OWN[:4], into, THEIRS[6:-6], out, OWN[16:]])
    np.testing.assert_allclose(
        played(InsertEdit(OTHER, overlap=6, frame=10)).vertices, wanted, atol=1e-5
    )
    into, out = faded(OWN[5:9], THEIRS[:4]), faded(OWN[26:30], THEIRS[-4:], out=True)
    wanted = np.concatenate([OWN[:5], into, THEIRS[4:-4], out, OWN[30:]])
    edit = InsertEdit(OTHER, overlap=4, frame=5, way="overwrite")
    np.testing.assert_allclose(played(edit).vertices, wanted, atol=1e-5)


@pytest.mark.parametrize("fps", [12.0, 59.94, 60.0])
def test_another_rate_lasts_as_long(fps: float) -> None:
    other = OtherClip.of(replace(LATER, fps=fps))
    found = played(JoinEdit(other)).vertices[T:]
    moments = np.arange(len(found)) * fps / FPS
    assert 0 <= N - 1 - moments[-1] < fps / FPS
    low = np.minimum(np.floor(moments + 1e-9).astype(int), N - 2)
    share = (moments - low)[:, None, None]
    np.testing.assert_allclose(
        found, THEIRS[low] * (1 - share) + THEIRS[low + 1] * share, atol=1e-4
    )


def test_heads_are_laid_on_each_other() -> None:
    far = OtherClip("far", OWN[::-1] @ np.float32([[0, 1, 0], [-1, 0, 0], [0, 0, 1]]) + 50, FPS,
                    CLIP.topology)  # fmt: skip
    found = played(JoinEdit(far, align=True)).vertices
    np.testing.assert_allclose(found, np.concatenate([OWN, OWN[::-1]]), atol=1e-3)


def test_what_does_not_fit_is_one_sentence() -> None:
    turned = replace(OTHER, topology="other")
    wide = OtherClip("wide", np.zeros((3, 5, 3), np.float32), FPS, "wide")
    for edit, said in (
        (JoinEdit(turned), "found later, whose vertices are joined by other triangles"),
        (JoinEdit(wide), "its own 4-vertex triangulation, found wide of 5 vertices"),
        (JoinEdit(OTHER, overlap=26), "a crossfade of at most 25 frames with later, found 26"),
        (InsertEdit(OTHER, overlap=13, frame=20), "at most 12 frames with later, found 13"),
        (InsertEdit(OTHER, overlap=9, frame=5), "a crossfade of at most 12 frames"),
        (InsertEdit(OTHER, frame=41), "within its 40 frames, or its end, found frame 41"),
    ):
        with pytest.raises(InputError, match=f"^talk: expected .*{said}"):
            edit.check(CLIP, CLIP.timing, "talk")
    for wrong in (np.zeros((2, 3)), np.zeros((0, 4, 3)), np.full((1, 4, 3), np.nan)):
        with pytest.raises(InputError, match=r"^odd: expected"):
            OtherClip("odd", wrong.astype(np.float32), FPS, "x")


def test_the_range_stays_on_its_moments() -> None:
    document = Document()
    clip = document.open_clip(CLIP)
    document.set_range(clip, 10, 20)
    document.set_neutral_frame(clip, 12)
    document.add_edit(clip, InsertEdit(OTHER, frame=10))
    found = document.state.clip(clip)
    assert (found.range, found.neutral_frame) == ((35, 45), 37)
    document.undo()
    document.add_edit(clip, InsertEdit(OTHER, frame=13))
    assert document.state.clip(clip).range == (10, 45)


def test_the_frames_of_another_clip_are_stored_once_and_counted_once(tmp_path: Path) -> None:
    edits = (JoinEdit(OTHER), InsertEdit(OTHER, frame=3))
    state = DocumentState((ClipState("a", CLIP, edits=edits), ClipState("b", LATER)))
    assert held_bytes([state, state]) == OWN.nbytes + THEIRS.nbytes
    path = write_session(Session(state), tmp_path / "s.studio")
    again = read_session(path).state.clips[0]
    assert again.edits == edits and hash(again.edits) == hash(edits)
    assert again.edits[0] != JoinEdit(replace(OTHER, vertices=THEIRS + np.float32(1)))
    np.testing.assert_array_equal(Evaluator().sequence(again).vertices, played(*edits).vertices)


def a_splice() -> st.SearchStrategy[Edit]:
    numbers = st.integers(0, 12)
    joins = st.builds(lambda overlap: JoinEdit(OTHER, overlap=overlap), numbers)
    ways = st.sampled_from(["ripple", "overwrite"])

    def inserted(frame: int, overlap: int, way: Any) -> Edit:
        return InsertEdit(OTHER, min(overlap, frame), frame=frame, way=way)

    return joins | st.builds(inserted, numbers, numbers, ways)


@settings(max_examples=40, deadline=None)
@given(st.lists(a_splice(), min_size=1, max_size=4), st.data())
def test_a_frame_alone_is_the_frame_of_the_whole(row: list[Edit], data: st.DataObject) -> None:
    clip = ClipState("a", CLIP, edits=tuple(row))
    found = Evaluator().sequence(clip)
    assert found.n_frames == clip.timing.frames == len(clip.moments)
    frame = data.draw(st.integers(0, found.n_frames - 1))
    np.testing.assert_array_equal(Evaluator().frame(clip, frame), found.vertices[frame])
