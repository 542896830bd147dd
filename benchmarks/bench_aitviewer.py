"""Playback in the window beside aitviewer 1.14.2 in its own: the same 100 frames, software GL.

Ours is the whole window as a user has it at 1280 x 800, panels and timeline moving along, and once
more with a 3D view of 1280 x 800 inside a larger window, which is as many pixels as aitviewer
draws. Every frame is shown and drawn; the two programs take turns. aitviewer runs as it comes, in
a Python of its own, which is given (`bench --peer-python`) or made (`bench --with-aitviewer`);
without one, ours is told alone.
"""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bench_playback import FRAMES, template_clip
from benchmarks.windows import (
    Facts,
    busy,
    close_window,
    open_window,
    probe,
    rest,
    run_alone,
    tell,
    until,
)
from studio.core.system.paths import cache_folder
from studio.io import write_sequence
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
PEER = "aitviewer 1.14.2"
PACKAGES = ("aitviewer==1.14.2", "glfw")
ROUNDS = 3
BAR = 2.0


def run(peer_python: Path | None = None, *, install_peer: bool = False) -> list[Row]:
    """Rows of name, ours_ms a frame, peer, peer_ms, ratio and bar.

    peer_python : a Python that has aitviewer
    install_peer : make one where none is given, beside the other caches
    """
    if peer_python is None and install_peer:
        peer_python = peer_environment()
    ours: list[Facts] = []
    theirs: list[Facts] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.npz"
        write_sequence(template_clip(), clip)
        script = Path(__file__).with_name("peer_aitviewer.py")
        for _ in range(ROUNDS):
            ours.append(probe("bench_aitviewer", str(clip)))
            if peer_python is not None:
                theirs.append(run_alone([str(peer_python), str(script), str(clip)]))
    return [
        _row("playback in the window", "window_ms", BAR, ours, theirs),
        _row("playback, view of 1280 x 800", "view_ms", None, ours, theirs),
    ]


def _row(name: str, key: str, bar: float | None, ours: list[Facts], theirs: list[Facts]) -> Row:
    mine = statistics.median(one[key] for one in ours)
    row: Row = {"name": name, "ours_ms": mine, "fps": 1000 / mine, "bar": bar}
    if not theirs:
        return row | {"peer": f"{PEER}: not given"}
    peer = statistics.median(one["frame_ms"] for one in theirs)
    first = statistics.median(one["first_s"] for one in theirs)
    return row | {"peer": PEER, "peer_ms": peer, "ratio": peer / mine, "peer_first_s": first}


def peer_environment() -> Path:
    """A virtual environment with aitviewer, made at the first call; its Python."""
    folder = cache_folder() / "bench-aitviewer"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def run_probe(clip: Path) -> None:
    window = open_window(models=False)
    window.open_paths([clip])
    until(lambda: not busy(window))
    rest(0.5)
    viewport = window.stage.viewport
    assert viewport is not None
    facts: Facts = {"window_ms": _play(window)}
    size = window.size()
    window.resize(size.width() + 1280 - viewport.width(), size.height() + 800 - viewport.height())
    rest(0.5)
    facts |= {"view": [viewport.width(), viewport.height()], "view_ms": _play(window)}
    close_window(window)
    tell(facts)


def _play(window: MainWindow) -> float:
    """Milliseconds a frame takes, drawn and on the screen, over twice the clip.

    Raises `RuntimeError` where a frame was left out.
    """
    viewport, player = window.stage.viewport, window.player
    assert viewport is not None
    assert viewport.view is not None
    drawn: list[tuple[int, float]] = []

    def note() -> None:
        if viewport.scene is not None:
            drawn.append((viewport.scene.frame, time.perf_counter()))

    player.set_mode("every frame")
    player.set_loop("loop")
    player.set_speed(8.0)
    player.seek(0)
    viewport.view.frameSwapped.connect(note)
    player.toggle()
    until(lambda: len(drawn) > 2 * FRAMES)
    player.toggle()
    viewport.view.frameSwapped.disconnect(note)
    steps = [(b - a) % FRAMES for (a, _), (b, _) in itertools.pairwise(drawn)]
    if max(steps) > 1:
        raise RuntimeError(f"{sum(step > 1 for step in steps)} of {len(steps)} frames left out")
    # The same frame may be composed twice, when only another part of the window changed.
    fresh = 1 + sum(step == 1 for step in steps)
    return 1000 * (drawn[-1][1] - drawn[0][1]) / fresh


def main() -> None:
    if "--probe" in sys.argv:
        run_probe(Path(sys.argv[-1]))
        return
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for row in run(given):
        print(row)


if __name__ == "__main__":
    main()
