"""The edit that adds head, gaze and blinks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.document import BearingEdit, ClipState, Evaluator
from studio.face.rig import ARKIT_INDEX, load_rig
from studio.face.template import load_template


@pytest.fixture(scope="module")
def recording() -> MeshSequence:
    weights = np.zeros((40, 52), dtype=np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.0, 1.0, 40)
    return MeshSequence(load_rig().pose(weights), load_template().faces)


def played(recording: MeshSequence, edit: BearingEdit) -> np.ndarray:
    return Evaluator().sequence(ClipState("clip", recording, edits=(edit,))).vertices


def test_it_moves_all_frames_but_the_first_and_can_be_switched_off(recording: MeshSequence) -> None:
    edit = BearingEdit("surprise", 4)
    moved = played(recording, edit)
    assert np.array_equal(moved[0], recording.vertices[0])
    assert (np.abs(moved[1:] - recording.vertices[1:]).max(axis=(1, 2)) > 0).all()
    assert np.array_equal(played(recording, replace(edit, on=False)), recording.vertices)
    nothing = replace(edit, head=0.0, gaze=0.0, blinks=0.0)
    assert not nothing.changes
    assert nothing.summary == "Head, gaze, blinks · 0%"
    assert replace(edit, gaze=0.5).summary == "Head 100%, gaze 50%, blinks 100%"


def test_it_needs_the_studios_face_and_amounts_in_range(recording: MeshSequence) -> None:
    other = MeshSequence(recording.vertices[:, :-1], recording.faces[:50])
    with pytest.raises(InputError, match="a clip of the studio's face"):
        BearingEdit().check(other, other.timing, "other")
    with pytest.raises(InputError, match="from 0 to 2"):
        BearingEdit(head=3.0)
    with pytest.raises(InputError, match="one of anger"):
        BearingEdit("joy")
