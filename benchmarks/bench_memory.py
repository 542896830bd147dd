"""Memory after 50 clips were opened, read by the recognizer, shown and closed again.

`--cycles 100` does a hundred times what a person does with a clip: open it, have it read, generate
a take, export that, close both; and says what the process has in memory on the way.

Closed clips come back by undo, which keeps up to the bytes the preferences allow; that memory is
held on purpose, so the undo history is emptied at both ends of the count. The start is counted
after a few clips, when what is imported and made once is there.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.bench_answers import Answers
from benchmarks.bench_playback import template_clip
from benchmarks.windows import Facts, busy, close_window, open_window, probe, rest, tell, until
from studio.core import MeshSequence
from studio.io import write_sequence
from studio.ui.export.service import ExportRequest
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
CLIPS, BEFORE, FRAMES = 50, 8, 100
UNDO_BYTES = 2**30
_MALLINFO = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
MARKS = (5, 10, 20, 40, 60, 80, 100)


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


def run_cycles(cycles: int) -> None:
    """Tell megabytes after some cycles, undo emptied: of the process, and of what it uses."""
    window = open_window()
    rows = []
    with tempfile.TemporaryDirectory() as root:
        answers = Answers(window, Path(root))
        for turn in range(1, cycles + 1):
            _cycle(window, answers)
            if turn in MARKS or turn == cycles:
                rows.append({"cycle": turn, "mb": _resident(window), "in_use_mb": _in_use()})
    close_window(window)
    tell({"rows": rows})


def _cycle(window: MainWindow, answers: Answers) -> None:
    answers.clip()
    until(lambda: window.services.recognition.reading is not None)
    answers.take()
    take = window.document.state.current_clip
    assert take is not None
    window.services.export.export(ExportRequest(take.id, answers.folder / take.id, "obj"))
    until(lambda: not busy(window))
    while window.document.state.clips:
        window.registry["file.close_clip"].trigger()
        rest(0.05)


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


class _Mallinfo(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = [(name, ctypes.c_size_t) for name in _MALLINFO.split()]


def _in_use() -> float | None:
    """Megabytes that were asked for and not yet given back, None without glibc."""
    mallinfo = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo is None:
        return None
    mallinfo.restype = _Mallinfo
    told = mallinfo()
    return float(told.uordblks + told.hblkhd) / 2**20


def main() -> None:
    asked = argparse.ArgumentParser(description="Measure the memory of a window that is used.")
    asked.add_argument("--cycles", type=int, help="Open, read, generate, export, close: so often.")
    asked.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.probe:
        run_cycles(given.cycles) if given.cycles else run_probe()
    elif given.cycles:
        for row in probe("bench_memory", "--cycles", str(given.cycles))["rows"]:
            used = f", of which {row['in_use_mb']:.0f} in use" if row["in_use_mb"] else ""
            print(f"cycle {row['cycle']:>4}: {row['mb']:.0f} MB{used}")
    else:
        for row in run():
            grown = f"{row['name']}: {row['ours']:+.1f} %, {row['peer']}"
            print(f"{grown}; at most {row['bar_most']} %")


if __name__ == "__main__":
    main()
