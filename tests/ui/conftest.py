"""Windows of the tests: own settings, own caches, a small engine, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.ui.app import make_app, prepare_surface
from studio.ui.controller import Controller
from studio.ui.settings import Settings

from .fakes import SmallEngine, opener


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    prepare_surface()
    return QApplication


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


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
def controller(qtbot: QtBot, document: Document, engine: SmallEngine) -> Iterator[Controller]:
    controller = Controller(document, open_engine=opener(engine))
    yield controller
    controller.close()
