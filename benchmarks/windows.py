"""Real windows for the benchmarks: each in a process of its own, driven as a user would.

A probe is a module of this folder run with `--probe`; it prints its figures as JSON on its last
line. Without a display it runs under Xvfb. Nothing of the user's settings or caches is touched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from studio.core.system.paths import shipped
from studio.ui.settings.settings import Settings
from studio.ui.window.app import make_app, make_window, start_window
from studio.ui.window.main_window import MainWindow

SIZE = (1280, 800)
SCREEN = "2200x1400x24"
WAIT_S = 240.0
Facts = dict[str, Any]


def probe(module: str, *arguments: str) -> Facts:
    """What a probe found. Raises `RuntimeError` with its last words where it failed."""
    command = [sys.executable, "-m", f"benchmarks.{module}", "--probe", *arguments]
    return run_alone(command)


def run_alone(command: Sequence[str]) -> Facts:
    """The JSON in the last line of what a program says, on a display and settings of its own."""
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        runner = shutil.which("xvfb-run")
        if runner is None:
            raise RuntimeError("a display or xvfb-run is needed")
        command = [runner, "-a", "-s", f"-screen 0 {SCREEN}", *command]
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as home:
        own = {f"XDG_{name}_HOME": home for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        # As the program itself sets it before torch is loaded.
        surroundings = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, **own}
        surroundings["LIBGL_ALWAYS_SOFTWARE"] = "1"
        root = shipped("resources").parent
        done = subprocess.run(
            command, cwd=root, env=surroundings, capture_output=True, text=True, check=False
        )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")
    facts: Facts = json.loads(lines[-1])
    return facts


def again_under_xvfb(module: str) -> int:
    """The status of a module of this folder run once more where there is a screen to draw on."""
    runner = shutil.which("xvfb-run")
    if runner is None:
        print("A display or xvfb-run is needed; on Debian or Ubuntu: apt-get install xvfb")
        return 2
    command = [runner, "-a", "-s", f"-screen 0 {SCREEN}", sys.executable, "-m"]
    again = [*command, f"benchmarks.{module}", *sys.argv[1:]]
    return subprocess.run(again, check=False).returncode


def open_window(*, models: bool = True) -> MainWindow:
    """The window at its size with its view and, if wanted, its models; at rest."""
    settings = Settings()
    settings.play_generated = False  # what is measured decides what moves
    app = make_app(settings)
    window = make_window(settings)
    window.resize(*SIZE)
    window.show()
    if models:
        start_window(window, [])
        until(lambda: window.stage.viewport is not None)
        until(lambda: window.desk.models.engine is not None)
    else:
        app.processEvents()
        window.build_view()
    until(lambda: not busy(window))
    return window


def close_window(window: MainWindow) -> None:
    window.document.mark_saved()
    window.close()
    rest(0.2)


def busy(window: MainWindow) -> bool:
    return any(lane.busy for lane in window.desk.lanes)


def until(reached: Callable[[], bool]) -> None:
    """Let the window run until something is so. Raises `TimeoutError` if it never is."""
    _pump(reached, time.monotonic() + WAIT_S)
    if not reached():
        raise TimeoutError("the window did not come to rest in time")


def rest(seconds: float) -> None:
    """Let the window run for a while."""
    _pump(lambda: False, time.monotonic() + seconds)


def _pump(reached: Callable[[], bool], end: float) -> None:
    # An event loop of Qt's own: one in Python would take the GIL from the workers.
    loop, watch = QEventLoop(), QTimer(interval=5)
    watch.timeout.connect(lambda: loop.quit() if reached() or time.monotonic() > end else None)
    watch.start()
    loop.exec()
    watch.stop()


class Pulse(QObject):
    """A 16 ms timer in the window's thread that notes how late it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last: float | None = None
        self._timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last = None
        self._timer.start()

    def stop(self) -> Facts:
        """Milliseconds between two beats: median, 95th percentile and worst."""
        self._timer.stop()
        gaps = 1000 * np.array(self.gaps)
        self.gaps = []
        return {
            "beats": len(gaps),
            "median_ms": float(np.median(gaps)),
            "p95_ms": float(np.percentile(gaps, 95)),
            "worst_ms": float(gaps.max()),
        }

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.gaps.append(now - self._last)
        self._last = now


def tell(facts: Facts) -> None:
    """What a probe says at its end."""
    print(json.dumps(facts), flush=True)


def samples() -> list[Path]:
    return sorted((shipped("resources") / "samples").glob("*.csv"))
