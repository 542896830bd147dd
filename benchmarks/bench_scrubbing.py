"""What the whole window does for a frame while its timeline is scrubbed; drawing not counted.

Points, normals and heat map go into VTK's arrays, the bars, the playhead and the readouts follow.
The floor is what must be moved for that: the frame's points and normals, copied once.
"""

from __future__ import annotations

import statistics
import sys
import time
from itertools import count

import numpy as np

from benchmarks.bench_playback import FRAMES, LABELS, template_clip
from benchmarks.windows import Facts, close_window, open_window, probe, rest, tell
from studio.core import Probabilities

Row = dict[str, object]
STEPS, BAR_MS = 400, 0.5


def run() -> list[Row]:
    """One row of name, ours_ms, peer (the floor), peer_ms and bar_ms."""
    facts = probe("bench_scrubbing")
    return [
        {
            "name": "frame update, all of the window",
            "ours_ms": facts["update_ms"],
            "peer": "copying its points and normals",
            "peer_ms": facts["floor_ms"],
            "bar_ms": BAR_MS,
        }
    ]


def run_probe() -> None:
    window, clip = open_window(models=False), template_clip()
    window.document.open_clip(clip)
    rows = np.random.default_rng(0).dirichlet(np.ones(7), FRAMES).astype(np.float32)
    answer = Probabilities(LABELS, rows, rows.mean(axis=0))
    window.services.recognition.probabilities_changed.emit(answer)
    window.set_heat_map(on=True)
    for frame in range(FRAMES):
        window.player.seek(frame)
    rest(0.5)
    spent, floor, turn = [], [], count()
    points, normals = np.empty_like(clip.vertices[0]), np.empty_like(clip.vertices[0])
    for step in range(STEPS):
        frame = 37 * next(turn) % FRAMES
        start = time.perf_counter()
        window.player.seek(frame)
        spent.append(time.perf_counter() - start)
        start = time.perf_counter()
        points[...] = clip.vertices[frame]
        normals[...] = clip.vertices[frame]
        floor.append(time.perf_counter() - start)
        if step % 20 == 0:
            rest(0.03)
    facts: Facts = {
        "update_ms": 1000 * statistics.median(spent),
        "p95_ms": 1000 * float(np.percentile(spent, 95)),
        "floor_ms": 1000 * statistics.median(floor),
    }
    close_window(window)
    tell(facts)


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']}: {row['ours_ms']:.3f} ms, at most {row['bar_ms']} ms")


if __name__ == "__main__":
    main()
