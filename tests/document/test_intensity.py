"""How strong an expression is, keyed over time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import FaceChoice, InputError, MeshSequence
from studio.core.sequence import Floats
from studio.document import (
    ClipState,
    Document,
    Evaluator,
    IntensityEdit,
    IntensityKey,
    LandmarkEdit,
    Session,
    read_session,
    write_session,
)
from studio.face.template import load_template
from studio.takes.faces import clip_face

from .test_head_turn import KEY, N, pulled, speaking, yaws
from .test_landmark_edit import CORNERS, UP, offsets, sheet

FEW = st.lists(st.tuples(st.integers(0, 99), st.floats(0, 2)), min_size=1, max_size=6)


def keyed(*keys: tuple[int, float], **more: object) -> IntensityEdit:
    return IntensityEdit(tuple(IntensityKey(*key) for key in keys), **more)


def played(recording: MeshSequence, edit: IntensityEdit) -> Floats:
    return Evaluator().sequence(ClipState("a", recording, edits=(edit,))).vertices


def spoken() -> tuple[Floats, Floats]:
    """(T, V, 3) what the face of `speaking` does in the axes of its head, (T, 3, 3) its turns."""
    still, turns = speaking(yaws(degrees=0.0)).vertices, yaws()
    rise = np.arange(N, dtype=np.float32)[:, None] * [[0.0, 1.0, 0.0]]
    return still - rise[:, None] - load_template().vertices, turns


@pytest.mark.parametrize("scale", [0.0, 0.4, 1.7])
def test_the_expression_is_scaled_and_the_head_moves_as_before(scale: float) -> None:
    clip = speaking(yaws())
    (way, turns), edit = spoken(), keyed((0, scale))
    change = played(clip, edit) - clip.vertices
    own = np.einsum("tij,tvi->tvj", turns, change)
    np.testing.assert_allclose(own, (scale - 1) * way, atol=0.02)
    rigid = load_template().regions["rigid"]
    assert np.abs(change[:, rigid]).max() < 0.02 < np.abs(change).max()


def test_frames_with_a_scale_of_one_stay_bit_for_bit() -> None:
    clip = speaking(yaws())
    found = played(clip, keyed((5, 1.0), (12, 0.2)))
    np.testing.assert_array_equal(found[:6], clip.vertices[:6])
    assert np.abs(found[6:] - clip.vertices[6:]).max(axis=(1, 2)).min() > 0


def test_a_face_is_as_good_a_neutral_as_a_frame_that_shows_it() -> None:
    clip = speaking(yaws())
    by_frame = played(clip, keyed((0, 1.6), neutral=0))
    elsewhere = load_template().vertices + np.float32([40, 0, 7])
    by_face = played(clip, keyed((0, 1.6), neutral=elsewhere))
    np.testing.assert_allclose(by_face, by_frame, atol=0.02)


@given(FEW, st.sampled_from(["smooth", "linear"]))
def test_the_curve_goes_through_its_keys_and_nowhere_beyond(
    keys: list[tuple[int, float]], between: str
) -> None:
    known = dict(keys)
    edit = keyed(*sorted(known.items()), between=between)
    scale = edit.scale(np.arange(100))
    assert [scale[frame] for frame in sorted(known)] == [known[frame] for frame in sorted(known)]
    assert min(known.values()) <= scale.min() and scale.max() <= max(known.values())
    first, last = min(known), max(known)
    assert (scale[:first] == known[first]).all() and (scale[last:] == known[last]).all()
    if between == "linear":
        wanted = np.interp(np.arange(100), sorted(known), [known[f] for f in sorted(known)])
        np.testing.assert_allclose(scale, wanted, atol=1e-12)


def test_a_smooth_curve_rests_at_its_keys() -> None:
    scale = keyed((10, 0.5), (50, 1.5)).scale(np.arange(60))
    steps = np.diff(scale[9:52])
    assert steps[1] < steps[20] / 5 and steps[-2] < steps[20] / 5
    assert keyed((10, 0.5), (50, 1.5), between="linear").scale(np.array([30]))[0] == 1.0


@pytest.fixture
def document() -> Document:
    document = Document()
    document.open_clip(sheet())
    return document


def clip_in(document: Document) -> ClipState:
    clip = document.current_clip
    assert clip is not None
    return clip


def test_every_verb_is_one_step_that_can_be_taken_back(document: Document) -> None:
    clip, told = clip_in(document).id, list[str]()
    document.edit_changed.connect(told.append)
    assert document.add_edit(clip, keyed((0, 0.5))) == 0
    document.set_landmarks(clip, CORNERS)
    document.move_landmarks(clip, 5, offsets(a=UP))
    assert [edit.kind for edit in clip_in(document).edits] == ["intensity", "landmarks"]
    state, count = document.state, len(told)
    for name, verb in {
        "Add intensity": lambda: document.add_edit(clip, keyed((3, 2.0))),
        "Change intensity": lambda: document.replace_edit(clip, 0, keyed((0, 0.7))),
        "Move intensity": lambda: document.move_edit(clip, 0, 1),
        "Switch landmarks off": lambda: document.switch_edit(clip, 1, on=False),
        "Remove landmarks": lambda: document.remove_edit(clip, 1),
        "Set neutral frame": lambda: document.set_neutral_frame(clip, 4),
    }.items():
        verb()
        assert document.undo_name == name and document.state != state
        document.undo()
        assert document.state == state
        document.redo()
        document.undo()
    assert told[count:] == [clip] * 24


def test_a_drag_of_the_slider_is_one_step(document: Document) -> None:
    clip = clip_in(document).id
    document.add_edit(clip, keyed((0, 1.0)))
    for value in (1.1, 1.2, 1.3):
        document.replace_edit(clip, 0, keyed((0, value)), key="drag")
    document.undo()
    assert clip_in(document).edits == (keyed((0, 1.0)),)
    assert document.undo_name == "Add intensity"


def test_what_cannot_be_is_one_sentence_and_changes_nothing(document: Document) -> None:
    clip, state = clip_in(document).id, document.state
    for wanted, verb in (
        ("within its 60 frames, found frame 60", lambda: document.add_edit(clip, keyed((60, 1)))),
        ("one of 0 edits, found number 0", lambda: document.remove_edit(clip, 0)),
        ("one of 0 edits, found number -1", lambda: document.move_edit(clip, -1, 0)),
        (
            "its 100 vertices, found one of 3",
            lambda: document.add_edit(clip, keyed((0, 1), neutral=np.zeros((3, 3)))),
        ),
    ):
        with pytest.raises(InputError, match=wanted):
            verb()
        assert document.state == state
    for keys in ((), ((3, 1.0), (3, 1.0)), ((4, 1.0), (3, 1.0)), ((0, -0.1),), ((0, np.nan),)):
        with pytest.raises(InputError, match=r"^intensity: expected"):
            keyed(*keys)


def test_the_neutral_frame_the_user_finds_is_measured_from(document: Document) -> None:
    clip = clip_in(document).id
    document.add_edit(clip, keyed((0, 0.5), neutral=np.zeros((100, 3))))
    document.set_neutral_frame(clip, 7)
    assert clip_in(document).edits == (keyed((0, 0.5), neutral=7),)
    document.set_neutral_frame(clip, None)
    assert clip_in(document).edits == (keyed((0, 0.5), neutral=7),)


def test_a_session_keeps_the_stack(document: Document, tmp_path: Path) -> None:
    clip = clip_in(document)
    document.add_edit(clip.id, keyed((2, 0.5), (9, 1.5), between="linear", neutral=3))
    document.set_landmarks(clip.id, CORNERS)
    document.move_landmarks(clip.id, 5, offsets(a=UP))
    rest = np.asarray(clip.recording.vertices[8])
    document.add_edit(clip.id, replace(keyed((0, 1.2), neutral=rest), on=False))
    path = write_session(Session(document.state), tmp_path / "s.studio")
    again = read_session(path).state.clips[0]
    assert again.edits == clip_in(document).edits
    np.testing.assert_array_equal(
        Evaluator().sequence(again).vertices,
        document.evaluator.sequence(clip_in(document)).vertices,
    )


def test_landmarks_are_moved_under_an_intensity_and_above_it() -> None:
    clip = speaking(yaws(degrees=0.0))
    landmarks, half = pulled(clip), keyed((0, 0.5), neutral=load_template().vertices)
    vertex = landmarks.vertices[48]

    def rise(*edits: LandmarkEdit | IntensityEdit) -> float:
        frames = Evaluator().sequence(ClipState("a", clip, edits=edits)).vertices
        without = played(clip, half)
        return float((frames - without)[KEY, vertex, 0])

    assert rise(landmarks, half) == pytest.approx(-2.5, abs=0.02)
    assert rise(half, landmarks) == pytest.approx(-5.0, abs=0.02)


def test_a_recipe_names_the_face_that_an_intensity_leaves_at_rest() -> None:
    recipe = {"label": "fear", "seed": 1, "face": {"from": "template"}}
    stronger = ClipState("a", sheet(), recipe=recipe, edits=(keyed((0, 1.5), neutral=0),))
    assert clip_face(stronger) == FaceChoice()
    rest = sheet().vertices[4]
    changed = replace(stronger, edits=(keyed((0, 1.5), neutral=rest),))
    assert clip_face(changed).source == "clip" and not clip_face(changed).path
    assert clip_face(replace(changed, edits=())) == FaceChoice()
