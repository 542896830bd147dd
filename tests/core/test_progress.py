"""Reports out, a stop request in."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import Cancelled, Progress


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted), st.floats(-1, 2))
def test_a_part_reports_within_its_share_of_the_whole(span: list[float], fraction: float) -> None:
    heard: list[float] = []
    whole = Progress(lambda value, _: heard.append(value))
    whole.part(*span).part(0.25, 0.75).report(fraction)
    low, high = span
    assert low - 1e-9 <= heard[0] <= high + 1e-9
    inner = low + (high - low) * (0.25 + 0.5 * min(max(fraction, 0.0), 1.0))
    assert heard[0] == pytest.approx(inner)


def test_each_reports_before_every_item_and_at_the_end() -> None:
    heard: list[tuple[float, str]] = []
    progress = Progress(lambda value, message: heard.append((value, message)))
    assert list(progress.each("abcd", "letters")) == list("abcd")
    assert heard == [(k / 4, "letters") for k in range(5)]


def test_each_takes_an_endless_source_if_told_how_many() -> None:
    heard: list[float] = []
    steps = Progress(lambda value, _: heard.append(value)).each(iter(range(3)), total=3)
    assert list(steps) == [0, 1, 2]
    assert heard[-1] == 1.0


def test_nothing_to_do_is_done() -> None:
    heard: list[float] = []
    assert list(Progress(lambda value, _: heard.append(value)).each([])) == []
    assert heard == [1.0]


def test_a_stop_from_another_thread_reaches_every_part() -> None:
    progress = Progress()
    part = progress.part(0.2, 0.4)
    thread = threading.Thread(target=progress.cancel)
    thread.start()
    thread.join()
    assert part.cancelled
    for ask in (part.check, lambda: part.report(0.5), lambda: next(part.each([1]))):
        with pytest.raises(Cancelled):
            ask()


def test_a_stop_ends_a_loop_before_its_next_item() -> None:
    progress, done = Progress(), []
    with pytest.raises(Cancelled):
        for item in progress.each(range(10)):
            done.append(item)
            if item == 3:
                progress.cancel()
    assert done == [0, 1, 2, 3]
