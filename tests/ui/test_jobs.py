"""Lanes: the newest request wins, cancel is silent, errors arrive, closing waits."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.core import InputError, Progress
from studio.ui.kit.lanes import AWAITED, BEHIND, Lane


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    lane.close()


def give(value: int, *, progress: Progress) -> int:
    for _ in progress.each(range(3)):
        pass
    return value


class Gate:
    """A job that waits until it is let go, or told to stop."""

    def __init__(self) -> None:
        self.started, self.release, self.ended = (threading.Event() for _ in range(3))

    def __call__(self, *, progress: Progress) -> str:
        self.started.set()
        try:
            while not self.release.wait(0.005):
                progress.check()
            return "through"
        finally:
            self.ended.set()


def test_fifty_submits_give_one_result(qtbot: QtBot, lane: Lane) -> None:
    got: list[int] = []
    for number in range(50):
        lane.submit(give, number, on_result=got.append)
    qtbot.waitUntil(lambda: not lane.busy)
    qtbot.wait(50)
    assert got == [49]


def test_cancel_delivers_nothing(qtbot: QtBot, lane: Lane) -> None:
    gate, told = Gate(), []
    lane.submit(gate, on_result=told.append, on_error=told.append)
    assert gate.started.wait(5)
    lane.cancel()
    assert not lane.busy
    assert gate.ended.wait(5)
    qtbot.wait(50)
    assert told == []


def test_an_answer_that_is_on_its_way_is_dropped_too(qtbot: QtBot, lane: Lane) -> None:
    gate, got = Gate(), []
    lane.submit(gate, on_result=got.append)
    gate.release.set()
    assert gate.ended.wait(5)
    lane.submit(give, 7, on_result=got.append)
    qtbot.waitUntil(lambda: not lane.busy)
    qtbot.wait(50)
    assert got == [7]


@pytest.mark.parametrize(
    ("error", "printed"), [(InputError("no such face"), False), (ZeroDivisionError("oh"), True)]
)
def test_errors_arrive_and_bugs_leave_a_traceback(
    qtbot: QtBot, lane: Lane, capsys: pytest.CaptureFixture[str], error: Exception, *, printed: bool
) -> None:
    def fail(*, progress: Progress) -> None:
        raise error

    got: list[Exception] = []
    lane.submit(fail, on_error=got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [error]
    assert ("Traceback" in capsys.readouterr().err) is printed
    assert not lane.busy


def test_a_lane_works_on_after_an_error(qtbot: QtBot, lane: Lane) -> None:
    def fail(*, progress: Progress) -> None:
        raise InputError("no")

    got: list[int] = []
    lane.submit(fail, on_error=lambda _error: lane.submit(give, 3, on_result=got.append))
    qtbot.waitUntil(lambda: got == [3])


def test_everything_arrives_on_the_thread_of_the_window(qtbot: QtBot, lane: Lane) -> None:
    threads: dict[str, threading.Thread] = {}

    def note(name: str) -> Callable[..., None]:
        return lambda *_args: threads.setdefault(name, threading.current_thread())

    def work(*, progress: Progress) -> None:
        threads["work"] = threading.current_thread()
        progress.report(0.5, "half")

    lane.started.connect(note("started"))
    lane.finished.connect(note("finished"))
    lane.submit(work, on_result=note("result"), on_progress=note("progress"))
    qtbot.waitUntil(lambda: "result" in threads)
    assert threads.pop("work") is not threading.main_thread()
    assert set(threads) == {"started", "finished", "result", "progress"}
    assert set(threads.values()) == {threading.main_thread()}


def test_reports_are_thinned_and_the_last_one_is_not_lost(qtbot: QtBot, lane: Lane) -> None:
    reports: list[float] = []

    def chat(*, progress: Progress) -> None:
        for _ in progress.each(range(20_000)):
            pass

    lane.submit(chat, on_progress=lambda share, _text: reports.append(share))
    qtbot.waitUntil(lambda: not lane.busy)
    assert len(reports) < 2_000
    assert reports[-1] == 1.0
    assert reports == sorted(reports)


def test_the_title_is_told_and_finish_comes_once(qtbot: QtBot, lane: Lane) -> None:
    told: list[str] = []
    lane.started.connect(told.append)
    lane.finished.connect(lambda: told.append("end"))
    lane.submit(give, 1, title="one")
    qtbot.waitUntil(lambda: not lane.busy)
    lane.cancel()
    assert told == ["one", "end"]


def test_close_stops_the_job_and_waits_for_it(qtbot: QtBot) -> None:
    lane, gate, got = Lane("test"), Gate(), []
    lane.submit(gate, on_result=got.append)
    assert gate.started.wait(5)
    lane.close()
    assert gate.ended.is_set()
    assert not [thread for thread in threading.enumerate() if "studio-test" in thread.name]
    qtbot.wait(30)
    assert got == []


def test_partial_results_arrive_in_order_before_the_result(qtbot: QtBot, lane: Lane) -> None:
    got: list[object] = []

    def count(*, progress: Progress, show: Callable[[object], None]) -> str:
        for number in progress.each(range(3)):
            show(number)
        return "all"

    lane.submit(count, on_result=got.append, on_partial=got.append)
    qtbot.waitUntil(lambda: not lane.busy)
    assert got == [0, 1, 2, "all"]


def test_partial_results_of_an_older_job_are_dropped(qtbot: QtBot, lane: Lane) -> None:
    got: list[object] = []
    shown = threading.Event()

    def show_one(value: int, *, progress: Progress, show: Callable[[object], None]) -> None:
        show(value)
        shown.set()

    lane.submit(show_one, 1, on_partial=got.append)
    assert shown.wait(5)
    lane.submit(show_one, 2, on_partial=got.append)
    qtbot.waitUntil(lambda: not lane.busy)
    qtbot.wait(50)
    assert got == [2]


def test_leaving_waits_for_nobody_and_the_lane_goes_with_its_thread(qtbot: QtBot) -> None:
    """A survey that is importing torch hears no stop; the dialog that asked closes at once."""
    owner, started, release = QObject(), threading.Event(), threading.Event()
    lane, told = Lane("deaf", owner), list[object]()
    gone: list[str] = []
    lane.destroyed.connect(lambda: gone.append("gone"))

    def deaf(*, progress: Progress) -> str:
        started.set()
        release.wait(10)
        return "too late"

    lane.submit(deaf, on_result=told.append, on_error=told.append)
    assert started.wait(5)
    lane.leave()
    assert not lane.busy
    owner.deleteLater()
    qtbot.wait(20)
    assert not gone
    release.set()
    qtbot.waitUntil(lambda: bool(gone))
    assert not told


def test_a_lane_that_goes_with_its_owner_leaves_no_thread(qtbot: QtBot) -> None:
    owner, got = QObject(), list[int]()
    lane = Lane("owned", owner)
    lane.submit(give, 1, on_result=got.append)
    qtbot.waitUntil(lambda: got == [1])

    def threads() -> list[str]:
        return [one.name for one in threading.enumerate() if "studio-owned" in one.name]

    assert threads()
    owner.deleteLater()
    qtbot.waitUntil(lambda: not threads())


@pytest.mark.skipif(sys.platform != "linux", reason="knows threads by number")
def test_what_is_waited_for_gives_way_less_than_what_goes_on_behind(qtbot: QtBot) -> None:
    def own(*, progress: Progress) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    found: list[int] = []
    for lane in (Lane("awaited"), Lane("behind", nice=BEHIND)):
        lane.submit(own, on_result=found.append)
        qtbot.waitUntil(lambda lane=lane: not lane.busy)  # type: ignore[misc]
        lane.close()
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert found == [max(here, AWAITED), max(here, BEHIND)]
