"""Starts the window: surface format first, a painted window next, then VTK and the models."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.core import Given
from studio.core.system.heap import collect_as_usual
from studio.core.system.paths import APP
from studio.document import Document
from studio.ui.desk import Desk
from studio.ui.kit.theme import apply_theme
from studio.ui.log.crash import BugCatcher, CrashWatch
from studio.ui.log.log import listen
from studio.ui.models.protocol import OpenEngine, open_engine
from studio.ui.settings.settings import Settings
from studio.ui.view3d.imports import import_view

from .main_window import MainWindow

# A tenth of Python's own. Each time a worker in Python holds the interpreter, the window's thread
# waits that long for it: the worst wait while models ran fell by half, and no job took longer.
SWITCH_S = 0.0005
LONG_LOOK_S = 0.02


def prepare_surface() -> None:
    """Set the GL surface process-wide; must come before the first window.

    Multisampling costs a software renderer two to six times its speed, and whether there is
    hardware is not known before the first context; smoothing is the viewport's own choice.
    """
    surface = QSurfaceFormat()
    surface.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    surface.setVersion(3, 2)
    surface.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    surface.setDepthBufferSize(24)
    surface.setStencilBufferSize(8)
    surface.setSamples(0)
    QSurfaceFormat.setDefaultFormat(surface)


def make_app(theme_of: Settings) -> QApplication:
    """Make the application, with its theme; take the one that runs already where there is one."""
    running = QApplication.instance()
    if not isinstance(running, QApplication):
        prepare_surface()
        running = QApplication(sys.argv[:1])
    running.setApplicationName(APP)
    running.setApplicationDisplayName("Expression Studio")
    running.setApplicationVersion(__version__)
    apply_theme(running, theme_of.theme)
    return running


def make_window(
    settings: Settings,
    *,
    engine_folder: Path | None = None,
    device: str | None = None,
    open_engine: OpenEngine = open_engine,
) -> MainWindow:
    """Make a window on an empty document; nothing is loaded yet.

    Parameters
    ----------
    engine_folder : Path or None
        Where models are loaded from, None for what the settings say.
    device : str or None
        Where they run, None for what the settings say.
    """
    desk = Desk(
        Document(),
        open_engine=open_engine,
        models_folder=engine_folder,
        device=device or settings.device,
    )
    if engine_folder is None:
        desk.models.folder = settings.models_folder
    return MainWindow(desk, settings)


def run_app(
    paths: Sequence[Path],
    given: Given | None = None,
    *,
    engine_folder: Path | None = None,
    device: str | None = None,
) -> int:
    """Open the window with these files, read as given, and run until it is closed.

    Returns
    -------
    int
        The exit status.
    """
    settings = Settings()
    app = make_app(settings)
    window = make_window(settings, engine_folder=engine_folder, device=device)
    window.show()
    QTimer.singleShot(0, lambda: start_window(window, paths, given))
    heartbeat = _quit_on_interrupt(window)
    with watched(window):
        status = app.exec()
    heartbeat.stop()
    return status


def start_window(window: MainWindow, paths: Sequence[Path], given: Given | None = None) -> None:
    """Begin what may take a while, once the window has been shown: view, models, files."""
    QApplication.processEvents()
    sys.setswitchinterval(SWITCH_S)

    def build() -> None:
        window.build_view()
        from .warm_up import warm_up

        warm_up(window.stage)

    spare_collector(window)
    window.desk.models.prepare(import_view, then=build)
    window.session.start(paths, given)


def spare_collector(window: MainWindow) -> None:
    """Let Python's garbage collector pass over what is there for good, while there is a window.

    The libraries alone are half a million objects, and a look at all of them stops every thread
    for 0.1 s. They are set aside once the models are there, and so is whatever outlives a long
    look later on, which then comes once and not again and again. What is set aside is never looked
    at any more, so the time of other programs does not count: a clip that is closed later may be
    part of a cycle.
    """
    began = 0.0

    def look(phase: str, _info: object) -> None:
        nonlocal began
        if phase == "start":
            began = time.thread_time()
        elif time.thread_time() - began > LONG_LOOK_S:
            gc.freeze()

    gc.callbacks.append(look)
    window.destroyed.connect(lambda: gc.callbacks.remove(look))
    models = window.desk.models
    models.engine_changed.connect(lambda _engine: None if models.loading else collect_as_usual())


@contextlib.contextmanager
def watched(window: MainWindow) -> Iterator[None]:
    """Log what Python says, report what no one catches, and mention it if the last run died."""
    watch, catcher = CrashWatch(), BugCatcher(window.messages.error, window)
    watch.start()
    catcher.install()
    deaf = listen(window.log)
    QTimer.singleShot(0, lambda: _mention_crash(window, watch.left_behind()))
    try:
        yield
    finally:
        deaf()
        catcher.remove()
        watch.stop()


def _mention_crash(window: MainWindow, report: Path | None) -> None:
    if report is None:
        return
    link = QUrl.fromLocalFile(str(report.parent)).toString()
    window.status.show_notice(
        f"The last run ended in a crash; {report.name} tells of it. "
        f'<a href="{link}">Show in folder</a>'
    )


def _end_now(window: MainWindow, number: int) -> None:
    """Copy unsaved work, then exit: the system, which ends the program, leaves no time to ask."""
    try:
        window.session.autosaving.leave()
    finally:
        os._exit(128 + number)


def _quit_on_interrupt(window: MainWindow) -> QTimer:
    """Have Ctrl+C in the terminal close the window.

    Python sees signals only when it runs, hence the timer.
    """
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, _frame: _end_now(window, number))
    timer = QTimer(window, interval=400)
    timer.timeout.connect(os.getpid)
    timer.start()
    return timer
