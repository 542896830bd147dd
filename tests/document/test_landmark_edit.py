"""Landmarks moved by hand: what frames become, undo, sessions."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.document import (
    ClipState,
    Document,
    Evaluator,
    Landmark,
    LandmarkEdit,
    LandmarkKey,
    Session,
    read_session,
    write_session,
)
from studio.document.edits.edit import Below
from studio.face.studio_face import LANDMARKS_68
from studio.face.template import load_template

CORNERS = (Landmark("a", 0), Landmark("b", 9), Landmark("c", 90), Landmark("d", 99))
UP = np.float32([0, 0, 3])


def sheet(n_frames: int = 60) -> MeshSequence:
    """A square of 10 by 10 vertices, 10 mm apart, that moves by 1 mm a frame."""
    y, x = np.mgrid[:10, :10].reshape(2, -1)
    points = 10.0 * np.stack([x, y, np.zeros(100)], axis=1)
    k = np.arange(100).reshape(10, 10)
    a, b, c, d = (part.ravel() for part in (k[:-1, :-1], k[:-1, 1:], k[1:, :-1], k[1:, 1:]))
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])
    shift = np.arange(n_frames)[:, None, None] * [1.0, 0.0, 0.0]
    return MeshSequence(points + shift, faces, name="sheet")


def offsets(**moved: Floats) -> Floats:
    """(4, 3) of the corners, the named ones moved."""
    zero = np.zeros(3, dtype=np.float32)
    return np.stack([moved.get(landmark.name, zero) for landmark in CORNERS])


@pytest.fixture
def document() -> Document:
    document = Document()
    clip = document.open_clip(sheet())
    document.set_landmarks(clip, CORNERS)
    return document


def current(document: Document) -> str:
    return str(document.state.current)


def moved(document: Document) -> Floats:
    """(T, V, 3) what was added to the recording."""
    clip = document.state.clip(current(document))
    return document.evaluator.sequence(clip).vertices - clip.recording.vertices


def test_a_moved_landmark_takes_the_surface_along_and_fades(document: Document) -> None:
    document.set_fade(current(document), 8)
    document.move_landmarks(current(document), 30, offsets(a=UP))
    change = moved(document)
    np.testing.assert_allclose(change[30, [0, 9, 90, 99]], offsets(a=UP), atol=1e-5)
    assert 0.3 < change[30, 11, 2] < 3.0, "the surface beside it comes along"
    heights = change[:, 0, 2]
    assert not heights[:23].any() and not heights[38:].any()
    assert (np.diff(heights[22:31]) > 0).all() and (np.diff(heights[30:38]) < 0).all()
    np.testing.assert_allclose(heights[22:31], heights[38:29:-1], atol=1e-5)


def test_the_recording_stays_as_it_came(document: Document) -> None:
    before = document.state.clip(current(document)).recording
    copy = before.vertices.copy()
    document.move_landmarks(current(document), 3, offsets(b=UP))
    clip = document.state.clip(current(document))
    assert clip.recording is before
    np.testing.assert_array_equal(before.vertices, copy)
    document.remove_landmark_keys(clip.id)
    assert document.evaluator.sequence(document.state.clip(clip.id)) is before


def test_fades_that_meet_pass_from_one_key_into_the_other(document: Document) -> None:
    clip = current(document)
    document.move_landmarks(clip, 10, offsets(a=UP))
    document.move_landmarks(clip, 26, offsets(a=UP))
    np.testing.assert_allclose(moved(document)[10:27, 0, 2], 3.0, atol=1e-5)
    document.set_fade(clip, 5)
    heights = moved(document)[:, 0, 2]
    assert heights[10] == pytest.approx(3) and heights[26] == pytest.approx(3)
    assert not heights[15:22].any()


@given(
    st.lists(st.integers(0, 199), min_size=1, max_size=8, unique=True),
    st.integers(1, 60),
)
def test_no_frame_gets_more_than_one_key_is_worth(frames: list[int], fade: int) -> None:
    zero = np.zeros((4, 3), dtype=np.float32)
    keys = tuple(LandmarkKey(frame, zero) for frame in sorted(frames))
    shares = LandmarkEdit(CORNERS, keys, fade).influence(np.arange(200))
    assert (shares >= 0).all() and (shares.sum(axis=1) <= 1 + 1e-6).all()
    np.testing.assert_allclose(shares[sorted(frames)], np.eye(len(frames)), atol=1e-6)
    away = np.abs(np.arange(200)[:, None] - sorted(frames)).min(axis=1)
    assert not shares[away >= max(fade, 1)].any() or (np.diff(sorted(frames)) <= 2 * fade).any()


def test_the_frames_are_those_of_one_at_a_time() -> None:
    clip, rng = sheet(), np.random.default_rng(0)
    keys = tuple(LandmarkKey(f, rng.normal(size=(4, 3))) for f in (2, 9, 40))
    edit = LandmarkEdit(CORNERS, keys)
    whole = Evaluator().sequence(ClipState("a", clip, edits=(edit,))).vertices
    warp, numbers = edit.find_basis(clip), np.arange(60)
    below = Below(clip, clip.timing, numbers, clip.vertices, warp)
    for frame in range(0, 60, 7):
        alone = clip.vertices[frame] + warp.apply(edit.offsets_at(below, np.array([frame]))[0])
        np.testing.assert_allclose(whole[frame], alone, atol=1e-5)


def test_a_drag_is_one_step_and_one_that_ends_where_it_began_is_none(document: Document) -> None:
    clip, told = current(document), []
    document.edit_changed.connect(told.append)
    for height in (1.0, 2.0, 3.0):
        document.move_landmarks(clip, 5, offsets(a=height * UP), key="drag 1")
    document.move_landmarks(clip, 5, offsets(a=UP), key="drag 2")
    assert moved(document)[5, 0, 2] == pytest.approx(3)
    document.undo()
    assert moved(document)[5, 0, 2] == pytest.approx(9)
    document.undo()
    assert document.undo_name == "Place landmarks"
    assert told == [clip] * 6
    document.move_landmarks(clip, 5, offsets(a=UP))
    again = document.undo_name, document.state
    document.move_landmarks(clip, 5, offsets(a=UP))
    assert (document.undo_name, document.state) == again


def test_every_verb_can_be_taken_back(document: Document) -> None:
    clip = current(document)
    document.move_landmarks(clip, 5, offsets(a=UP))
    document.move_landmarks(clip, 50, offsets(b=UP))
    state = document.state
    for verb in (
        lambda: document.set_fade(clip, 30),
        lambda: document.remove_landmark_key(clip, 50),
        lambda: document.remove_landmark_keys(clip),
        lambda: document.set_landmarks(clip, CORNERS[:2]),
    ):
        verb()
        assert document.state != state
        document.undo()
        assert document.state == state


def test_placing_more_landmarks_keeps_what_is_keyed(document: Document) -> None:
    clip = current(document)
    document.move_landmarks(clip, 5, offsets(b=UP))
    shifted = (Landmark("e", 44), Landmark("b", 8), Landmark("d", 99))
    document.set_landmarks(clip, shifted)
    edit = document.state.clip(clip).landmark_edit
    assert edit is not None and edit.vertices == (44, 8, 99)
    np.testing.assert_array_equal(edit.keys[0].offsets, [[0, 0, 0], UP, [0, 0, 0]])
    document.set_landmarks(clip, ())
    assert document.state.clip(clip).landmark_edit is None


def test_a_clip_on_the_template_has_the_68(document: Document) -> None:
    template = load_template()
    clip_id = document.open_clip(MeshSequence(template.vertices[None].repeat(3, 0), template.faces))
    clip = document.state.clip(clip_id)
    assert [landmark.vertex for landmark in clip.landmarks] == list(LANDMARKS_68)
    assert clip.landmarks[36].name == "right eye 1"
    wish = np.zeros((68, 3), dtype=np.float32)
    wish[48] = [-4, 2, 0]
    document.move_landmarks(clip_id, 1, wish)
    change = moved(document)
    np.testing.assert_allclose(change[1, list(LANDMARKS_68)], wish, atol=1e-4)
    assert not change[:, template.regions["eye_left"]].any()
    document.remove_landmark_key(clip_id, 1)
    assert document.state.clip(clip_id) == clip, "as before it was touched"


def test_a_session_keeps_the_recording_and_the_edit(document: Document, tmp_path: Path) -> None:
    clip = document.state.clip(current(document))
    document.move_landmarks(clip.id, 5, offsets(a=UP))
    document.set_fade(clip.id, 3)
    path = write_session(Session(document.state), tmp_path / "s.studio")
    evaluator = Evaluator()
    again = read_session(path, evaluator=evaluator).state.clips[0]
    assert again.landmark_edit == document.state.clips[0].landmark_edit
    np.testing.assert_array_equal(again.recording.vertices, clip.recording.vertices)
    assert evaluator.ready(again) is None, "the frames come after, so that a long clip opens soon"
    assert evaluator.frame(again, 5) is not None, "but each can be shown at once"
    wanted = document.evaluator.sequence(document.state.clips[0])
    np.testing.assert_array_equal(evaluator.sequence(again).vertices, wanted.vertices)
    with zipfile.ZipFile(path) as archive:
        stored = json.loads(archive.read("document.json"))["document"]["clips"][0]
    assert "sequence" in stored and "recording" not in stored, "as it was called before edits"
    assert [edit["is"] for edit in stored["edits"]] == ["landmarks"]


def test_a_session_whose_edit_cannot_be_is_one_sentence(document: Document, tmp_path: Path) -> None:
    document.move_landmarks(current(document), 5, offsets(a=UP))
    path = write_session(Session(document.state), tmp_path / "s.studio")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["document.json"].decode()
    for before, after, wanted in (
        (
            '"frame": 5',
            '"frame": 500',
            "landmark keys within its 60 frames, found frame 500",
        ),
        (
            '"vertex": 99',
            '"vertex": 100',
            "landmarks on its 100 vertices, found vertex 100",
        ),
        ('"vertex": 99', '"vertex": 90', "a vertex of its own"),
        ('"fade": 10', '"fade": 0', "1 to 240 frames"),
    ):
        assert before in text
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                changed = text.replace(before, after).encode() if name.endswith("json") else data
                archive.writestr(name, changed)
        with pytest.raises(InputError, match=wanted):
            read_session(path)


def test_edits_are_work_that_would_be_lost(document: Document) -> None:
    document = Document()
    clip = document.open_clip(sheet())
    assert not document.has_unsaved_work
    document.set_landmarks(clip, CORNERS)
    assert document.has_unsaved_work
    document.mark_saved()
    document.move_landmarks(clip, 5, offsets(a=UP))
    assert document.is_modified


def test_what_cannot_be_moved_is_one_sentence_and_changes_nothing(document: Document) -> None:
    clip, state = current(document), document.state
    zero = offsets()
    for wanted, verb in (
        ("a frame from 0 to 59, found 60", lambda: document.move_landmarks(clip, 60, zero)),
        ("offsets of 4 landmarks", lambda: document.move_landmarks(clip, 0, zero[:2])),
        ("finite offsets", lambda: document.move_landmarks(clip, 0, zero * np.nan)),
        (r"up to 1e\+06 mm", lambda: document.move_landmarks(clip, 0, zero + 1e30)),
        ("1 to 240 frames, found 0", lambda: document.set_fade(clip, 0)),
        ("vertices below 100", lambda: document.set_landmarks(clip, [Landmark("x", 100)])),
        (
            "a name of its own",
            lambda: document.set_landmarks(clip, [CORNERS[0], Landmark("a", 1)]),
        ),
        ("a clip that is open", lambda: document.move_landmarks("?", 0, zero)),
    ):
        with pytest.raises(InputError, match=wanted):
            verb()
        assert document.state == state


def test_two_landmarks_at_one_place_are_refused() -> None:
    clip = sheet(2)
    torn = replace(clip, vertices=np.where(np.arange(100)[:, None] == 5, 0, clip.vertices))
    document = Document()
    clip_id = document.open_clip(torn)
    with pytest.raises(InputError, match="2 different places"):
        document.set_landmarks(clip_id, [Landmark("a", 0), Landmark("b", 5)])
