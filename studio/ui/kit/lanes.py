"""Lanes: one background job at a time in each, and the latest request wins.

A lane owns one thread. A new job asks the old one to stop and takes its number away; an
answer reaches the window only while its number is still the lane's. Reports are not queued:
the window looks ten times a second at the newest, so a chatty job cannot flood it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.core import Cancelled, Progress, StudioError

REPORT_MS = 100
# How far a lane gives way, of 19. What a person waits for has a third of the say of the window:
# with a thirtieth, it would stand still beside other busy programs, and with as much say as the
# window it would make that stutter. What nobody waits for takes the thirtieth.
AWAITED = 5
BEHIND = 15
OnResult = Callable[[Any], object]
OnError = Callable[[Exception], object]
OnProgress = Callable[[float, str], object]
_LAST = -1  # the number of the word a thread says when it ends
_leaving: set[Lane] = set()


def _ignore(*_args: object) -> None:
    """Do nothing, for callers that do not ask to be told."""


def give_way(nice: int) -> None:
    """Let the window's thread, and the threads that draw for it, go before this one.

    Threads that torch starts from here inherit it. It works only where the system knows threads
    by number.

    Parameters
    ----------
    nice
        How far this thread gives way, 0 to 19.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            thread = threading.get_native_id()
            own = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, max(nice, own))


@dataclass(frozen=True)
class _Job:
    """One request and whom to tell."""

    number: int
    function: Callable[..., Any]
    args: tuple[object, ...]
    progress: Progress
    on_result: OnResult
    on_error: OnError
    on_progress: OnProgress
    on_partial: OnResult | None


class Lane(QObject):
    """A named row of background jobs of which only the newest counts.

    All signals and callbacks arrive on the thread the lane was made on.

    Parameters
    ----------
    nice
        How far its thread gives way to the window's, and to other programs', 0 to 19.
    """

    started = Signal(str)  # title
    progressed = Signal(float, str)  # fraction 0..1, message
    finished = Signal()  # by result, error or cancel
    stopped = Signal()  # by the user, or with what the job was for
    _done = Signal(int, object, object)  # number, result, error
    _shown = Signal(int, object)  # number, partial result

    def __init__(self, name: str, parent: QObject | None = None, *, nice: int = AWAITED) -> None:
        super().__init__(parent)
        self.name = name
        self.title, self.since = "", 0.0  # of the newest job; seconds, of the monotonic clock
        self._number = 0
        self._job: _Job | None = None
        self._news: tuple[float, str] | None = None
        pool = ThreadPoolExecutor(
            1, thread_name_prefix=f"studio-{name}", initializer=give_way, initargs=(nice,)
        )
        # A lane that goes with its owner, neither closed nor left, leaves no thread behind.
        self.destroyed.connect(lambda: pool.shutdown(wait=False, cancel_futures=True))
        self._pool = pool
        self._future: Future[None] | None = None
        self._watch = QTimer(self, interval=REPORT_MS)
        self._watch.timeout.connect(self._pass_on)
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._shown.connect(self._deliver_partial, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._job is not None

    def submit(
        self,
        function: Callable[..., Any],
        *args: object,
        title: str = "",
        on_result: OnResult = _ignore,
        on_error: OnError = _ignore,
        on_progress: OnProgress = _ignore,
        on_partial: OnResult | None = None,
    ) -> None:
        """Run ``function(*args, progress=...)`` in the background instead of what runs now.

        Parameters
        ----------
        on_error
            Given the exception; a bug, other than a lack of memory, is also printed to stderr.
        on_partial
            Given each thing the function shows while it works; the function then takes ``show``, to
            be called from its thread a few times a second at most.
        """
        self._drop()
        number = self._number
        progress = Progress(lambda fraction, message: self._report(number, fraction, message))
        told = (on_result, on_error, on_progress, on_partial)
        self._job = _Job(number, function, args, progress, *told)
        self.title, self.since = title, time.monotonic()
        self.started.emit(title)
        self._watch.start()
        self._future = self._pool.submit(self._run, self._job)

    def cancel(self) -> None:
        """Stop the job and deliver nothing; do nothing where no job runs."""
        if self._job is not None:
            self._drop()
            self._finish()

    def stop(self) -> None:
        """Cancel, and tell those who started the job that nothing of it is wanted any more."""
        self.cancel()
        self.stopped.emit()

    def close(self) -> None:
        """Cancel and wait until the thread has ended. The lane takes no more jobs."""
        self.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def leave(self) -> None:
        """Cancel and take no more jobs, without waiting for one that does not hear the stop.

        For owners that go before the window does: the lane outlives them until its thread ends.
        """
        self.cancel()
        self.setParent(None)
        _leaving.add(self)
        self._pool.submit(self._done.emit, _LAST, None, None)
        self._pool.shutdown(wait=False)

    def _drop(self) -> None:
        self._number += 1
        self._news = None
        if self._job is not None:
            self._job.progress.cancel()
        if self._future is not None:
            self._future.cancel()

    def _report(self, number: int, fraction: float, message: str) -> None:
        if number == self._number:
            self._news = (fraction, message)

    def _pass_on(self) -> None:
        news, self._news = self._news, None
        if news is not None and self._job is not None:
            self.progressed.emit(*news)
            self._job.on_progress(*news)

    def _run(self, job: _Job) -> None:
        """Work off a job in the worker's thread."""
        try:
            job.progress.check()
            more: dict[str, object] = {}
            if job.on_partial is not None:
                more["show"] = partial(self._shown.emit, job.number)
            result = job.function(*job.args, progress=job.progress, **more)
            self._done.emit(job.number, result, None)
        except Cancelled:
            # Also when the job stopped by itself, so that the lane does not stay busy.
            self._done.emit(job.number, None, Cancelled())
        except Exception as error:
            if not isinstance(error, StudioError | MemoryError):
                traceback.print_exception(error, file=sys.stderr)
            self._done.emit(job.number, None, error)

    def _deliver(self, number: int, result: object, error: Exception | None) -> None:
        if number == _LAST:
            _leaving.discard(self)
            self.deleteLater()
        job = self._job
        if job is None or number != self._number:
            return
        self._pass_on()
        self._finish()
        if error is None:
            job.on_result(result)
        elif not isinstance(error, Cancelled):
            job.on_error(error)

    def _deliver_partial(self, number: int, part: object) -> None:
        job = self._job
        if job is not None and number == self._number and job.on_partial is not None:
            job.on_partial(part)

    def _finish(self) -> None:
        self._job = None
        self._future = None
        self._watch.stop()
        self.finished.emit()
