"""The whole program once, from the start to the exit status."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psygnal
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.io import write_sequence
from studio.ui.window import app
from studio.ui.window.app import spare_collector

from .fakes import ball

RUN = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from studio.ui.window.app import run_app

def look():
    for window in QApplication.topLevelWidgets():
        document = getattr(window, "document", None)
        if document is None or window.messages.shown.count("\\n\\n") < 1:
            continue
        print(len(document.state.clips), window.stage.viewport.isVisible())
        print(window.messages.shown)
        timer.stop()
        window.close()

timer = None
def watch():
    global timer
    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()

from studio.ui.window import app
start = app.start_window
app.start_window = lambda window, *more: (start(window, *more), watch())
folder = Path(sys.argv[1])
sys.exit(run_app([folder / "ball.npz", folder / "gone.obj"], engine_folder=folder / "models"))
"""


def test_a_run_without_models_opens_shows_says_what_is_missing_and_ends(tmp_path: Path) -> None:
    write_sequence(ball(), tmp_path / "ball.npz")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path / "config")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 True")
    assert "gone.obj" in done.stdout
    assert "models" in done.stdout
    assert "Traceback" not in done.stderr


def test_what_outlives_a_long_look_of_the_collector_is_set_aside(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Window(QWidget):
        desk = SimpleNamespace(
            models=SimpleNamespace(engine_changed=psygnal.SignalInstance((object,)))
        )

    window = Window()
    before = list(gc.callbacks)
    spare_collector(window)
    try:
        gc.unfreeze()
        gc.collect(0)
        assert gc.get_freeze_count() == 0
        monkeypatch.setattr(app, "LONG_LOOK_S", 0.0)
        gc.collect(0)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    assert gc.callbacks == before
