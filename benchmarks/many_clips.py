"""How much faster two processes convert 400 clips than one, and what a second run costs.

Takes of face tracking of a second each are read, posed and written as arrays. Each run is a command
of its own, start and all; runs of one and of two processes take turns, and their medians are
compared. One run of two has a process killed in the middle: nothing may be missing after it, and
running it again has to do nothing.

    python -m benchmarks.many_clips [--clips 400] [--repeats 1]
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from studio.core.system.paths import shipped

_FRAMES = 30
_BAR = 1.7


def write_takes(folder: Path, count: int) -> None:
    """Write shortened samples, each with a little of its own in every weight."""
    folder.mkdir()
    samples = [
        path.read_text().splitlines() for path in (shipped("resources") / "samples").iterdir()
    ]
    rng = np.random.default_rng(0)
    for number in range(count):
        head, *rows = samples[number % len(samples)]
        factor = rng.uniform(0.8, 1.0)
        lines = [head]
        for row in rows[:_FRAMES]:
            first, blend, *values = row.split(",")
            scaled = (f"{factor * float(value):.5f}" for value in values)
            lines.append(",".join([first, blend, *scaled]))
        (folder / f"take_{number:03d}.csv").write_text("\n".join(lines) + "\n")


def convert(takes: Path, out: Path, jobs: int, *, kill: bool = False) -> tuple[float, str]:
    """Run the command; its seconds, and what it said."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "studio", "convert", str(takes), "-o", str(out)]
    command += ["--format", "npz", "--jobs", str(jobs)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if kill:
        _kill_one(running.pid, out / ".manifest")
    said, _ = running.communicate()
    return time.perf_counter() - start, said.strip()


def _kill_one(parent: int, states: Path) -> None:
    """Kill a process that works, once some clips are done."""
    import psutil

    while len([*states.glob("*.json")]) < 20:
        time.sleep(0.05)
    working = [
        child
        for child in psutil.Process(parent).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]
    working[0].kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_takes(place / "takes", asked.clips)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(asked.repeats):
            for jobs in (1, 2):
                took, said = convert(place / "takes", place / "out", jobs)
                seconds[jobs].append(took)
                print(f"{jobs}: {took:6.1f} s  {_short(said)}", flush=True)
                shutil.rmtree(place / "out")
        one, two = (statistics.median(seconds[jobs]) for jobs in (1, 2))
        print(f"two processes are {one / two:.2f} times as fast as one; at least {_BAR}")
        _, said = convert(place / "takes", place / "out", 2, kill=True)
        left = [path.name for path in (place / "out").rglob("*.part")]
        print(f"with one killed: {_short(said)}; begun and left: {len(left)}")
        again, told = convert(place / "takes", place / "out", 2)
        print(f"run again: {again:.1f} s  {_short(told)}")


def _short(said: str) -> str:
    return re.sub(r", in /.*", "", said)


if __name__ == "__main__":
    main()
