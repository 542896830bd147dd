"""The document: verbs in, signals out, and undo that covers every verb."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from studio.core import InputError
from studio.document import Document, DocumentState, GenerationSettings

from .clips import square


class AnyVerbs(RuleBasedStateMachine):
    """Whatever is done, undoing all of it and redoing all of it leads to both ends."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.seen: list[tuple[DocumentState, DocumentState]] = []
        self.document.changed.connect(lambda before, after: self.seen.append((before, after)))

    def pick(self, which: int) -> str:
        clips = self.document.state.clips
        return clips[which % len(clips)].id

    def has_clip(self) -> bool:
        return bool(self.document.state.clips)

    @rule(frames=st.integers(1, 6))
    def open_clip(self, frames: int) -> None:
        self.document.open_clip(square(frames), Path("a.obj"))

    @rule(seed=st.integers(0, 3))
    def add_generated(self, seed: int) -> None:
        self.document.add_generated(square(4), {"label": "fear", "seed": seed})

    @precondition(has_clip)
    @rule(which=st.integers(0, 9))
    def remove(self, which: int) -> None:
        self.document.remove_clip(self.pick(which))

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), name=st.sampled_from(["one", "two"]))
    def rename(self, which: int, name: str) -> None:
        self.document.rename_clip(self.pick(which), name)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9))
    def duplicate(self, which: int) -> None:
        self.document.duplicate_clip(self.pick(which))

    @precondition(has_clip)
    @rule(chosen=st.sets(st.integers(0, 9), min_size=1, max_size=4), place=st.integers(-1, 9))
    def move(self, chosen: set[int], place: int) -> None:
        self.document.move_clips({self.pick(which) for which in chosen}, place)

    @precondition(has_clip)
    @rule(chosen=st.sets(st.integers(0, 9), min_size=1, max_size=4), starred=st.booleans())
    def star(self, chosen: set[int], starred: bool) -> None:
        self.document.star_clips({self.pick(which) for which in chosen}, starred=starred)

    @precondition(has_clip)
    @rule(chosen=st.sets(st.integers(0, 9), min_size=1, max_size=4))
    def remove_several(self, chosen: set[int]) -> None:
        self.document.remove_clips({self.pick(which) for which in chosen})

    @rule(count=st.integers(0, 3))
    def add_takes(self, count: int) -> None:
        self.document.add_takes([(square(4), {"label": "fear", "seed": k}) for k in range(count)])

    @precondition(has_clip)
    @rule(which=st.integers(0, 9))
    def show(self, which: int) -> None:
        self.document.set_current(self.pick(which))

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), start=st.integers(-3, 9), stop=st.integers(-3, 9))
    def set_range(self, which: int, start: int, stop: int) -> None:
        self.document.set_range(self.pick(which), start, stop)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), frame=st.none() | st.just(0))
    def set_neutral(self, which: int, frame: int | None) -> None:
        self.document.set_neutral_frame(self.pick(which), frame)

    @rule(seed=st.integers(0, 9), key=st.none() | st.just("seed"))
    def set_seed(self, seed: int, key: str | None) -> None:
        self.document.set_generation(seed=seed, key=key)

    @rule(intensity=st.floats(0, 1.5), label=st.sampled_from(["anger", "fear"]))
    def set_settings(self, intensity: float, label: str) -> None:
        self.document.set_generation(intensity=intensity, label=label)

    @rule()
    def undo(self) -> None:
        self.document.undo()

    @rule()
    def redo(self) -> None:
        self.document.redo()

    @rule()
    def release(self) -> None:
        self.document.seal()

    @invariant()
    def the_current_clip_is_in_the_document(self) -> None:
        state = self.document.state
        assert (state.current is None) == (not state.clips)
        assert state.current is None or state.find(state.current) is not None

    @invariant()
    def ids_are_never_shared(self) -> None:
        ids = [clip.id for clip in self.document.state.clips]
        assert len(ids) == len(set(ids))

    @invariant()
    def ranges_hold_a_frame(self) -> None:
        for clip in self.document.state.clips:
            start, stop = clip.range
            assert 0 <= start < stop <= clip.sequence.n_frames

    @invariant()
    def signals_tell_every_change_and_nothing_else(self) -> None:
        for (_, after), (before, _) in zip(self.seen, self.seen[1:], strict=False):
            assert after == before
        assert all(before != after for before, after in self.seen)
        assert not self.seen or self.seen[-1][1] == self.document.state

    def teardown(self) -> None:
        while self.document.redo_name is not None:
            self.document.redo()
        last = self.document.state
        while self.document.undo_name is not None:
            self.document.undo()
        assert self.document.state == DocumentState()
        while self.document.redo_name is not None:
            self.document.redo()
        assert self.document.state == last


