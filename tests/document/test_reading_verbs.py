"""A clip read in another unit or at another rate: one step that can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import Given, InputError, MeshSequence, Numbered, Progress, ReadAs
from studio.core.system.paths import shipped
from studio.document import Document, Session, read_session, write_session
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.document.edits.landmarks import Landmark, LandmarkEdit, LandmarkKey
from studio.takes.derive import neutralize_recipe
from studio.takes.faces import place_of
from studio.takes.reading import read_clip
from studio.takes.recipe import NeutralizeRecipe, recipe_from_dict
from tests.ui.fakes import SmallEngine

from .clips import square

GUESSED = ReadAs("m", "guess", "guess")


@pytest.fixture
def document() -> Document:
    document = Document()
    recording = square(9, fps=30.0).at(np.array([0, 3000.0, 0]))
    document.open_clip(replace(recording, read_as=GUESSED), Path("/takes/a"))
    return document


def recording(document: Document) -> MeshSequence:
    clip = document.current_clip
    assert clip is not None
    return clip.recording


def test_another_unit_is_another_size_and_place(document: Document) -> None:
    before, clip_id = recording(document), document.state.current
    heard: list[str] = []
    document.edit_changed.connect(heard.append)
    document.set_reading(clip_id, unit="cm")
    after = recording(document)
    np.testing.assert_allclose(after.vertices, before.vertices / 100, rtol=1e-6)
    np.testing.assert_allclose(after.origin, [0, 30, 0])
    assert (after.read_as, after.fps) == (ReadAs("cm", "given", "guess"), 30.0)
    assert heard == [clip_id]
    document.undo()
    assert recording(document) is before
    document.redo()
    assert recording(document) is after


def test_another_rate_plays_the_same_frames_faster(document: Document) -> None:
    before, heard = recording(document), list[str]()
    document.timing_changed.connect(heard.append)
    document.set_reading(document.state.current, fps=25)
    after = recording(document)
    assert after.vertices is before.vertices, "they are held once"
    assert (after.duration, after.read_as.rate_by, len(heard)) == (9 / 25, "given", 1)
    assert after.told[-1].startswith("Its unit (m") and "and rate (" not in after.told[-1]


def test_both_are_one_step_and_neither_is_none(document: Document) -> None:
    clip_id = document.state.current
    document.set_reading(clip_id, unit="m", fps=30.0)
    assert document.undo_name is not None and document.undo_name.startswith("Open")
    document.set_reading(clip_id, unit="mm", fps=60)
    assert document.undo_name == "Change unit and rate of square"
    document.undo()
    assert recording(document).read_as == GUESSED


def test_what_was_moved_by_hand_grows_with_the_clip(document: Document) -> None:
    clip_id = document.state.current
    key = LandmarkKey(2, np.float32([[1, 2, 3]]))
    document.add_edit(clip_id, LandmarkEdit((Landmark("tip", 0),), (key,)))
    rest = np.float32(recording(document).vertices[0])
    document.add_edit(clip_id, IntensityEdit(neutral=rest))
    document.set_reading(clip_id, unit="ft")
    moved, scaled = document.state.clip(clip_id).edits
    assert isinstance(moved, LandmarkEdit) and isinstance(scaled, IntensityEdit)
    np.testing.assert_allclose(moved.keys[0].offsets, key.offsets * 0.3048, rtol=1e-6)
    np.testing.assert_allclose(scaled.neutral, rest * 0.3048, rtol=1e-6)


def with_a_gap() -> Document:
    """Three frames of five, of which two are made from those on both sides."""
    clip = square(5, fps=30.0)
    filled = np.repeat(clip.vertices[[0, 1, 4]], (1, 3, 1), axis=0)
    files = Numbered(("f1.obj", "f2.obj", "f5.obj"), (0, 1, 4))
    read_as = ReadAs("mm", "file", "file", "hold", files)
    document = Document()
    document.open_clip(replace(clip, vertices=filled, read_as=read_as), Path("/takes/f"))
    return document


def test_gaps_are_closed_and_what_is_said_of_frames_stays_with_them(tmp_path: Path) -> None:
    document = with_a_gap()
    clip_id, before = str(document.state.current), recording(document)
    document.add_edit(clip_id, IntensityEdit((IntensityKey(1, 1.5), IntensityKey(4, 0.5))))
    document.set_range(clip_id, 1, 5)
    document.set_neutral_frame(clip_id, 4)
    edited = document.state
    document.set_reading(clip_id, gaps="close")
    (clip,) = document.state.clips
    np.testing.assert_array_equal(clip.recording.vertices, before.vertices[[0, 1, 4]])
    assert (clip.recording.frame_names, clip.neutral_frame) == (("f1", "f2", "f5"), 2)
    (edit,) = clip.edits
    assert isinstance(edit, IntensityEdit)
    assert (edit.frames, edit.neutral, clip.range) == ((1, 2), 2, (1, 3))
    assert document.undo_name == "Change gaps of square"
    path = write_session(Session(document.state), tmp_path / "talk.studio")
    (kept,) = read_session(path).state.clips
    assert kept.recording.read_as == clip.recording.read_as
    again = Document(replace(document.state, clips=(kept,)))
    again.set_reading(clip_id, gaps="fill")
    made = before.vertices[1] + (before.vertices[4] - before.vertices[1]) / 3
    assert recording(again).n_frames == 5
    np.testing.assert_allclose(recording(again).vertices[2], made, atol=1e-5)
    (edit,) = again.state.clips[0].edits
    assert isinstance(edit, IntensityEdit) and edit.frames == (1, 4)
    document.undo()
    assert document.state == edited


def test_gaps_of_a_clip_without_any_are_refused(document: Document) -> None:
    before = document.state
    with pytest.raises(InputError, match="frames are missing"):
        document.set_reading(str(before.current), gaps="close")
    assert document.state is before


@pytest.mark.parametrize("given", [{"unit": "cubit"}, {"fps": 0}, {"fps": float("nan")}])
def test_what_is_none_is_refused(document: Document, given: dict[str, object]) -> None:
    before = document.state
    with pytest.raises(InputError):
        document.set_reading(document.state.current, **given)
    assert document.state is before


def test_what_has_no_unit_is_not_given_one() -> None:
    document = Document()
    clip_id = document.add_generated(square(5), {"label": "fear", "seed": 1})
    with pytest.raises(InputError, match="without a unit"):
        document.set_reading(clip_id, unit="cm")
    document.set_reading(clip_id, fps=24)
    assert recording(document).fps == 24.0


def test_a_session_keeps_it(document: Document, tmp_path: Path) -> None:
    document.set_reading(document.state.current, unit="in", fps=24)
    path = write_session(Session(document.state), tmp_path / "talk.studio")
    (clip,) = read_session(path).state.clips
    assert clip.recording.read_as == ReadAs("in", "given", "given")
    np.testing.assert_array_equal(clip.recording.origin, recording(document).origin)


def test_a_recipe_says_how_the_file_is_to_be_read(document: Document) -> None:
    clip = document.current_clip
    assert clip is not None
    assert place_of(clip, by_hand=False) == ("/takes/a", Given())
    document.set_reading(clip.id, unit="cm", fps=25)
    clip = document.current_clip
    assert clip is not None
    recipe = neutralize_recipe(SmallEngine(), clip)
    assert recipe.source.given == recipe.face.given == Given("cm", 25.0)


@pytest.mark.parametrize("read_at", [None, 25.0])
def test_weights_that_play_at_another_rate_are_read_as_they_were(
    tmp_path: Path, read_at: float | None
) -> None:
    """Read at that rate they would be other frames; the path and the recipe stay."""
    path = shipped("resources") / "samples" / "surprise.csv"
    read = read_clip(path, Progress(), Given(fps=read_at))
    document = Document()
    clip_id = document.open_clip(read, path)
    for fps in (48.0, 60.0):
        document.set_reading(clip_id, fps=fps)
    (clip,) = document.state.clips
    wanted = Given(fps=read_at, pace=60.0)
    assert place_of(clip, by_hand=False) == (str(path), wanted)
    stored = json.dumps(neutralize_recipe(SmallEngine(), clip).to_dict())
    recipe = recipe_from_dict(json.loads(stored))
    assert isinstance(recipe, NeutralizeRecipe)
    assert recipe.source.given == recipe.face.given == wanted
    again = read_clip(Path(recipe.source.path), Progress(), recipe.source.given)
    np.testing.assert_array_equal(again.vertices, read.vertices)
    assert again.fps == 60.0
    kept = read_session(write_session(Session(document.state), tmp_path / "talk.studio"))
    assert kept.state.clips[0].recording.read_as == clip.recording.read_as
