"""A head with its own shapes lends them to the clips of its face, which are read in them or not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.document import Document, Session, read_session, write_session
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT
from tests.face.registrations import registered

from .clips import square


@cache
def head() -> MeshSequence:
    """Give the square 52 poses, each of which lifts a corner."""
    rest, poses = square(1).vertices[0], np.tile(square(1).vertices[0], (len(ARKIT) + 1, 1, 1))
    poses[np.arange(1, len(ARKIT) + 1), np.arange(len(ARKIT)) % len(rest), 2] += 5.0
    return MeshSequence(poses, square().faces, 1.0, "head", frame_names=("neutral", *ARKIT))


def shapes_in(document: Document, clip_id: str) -> FaceShapes | None:
    found = document.state.clip(clip_id).registration
    assert found is not None
    return found.shapes


def test_a_head_opened_after_its_clips_lends_its_shapes_in_one_step() -> None:
    document = Document()
    clip = document.open_clip(square())
    document.set_registration(clip, registered(square()))
    assert shapes_in(document, clip) is None
    brought = document.open_clip(head(), Path("/faces/head"))
    lent = shapes_in(document, clip)
    assert lent is not None and lent is shapes_in(document, brought)
    assert (lent.names, lent.path) == (ARKIT, str(Path("/faces/head").absolute()))
    document.undo()
    assert shapes_in(document, clip) is None and len(document.state.clips) == 1


def test_a_head_opened_before_serves_too_and_is_overruled() -> None:
    document = Document()
    document.open_clip(head())
    clip = document.open_clip(square())
    with pytest.raises(InputError, match="square: expected a head with its own ARKit shapes"):
        document.read_in_shapes(clip, on=True)
    document.set_registration(clip, registered(square()))
    other = document.open_clip(square(name="other"))
    assert shapes_in(document, clip) is shapes_in(document, other) is not None
    document.read_in_shapes(clip, on=False)
    assert document.undo_name == "Read square by its surface"
    assert shapes_in(document, clip) is shapes_in(document, other) is None
    document.read_in_shapes(other, on=True)
    assert shapes_in(document, clip) is not None
    document.undo()
    document.undo()
    assert shapes_in(document, clip) is not None


def test_a_clip_without_such_a_head_is_read_by_its_surface() -> None:
    document = Document()
    clip = document.open_clip(square())
    document.set_registration(clip, registered(square()))
    document.open_clip(replace(head(), frame_names=(), name="poses of no names"))
    with pytest.raises(InputError, match="ARKit shapes, of the same vertices"):
        document.read_in_shapes(clip, on=True)
    document.read_in_shapes(clip, on=False)
    assert shapes_in(document, clip) is None


def test_a_session_keeps_them(tmp_path: Path) -> None:
    document = Document()
    clip = document.open_clip(square())
    document.set_registration(clip, registered(square()))
    document.open_clip(head(), tmp_path / "head.npz")
    write_session(Session(document.state), tmp_path / "talk.studio")
    read = read_session(tmp_path / "talk.studio").state.clips[0].registration
    lent = shapes_in(document, clip)
    assert read is not None and read.shapes is not None and lent is not None
    assert read.shapes.path == lent.path
    np.testing.assert_array_equal(read.shapes.deltas, lent.deltas)
