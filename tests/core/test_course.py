"""Which label leads over which stretch of a clip."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import Probabilities
from studio.core.course import Course, Segment, course_of

LABELS = ("anger", "happiness", "neutral")


def read(*stretches: tuple[str, int, float]) -> Probabilities:
    """Frames of a label with a probability, the rest shared by the others."""
    rows = [
        [value if name == label else (1 - value) / 2 for name in LABELS]
        for label, count, value in stretches
        for _ in range(count)
    ]
    return Probabilities(LABELS, np.array(rows, dtype=np.float32), np.full(3, 1 / 3))


def parts(course: Course) -> list[tuple[str, int, int]]:
    return [(part.label, part.start, part.stop) for part in course.segments]


def test_shares_and_stretches_in_words() -> None:
    course = course_of(read(("neutral", 24, 0.9), ("happiness", 36, 0.8)), 30.0)
    assert parts(course) == [("neutral", 0, 24), ("happiness", 24, 60)]
    assert course.shares == pytest.approx({"neutral": 0.4, "happiness": 0.6})
    words = "neutral 40 %, happiness 60 %: 0.0-0.8 s neutral, 0.8-2.0 s happiness"
    assert course.text() == words


def test_a_label_that_comes_back_has_two_stretches_and_one_share() -> None:
    course = course_of(read(("neutral", 15, 0.9), ("anger", 30, 0.9), ("neutral", 15, 0.9)), 30.0)
    assert [label for label, _, _ in parts(course)] == ["neutral", "anger", "neutral"]
    assert course.text().startswith("neutral 50 %, anger 50 %: 0.0-0.5 s neutral, 0.5-1.5 s anger")


@pytest.mark.parametrize(
    "moment",
    [("anger", 2, 1.0), ("anger", 5, 0.45)],
    ids=["short and sure", "longer and hardly ahead"],
)
def test_what_leads_for_a_moment_is_no_stretch(moment: tuple[str, int, float]) -> None:
    rest = ("neutral", 20, 0.9)
    assert course_of(read(rest, moment, rest), 30.0).text() == "neutral throughout"
    assert course_of(read(rest, moment), 30.0).text() == "neutral throughout"


def test_the_same_motion_at_twice_the_rate_has_the_same_stretches() -> None:
    slow = course_of(read(("neutral", 20, 0.9), ("anger", 3, 0.9), ("happiness", 30, 0.7)), 30.0)
    fast = course_of(read(("neutral", 40, 0.9), ("anger", 6, 0.9), ("happiness", 60, 0.7)), 60.0)
    assert fast.text() == slow.text()


def test_a_range_keeps_the_clips_own_frames() -> None:
    course = course_of(read(("neutral", 24, 0.9), ("happiness", 36, 0.8)), 30.0, 12, 54)
    assert parts(course) == [("neutral", 12, 24), ("happiness", 24, 54)]
    assert "0.4-0.8 s neutral, 0.8-1.8 s happiness" in course.text()


def test_of_many_stretches_the_first_are_written_and_all_are_facts() -> None:
    turns = [("neutral", 15, 0.9), ("anger", 15, 0.9)] * 6
    course = course_of(read(*turns), 30.0)
    assert course.text().endswith(", and 4 more")
    told = course.facts()["segments"]
    assert isinstance(told, list) and len(told) == 12
    assert told[1] == {"label": "anger", "start": 15, "stop": 30, "seconds": [0.5, 1.0]}


@given(st.integers(1, 80), st.floats(5, 240), st.integers(0, 2**32 - 1))
def test_stretches_fill_the_clip_and_neighbors_differ(n_frames: int, fps: float, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.ones(3), n_frames).astype(np.float32)
    course = course_of(Probabilities(LABELS, rows, rows.mean(axis=0)), fps)
    stops = [0, *(part.stop for part in course.segments)]
    assert [part.start for part in course.segments] == stops[:-1] and stops[-1] == n_frames
    assert all(a.label != b.label for a, b in itertools.pairwise(course.segments))
    assert sum(course.shares.values()) == pytest.approx(1.0)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_no_other_division_is_worth_more(n_frames: int, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.ones(3), n_frames).astype(np.float32)
    course = course_of(Probabilities(LABELS, rows, rows.mean(axis=0)), 10.0)
    chosen = [LABELS.index(part.label) for part in course.segments for _ in range(_long(part))]
    worth = max(
        _worth(rows, np.array(np.unravel_index(k, (3,) * n_frames))) for k in range(3**n_frames)
    )
    assert _worth(rows, np.array(chosen)) == pytest.approx(worth, abs=1e-5)


def _long(part: Segment) -> int:
    return part.stop - part.start


def _worth(rows: np.ndarray, leaders: np.ndarray) -> float:
    """At ten frames a second a turn costs one frame."""
    return float(rows[np.arange(len(rows)), leaders].sum() - np.count_nonzero(np.diff(leaders)))
