"""What plays of a clip: computed once, shared, forgotten, and the same to the bit."""

from __future__ import annotations

import gc
import threading
import weakref
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import Cancelled, MeshSequence, Progress
from studio.core.alignment import head_turns
from studio.core.sequence import Floats
from studio.document import (
    AutosaveFolder,
    ClipState,
    Document,
    Evaluator,
    IntensityEdit,
    IntensityKey,
    Landmark,
    LandmarkEdit,
    LandmarkKey,
    Session,
    read_session,
)
from studio.document.edits.edit import Below, Edit, Frames, head_points
from studio.face.warp import RbfWarp

from .sessions import same
from .slower import slower_kind
from .test_landmark_edit import CORNERS, UP, offsets, sheet

DATA = Path(__file__).parent / "data"


def edit_of(height: float = 1.0) -> LandmarkEdit:
    keys = tuple(LandmarkKey(frame, offsets(a=height * UP, d=-UP)) for frame in (5, 20))
    return LandmarkEdit(CORNERS, keys)


def clip_of(recording: MeshSequence, *edits: Edit) -> ClipState:
    return ClipState("a", recording, edits=edits)


def nodding_sheet(n_frames: int, seed: int = 0) -> MeshSequence:
    """A sheet that shivers while it turns to and fro."""
    clip, rng = sheet(n_frames), np.random.default_rng(seed)
    angle = 0.4 * np.sin(np.arange(n_frames) / 7)
    turns = np.zeros((n_frames, 3, 3))
    turns[:, 0, 0] = turns[:, 2, 2] = np.cos(angle)
    turns[:, 0, 2], turns[:, 2, 0], turns[:, 1, 1] = np.sin(angle), -np.sin(angle), 1
    shivering = clip.vertices + rng.normal(scale=0.05, size=clip.vertices.shape)
    return replace(clip, vertices=shivering @ turns.transpose(0, 2, 1))


def moved_all_at_once(recording: MeshSequence, edit: LandmarkEdit) -> Floats:
    """(T, V, 3) of a landmark edit, 32 of the frames that it reaches at a time, told plainly."""
    rest, points = recording.vertices[0], head_points(recording)
    warp = RbfWarp.of(rest, rest[list(edit.vertices)], faces=recording.faces)
    shares = edit.influence(np.arange(recording.n_frames))
    touched, out = np.flatnonzero(shares.any(axis=1)), recording.vertices.copy()
    for start in range(0, len(touched), 32):
        part = touched[start : start + 32]
        wish = np.zeros((len(part), len(edit.landmarks), 3), dtype=np.float32)
        for share, key in zip(edit.influence(part).T, edit.keys, strict=True):
            at = np.flatnonzero(share)
            if not len(at) or not key.offsets.any():
                continue
            turned = key.offsets
            if key.turning:
                then, now = recording.vertices[key.frame, points], part[at][:, None]
                turns = head_turns(recording.vertices[now, points], then)
                turned = key.offsets @ turns.transpose(0, 2, 1)
            wish[at] += share[at, None, None] * turned
        some = np.flatnonzero(wish.any(axis=(0, 2)))
        if len(some):
            out[part] += warp.only(some).apply(wish[:, some])
    return np.asarray(out)


@pytest.mark.parametrize("fade", [1, 4, 10, 60])
@pytest.mark.parametrize("keyed", [(0,), (5, 20), (3, 40, 41, 90), tuple(range(0, 120, 7))])
def test_landmark_edits_are_the_same_to_the_bit(keyed: tuple[int, ...], fade: int) -> None:
    recording, rng = nodding_sheet(123), np.random.default_rng(len(keyed))
    moves = rng.normal(scale=3, size=(len(keyed), 4, 3))
    moves[:, 1] = 0  # a landmark that nothing moves
    keys = tuple(
        LandmarkKey(frame, move, turning=frame % 2 == 0)
        for frame, move in zip(keyed, moves, strict=True)
    )
    edit = LandmarkEdit(CORNERS, keys, fade)
    found = Evaluator().sequence(clip_of(recording, edit)).vertices
    np.testing.assert_array_equal(found, moved_all_at_once(recording, edit))


def test_a_session_of_before_plays_as_it_played() -> None:
    """Written by the release before edits were a stack, with what it showed of its edited clip."""
    session, evaluator = read_session(DATA / "schema-1.studio"), Evaluator()
    state = session.state
    edited, copy, made, foreign = state.clips
    frames = evaluator.sequence(edited).vertices
    shown = np.load(DATA / "schema-1-played.npz")["edited"]
    np.testing.assert_allclose(frames[[0, 2, 6, 9, 13, 20, 27, 39]], shown, atol=1e-5)
    np.testing.assert_array_equal(frames, moved_all_at_once(edited.recording, edited.edits[0]))
    assert (edited.range, edited.neutral_frame, edited.landmark_edit.fade) == ((3, 31), 2, 8)
    np.testing.assert_array_equal(evaluator.sequence(copy).vertices, frames)
    assert made.starred and made.recipe["seed"] == 7 and made.as_recorded
    assert [landmark.vertex for landmark in foreign.landmarks] == [0, 9, 90, 99, 45]
    assert (state.generation.label, state.generation.seed) == ("anger", 11)
    assert session.view["frame"] == 6 and session.notes == ()


