"""The frames of an edit: worked out once, shared, and given up when nobody wants them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from studio.core import Cancelled, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document import Landmark, LandmarkEdit, LandmarkKey
from studio.document.edits import frames as edited
from studio.document.state import ClipState

from .test_landmark_edit import CORNERS, UP, offsets, sheet


def edit_of(height: float = 1.0) -> LandmarkEdit:
    keys = tuple(LandmarkKey(frame, offsets(a=height * UP, d=-UP)) for frame in (5, 20))
    return LandmarkEdit(CORNERS, keys)


def clip_of(recording: MeshSequence, edit: LandmarkEdit | None) -> ClipState:
    return ClipState("a", recording, edit=edit)


def test_a_frame_alone_is_that_of_the_whole_clip() -> None:
    recording = sheet()
    clip = clip_of(recording, edit_of())
    edited.landmark_map(recording, edit_of().vertices)
    alone = [clip.frame(number) for number in range(recording.n_frames)]
    assert clip.ready is None
    np.testing.assert_allclose(np.stack(alone), clip.sequence.vertices, atol=1e-5)
    assert clip.ready is clip.sequence


def test_a_frame_waits_for_the_map_of_its_landmarks() -> None:
    recording = sheet()
    assert clip_of(recording, edit_of()).frame(5) is None
    np.testing.assert_array_equal(clip_of(recording, None).frame(5), recording.vertices[5])
    other = (Landmark("e", 44), *CORNERS[1:])
    edited.landmark_map(recording, tuple(landmark.vertex for landmark in other))
    assert clip_of(recording, edit_of()).frame(5) is None, "a map of other landmarks"


@pytest.mark.parametrize("edit", [None, LandmarkEdit(CORNERS)])
def test_without_keys_the_recording_plays(edit: LandmarkEdit | None) -> None:
    clip = clip_of(sheet(), edit)
    assert clip.as_recorded and clip.ready is clip.recording is clip.sequence


def test_keys_that_move_nothing_change_nothing() -> None:
    clip = clip_of(sheet(), LandmarkEdit(CORNERS, (LandmarkKey(5, offsets()),)))
    np.testing.assert_array_equal(clip.sequence.vertices, clip.recording.vertices)


def test_those_who_ask_at_once_share_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = edited.edited_frames, threading.Barrier(4)
    made: list[int] = []

    def counted(*args: object, **named: object) -> Floats:
        made.append(1)
        return real(*args, **named)

    def ask(_number: int) -> MeshSequence:
        asked.wait()
        return clip.sequence

    monkeypatch.setattr(edited, "edited_frames", counted)
    clip = clip_of(sheet(), edit_of())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert len(made) == 1 and all(answer is answers[0] for answer in answers)


def test_a_stop_leaves_nothing_and_the_next_who_asks_gets_all() -> None:
    clip = clip_of(sheet(200), edit_of())
    stop = Progress(lambda share, _text: stop.cancel() if share > 0.3 else None)
    with pytest.raises(Cancelled):
        clip.worked_out(stop)
    assert clip.ready is None
    shares: list[float] = []
    clip.worked_out(Progress(lambda share, _text: shares.append(share)))
    assert clip.ready is not None and shares == sorted(shares) and shares[-1] >= 0.5
