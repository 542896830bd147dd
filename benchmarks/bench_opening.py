"""From the drop of a folder of 300 OBJ frames to the first of them on the screen.

The window runs with its models; the folder was never opened before, its files are warm. The rest
of the frames load behind the first. Beside it, what must be done for it at the least: reading the
first file's bytes.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from benchmarks.bench_playback import template_clip
from benchmarks.windows import Facts, busy, close_window, open_window, probe, rest, tell, until
from studio.io import write_sequence
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
FRAMES, DROPS = 300, 5


def run() -> list[Row]:
    """Rows of name, ours_ms and bar_ms; the time to all frames has no bar."""
    facts = probe("bench_opening")
    return [
        {
            "name": f"drop of {FRAMES} OBJ to first frame",
            "ours_ms": facts["first_ms"],
            "peer": "reading its bytes",
            "peer_ms": facts["bytes_ms"],
            "bar_ms": 300.0,
        },
        {"name": f"drop of {FRAMES} OBJ to all frames", "ours_ms": facts["all_ms"]},
    ]


def run_probe() -> None:
    window = open_window()
    rest(1.0)
    first, whole, read = [], [], []
    with tempfile.TemporaryDirectory() as root:
        for turn in range(DROPS):
            folder = Path(root) / f"take_{turn}"
            write_sequence(template_clip(FRAMES), folder)
            start = time.perf_counter()
            sorted(folder.iterdir())[0].read_bytes()
            read.append(time.perf_counter() - start)
            seen, loaded = _drop(window, folder)
            first.append(seen)
            whole.append(loaded)
            window.document.remove_clip(window.document.state.clips[0].id)
            rest(0.3)
    facts: Facts = {
        "first_ms": 1000 * statistics.median(first),
        "all_ms": 1000 * statistics.median(whole),
        "bytes_ms": 1000 * statistics.median(read),
        "each_ms": [round(1000 * seconds) for seconds in first],
    }
    close_window(window)
    tell(facts)


def _drop(window: MainWindow, folder: Path) -> tuple[float, float]:
    """Seconds until a frame is drawn, and until all are in the document."""
    viewport = window.stage.viewport
    assert viewport is not None
    assert viewport.view is not None
    drawn: list[float] = []

    def note() -> None:
        if viewport.scene is not None and viewport.scene.sequence is not None:
            drawn.append(time.perf_counter())

    viewport.view.frameSwapped.connect(note)
    start = time.perf_counter()
    window.dropEvent(_dropped(folder))
    until(lambda: bool(drawn))
    until(lambda: bool(window.document.state.clips))
    loaded = time.perf_counter()
    until(lambda: not busy(window))
    viewport.view.frameSwapped.disconnect(note)
    return drawn[0] - start, loaded - start


def _dropped(folder: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    # Qt keeps no reference to the data.
    event = QDropEvent(
        QPointF(640, 400),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.data_kept = data  # type: ignore[attr-defined]
    return event


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']:<32}{row['ours_ms']:>8.0f} ms")


if __name__ == "__main__":
    main()
