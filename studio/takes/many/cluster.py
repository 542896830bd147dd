"""Workers of other machines, on Dask distributed.

The scheduler and its workers are ordinary ones, started by anybody: `dask scheduler`, `dask
worker`. They run what they are sent, so that whoever reaches a port of theirs is their master; one
that is started here listens to this machine alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from studio.core import InputError, MissingExtraError, StudioError

from .manifest import Item, State
from .running import LostWorker, Work

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL = "local:"
_ANSWER = 10.0  # seconds in which a scheduler and its first worker have to be there
_LOOK = 1.0  # seconds between two looks at the scheduler
_EXTRA = 'pip install "expression-studio[cluster]"'


class Cluster:
    """The workers of a scheduler; where one goes, another takes its item.

    Parameters
    ----------
    address
        Of the scheduler, as ``tcp://host:8786``; or ``local:2`` for two workers on this machine.
    work
        Does an item; a function of a module, which each worker imports.
    check
        Run once by each worker: why it cannot do the work, empty where it can.
    gpu
        Whether an item needs a worker with a graphics card, which was started with
        ``--resources GPU=1``.

    Raises
    ------
    InputError
        For an address that is none or where nobody answers, where no worker is, and for a worker
        that cannot do the work, with its name.
    MissingExtraError
        Where Dask is not installed.
    """

    room = 1 << 30  # the scheduler hands them out

    def __init__(
        self, address: str, work: Work, check: Callable[[], str], *, gpu: bool = False
    ) -> None:
        self._address, self._work = address, work
        self._resources = {"GPU": 1.0} if gpu else None
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._items: dict[Future, Item] = {}
        self._count = 0
        self._client = _joined(address)
        try:
            self._check(check)
        except BaseException:
            self.close()
            raise

    @property
    def workers(self) -> int:
        """How many there are now."""
        return len(self._client.nthreads())

    def _check(self, check: Callable[[], str]) -> None:
        """Refuse workers that cannot do the work."""
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER)
        except TimeoutError:
            found = "none: start some by dask worker"
            raise InputError.of(self._address, "workers of that scheduler", found) from None
        if self._resources:
            known = self._client.scheduler_info(n_workers=-1)["workers"].values()
            if not any(worker["resources"].get("GPU") for worker in known):
                wanted = "a worker started with --resources GPU=1"
                raise InputError.of(self._address, wanted, "none")
        for name, answer in self._client.run(check, on_error="return").items():
            problem = answer if isinstance(answer, str) else _without_us(answer)
            if problem:
                raise StudioError(f"worker {name}: {problem}")

    def take(self, item: Item) -> None:
        """Hand an item to the scheduler."""
        self._count += 1
        future = self._client.submit(
            self._work,
            item,
            key=f"{item.verb}-{item.id}-{self._count}",
            pure=False,
            resources=self._resources,
        )
        self._items[future] = item
        future.add_done_callback(self._ended.put)

    def finished(self) -> tuple[Item, State | LostWorker]:
        """Wait for the next item that ends.

        Raises
        ------
        StudioError
            Where the scheduler is gone.
        """
        while True:
            try:
                future = self._ended.get(timeout=_LOOK)
            except Empty:
                if self._client.status == "running":
                    continue
                raise self._gone() from None
            if future.status == "cancelled":
                raise self._gone()
            item = self._items.pop(future)
            error = future.exception() if future.status == "error" else None
            if error is not None:
                return item, LostWorker(_lost(error))
            return item, future.result()

    def close(self) -> None:
        """Take back what is left, and leave; a cluster that was started here ends."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel([*self._items], force=True)
        own = self._client.cluster
        with suppress(Exception):
            self._client.close(timeout=2)
        if own is not None:
            own.close(timeout=5)

    def _gone(self) -> StudioError:
        return StudioError(
            f"{self._address}: the scheduler is gone; what is made is kept, and the same command "
            "makes the rest"
        )


def _joined(address: str) -> Client:
    """Become a client of a scheduler."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        found = f"it is not installed: {_EXTRA}"
        raise MissingExtraError(f"--cluster needs Dask distributed, and {found}") from None
    # What it tells of its connections is said here in sentences.
    for name in [*logging.root.manager.loggerDict]:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    if address.startswith(LOCAL):
        cluster = LocalCluster(
            n_workers=_number(address),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
        return Client(cluster)
    try:
        return Client(address, timeout=_ANSWER)
    except (OSError, TimeoutError):
        wanted = "a scheduler that answers (dask scheduler)"
        raise InputError.of(address, wanted, "none there") from None
    except (ValueError, TypeError, ImportError, RuntimeError):
        wanted = "tcp://host:8786, or local:2 for workers of this machine"
        raise InputError.of("cluster", wanted, address) from None


def _number(address: str) -> int:
    count = address.removeprefix(LOCAL)
    if not count.isdecimal() or not 1 <= int(count) <= 1000:
        raise InputError.of("cluster", "a number of workers, as local:2", address)
    return int(count)


def _without_us(error: object) -> str:
    """Say why a worker could not even be asked."""
    if isinstance(error, ImportError):
        return "it has no expression-studio that could be asked; install the same one there"
    return f"it cannot be asked: {' '.join(str(error).split())[:200]}"


def _lost(error: BaseException) -> str:
    """Say what became of the workers that were at an item."""
    if type(error).__name__ == "KilledWorker":
        return "was ended by the system, as those who tried before"
    return f"could not do it: {' '.join(str(error).split())[:200]}"
