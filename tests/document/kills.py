"""A process that writes one thing after another, killed at a moment it does not choose."""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

MOST_STARTED = 3


class Killer:
    """Kills writers, each somewhere between the start of a write and well after it.

    write : writes a number where the one before it lies
    look : the highest number that is there; fails where something is not whole
    rounds : how many writers are killed

    The wait begins when the writer says that it has started a write, however long a busy machine
    takes to get there; only how far it has come by then is left to chance.
    """

    def __init__(
        self, write: Callable[[int], object], look: Callable[[], int], rounds: int
    ) -> None:
        self.write, self.look, self.rounds = write, look, rounds
        self.chance = random.Random(7)

    def run(self) -> None:
        """Fails where a kill leaves half of something, or takes what was there."""
        self.write(1)
        began = time.perf_counter()
        self.write(2)
        span = time.perf_counter() - began
        last = self.look()
        for _ in range(self.rounds):
            started = self.chance.randint(1, MOST_STARTED)
            self.kill_one(last + 1, started, self.chance.uniform(0.0, 1.5 * span))
            there = self.look()
            assert there >= last + started - 1, "what was written has gone"
            last = there
        self.write(last + 1)
        assert self.look() == last + 1

    def kill_one(self, first: int, started: int, delay: float) -> None:
        """Start a writer at the number `first`; kill it `delay` s after its `started`-th start."""
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            self.write_without_end(first, tell)
        os.close(tell)
        for _ in range(started):
            assert os.read(hear, 1), "the writer died of itself"
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(hear)
        assert os.WIFSIGNALED(status), "the writer died of itself"

    def write_without_end(self, first: int, tell: int) -> NoReturn:
        try:
            for number in itertools.count(first):
                os.write(tell, b".")
                self.write(number)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)  # a writer that fails must not go on as a second parent
