"""Edits of any kinds in any order: the same frames as computed from nothing, and as saved ones."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cli.editing import edit as edit_command
from studio.core import InputError, MeshSequence
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Evaluator, Session, read_session, write_session
from studio.document.edit_verbs import beginning, begun, check_edits
from studio.document.edits.curve import CurveEdit
from studio.document.edits.edit import KINDS, Edit
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.encoding import ARRAY, Array, Decoder, encode
from studio.face.rig import ARKIT, head_rotation, load_rig
from studio.face.template import load_template
from studio.io import read_sequence, write_sequence

T = 7
# What a form cannot say of a kind, as files of edits do.
TOLD: dict[str, dict[str, object]] = {
    "channels": {"curves": [{"channel": "jawOpen", "keys": [{"frame": 2, "value": 0.4}]}]},
    "channel-gain": {"channels": [{"channel": "jawOpen", "multiplier": 1.6}]},
    "landmarks": {
        "landmarks": [{"name": "chin", "vertex": 40}, {"name": "brow", "vertex": 900}],
        "keys": [{"frame": 3, "offsets": [[0, 2, 0], [1, 0, 0]], "turning": True}],
    },
}


@lru_cache(maxsize=2)
def clip(seed: int = 0) -> MeshSequence:
    """A head that turns while its face moves."""
    rng, rise = np.random.default_rng(seed), np.linspace(0, 1, T)[:, None]
    shown = load_rig().pose((rise * rng.uniform(0, 0.5, len(ARKIT))).astype(np.float32))
    turned = shown @ head_rotation(rise * rng.normal(scale=9, size=3)).transpose(0, 2, 1)
    return MeshSequence(turned.astype(np.float32), load_template().faces, name=f"clip {seed}")


@lru_cache(maxsize=256)
def made(kind: str, seed: int) -> Edit:
    """Make an edit of a kind that lies over the clip, of whatever its parameters may be."""
    rng, state = np.random.default_rng(seed), ClipState("a", clip())
    told = {one.name: value(one, rng) for one in KINDS[kind].parameters if one.default is not None}
    told |= TOLD.get(kind, {})
    if kind == "baked":
        told = {"start": 2, "stop": 4, "vertices": clip().vertices[:3].tolist()}
    if any(one.name == "clip" for one in fields(KINDS[kind])):
        told["clip"] = encode(OtherClip.of(clip(1)), lambda _array: "other")
    read = Decoder(lambda _name: clip(1).vertices)
    edit: Edit = read.decode(Edit, {**told, "is": kind}, kind)
    if isinstance(edit, CurveEdit):
        low, high = edit.values.low, min(edit.values.high, 2.0)
        edit = edit.with_value(int(rng.integers(T)), float(rng.uniform(low, high)))
    check_edits(replace(state, edits=(edit,)))
    return edit


def value(one: Parameter, rng: np.random.Generator) -> object:
    """Draw what a parameter may be, as long as a short clip may have it."""
    if one.choices:
        return one.choices[rng.integers(len(one.choices))].value
    if one.allowed is None:
        return bool(rng.integers(2)) if isinstance(one.default, bool) else one.default
    low, high = max(one.allowed.low, 0), min(one.allowed.high, 3)
    if one.allowed.whole:
        return int(rng.integers(low, max(high, low) + 1))
    return float(rng.uniform(low, max(high, low))) if one.allowed.low < 3 else one.default


def example(kind: str, seed: int) -> Edit:
    """Make an edit of a kind that changes the clip."""
    for more in range(99):
        try:
            edit = made(kind, seed + more)
        except InputError:
            continue
        if edit.changes:
            return edit
    pytest.fail(f"no drawn {kind} changes a clip: say in TOLD what one needs besides its form")


def frames(state: ClipState) -> Floats:
    """Compute all that plays, from nothing."""
    return Evaluator().sequence(state).vertices


def look(document: Document, number: int) -> Floats | None:
    """Look at a frame before the others are there."""
    state = document.state.clips[0]
    return document.evaluator.frame(state, number % state.timing.frames)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_plays_the_same_looked_at_switched_undone_and_from_nothing(kind: str) -> None:
    document = Document()
    clip_id = document.open_clip(clip())
    document.add_edit(clip_id, example("intensity", 1))
    place = document.add_edit(clip_id, example(kind, 0))
    under, state = document.state.clip(clip_id), document.state
    for edit in under.active_edits:
        document.evaluator.basis(under.recording, edit)
    alone = [look(document, number) for number in reversed(range(under.timing.frames))]
    whole = document.evaluator.sequence(under).vertices
    np.testing.assert_allclose(np.stack(alone[::-1]), whole, atol=1e-4)
    assert frames(under).tobytes() == whole.tobytes()
    document.switch_edit(clip_id, place, on=False)
    look(document, 1)
    document.switch_edit(clip_id, place, on=True)
    assert document.state == state
    document.undo()
    without = document.evaluator.sequence(document.state.clip(clip_id)).vertices
    assert frames(replace(under, edits=under.edits[:place])).tobytes() == without.tobytes()
    document.redo()
    again = document.evaluator.sequence(document.state.clip(clip_id)).vertices
    assert again.tobytes() == whole.tobytes()


VERB = st.sampled_from(["add", "add", "change", "switch", "move", "remove", "undo", "redo"])
STEPS = st.lists(
    st.tuples(VERB, st.sampled_from([*KINDS]), st.integers(0, 9), st.integers(0, 9)),
    min_size=2,
    max_size=7,
)


@given(STEPS)
@settings(max_examples=6, deadline=None)
def test_any_edits_and_undos_play_what_is_computed_from_nothing(
    steps: list[tuple[str, str, int, int]],
) -> None:
    document = Document()
    clip_id = document.open_clip(clip())
    for verb, kind, number, seed in steps:
        try:
            do(document, clip_id, verb, kind, number, seed)
        except InputError:  # an edit that does not fit what the others make of the clip
            continue
        look(document, number)
    state = document.state.clip(clip_id)
    found = document.evaluator.sequence(state).vertices
    assert found.tobytes() == frames(state).tobytes()


def do(document: Document, clip_id: str, verb: str, kind: str, number: int, seed: int) -> None:
    edits = document.state.clip(clip_id).edits
    if verb == "redo":
        document.redo()
    elif verb == "undo":
        document.undo()
        if not document.state.clips:  # it has undone that the clip was opened
            document.redo()
    elif verb == "add" or not edits:
        document.add_edit(clip_id, example(kind, seed))
    elif verb == "change":
        document.replace_edit(clip_id, number % len(edits), example(kind, seed))
    elif verb == "switch":
        document.switch_edit(clip_id, number % len(edits), on=bool(seed % 2))
    elif verb == "move":
        document.move_edit(clip_id, number % len(edits), seed)
    else:
        document.remove_edit(clip_id, number % len(edits))


def test_a_stack_of_all_kinds_is_saved_and_run_on_the_command_line(tmp_path: Path) -> None:
    write_sequence(clip(), tmp_path / "clip.npz")
    write_sequence(clip(1), tmp_path / "other.npz")
    # Those that take other frames of time away come last, so that each finds what it is about.
    state = ClipState("a", read_sequence(tmp_path / "clip.npz"))
    for kind in sorted(KINDS, key=lambda name: KINDS[name].group == "time"):
        fitting = replace(state, edits=(*state.edits, example(kind, 0)))
        try:
            check_edits(fitting)
        except InputError:
            fitting = replace(state, edits=(*state.edits, begun(KINDS[kind], beginning(state, 0))))
        state = fitting
    assert {edit.kind for edit in state.edits} == set(KINDS)
    stored = [in_file(edit) for edit in state.edits]
    (tmp_path / "stack.json").write_text(json.dumps(stored))
    edit_command(tmp_path / "clip.npz", tmp_path / "stack.json", tmp_path / "out.npz")
    wanted, document = frames(state), Document()
    assert read_sequence(tmp_path / "out.npz").vertices.tobytes() == wanted.tobytes()
    clip_id = document.open_clip(state.recording)
    for edit in state.edits:
        document.add_edit(clip_id, edit)
    write_session(Session(document.state), tmp_path / "a.studio")
    (read,) = read_session(tmp_path / "a.studio").state.clips
    assert frames(read).tobytes() == wanted.tobytes()


def in_file(edit: Edit) -> dict[str, object]:
    """Write an edit as people do: the other clip by its path, arrays as lists of numbers."""
    arrays: dict[str, Array] = {}

    def put(array: Array) -> str:
        arrays[str(len(arrays))] = array
        return str(len(arrays) - 1)

    def plain(stored: Any) -> Any:
        if isinstance(stored, list):
            return [plain(item) for item in stored]
        if not isinstance(stored, dict):
            return stored
        if ARRAY in stored:
            return arrays[stored[ARRAY]].tolist()
        return {name: plain(item) for name, item in stored.items()}

    changed: Any = edit  # of which some kinds have a clip
    other = {"clip": None} if getattr(edit, "clip", None) else {}
    told = plain(encode(replace(changed, **other), put)) | dict.fromkeys(other, "other.npz")
    return {"kind": told.pop("is"), **told}
