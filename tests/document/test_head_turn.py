"""What is moved by hand turns with the head."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core import MeshSequence
from studio.core.alignment import head_turns
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
from studio.document.edits.edit import Below, head_points
from studio.face.studio_face import LANDMARKS_68
from studio.face.template import load_template

N, DEGREES, KEY = 21, 40.0, 5
CORNER = 48
LEFT = np.float32([-5, 1, 0])


def yaws(n_frames: int = N, degrees: float = DEGREES) -> Floats:
    """(T, 3, 3) the head turning from the front to its left."""
    angle = np.radians(np.linspace(0, degrees, n_frames))
    turns = np.zeros((n_frames, 3, 3))
    turns[:, 1, 1] = 1
    turns[:, 0, 0] = turns[:, 2, 2] = np.cos(angle)
    turns[:, 0, 2], turns[:, 2, 0] = np.sin(angle), -np.sin(angle)
    return turns.astype(np.float32)


def speaking(turns: Floats) -> MeshSequence:
    """The template with its jaw falling, while its head goes up and turns about its neck."""
    template, neck = load_template(), np.float32([0, -60, -80])
    n_frames = len(turns)
    frames = np.repeat(template.vertices[None], n_frames, axis=0)
    frames[:, template.regions["jaw"], 1] -= np.arange(n_frames, dtype=np.float32)[:, None]
    frames = (frames - neck) @ turns.transpose(0, 2, 1) + neck
    frames[..., 1] += np.arange(n_frames, dtype=np.float32)[:, None]
    return MeshSequence(frames, template.faces, name="speaking")


def of_another_surface(clip: MeshSequence) -> MeshSequence:
    return replace(clip, faces=clip.faces[:-1])


def pulled(clip: MeshSequence, *, turning: bool = True, frame: int = KEY) -> LandmarkEdit:
    """The corner of the mouth, to the left in a frame."""
    marks = tuple(Landmark(str(place), vertex) for place, vertex in enumerate(LANDMARKS_68))
    offsets = np.zeros((len(marks), 3), dtype=np.float32)
    offsets[CORNER] = LEFT
    return LandmarkEdit(marks, (LandmarkKey(frame, offsets, turning),), fade=12)


def edited(clip: MeshSequence, edit: LandmarkEdit) -> MeshSequence:
    return Evaluator().sequence(ClipState("a", clip, edits=(edit,)))


def turns_of(clip: MeshSequence, start: int, frames: NDArray[np.integer]) -> Floats:
    """(N, 3, 3) how the head turns from a frame to others."""
    points = clip.vertices[:, head_points(clip)]
    return head_turns(points[frames], points[start])


def change_at_corner(clip: MeshSequence, edit: LandmarkEdit) -> Floats:
    """(T, 3) mm that the corner of the mouth was moved by."""
    change = edited(clip, edit).vertices - clip.vertices
    return np.asarray(change[:, LANDMARKS_68[CORNER]])


def test_what_is_to_the_left_of_the_face_stays_there() -> None:
    turns = yaws()
    clip = speaking(turns)
    edit = pulled(clip)
    shares = edit.influence(np.arange(N))
    wanted = shares * (turns @ (turns[KEY].T @ LEFT))
    found = change_at_corner(clip, edit)
    np.testing.assert_allclose(found, wanted, atol=2e-3)
    np.testing.assert_allclose(found[KEY], LEFT, atol=5e-5)
    straight = change_at_corner(clip, pulled(clip, turning=False))
    assert np.linalg.norm(found - straight, axis=1).max() > 0.5, "else nothing was tried"


def test_the_whole_surface_comes_along() -> None:
    """What was moved is the same in the head's own axes, whichever way it looks."""
    turns = yaws()
    clip = speaking(turns)
    edit = pulled(clip)
    change = edited(clip, edit).vertices - clip.vertices
    own = (change @ turns)[:, edit.find_basis(clip).weights[:, CORNER] > 0.1]
    shares = edit.influence(np.arange(N))[:, :, None]
    np.testing.assert_allclose(own, shares * own[KEY], atol=5e-3)


def test_a_head_that_does_not_turn_gets_what_it_got_without() -> None:
    clip = speaking(yaws(degrees=0.0))
    for surface in (clip, of_another_surface(clip)):
        turning, straight = (edited(surface, pulled(surface, turning=on)) for on in (True, False))
        np.testing.assert_array_equal(turning.vertices, straight.vertices)


def test_a_surface_without_known_regions_is_aligned_by_most_of_it() -> None:
    turns = yaws()
    clip = of_another_surface(speaking(turns))
    found = turns_of(clip, KEY, np.arange(N))
    wanted = turns @ turns[KEY].T
    cosine = (np.einsum("nij,nij->n", found, wanted) - 1) / 2
    assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 1.0
    np.testing.assert_array_equal(found[KEY], np.eye(3))


@pytest.mark.parametrize("n_points", [1, 2, 3])
def test_points_on_a_line_do_not_turn(n_points: int) -> None:
    line = np.arange(n_points)[None, :, None] * np.array([[[1, 2, 3]], [[-3, 1, 2]]])
    clip = MeshSequence(line.astype(np.float32), np.zeros((0, 3), dtype=np.int32))
    np.testing.assert_array_equal(turns_of(clip, 0, np.array([0, 1])), np.stack([np.eye(3)] * 2))


def test_two_keys_in_a_turning_head_meet_in_its_own_axes() -> None:
    turns = yaws()
    clip = speaking(turns)
    edit = pulled(clip)
    below = Below(clip, clip.timing, np.arange(N), clip.vertices, None)
    offsets = edit.offsets_at(below, np.array([KEY]))[0]
    later = edit.with_key(15, offsets @ (turns[15] @ turns[KEY].T).T)
    own = np.einsum("tij,ti->tj", turns, change_at_corner(clip, later))
    np.testing.assert_allclose(own[KEY:16], np.tile(own[KEY], (11, 1)), atol=2e-3)


def test_it_is_the_same_every_time() -> None:
    first = edited(speaking(yaws()), pulled(speaking(yaws()))).vertices
    np.testing.assert_array_equal(
        first, edited(speaking(yaws()), pulled(speaking(yaws()))).vertices
    )


def test_what_is_dragged_turns_and_what_older_sessions_hold_does_not(tmp_path: Path) -> None:
    document = Document()
    clip_id = document.open_clip(speaking(yaws()))
    document.move_landmarks(
        clip_id, KEY, pulled(document.state.clip(clip_id).recording).keys[0].offsets
    )
    assert document.state.clip(clip_id).landmark_edit.keys[0].turning
    path = write_session(Session(document.state), tmp_path / "new.studio")
    again = read_session(path).state.clips[0]
    assert again.landmark_edit == document.state.clips[0].landmark_edit
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["document.json"])
    del manifest["document"]["clips"][0]["edits"][0]["keys"][0]["turning"]
    parts["document.json"] = json.dumps(manifest).encode()
    older = tmp_path / "older.studio"
    with zipfile.ZipFile(older, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    old = read_session(older).state.clips[0]
    assert not old.landmark_edit.keys[0].turning
    offsets = old.landmark_edit.influence(np.arange(N)) * LEFT
    moved = Evaluator().sequence(old).vertices - old.recording.vertices
    np.testing.assert_allclose(moved[:, LANDMARKS_68[CORNER]], offsets, atol=1e-4)
    assert again.landmark_edit != old.landmark_edit, "recognition and undo tell them apart"
