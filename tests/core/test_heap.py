"""Memory that is let go: large arrays go back to the system, and cycles are looked for."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from studio.core.system.heap import collect_as_usual, collect_seldom

# Prints how many megabytes stay after arrays of 3 MB were let go, with small things among them.
LET_GO = """
from pathlib import Path
import numpy as np
from studio.core.system.heap import keep_arrays_apart

def megabytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) >> 10

keep_arrays_apart()
np.ones(1 << 20)  # freed at once, which makes glibc take the next ones from the heap
before, kept = megabytes(), []
arrays = []
for _ in range(40):
    arrays.append(np.ones(3 << 17))
    kept.append(bytes(100_000))
del arrays[:]
print(megabytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc")
def test_arrays_that_are_let_go_take_no_memory() -> None:
    command = [sys.executable, "-c", LET_GO]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 15  # 119 without it


def test_cycles_are_looked_for_seldom_for_a_while() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        collect_seldom()
        assert gc.get_threshold()[0] > 10 * before[0]
        collect_as_usual()
        assert gc.get_threshold() == before
        assert gc.get_freeze_count() > frozen
    finally:
        gc.set_threshold(*before)
