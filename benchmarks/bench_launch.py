"""From the start of the program to a painted window, and until the models are there.

The program is started as a user starts it, in a process of its own, with warm files: the first
start is not counted. Each figure is the median of the others.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.windows import Facts, probe, tell

Row = dict[str, object]
STARTS = 5
BARS = {"painted": 3000.0, "models": 8000.0}
NAMES = {"painted": "launch to a painted window", "models": "launch to models ready"}


def run() -> list[Row]:
    """Rows of name, ours_ms and bar_ms."""
    found: list[Facts] = [probe("bench_launch", str(_now())) for _ in range(STARTS + 1)][1:]
    return [
        {
            "name": NAMES[key],
            "ours_ms": statistics.median(one[key] for one in found),
            "bar_ms": BARS[key],
        }
        for key in NAMES
    ]


def _now() -> float:
    """Seconds on a clock that all processes of a machine share."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.time()


def run_probe() -> None:
    """Start as `python -m studio` does, note the two moments, and close."""
    # When this process began, before Python read its first line.
    began = _born()
    from PySide6.QtWidgets import QApplication

    from studio import __main__ as program
    from studio.ui.window import app as module
    from studio.ui.window.main_window import MainWindow

    facts: Facts = {}
    start_window = module.start_window

    def start_watched(window: MainWindow, paths: Sequence[Path], *given: Any) -> None:
        def note(engine: object) -> None:
            if engine is not None and "models" not in facts:
                facts["models"] = 1000 * (_now() - began)
                window.close()

        QApplication.processEvents()
        facts["painted"] = 1000 * (_now() - began)
        window.desk.models.engine_changed.connect(note)
        start_window(window, paths, *given)

    module.start_window = start_watched
    sys.argv = ["expression-studio"]
    try:
        program.main()
    finally:
        tell(facts)


def _born() -> float:
    """When this process was started, in seconds of `_now`."""
    if sys.platform != "linux":
        return float(sys.argv[-1])
    # The 22nd field; the second, the program's name, may hold spaces.
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']:<32}{row['ours_ms']:>8.0f} ms  at most {row['bar_ms']:.0f} ms")


if __name__ == "__main__":
    main()
