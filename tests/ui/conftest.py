"""Windows of the tests: own settings, own caches, a small engine, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.document import Document, DocumentState, ViewState
from studio.io import registrations
from studio.ui.clips.service import OpenService
from studio.ui.desk import Desk
from studio.ui.kit.lanes import Lane
from studio.ui.services import Services
from studio.ui.settings.settings import Settings
from studio.ui.sound import device
from studio.ui.view3d.imports import UNUSED, put_off
from studio.ui.window import main_window as module
from studio.ui.window.app import make_app, prepare_surface
from studio.ui.window.main_window import LOSE, MainWindow

from .alarm import Alarm
from .fakes import SmallEngine, SmallRegistrar, opener
from .windows import PATIENCE_MS, Make, PatientBot, settle

with put_off(*UNUSED):  # as the program does, before tests import what draws
    from studio.ui.view3d import viewport  # noqa: F401

BUDGET = 2**30  # bytes of frames that edits may keep


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    prepare_surface()
    return QApplication


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setattr(registrations, "_in_use", WeakValueDictionary())


@pytest.fixture(autouse=True)
def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound goes to a device that only keeps time."""
    monkeypatch.setattr(device, "ON_NOTHING", True)


@pytest.fixture(autouse=True)
def all_gone() -> Iterator[None]:
    """No window outlives its test: the next one would dress and style it once more.

    A closed window is not deleted, and `deleteLater` alone waits for a running event loop.
    """
    yield
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow) and not widget.isVisible():
            widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def settings(tmp_path: Path, qapp: QApplication) -> Settings:
    return _settings(tmp_path)


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def opening(qtbot: QtBot, document: Document) -> Iterator[OpenService]:
    opening = OpenService(document, Lane("load"))
    yield opening
    opening.lane.stop()
    opening.lane.close()


@pytest.fixture
def engine() -> SmallEngine:
    return SmallEngine()


@pytest.fixture
def services(qtbot: QtBot, document: Document, engine: SmallEngine) -> Iterator[Services]:
    services = Services(Desk(document, open_engine=opener(engine), registrar=SmallRegistrar()))
    yield services
    services.close()


@pytest.fixture
def make(qtbot: QtBot, settings: Settings) -> Iterator[Make]:
    made: list[MainWindow] = []

    def make_one(engine: SmallEngine | None = None, *, ask: module.Ask | None = None) -> MainWindow:
        window = _open(settings, engine or SmallEngine(), ask)
        made.append(window)
        return window

    yield make_one
    _close(made)


@pytest.fixture(scope="module")
def kept(qapp: QApplication) -> Iterator[list[MainWindow]]:
    """The window that tests of a module share, once one has asked for it."""
    kept: list[MainWindow] = []
    yield kept
    _close(kept)


@pytest.fixture
def again(kept: list[MainWindow], qtbot: QtBot, tmp_path: Path) -> Make:
    """Empties the window that the module's tests share, which takes far less than to make one."""

    def empty() -> MainWindow:
        if kept and isValid(kept[0]) and kept[0].isVisible():
            _empty(kept[0], qtbot)
        else:
            kept[:] = [_open(_settings(tmp_path), SmallEngine())]
        return kept[0]

    return empty


def _empty(window: MainWindow, qtbot: QtBot) -> None:
    """Bring a window to where a new one begins, what a test changes in it taken back."""
    for lane in window.desk.lanes:
        lane.stop()
    settle(qtbot, window)
    window.compare_with(None)
    for put in (window.landmarks.set_on, window.landmarks.set_soft, window.landmarks.set_mirror):
        put(on=False)
    window.player.set_loop("loop")
    window.player.set_speed(1.0)
    window.stage.look.restore(ViewState())
    window.reset_camera()  # before the face goes that it is fitted to
    window.services.sessions.new()
    window.document.replace(DocumentState())
    window.document.evaluator.set_budget(BUDGET)
    settle(qtbot, window)


def _with_models(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.desk.models.load()
    settle(qtbot, window)
    return window


def _settings(folder: Path) -> Settings:
    settings = Settings(folder / "settings.ini")
    settings.theme = "light"
    settings.play_generated = False  # a moving playhead would have other tests wait for nothing
    make_app(settings)
    return settings


def _open(settings: Settings, engine: SmallEngine, ask: module.Ask | None = None) -> MainWindow:
    desk = Desk(Document(), open_engine=opener(engine), registrar=SmallRegistrar())
    window = MainWindow(desk, settings, ask=ask or (lambda *_: LOSE))
    if settings.geometry.isEmpty():
        window.resize(1000, 680)  # what a processor draws of the face costs by the pixel
    window.show()
    QTest.qWaitForWindowExposed(window, PATIENCE_MS)
    return window


def _close(windows: list[MainWindow]) -> None:
    for window in windows:
        if isValid(window):
            window.session.ask = lambda *_: LOSE
            window.close()
    QApplication.processEvents()


@pytest.fixture
def fresh(make: Make, qtbot: QtBot) -> MainWindow:
    return _with_models(make(), qtbot)


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> MainWindow:
    """For tests that change no settings, docks or keys: the module's in place of a new one."""
    return _with_models(again(), qtbot)


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    alarm = Alarm()
    alarm.install()
    yield alarm
    alarm.remove()