AnyVerbs.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyVerbs = AnyVerbs.TestCase


def test_each_edit_emits_what_it_changed() -> None:
    document = Document()
    clip = document.open_clip(square())
    told: list[object] = []
    document.range_changed.connect(lambda *what: told.append(("range", *what)))
    document.neutral_changed.connect(lambda *what: told.append(("neutral", *what)))
    document.current_changed.connect(lambda what: told.append(("current", what)))
    document.set_range(clip, 1, 3)
    document.set_neutral_frame(clip, 2)
    document.undo()
    document.remove_clip(clip)
    assert told == [
        ("range", clip, 1, 3),
        ("neutral", clip, 2),
        ("neutral", clip, None),
        ("current", None),
    ]


def test_undo_names_the_step() -> None:
    document = Document()
    clip = document.open_clip(square(name="smile"))
    assert document.undo_name == "Open smile"
    document.rename_clip(clip, "grin")
    assert document.undo_name == "Rename smile"
    document.undo()
    assert (document.undo_name, document.redo_name) == ("Open smile", "Rename smile")


def test_a_slider_drag_undoes_as_one_step() -> None:
    document = Document()
    for step in range(20):
        document.set_generation(intensity=1 + step / 40, key="intensity")
    document.undo()
    assert document.state.generation == GenerationSettings()


def test_removing_the_shown_clip_shows_its_neighbour() -> None:
    document = Document()
    first, second, third = (document.open_clip(square(name=name)) for name in "abc")
    document.set_current(second)
    document.remove_clip(second)
    assert document.state.current == third
    document.remove_clip(third)
    assert document.state.current == first


def names(document: Document) -> str:
    return "".join(clip.name for clip in document.state.clips)


@pytest.mark.parametrize(
    ("moved", "place", "order"),
    [
        ("a", 0, "abcde"),
        ("a", 1, "abcde"),
        ("a", 2, "bacde"),
        ("e", 0, "eabcd"),
        ("a", 99, "bcdea"),
        ("db", 0, "bdace"),
        ("bd", 3, "acbde"),
    ],
)
def test_clips_move_before_the_one_at_the_place(moved: str, place: int, order: str) -> None:
    document = Document()
    ids = {name: document.open_clip(square(name=name)) for name in "abcde"}
    step = document.undo_name
    document.move_clips([ids[name] for name in moved], place)
    assert names(document) == order
    assert (document.undo_name == step) == (order == "abcde"), "no move is no step"
    if order != "abcde":
        document.undo()
    assert names(document) == "abcde"


def test_several_clips_go_and_come_back_as_one_step() -> None:
    document = Document()
    ids = [document.open_clip(square(name=name)) for name in "abcde"]
    document.set_current(ids[1])
    document.remove_clips(ids[1:3])
    assert (names(document), document.state.current) == ("ade", ids[3])
    document.remove_clips([ids[3], ids[4]])
    assert (names(document), document.state.current) == ("a", ids[0])
    document.undo()
    document.undo()
    assert names(document) == "abcde"


def test_takes_come_in_together_with_a_star_and_a_time_of_their_own() -> None:
    now = iter([5.0, 7.0, 9.0])
    document = Document(clock=lambda: next(now))
    takes = [(square(name=f"fear {seed}"), {"label": "fear", "seed": seed}) for seed in (3, 4)]
    ids = document.add_takes(takes)
    assert document.state.current == ids[0]
    assert [clip.created for clip in document.state.clips] == [5.0, 5.0]
    assert [clip.seed for clip in document.state.clips] == [3, 4]
    document.star_clips(ids, starred=True)
    assert document.undo_name == "Star 2 clips"
    twin = document.duplicate_clip(ids[0])
    copy = document.state.clip(twin)
    assert (copy.starred, copy.created) == (True, 7.0)
    for _ in range(3):
        document.undo()
    assert document.state == DocumentState()


def test_ids_are_not_used_again_after_undo() -> None:
    document = Document()
    first = document.open_clip(square(3))
    document.undo()
    assert document.open_clip(square(4)) != first


def test_a_clip_that_is_not_open_is_an_error_and_changes_nothing() -> None:
    document = Document()
    document.open_clip(square())
    before = document.state
    for verb in (document.remove_clip, document.set_current, document.duplicate_clip):
        with pytest.raises(InputError, match="clip-9"):
            verb("clip-9")
    assert document.state is before


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": 2**31}, {"length": 15}, {"length": 241}, {"intensity": 1.6}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    document = Document()
    with pytest.raises(InputError, match=next(iter(wrong))):
        document.set_generation(**wrong)  # type: ignore[arg-type]
    assert document.state == DocumentState()


