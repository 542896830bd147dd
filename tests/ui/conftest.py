"""Windows of the tests: own settings, own caches, a small engine, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.document import Document
from studio.ui.desk import Desk
from studio.ui.services import Services
from studio.ui.settings.settings import Settings
from studio.ui.window import main_window as module
from studio.ui.window.app import make_app, prepare_surface
from studio.ui.window.main_window import LOSE, MainWindow

from .alarm import Alarm
from .fakes import SmallEngine, opener
from .windows import Make, PatientBot, settle


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


@pytest.fixture(autouse=True)
def all_gone() -> Iterator[None]:
    """No window outlives its test: the next one would dress and style it once more.

    A closed window is not deleted, and `deleteLater` alone waits for a running event loop.
    """
    yield
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow):
            widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def settings(tmp_path: Path, qapp: QApplication) -> Settings:
    settings = Settings(tmp_path / "settings.ini")
    settings.theme = "light"
    make_app(settings)
    return settings


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def engine() -> SmallEngine:
    return SmallEngine()


@pytest.fixture
def services(qtbot: QtBot, document: Document, engine: SmallEngine) -> Iterator[Services]:
    services = Services(Desk(document, open_engine=opener(engine)))
    yield services
    services.close()


@pytest.fixture
def make(qtbot: QtBot, settings: Settings) -> Iterator[Make]:
    made: list[MainWindow] = []

    def make_one(engine: SmallEngine | None = None, *, ask: module.Ask | None = None) -> MainWindow:
        desk = Desk(Document(), open_engine=opener(engine or SmallEngine()))
        window = MainWindow(desk, settings, ask=ask or (lambda *_: LOSE))
        with qtbot.waitExposed(window):
            window.show()
        made.append(window)
        return window

    yield make_one
    for window in made:
        if isValid(window):
            window.session.ask = lambda *_: LOSE
            window.close()
    QApplication.processEvents()


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    window = make()
    window.desk.models.load()
    settle(qtbot, window)
    return window


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    alarm = Alarm()
    alarm.install()
    yield alarm
    alarm.remove()
