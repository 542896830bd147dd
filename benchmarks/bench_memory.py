"""Memory after 50 clips were opened, read by the recognizer, shown and closed again.

Closed clips come back by undo, which keeps up to the bytes the preferences allow; that memory is
held on purpose, so the undo history is emptied at both ends of the count. The start is counted
after a few clips, when what is imported and made once is there.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.bench_playback import template_clip
from benchmarks.windows import Facts, busy, close_window, open_window, probe, rest, tell, until
from studio.core import MeshSequence
from studio.io import write_sequence
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
CLIPS, BEFORE, FRAMES = 50, 8, 100
UNDO_BYTES = 2**30


def run() -> list[Row]:
    """One row: ours, in per cent of the memory at the start, and bar_most."""
    facts = probe("bench_memory")
    growth = 100 * (facts["after_mb"] / facts["before_mb"] - 1)
    return [
        {
            "name": f"memory after {CLIPS} clips",
            "ours": growth,
            "unit": "%",
            "peer": f"{facts['before_mb']:.0f} MB before, {facts['after_mb']:.0f} after",
            "bar_most": 5.0,
        }
    ]


def run_probe() -> None:
    window = open_window()
    with tempfile.TemporaryDirectory() as root:
        paths = list(_clips(Path(root), CLIPS + BEFORE))
        _open_and_close(window, paths[:BEFORE])
        before = _resident(window)
        _open_and_close(window, paths[BEFORE:])
        with_undo = _megabytes()
        after = _resident(window)
    alive = sum(type(thing) is MeshSequence for thing in gc.get_objects())
    facts: Facts = {"before_mb": before, "after_mb": after, "with_undo_mb": with_undo}
    facts["sequences_alive"] = alive
    close_window(window)
    tell(facts)


def _clips(folder: Path, count: int) -> Iterable[Path]:
    clip = template_clip(FRAMES)
    for turn in range(count):
        path = folder / f"take_{turn}.npz"
        moved = clip.vertices * np.float32(1 + turn / 1000)
        write_sequence(MeshSequence(moved, clip.faces, name=path.stem), path)
        yield path


def _open_and_close(window: MainWindow, paths: Iterable[Path]) -> None:
    for path in paths:
        window.open_paths([path])
        until(lambda: not busy(window))
        window.player.seek(FRAMES // 2)
        rest(0.05)
        window.registry["file.close_clip"].trigger()
        rest(0.05)


def _resident(window: MainWindow) -> float:
    """Megabytes once undo has let go of the closed clips."""
    window.document.set_undo_bytes(0)
    # The window gives memory back a while after the last clip went.
    rest(2.5)
    gc.collect()
    found = _megabytes()
    window.document.set_undo_bytes(UNDO_BYTES)
    return found


def _megabytes() -> float:
    """What the process has in memory, without what it maps of files."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']}: {row['ours']:+.1f} %, {row['peer']}; at most {row['bar_most']} %")


if __name__ == "__main__":
    main()