@pytest.mark.parametrize("frame", [-1, 5])
def test_a_neutral_frame_outside_the_clip_is_refused(frame: int) -> None:
    document = Document()
    clip = document.open_clip(square(5))
    with pytest.raises(InputError, match="0 to 4"):
        document.set_neutral_frame(clip, frame)


def test_generated_clips_are_at_risk_until_they_lie_in_a_file() -> None:
    document = Document()
    document.open_clip(square())
    made = document.add_generated(square(), {"label": "fear", "seed": 1})
    assert [clip.id for clip in document.unsaved_generated] == [made]
    document.mark_kept(made)
    assert document.unsaved_generated == ()
    copy = document.duplicate_clip(made)
    assert document.unsaved_generated == ()
    assert document.state.clip(copy).label == "fear"


def test_modified_follows_undo_back_to_the_saved_state() -> None:
    document = Document()
    assert not document.is_modified
    document.set_generation(seed=5)
    document.mark_saved()
    document.set_generation(seed=6)
    assert document.is_modified
    document.undo()
    assert not document.is_modified


def test_a_recipe_cannot_be_changed_from_outside() -> None:
    document = Document()
    recipe: dict[str, object] = {"label": "fear", "seed": 1}
    made = document.add_generated(square(), recipe)
    clip = document.state.clip(made)
    recipe["label"] = "anger"
    assert clip.label == "fear"
    with pytest.raises(TypeError):
        clip.recipe["label"] = "anger"  # type: ignore[index]


def test_closed_clips_do_not_stay_in_memory_for_ever() -> None:
    bytes_each = square(10).vertices.nbytes
    document = Document(undo_bytes=3 * bytes_each)
    for _ in range(20):
        document.remove_clip(document.open_clip(square(10)))
    held = 0
    while document.undo_name is not None:
        document.undo()
        held += len(document.state.clips)
    assert 1 <= held <= 3


def test_work_is_what_a_second_look_at_the_files_would_not_give_back() -> None:
    document = Document()
    first = document.open_clip(square())
    second = document.open_clip(square())
    document.set_current(first)
    document.set_generation(seed=9)
    assert not document.has_unsaved_work
    document.set_range(second, 1, 3)
    assert document.has_unsaved_work
    document.undo()
    assert not document.has_unsaved_work
    document.duplicate_clip(first)
    assert document.has_unsaved_work


def test_what_was_saved_does_not_stay_in_memory_for_that() -> None:
    document = Document(undo_bytes=0)
    clip = document.open_clip(square())
    document.mark_saved()
    frames = weakref.ref(document.state.clip(clip).sequence)
    document.remove_clip(clip)
    gc.collect()
    assert frames() is None
    assert document.has_unsaved_work


def test_in_a_session_every_edit_is_work_but_looking_around_is_not() -> None:
    document = Document()
    first = document.open_clip(square())
    made = document.add_generated(square(), {"label": "fear"})
    assert document.has_unsaved_work
    saved = document.state
    document.rename_clip(first, "smile")
    document.mark_saved(saved)
    assert document.has_unsaved_work, "an edit while the file was written is not in it"
    assert document.unsaved_generated == ()
    document.mark_saved()
    document.set_current(made)
    assert not document.has_unsaved_work
    document.set_generation(seed=9)
    assert document.has_unsaved_work


def test_another_document_takes_the_place_of_this_one_at_once() -> None:
    document = Document()
    document.open_clip(square())
    other = Document()
    other.open_clip(square(9))
    heard: list[object] = []
    document.current_changed.connect(heard.append)
    document.clips_changed.connect(heard.append)
    document.replace(other.state)
    assert document.state == other.state
    assert heard == [other.state.clips, other.state.current]
    assert (document.undo_name, document.has_unsaved_work) == (None, False)
    longer = replace(other.state.clips[0], recording=square(3))
    again = DocumentState((longer,), other.state.current)
    heard.clear()
    document.replace(again)
    assert heard == [again.clips, again.current], "views follow other frames under the same id"


def test_a_closed_clip_that_undo_let_go_is_in_memory_no_more() -> None:
    document = Document(undo_bytes=0)
    clip = document.open_clip(square())
    frames = weakref.ref(document.state.clip(clip).sequence)
    document.rename_clip(clip, "smile")
    assert document.has_unsaved_work
    document.rename_clip(clip, "square")
    assert not document.has_unsaved_work
    document.remove_clip(clip)
    gc.collect()
    assert frames() is None
