"""How long a person waits for a take, a reading and a clip, also beside three busy programs.

The window runs with its models. The first take after they are there is counted by itself. Then
takes are made, clips are read by the recognizer and folders of 100 OBJ frames are opened, first
with the machine to itself and then while three other programs keep its cores busy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.bench_playback import template_clip
from benchmarks.windows import Facts, busy, close_window, open_window, probe, rest, tell, until
from studio.io import write_sequence
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
FRAMES, TURNS, OTHERS = 100, 3, 3
FIRST_MS = 800.0
MOST = 6.0  # times as long beside busy programs as at rest
KINDS = {"take": "Generate", "reading": "Recognize", "clip": f"Open {FRAMES} OBJ"}


def run() -> list[Row]:
    """Rows of name, ours_ms, peer, peer_ms, ratio and bar; of the first take bar_ms."""
    facts = probe("bench_answers")
    rows: list[Row] = [{"name": "first Generate", "ours_ms": facts["first_ms"], "bar_ms": FIRST_MS}]
    for kind, name in KINDS.items():
        rows.append(
            {
                "name": f"{name} beside {OTHERS} busy programs",
                "ours_ms": facts["busy"][kind],
                "peer": "at rest",
                "peer_ms": facts["rest"][kind],
                "ratio": facts["rest"][kind] / facts["busy"][kind],
                "bar": round(1 / MOST, 3),
            }
        )
    return rows


class Answers:
    """Asks a window for one thing after the other and waits for the answer."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.turns = count(1)

    def take(self) -> float:
        """Seconds until a take is in the document."""
        self.window.document.set_generation(seed=next(self.turns), frames=60)
        return self._until_there(self.window.generation.generate.click)

    def clip(self) -> float:
        """Seconds until all frames of a folder are in the document."""
        folder = self.folder / f"take_{next(self.turns)}"
        write_sequence(template_clip(FRAMES), folder)
        return self._until_there(lambda: self.window.open_paths([folder]))

    def reading(self) -> float:
        """Seconds until a clip that is there has been read."""
        clip = template_clip(FRAMES)
        grown = clip.vertices * np.float32(1 + next(self.turns) / 500)
        start = time.perf_counter()
        self.window.document.open_clip(replace(clip, vertices=grown))
        until(lambda: self.window.services.recognition.reading is not None)
        return self._since(start)

    def _until_there(self, ask: Callable[[], object]) -> float:
        before = len(self.window.document.state.clips)
        start = time.perf_counter()
        ask()
        until(lambda: len(self.window.document.state.clips) > before)
        return self._since(start)

    def _since(self, start: float) -> float:
        seconds = time.perf_counter() - start
        until(lambda: not busy(self.window))
        return seconds

    def medians(self) -> Facts:
        """Milliseconds of each kind."""
        return {
            kind: 1000 * statistics.median(getattr(self, kind)() for _ in range(TURNS))
            for kind in KINDS
        }


@contextmanager
def busy_programs() -> Iterator[None]:
    """Three programs that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(OTHERS)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def run_probe() -> None:
    window = open_window()
    rest(1.0)
    with tempfile.TemporaryDirectory() as root:
        answers = Answers(window, Path(root))
        facts: Facts = {"first_ms": 1000 * answers.take(), "rest": answers.medians()}
        with busy_programs():
            facts["busy"] = answers.medians()
    close_window(window)
    tell(facts)


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        beside = f"{row['peer_ms']:>8.0f} ms at rest" if "peer_ms" in row else ""
        print(f"{row['name']:<40}{row['ours_ms']:>8.0f} ms{beside}")


if __name__ == "__main__":
    main()
