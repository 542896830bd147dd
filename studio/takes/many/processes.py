"""Processes of this machine that work on items, each replaced where it goes."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from .manifest import Item, State
from .running import LostWorker, Work

_PATIENCE = 5.0  # seconds in which one that was asked to stop may leave nothing half behind


@dataclass
class _Worker:
    """A process, and the item that it is at."""

    process: BaseProcess
    pipe: Connection
    item: Item | None = None


class Processes:
    """A number of processes of this machine, with one thread of torch each.

    Parameters
    ----------
    count
        How many.
    work
        Does an item; a function of a module, which each process imports.
    """

    def __init__(self, count: int, work: Work) -> None:
        self.room, self._work = count, work
        self._workers: list[_Worker] = []

    def take(self, item: Item) -> None:
        """Begin an item, in a process that is free or a new one."""
        worker = next((each for each in self._workers if each.item is None), None)
        if worker is None:
            worker = self._started()
            self._workers.append(worker)
        worker.item = item
        with suppress(OSError):  # one that is gone is found by `finished`
            worker.pipe.send(item)

    def finished(self) -> tuple[Item, State | LostWorker]:
        """Wait for the next item that ends."""
        while True:
            busy = {each.pipe: each for each in self._workers if each.item is not None}
            for ready in wait([*busy]):
                worker = busy[ready]  # type: ignore[index]
                item, worker.item = worker.item, None
                if item is None:
                    continue
                try:
                    return item, worker.pipe.recv()
                except (EOFError, OSError):
                    self._workers.remove(worker)
                    return item, LostWorker(_how_it_ended(worker.process))

    def close(self) -> None:
        """Stop all, and wait for them; one that does not hear is killed."""
        for worker in self._workers:
            worker.pipe.close()
            if worker.item is not None and worker.process.pid is not None:
                with suppress(OSError):
                    if sys.platform == "win32":
                        worker.process.terminate()
                    else:
                        os.kill(worker.process.pid, signal.SIGINT)
        for worker in self._workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def _started(self) -> _Worker:
        context = mp.get_context("spawn")
        ours, theirs = context.Pipe()
        with _one_thread(), _no_interrupt():
            process = context.Process(target=_serve, args=(theirs, self._work), daemon=True)
            process.start()
        theirs.close()
        return _Worker(process, ours)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Have processes that are started work on one thread each: numpy and torch read it early."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        yield
    finally:
        del os.environ["OMP_NUM_THREADS"]
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Have processes that are started hear an interrupt only when they are ready to stop."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how_it_ended(process: BaseProcess) -> str:
    process.join(_PATIENCE)
    code = process.exitcode or 0
    if code >= 0:
        return f"ended with status {code}"
    return f"was ended by the system (signal {-code})"


def _serve(pipe: Connection, work: Work) -> None:
    """Do items until nobody sends more."""
    _let_go()
    with suppress(EOFError, OSError, KeyboardInterrupt):
        signal.signal(signal.SIGINT, _stop_once)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        while True:
            pipe.send(work(pipe.recv()))


def _let_go() -> None:
    """Hold no stream of whoever started this: it would wait for this process to end."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _stop_once(_signal: int, _frame: FrameType | None) -> Any:
    """Stop by an exception, and let nothing disturb what it removes on its way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
