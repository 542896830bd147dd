"""Edits of time against what NumPy makes of the same frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Timing
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Evaluator
from studio.document.edits.curve import CurveKey
from studio.document.edits.despike import DespikeEdit
from studio.document.edits.edit import Edit
from studio.document.edits.time.delete import DeleteEdit
from studio.document.edits.time.ease import EaseEdit
from studio.document.edits.time.hold import HoldEdit
from studio.document.edits.time.mapped import TimeChain, TimeEdit, chained
from studio.document.edits.time.ping_pong import PingPongEdit
from studio.document.edits.time.repeat import RepeatEdit
from studio.document.edits.time.resample import ResampleEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.edits.time.trim import TrimEdit

from .clips import FACES, square

T, FPS = 40, 30.0


def wavy(frames: int = T) -> MeshSequence:
    """A square whose corners move each on a way of its own."""
    corners = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]], dtype=np.float32)
    rng = np.random.default_rng(0)
    moved = rng.normal(size=(frames, *corners.shape)).cumsum(axis=0)
    return MeshSequence((corners + moved).astype(np.float32), FACES, fps=FPS)


CLIP = wavy()


def played(*edits: Edit, clip: MeshSequence = CLIP) -> MeshSequence:
    return Evaluator().sequence(ClipState("a", clip, edits=edits))


def at(clip: MeshSequence, moments: NDArray[np.float64]) -> Floats:
    """The frames at moments, straight between two, by NumPy alone."""
    flat = clip.vertices.reshape(clip.n_frames, -1).astype(np.float64)
    places = np.arange(clip.n_frames)
    columns = [np.interp(moments, places, column) for column in flat.T]
    return np.stack(columns, axis=1).reshape(len(moments), *clip.vertices.shape[1:])


F = np.arange(T)
EXACT: list[tuple[Edit, list[int]]] = [
    (TrimEdit(5, 20), [*F[5:20]]),
    (TrimEdit(5), [*F[5:]]),
    (DeleteEdit(5, 20), [*F[:5], *F[20:]]),
    (DeleteEdit(0, 3), [*F[3:]]),
    (DeleteEdit(30), [*F[:30]]),
    (RepeatEdit(4, 7), [*F[:7], *F[4:]]),
    (RepeatEdit(times=3), [*F, *F, *F]),
    (ReverseEdit(), [*F[::-1]]),
    (ReverseEdit(10, 20), [*F[:10], *F[10:20][::-1], *F[20:]]),
    (HoldEdit(7, 3), [*F[:8], 7, 7, 7, *F[8:]]),
    (HoldEdit(T - 1, 2), [*F, T - 1, T - 1]),
    (PingPongEdit(), [*F, *F[-2::-1]]),
    (PingPongEdit(3), [*F, *F[-2::-1], *F[1:]]),
    (SpeedEdit((CurveKey(0, 2.0),)), [*F[::2]]),
    (ResampleEdit(FPS / 2), [*F[::2]]),
]


@pytest.mark.parametrize(("edit", "frames"), EXACT, ids=lambda one: getattr(one, "kind", None))
def test_whole_frames_play_bit_for_bit(edit: Edit, frames: list[int]) -> None:
    found = played(edit)
    np.testing.assert_array_equal(found.vertices, CLIP.vertices[frames])
    assert found.n_frames == ClipState("a", CLIP, edits=(edit,)).timing.frames


@pytest.mark.parametrize("fps", [12.0, 24.0, 29.97, 60.0, 119.88])
def test_another_rate_is_interpolated_and_lasts_as_long(fps: float) -> None:
    found = played(ResampleEdit(fps))
    moments = np.arange(found.n_frames) / fps
    assert found.fps == fps
    assert 0 <= (T - 1) / FPS - moments[-1] < 1 / fps
    np.testing.assert_allclose(found.vertices, at(CLIP, moments * FPS), atol=1e-5)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.7, 3.0])
def test_an_even_speed_plays_evenly(speed: float) -> None:
    found = played(SpeedEdit((CurveKey(0, speed),)))
    moments = np.arange(found.n_frames) * speed
    assert moments[-1] <= T - 1 + 1e-5 < moments[-1] + speed + 1e-4
    np.testing.assert_allclose(found.vertices, at(CLIP, moments), atol=1e-5)


def test_a_curve_of_speed_is_the_speed_of_what_plays() -> None:
    edit = SpeedEdit((CurveKey(5, 0.5), CurveKey(30, 2.0)), between="linear")
    timing = edit.timing(CLIP.timing)
    fine = np.linspace(0, timing.frames - 1, 4000)
    moments = edit.source_times(fine, CLIP.timing)
    speed = np.gradient(moments, fine)
    expected = np.interp(moments, [5, 30], [0.5, 2.0])
    np.testing.assert_allclose(speed[5:-5], expected[5:-5], rtol=0.05)
    np.testing.assert_allclose(
        played(edit).vertices,
        at(CLIP, edit.source_times(np.arange(timing.frames) * 1.0, CLIP.timing)),
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("into", "out"), [(0.3, 0.3), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0, 0.4)]
)
def test_an_ease_keeps_its_ends_and_stands_still_there(into: float, out: float) -> None:
    edit = EaseEdit(5, 30, into=into, out=out)
    times = np.arange(T) * 1.0
    moments = edit.source_times(times, CLIP.timing)
    outside = (times <= 5) | (times >= 29)
    np.testing.assert_array_equal(moments[outside], times[outside])
    steps = np.diff(edit.source_times(np.linspace(5, 29, 2401), CLIP.timing))
    assert steps.min() >= -1e-9
    assert (steps[0] < 1e-3) == (into > 0)
    assert (steps[-1] < 1e-3) == (out > 0)
    even = 24 / 2400
    assert steps.max() == pytest.approx(even / (1 - (into + out) / 2), rel=0.02)


def test_edits_in_a_row_interpolate_once() -> None:
    half, back = SpeedEdit((CurveKey(0, 0.5),)), SpeedEdit((CurveKey(0, 2.0),))
    np.testing.assert_array_equal(played(half, back).vertices, CLIP.vertices)
    (chain,) = chained((half, back))
    assert isinstance(chain, TimeChain)
    # What is not of time lies between, and parts the row.
    assert len(chained((half, DespikeEdit(), back))) == 3


RANGES = st.tuples(st.integers(0, 60), st.integers(1, 30))


def _edits(kind: Any, spot: tuple[int, int], frames: int) -> TimeEdit | None:
    start = spot[0] % frames
    stop = min(start + spot[1], frames)
    if kind is HoldEdit:
        return HoldEdit(start, spot[1])
    if kind is SpeedEdit:
        return SpeedEdit((CurveKey(start, 0.3 + spot[1] / 10),))
    if kind is ResampleEdit:
        return ResampleEdit(10.0 + spot[1])
    if kind is PingPongEdit:
        return PingPongEdit(2)
    if kind is DeleteEdit and stop - start == frames:
        return None
    return kind(start, stop)


KINDS = (
    TrimEdit, DeleteEdit, RepeatEdit, ReverseEdit, HoldEdit, SpeedEdit, EaseEdit, PingPongEdit,
    ResampleEdit,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), RANGES), min_size=1, max_size=5))
def test_any_row_of_edits_plays_what_its_times_say(
    row: list[tuple[type[TimeEdit], tuple[int, int]]],
) -> None:
    timing, edits = CLIP.timing, list[Edit]()
    for kind, spot in row:
        edit = _edits(kind, spot, timing.frames)
        if edit is None or edit.timing(timing).frames > 500:
            continue
        edit.check(CLIP, timing, "clip")
        edits.append(edit)
        timing = edit.timing(timing)
    clip = ClipState("a", CLIP, edits=tuple(edits))
    assert clip.timing == timing
    found = Evaluator().sequence(clip)
    moments = clip.source_times(np.arange(timing.frames) * 1.0)
    np.testing.assert_allclose(found.vertices, at(CLIP, moments), atol=1e-4)
    peeked = Evaluator()
    for frame in {0, timing.frames // 2, timing.frames - 1}:
        np.testing.assert_array_equal(peeked.frame(clip, frame), found.vertices[frame])


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (TrimEdit(0, 41), "0 to 41"),
        (TrimEdit(9, 9), "9 to 9"),
        (DeleteEdit(), "1 to 1,000,000"),
        (HoldEdit(40), "frame 40"),
        (HoldEdit(0, 1_000_000), "1,000,040"),
        (SpeedEdit((CurveKey(44, 1.5),)), "frame 44"),
        (RepeatEdit(times=1000), None),
    ],
)
def test_what_does_not_fit_is_refused(edit: Edit, told: str | None) -> None:
    if told is None:
        edit.check(CLIP, CLIP.timing, "talk")
        return
    with pytest.raises(InputError, match=told):
        edit.check(CLIP, CLIP.timing, "talk")


@pytest.mark.parametrize(
    "make",
    [
        lambda: RepeatEdit(times=1),
        lambda: HoldEdit(0, 0),
        lambda: PingPongEdit(1),
        lambda: ResampleEdit(0.0),
        lambda: EaseEdit(into=0.7, out=0.7),
        lambda: SpeedEdit(()),
        lambda: SpeedEdit((CurveKey(0, 0.0),)),
        lambda: SpeedEdit((CurveKey(5, 1.0), CurveKey(5, 2.0))),
    ],
)
def test_values_that_cannot_be_are_refused(make: object) -> None:
    with pytest.raises(InputError):
        make()  # type: ignore[operator]


def test_range_and_neutral_stay_on_their_moments() -> None:
    document = Document()
    clip = document.open_clip(square(20))
    document.set_range(clip, 6, 15)
    document.set_neutral_frame(clip, 8)
    document.add_edit(clip, TrimEdit(4))
    now = document.state.clip(clip)
    assert (now.range, now.neutral_frame) == ((2, 11), 4)
    document.add_edit(clip, DeleteEdit(0, 6))  # takes the neutral frame away
    now = document.state.clip(clip)
    assert now.neutral_frame is None
    assert now.range == (0, 10)  # and the start of the range
    document.undo()
    document.undo()
    assert document.state.clip(clip).range == (6, 15)


def test_a_clip_of_one_frame_takes_every_kind() -> None:
    still = replace(CLIP, vertices=CLIP.vertices[:1])
    for edit in (TrimEdit(), ReverseEdit(), PingPongEdit(), ResampleEdit(60.0), EaseEdit()):
        edit.check(still, still.timing, "still")
        assert played(edit, clip=still).n_frames == 1
    assert played(HoldEdit(0, 9), clip=still).n_frames == 10
    assert SpeedEdit((CurveKey(0, 3.0),)).timing(Timing(1, 30.0)).frames == 1


def test_what_plays_of_a_row_is_remembered_once() -> None:
    evaluator, row = Evaluator(), (SpeedEdit((CurveKey(0, 0.5),)), ReverseEdit())
    clip = ClipState("a", CLIP, edits=row)
    whole = evaluator.sequence(clip)
    assert evaluator.held_bytes == whole.vertices.nbytes
    assert evaluator.ready(clip) is whole
