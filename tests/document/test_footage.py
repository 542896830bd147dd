"""What was seen in the video of a clip stays beside its frames, and is kept with them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.video.footage import Footage
from studio.document.encoding import Decoder, encode
from studio.document.state import ClipState, DocumentState, held_bytes


@pytest.fixture
def clip() -> MeshSequence:
    landmarks = np.random.default_rng(1).uniform(0, 9, (5, 478, 3)).astype(np.float32)
    landmarks[2] = np.nan
    footage = Footage(
        Path("/films/talk.mp4"),
        np.arange(5) / 25,
        landmarks,
        np.full((5, 2), 9, dtype=np.int32),
        faces=3,
        remarks=("It is turned.",),
        shown=np.array([0, 1, 1, 2, 3, 4], dtype=np.int32),
        resting=np.array([0, 4], dtype=np.int32),
        rest=(0.0, 0.2),
        gaps="hold",
    )
    vertices = np.zeros((6, 3, 3), dtype=np.float32)
    return MeshSequence(vertices, np.array([[0, 1, 2]]), 30.0, footage=footage)


def test_a_session_keeps_what_was_seen(clip: MeshSequence) -> None:
    kept: list[NDArray[np.generic]] = []

    def put(array: NDArray[np.generic]) -> str:
        kept.append(array)
        return str(len(kept) - 1)

    read = Decoder(lambda name: kept[int(name)]).decode(MeshSequence, encode(clip, put))
    assert clip.footage is not None and read.footage is not None
    for field in fields(Footage):
        np.testing.assert_array_equal(
            getattr(read.footage, field.name), getattr(clip.footage, field.name)
        )


def test_frames_keep_their_pictures(clip: MeshSequence) -> None:
    assert clip.footage is not None
    assert clip.footage.lost.tolist() == [False, False, False, True, False, False]
    part = clip.sliced(2, 5).footage
    assert part is not None and part.shown.tolist() == [1, 2, 3]
    assert part.lost.tolist() == [False, True, False]
    assert replace(clip, vertices=clip.vertices[:2]).footage is None


def test_what_does_not_fit_together_is_refused(clip: MeshSequence) -> None:
    assert clip.footage is not None
    for wrong in ({"seconds": np.arange(4.0)}, {"shown": np.array([5], dtype=np.int32)}):
        with pytest.raises(InputError, match="a face for each picture of a video"):
            replace(clip.footage, **wrong)


def test_what_was_seen_counts_as_memory(clip: MeshSequence) -> None:
    assert clip.footage is not None
    one = ClipState("a", clip)
    bare = ClipState("a", replace(clip, footage=None))
    states = DocumentState((one, replace(one, id="b"))), DocumentState((bare,))
    assert held_bytes(states[:1]) - held_bytes(states[1:]) == clip.footage.nbytes