def test_an_autosave_of_before_is_brought_back(tmp_path: Path) -> None:
    with zipfile.ZipFile(DATA / "schema-1.studio") as archive:
        archive.extractall(tmp_path)
    folder, evaluator = AutosaveFolder(tmp_path), Evaluator()
    session, left = read_session(DATA / "schema-1.studio"), folder.leftover()
    assert left is not None and left.clips == tuple(clip.name for clip in session.state.clips)
    brought = folder.read(evaluator=evaluator).state
    assert [clip.edits for clip in brought.clips] == [clip.edits for clip in session.state.clips]
    assert evaluator.frame(brought.clips[0], 6) is not None, "any frame can be shown at once"
    folder.write(Session(brought))
    assert same(AutosaveFolder(tmp_path).read().state, brought)


def test_a_frame_alone_is_that_of_the_whole_clip() -> None:
    evaluator, clip = (
        Evaluator(),
        clip_of(sheet(), edit_of(), IntensityEdit((IntensityKey(9, 1.5),))),
    )
    evaluator.basis(clip.recording, clip.edits[0])
    alone = [evaluator.frame(clip, number) for number in range(60)]
    assert evaluator.ready(clip) is None
    np.testing.assert_allclose(np.stack(alone), evaluator.sequence(clip).vertices, atol=1e-5)
    assert evaluator.ready(clip) is evaluator.sequence(clip)
    np.testing.assert_array_equal(evaluator.frame(clip, 7), evaluator.sequence(clip).vertices[7])


def test_a_frame_waits_for_the_map_of_its_landmarks() -> None:
    recording, evaluator = sheet(), Evaluator()
    assert evaluator.frame(clip_of(recording, edit_of()), 5) is None
    np.testing.assert_array_equal(evaluator.frame(clip_of(recording), 5), recording.vertices[5])
    evaluator.basis(recording, LandmarkEdit((Landmark("e", 44), *CORNERS[1:])))
    assert evaluator.frame(clip_of(recording, edit_of()), 5) is None, "a map of other landmarks"


@pytest.mark.parametrize(
    "edits",
    [(), (LandmarkEdit(CORNERS),), (replace(edit_of(), on=False),), (IntensityEdit(),)],
)
def test_where_nothing_is_edited_the_recording_plays(edits: tuple[Edit, ...]) -> None:
    clip, evaluator = clip_of(sheet(), *edits), Evaluator()
    assert clip.as_recorded and evaluator.ready(clip) is evaluator.sequence(clip) is clip.recording


