"""Any verbs in any order: undo covers all of them, and signals tell every change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from studio.document import (
    ClipState,
    Document,
    DocumentState,
    IntensityEdit,
    IntensityKey,
    Landmark,
)
from studio.document.edits.keyed import KeyedEdit
from studio.document.key_verbs import KeySpot, shifted

from .clips import square

VALUES = st.sampled_from([0.0, 0.5, 1.0, 2.0])


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

    def places(self, which: int) -> list[int]:
        return list(range(len(self.document.state.clip(self.pick(which)).edits)))

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

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), note=st.sampled_from(["", "blinks"]))
    def add_marker(self, which: int, note: str) -> None:
        self.document.add_marker(self.pick(which), 0, note)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), value=VALUES)
    def add_edit(self, which: int, value: float) -> None:
        self.document.add_edit(self.pick(which), IntensityEdit((IntensityKey(0, value),)))

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), value=VALUES, key=st.none() | st.just("drag"))
    def change_edit(self, which: int, value: float, key: str | None) -> None:
        edit = IntensityEdit((IntensityKey(0, value),))
        for place in self.places(which)[-1:]:
            self.document.replace_edit(self.pick(which), place, edit, key=key)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), to=st.integers(-1, 4))
    def move_edit(self, which: int, to: int) -> None:
        for place in self.places(which)[:1]:
            self.document.move_edit(self.pick(which), place, to)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), on=st.booleans())
    def switch_edit(self, which: int, on: bool) -> None:
        for place in self.places(which)[:1]:
            self.document.switch_edit(self.pick(which), place, on=on)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9))
    def remove_edit(self, which: int) -> None:
        for place in self.places(which)[-1:]:
            self.document.remove_edit(self.pick(which), place)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), up=st.floats(-3, 3, width=32))
    def move_landmark(self, which: int, up: float) -> None:
        clip = self.pick(which)
        self.document.set_landmarks(clip, [Landmark("corner", 0)])
        self.document.move_landmarks(clip, 0, np.float32([[0, up, 0]]))

    @precondition(has_clip)
    @rule(which=st.integers(0, 9), by=st.integers(-6, 6), copy=st.booleans())
    def move_keys(self, which: int, by: int, copy: bool) -> None:
        clip = self.document.state.clip(self.pick(which))
        there = {spot: spot.frame for spot in keys_of(clip)}
        moves = shifted(there, by, clip.timing.frames - 1)
        self.document.retime_keys(clip.id, moves, copy=copy)

    @precondition(has_clip)
    @rule(which=st.integers(0, 9))
    def remove_keys(self, which: int) -> None:
        clip = self.document.state.clip(self.pick(which))
        self.document.remove_keys(clip.id, keys_of(clip))

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
            assert 0 <= start < stop <= clip.timing.frames

    @invariant()
    def what_plays_is_as_long_as_the_clip_says_and_known_at_once_afterwards(self) -> None:
        evaluator = self.document.evaluator
        for clip in self.document.state.clips:
            frames = evaluator.sequence(clip)
            assert frames.n_frames == clip.timing.frames and evaluator.ready(clip) is frames

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


def keys_of(clip: ClipState) -> list[KeySpot]:
    edits = [(place, edit) for place, edit in enumerate(clip.edits) if isinstance(edit, KeyedEdit)]
    return [KeySpot(place, frame) for place, edit in edits for frame in edit.frames]


AnyVerbs.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyVerbs = AnyVerbs.TestCase
