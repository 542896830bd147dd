"""Frames that stand still, repeat themselves or jump."""

from __future__ import annotations

import numpy as np

from studio.face.irregular import irregularities


def waving(frames: int = 90) -> np.ndarray:
    """Ten vertices that go up and down by 5 mm once a second: (T, 10, 3)."""
    out = np.zeros((frames, 10, 3), dtype=np.float32)
    out[..., 1] = 5.0 * np.sin(2 * np.pi * np.arange(frames) / 30.0)[:, None]
    return out


def test_a_face_that_moves_or_never_does_has_none() -> None:
    assert irregularities(waving(), 30.0).sentences(30.0) == ()
    assert irregularities(np.ones((40, 10, 3), np.float32), 30.0).sentences(30.0) == ()


def test_a_frozen_stretch_is_told_with_its_frames() -> None:
    clip = waving()
    clip[30:61] = clip[30]
    found = irregularities(clip, 30.0)
    assert found.frozen == ((30, 61),)
    assert found.sentences(30.0)[0] == "The face is frozen in frames 30 to 60 (1.0 s)."


def test_frames_that_are_all_there_twice_are_told_as_a_rate() -> None:
    found = irregularities(np.repeat(waving(45), 2, axis=0), 60.0)
    assert not found.frozen
    assert 0.45 < found.repeated < 0.55
    assert "fewer than 60 frames a second" in found.sentences(60.0)[0]


def test_a_jump_is_told_and_a_fast_motion_is_none() -> None:
    clip = waving()
    clip[50:] += 12.0
    assert irregularities(clip, 30.0).jumps == (50,)
    assert irregularities(3.0 * waving(), 30.0).jumps == ()
