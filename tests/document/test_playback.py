"""The clock policy: right pace, right ends, nothing shown twice or skipped by mistake."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document import LOOPS, Loop, Playhead
from studio.document.playback import fold


def playhead(n_frames: int = 10, fps: float = 10.0, *, loop: Loop = "loop") -> Playhead:
    head = Playhead()
    head.set_loop(loop)
    head.set_clip(n_frames, fps)
    return head


def shown(head: Playhead, times: list[float]) -> list[int]:
    frames = []
    for now in times:
        head.tick(now)
        frames.append(head.frame)
    return frames


@given(st.integers(0, 500), st.integers(1, 30), st.sampled_from(LOOPS))
def test_folding_stays_inside_and_moves_by_one_frame_at_most(
    phase: int, length: int, loop: Loop
) -> None:
    here, there = fold(phase, length, loop), fold(phase + 1, length, loop)
    assert 0 <= here < length
    if loop != "loop":
        assert abs(there - here) <= 1
    elif there != here + 1:
        assert (here, there) == (length - 1, 0)


def test_ping_pong_shows_the_ends_once() -> None:
    assert [fold(phase, 4, "ping-pong") for phase in range(8)] == [0, 1, 2, 3, 2, 1, 0, 1]


def test_real_time_goes_where_the_clock_says_and_drops_frames() -> None:
    head = playhead(10, fps=10)
    head.play(100.0)
    assert shown(head, [100.1, 100.5, 100.95, 101.0, 102.25]) == [1, 5, 9, 0, 2]


@given(st.lists(st.floats(0.001, 3.0), min_size=1, max_size=30), st.floats(0.25, 4.0))
def test_real_time_does_not_drift_however_irregular_the_ticks(
    gaps: list[float], speed: float
) -> None:
    head = playhead(1000, fps=24)
    head.set_speed(speed)
    head.play(0.0)
    now = 0.0
    for gap in gaps:
        now += gap
        head.tick(now)
    expected = now * 24 * speed
    nearest = min(abs(head.frame - int(expected + slack) % 1000) for slack in (-0.01, 0.01))
    assert nearest == 0


@given(st.lists(st.floats(0.001, 2.0), min_size=1, max_size=60))
def test_every_frame_mode_skips_none(gaps: list[float]) -> None:
    head = playhead(7, fps=30)
    head.set_mode("every frame")
    head.play(0.0)
    now, frames = 0.0, [0]
    for gap in gaps:
        now += gap
        head.tick(now)
        frames.append(head.frame)
    assert all((b - a) % 7 in (0, 1) for a, b in itertools.pairwise(frames))


def test_every_frame_mode_keeps_the_pace_where_it_can() -> None:
    head = playhead(1000, fps=10)
    head.set_mode("every frame")
    head.play(0.0)
    shown(head, [tick * 0.016 for tick in range(1, 626)])
    assert head.frame in (99, 100)


def test_once_stops_at_the_end_and_starts_again_from_there() -> None:
    head = playhead(5, fps=10, loop="once")
    head.play(0.0)
    assert shown(head, [0.2, 3.0]) == [2, 4]
    assert not head.playing
    head.play(10.0)
    assert head.frame == 0
    assert shown(head, [10.1]) == [1]


def test_ping_pong_keeps_its_direction_across_a_pause() -> None:
    head = playhead(5, fps=10, loop="ping-pong")
    head.play(0.0)
    assert shown(head, [0.6]) == [2]
    head.pause()
    head.play(9.0)
    assert shown(head, [9.1]) == [1]


@given(st.integers(0, 9), st.integers(1, 10), st.lists(st.floats(0.01, 1.0), max_size=20))
def test_playback_stays_in_the_range(start: int, span: int, gaps: list[float]) -> None:
    head = playhead(10)
    head.set_range(start, min(start + span, 10))
    head.play(0.0)
    now = 0.0
    for gap in gaps:
        now += gap
        head.tick(now)
        assert head.range[0] <= head.frame < head.range[1]


def test_any_frame_can_be_looked_at_but_playing_starts_in_the_range() -> None:
    head = playhead(10)
    head.set_range(3, 6)
    head.seek(8)
    assert head.frame == 8
    head.play(0.0)
    assert head.frame == 3


def test_scrubbing_while_playing_goes_on_from_there() -> None:
    head = playhead(10, fps=10)
    head.play(0.0)
    head.tick(0.2)
    head.seek(7, 0.25)
    assert shown(head, [0.36]) == [8]


def test_steps_wrap_in_the_range_and_pause() -> None:
    head = playhead(10)
    head.set_range(2, 5)
    head.play(0.0)
    head.step(1)
    assert not head.playing
    head.seek(4)
    head.step(1)
    assert head.frame == 2
    head.step(-1)
    assert head.frame == 4


def test_a_speed_change_does_not_jump() -> None:
    head = playhead(100, fps=10)
    head.play(0.0)
    head.tick(2.0)
    head.set_speed(0.5)
    assert shown(head, [3.0]) == [25]


@pytest.mark.parametrize(("asked", "given_"), [(0.0, 0.05), (100.0, 8.0)])
def test_speed_is_clamped(asked: float, given_: float) -> None:
    head = playhead()
    head.set_speed(asked)
    assert head.speed == given_


def test_effective_fps_counts_what_was_shown() -> None:
    head = playhead(1000, fps=30)
    head.play(0.0)
    assert head.effective_fps(0.0) is None
    shown(head, [tick * 0.1 for tick in range(1, 21)])
    assert head.effective_fps(2.0) == pytest.approx(10.0)
    head.pause()
    assert head.effective_fps(2.0) is None


def test_another_clip_starts_at_its_range_and_always_tells() -> None:
    head, told = playhead(), []
    head.frame_changed.connect(told.append)
    head.set_clip(20, 30.0, 0, 20)
    head.set_clip(20, 30.0, 4, 9)
    assert told == [0, 4]
    assert head.range == (4, 9)
