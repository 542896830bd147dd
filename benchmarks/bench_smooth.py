"""Whether the window answers while everything runs: how late a 16 ms timer in its thread comes.

A clip of 4,000 frames is opened and read, meanwhile clips of 240 frames are sampled in 50 steps,
and one of 4,000 is exported as OBJ; whatever ends is begun again at once. The window draws what
they bring, the estimates of the sampling among it. For comparison the same timer runs in the
window at rest, before. A timer of 16 ms cannot come sooner: that is the floor.

With `--short` the jobs are a sixth as long and new clips open every two seconds: what costs the
window time then is mostly the opening.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer

from benchmarks.bench_playback import template_clip
from benchmarks.windows import (
    Facts,
    Pulse,
    busy,
    close_window,
    open_window,
    probe,
    rest,
    tell,
    until,
)
from studio.core import MeshSequence
from studio.ui.export.service import ExportRequest
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
SECONDS = 15.0
CLIPS = 4
LANES = ("recognize", "generate", "export")
BARS = {"p95_ms": 33.0, "worst_ms": 100.0}


@dataclass(frozen=True)
class Load:
    """Frames read and exported at a time; frames sampled at a time, in how many steps."""

    frames: int = 4000
    sampled: int = 240
    steps: int | None = 50


SHORT = Load(600, 120, None)


def run() -> list[Row]:
    """Rows of name, ours_ms and bar_ms: 95th percentile and worst of the timer's gaps."""
    facts = probe("bench_smooth", *(["--short"] if "--short" in sys.argv else []))
    rows: list[Row] = []
    for key, word in (("p95_ms", "95 %"), ("worst_ms", "worst")):
        rows.append(
            {
                "name": f"16 ms timer, all jobs, {word}",
                "ours_ms": facts["jobs"][key],
                "peer": "the window at rest",
                "peer_ms": facts["rest"][key],
                "bar_ms": BARS[key],
            }
        )
    return rows


class AllJobs:
    """Keeps recognition, sampling and export busy, and counts what was done."""

    def __init__(
        self, window: MainWindow, folder: Path, clips: Iterator[MeshSequence], load: Load
    ) -> None:
        self.window, self.folder, self.clips, self.load = window, folder, clips, load
        lanes = window.desk.lanes
        self._lanes = dict(zip(LANES, (lanes.recognize, lanes.generate, lanes.export), strict=True))
        self.started = dict.fromkeys(LANES, 0)
        self._turn = itertools.count(1)
        self._timer = QTimer(window, interval=10)
        self._timer.timeout.connect(self._start_what_rests)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        for lane in self._lanes.values():
            lane.stop()

    def _start_what_rests(self) -> None:
        services, document = self.window.services, self.window.document
        clip = document.state.clips[0]
        for kind, lane in self._lanes.items():
            if lane.busy:
                continue
            self.started[kind] += 1
            turn = next(self._turn)
            if kind == "recognize":
                document.open_clip(next(self.clips))
            elif kind == "generate":
                sampled, steps = self.load.sampled, self.load.steps
                document.set_generation(seed=turn, frames=sampled, steps=steps)
                services.generation.generate()
            else:
                target = self.folder / f"take_{turn}"
                services.export.export(ExportRequest(clip.id, target, "obj"))


def _clips(frames: int) -> Iterator[MeshSequence]:
    """Clips that were never read before, until they come round again."""
    clip = template_clip(frames)
    grown = [clip.vertices * np.float32(1 + k / 500) for k in range(CLIPS)]
    return itertools.cycle([replace(clip, vertices=vertices) for vertices in grown])


def run_probe() -> None:
    load = SHORT if "--short" in sys.argv else Load()
    window = open_window()
    pulse = Pulse()
    clips = _clips(load.frames)
    window.document.open_clip(next(clips))
    until(lambda: not busy(window))
    # One of each before, so that what is imported at first use is not counted twice.
    with tempfile.TemporaryDirectory() as folder:
        first = AllJobs(window, Path(folder) / "before", clips, load)
        first.start()
        until(lambda: min(first.started.values()) > 0)
        rest(4.0)
        first.stop()
        until(lambda: not busy(window))
        rest(0.5)
        pulse.start()
        rest(2.0)
        facts: Facts = {"rest": pulse.stop()}
        jobs, cpu = AllJobs(window, Path(folder) / "counted", clips, load), time.thread_time()
        pulse.start()
        jobs.start()
        rest(SECONDS)
        facts |= {"jobs": pulse.stop(), "cpu_share": (time.thread_time() - cpu) / SECONDS}
        facts["started"] = jobs.started
        jobs.stop()
        close_window(window)
    tell(facts)


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']:<32}{row['ours_ms']:>8.1f} ms  at most {row['bar_ms']:.0f} ms")


if __name__ == "__main__":
    main()