def test_keys_that_move_nothing_change_nothing() -> None:
    clip = clip_of(sheet(), LandmarkEdit(CORNERS, (LandmarkKey(5, offsets()),)))
    frames = Evaluator().sequence(clip).vertices
    np.testing.assert_array_equal(frames, clip.recording.vertices)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Each chunk that was computed: the kind of the edit and its first frame."""
    found: list[tuple[str, int]] = []
    for kind in (LandmarkEdit, IntensityEdit):
        real = kind.apply

        def told(
            edit: Edit, below: Below, frames: Frames, progress: Progress, real: object = real
        ) -> Floats:
            made = real(edit, below, frames, progress)
            found.append((edit.kind, int(frames[0])))
            return made

        monkeypatch.setattr(kind, "apply", told)
    return found


def test_those_who_ask_at_once_share_one_answer(computed: list[tuple[str, int]]) -> None:
    asked, clip, evaluator = threading.Barrier(4), clip_of(sheet(), edit_of()), Evaluator()

    def ask(_number: int) -> MeshSequence:
        asked.wait()
        return evaluator.sequence(clip)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert len(set(computed)) == len(computed) > 1
    assert all(answer is answers[0] for answer in answers)


def test_a_stop_keeps_the_chunks_that_are_done(computed: list[tuple[str, int]]) -> None:
    evaluator, clip = Evaluator(), clip_of(sheet(200), edit_of())
    stop = Progress(lambda share, _text: stop.cancel() if share > 0.3 else None)
    with pytest.raises(Cancelled):
        evaluator.sequence(clip, stop)
    assert evaluator.ready(clip) is None and computed
    shares: list[float] = []
    evaluator.sequence(clip, Progress(lambda share, _text: shares.append(share)))
    assert evaluator.ready(clip) is not None and len(set(computed)) == len(computed)
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_an_undone_state_finds_its_chunks_and_so_does_an_edit_on_top(
    computed: list[tuple[str, int]],
) -> None:
    document = Document()
    clip = document.open_clip(sheet())
    document.set_landmarks(clip, CORNERS)
    document.move_landmarks(clip, 5, offsets(a=UP))

    def frames() -> MeshSequence:
        return document.evaluator.sequence(document.state.clip(clip))

    first = frames()
    document.add_edit(clip, IntensityEdit((IntensityKey(0, 0.5),)))
    before = len(computed)
    frames()
    assert {kind for kind, _ in computed[before:]} == {"intensity"}, "it starts from those below"
    count = len(computed)
    document.undo()
    assert frames() is first
    document.redo()
    frames()
    document.switch_edit(clip, 1, on=False)
    assert frames() is first and len(computed) == count


def test_memory_stays_within_its_budget_and_the_latest_is_kept() -> None:
    recording = sheet()
    one = recording.vertices.nbytes
    evaluator = Evaluator(3 * one)
    clips = [clip_of(recording, edit_of(height)) for height in (1, 2, 3, 4, 5)]
    for clip in clips:
        evaluator.sequence(clip)
    assert one < evaluator.held_bytes <= 3 * one
    gc.collect()
    assert [evaluator.ready(clip) is not None for clip in clips] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert len(evaluator.fits(clips)) == 3
    held = evaluator.sequence(clips[-1])
    evaluator.set_budget(0)
    assert evaluator.ready(clips[-1]) is held and evaluator.frame(clips[0], 5) is not None


def test_frames_that_somebody_holds_are_found_whatever_was_forgotten() -> None:
    evaluator, clips = Evaluator(0), [clip_of(sheet(), edit_of(height)) for height in (1, 2)]
    held = evaluator.sequence(clips[0])
    evaluator.sequence(clips[1])
    assert evaluator.sequence(clips[0]) is held


def test_what_belongs_to_a_recording_goes_with_it() -> None:
    evaluator, clip = Evaluator(), clip_of(sheet(9), edit_of())
    clip = replace(clip, edits=(LandmarkEdit(CORNERS, (LandmarkKey(3, offsets(a=UP)),)),))
    frames = weakref.ref(evaluator.sequence(clip))
    gc.collect()
    assert frames() is not None, "undo may ask for them"
    assert evaluator.held_bytes > 0
    del clip
    gc.collect()
    assert frames() is None and evaluator.held_bytes == 0


def test_the_memory_for_undo_rules_the_frames_of_edits_too() -> None:
    document = Document(undo_bytes=10**6)
    clip = document.open_clip(sheet(200))
    document.set_landmarks(clip, CORNERS)
    for height in (1, 2, 3):
        document.move_landmarks(clip, 5, offsets(a=height * UP))
        document.evaluator.sequence(document.state.clip(clip))
    assert document.evaluator.held_bytes <= 10**6
    document.set_undo_bytes(300_000)
    assert document.evaluator.held_bytes <= 300_000


def test_timing_is_that_of_the_recording_until_an_edit_says_else() -> None:
    clip = clip_of(sheet(), edit_of())
    assert clip.timing == clip.recording.timing
    times = np.array([0.0, 2.5, 59.0])
    np.testing.assert_array_equal(clip.source_times(times), times)


@pytest.fixture
def slower() -> Iterator[type[Edit]]:
    with slower_kind() as kind:
        yield kind


def test_an_edit_may_change_the_length_of_a_clip(slower: type[Edit]) -> None:
    document = Document()
    clip_id = document.open_clip(sheet())
    document.set_landmarks(clip_id, CORNERS)
    document.move_landmarks(clip_id, 5, offsets(a=UP))
    below = document.evaluator.sequence(document.state.clip(clip_id)).vertices
    document.add_edit(clip_id, slower())
    clip = document.state.clip(clip_id)
    frames = document.evaluator.sequence(clip).vertices
    assert clip.timing.frames == len(frames) == 120 and clip.range == (0, 120)
    np.testing.assert_array_equal(frames, below.repeat(2, axis=0))
    np.testing.assert_array_equal(document.evaluator.frame(clip, 11), below[5])
    np.testing.assert_array_equal(clip.source_times(np.array([7.0])), [3.5])
    document.set_range(clip_id, 70, 110)
    document.set_neutral_frame(clip_id, 100)
    assert document.state.clip(clip_id).range == (70, 110)
    document.undo()
    document.remove_edit(clip_id, 1)
    clip = document.state.clip(clip_id)
    assert clip.range == (35, 55) and clip.neutral_frame is None, "on the moments it was on"
