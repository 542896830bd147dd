"""Sound beside a clip: it follows cuts, is silent where time is bent, and lies in sessions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.document import ClipState, Document, Session, read_session, write_session
from studio.document.beside.sound import ClipSound
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import Edit
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.document.edits.time.delete import DeleteEdit
from studio.document.edits.time.hold import HoldEdit
from studio.document.edits.time.repeat import RepeatEdit
from studio.document.edits.time.resample import ResampleEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit
from studio.io.sound.sound import Sound

from .clips import square

FPS, PER = 25.0, 40  # frames a second, samples a frame
FRAMES = 30


def ramp(frames: int = FRAMES) -> Sound:
    """Samples that tell which they are."""
    return Sound(np.arange(1, frames * PER + 1, dtype=np.int16)[:, None], round(FPS) * PER)


def clip(*edits: Edit, offset: float = 0.0) -> ClipState:
    sound = ClipSound(ramp(), offset, "take.wav")
    return ClipState("a", square(FRAMES, fps=FPS), edits=edits, sound=sound)


def frames_heard(state: ClipState) -> list[int | None]:
    """Which frame's sound is heard in each frame, None for silence."""
    heard = state.heard
    assert heard is not None and len(heard.sound.samples) == state.timing.frames * PER
    parts = heard.sound.samples.reshape(-1, PER).astype(int)
    out: list[int | None] = []
    for part in parts:
        assert (np.diff(part) == 1).all() or not part.any(), "a frame's samples, whole, or silence"
        out.append(int(part[0] - 1) // PER if part.any() else None)
    assert [one is not None for one in out] == heard.frames.tolist()
    return out


F = list(range(FRAMES))


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ((), F),
        ((IntensityEdit((IntensityKey(0, 1.5),)),), F),
        ((TrimEdit(5, 20),), F[5:20]),
        ((DeleteEdit(5, 20),), [*F[:5], *F[20:]]),
        ((RepeatEdit(4, 7),), [*F[:7], *F[4:]]),
        ((TrimEdit(2, 20), DeleteEdit(3, 6)), [*F[2:5], *F[8:20]]),
        ((ReverseEdit(),), [None] * FRAMES),
        ((SpeedEdit((CurveKey(0, 2.0),)),), [None] * (FRAMES // 2)),
        # The frame that is held begins as any other does.
        ((HoldEdit(7, 3),), [*F[:8], None, None, *F[7:]]),
    ],
    ids=lambda one: "-".join(edit.kind for edit in one) if isinstance(one, tuple) else "",
)
def test_sound_follows_cuts_and_nothing_else(
    edits: tuple[Edit, ...], expected: list[int | None]
) -> None:
    state = clip(*edits)
    assert frames_heard(state) == expected
    assert state.heard is not None and state.heard.whole == (None not in expected)


def test_another_rate_of_frames_is_the_same_sound() -> None:
    before, after = clip().heard, clip(ResampleEdit(50.0)).heard
    assert before is not None and after is not None and after.whole
    shorter = min(len(before.sound.samples), len(after.sound.samples))
    np.testing.assert_array_equal(after.sound.samples[:shorter], before.sound.samples[:shorter])


def test_the_offset_moves_it_along_the_recording() -> None:
    later, sooner = clip(offset=2 / FPS).heard, clip(offset=-2 / FPS).heard
    assert later is not None and sooner is not None
    assert not later.sound.samples[: 2 * PER].any()
    assert later.sound.samples[2 * PER, 0] == 1
    assert sooner.sound.samples[0, 0] == 2 * PER + 1
    assert not sooner.sound.samples[-2 * PER :].any()


def test_verbs_are_steps_and_a_drag_is_one() -> None:
    document = Document()
    clip_id = document.open_clip(square(FRAMES), Path("a.obj"))
    with pytest.raises(InputError, match="a clip with sound"):
        document.set_sound_offset(clip_id, 1.0)
    document.set_sound(clip_id, ClipSound(ramp(), 0.0, "a.wav"))
    assert document.has_unsaved_work
    for offset in (0.1, 0.2, 0.3):
        document.set_sound_offset(clip_id, offset, key="drag")
    document.undo()
    found = document.state.clip(clip_id).sound
    assert found is not None and found.offset == 0.0
    document.set_sound(clip_id, None)
    assert document.state.clip(clip_id).heard is None
    with pytest.raises(InputError, match="an offset in seconds"):
        document.set_sound(clip_id, ClipSound(ramp(), float("nan")))


def test_a_sound_that_came_with_a_clip_is_no_work_of_the_user() -> None:
    document = Document()
    document.open_clip(square(), Path("a.obj"), ClipSound(ramp(), 0.0, "a.wav"))
    assert not document.has_unsaved_work


def test_sessions_keep_the_samples_and_open_elsewhere(tmp_path: Path) -> None:
    document = Document()
    clip_id = document.open_clip(square(FRAMES), Path("a.obj"), ClipSound(ramp(), 0.25, "a.wav"))
    copy = document.duplicate_clip(clip_id)
    write_session(Session(document.state), tmp_path / "a.studio")
    state = read_session(tmp_path / "a.studio").state
    found, shared = state.clip(clip_id).sound, state.clip(copy).sound
    assert found is not None and shared is not None
    assert (found.offset, found.name, found.sound.rate) == (0.25, "a.wav", ramp().rate)
    np.testing.assert_array_equal(found.sound.samples, ramp().samples)
    assert found.sound.samples is shared.sound.samples, "each array lies in a session once"
