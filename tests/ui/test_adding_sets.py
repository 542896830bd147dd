"""Adding model sets by name: nothing is fetched unasked, and fetching can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core.hub_name import HubName
from studio.ui.models.adding import AddSet
from studio.ui.models.manager import ModelManager
from studio.ui.window.main_window import MainWindow
from studio.ui.window.session_view import other_models
from tests.engine.hub_server import Hub, Repository, live_in, serving

from .test_model_manager import WHOLE, write_set

NAME = "hf:lab/faces"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as hub:
        live_in(tmp_path / "home", hub.url, monkeypatch)
        folder = write_set(tmp_path / "faces", WHOLE)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        hub.repositories["lab/faces"] = Repository()
        hub.repositories["lab/faces"].commit(files | {"README.md": b"# Faces of a lab"})
        yield hub


@pytest.fixture
def adding(qtbot: QtBot) -> Iterator[AddSet]:
    adding = AddSet(ask=lambda _window, _name: True)
    qtbot.addWidget(adding)
    adding.show()
    yield adding
    adding.lane.close()


def add(adding: AddSet, text: str) -> None:
    adding.text.setText(text)
    adding.act.click()


def test_a_folder_is_found_and_what_is_none_is_said(
    adding: AddSet, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(adding.found) as found:
        add(adding, f" {tmp_path} ")
    assert found.args == [tmp_path] and adding.text.text() == ""
    for text in (str(tmp_path / "none"), "hf:faces", "lab/faces"):
        with qtbot.waitSignal(adding.told) as told:
            add(adding, text)
        assert "hf:owner/name@revision" in told.args[0]
        assert adding.text.text() == text


def test_no_hub_is_asked_before_the_user_says_so(adding: AddSet, qtbot: QtBot, hub: Hub) -> None:
    asked: list[str] = []

    def ask(_window: object, name: HubName) -> bool:
        asked.append(str(name))
        return False

    adding.ask = ask
    add(adding, NAME)
    qtbot.waitUntil(lambda: asked == [NAME] and not adding.lane.busy)
    assert hub.asked == []
    adding.ask = lambda _window, _name: True
    with qtbot.waitSignal(adding.found) as found:
        add(adding, NAME)
    assert found.args[0].name == hub.repositories["lab/faces"].refs["main"]
    hub.asked.clear()
    adding.ask = ask
    with qtbot.waitSignal(adding.found):
        add(adding, NAME)
    assert hub.asked == [] and asked == [NAME]


def test_a_fetch_that_fails_says_why_and_one_that_is_stopped_keeps_nothing(
    adding: AddSet, qtbot: QtBot, hub: Hub, tmp_path: Path
) -> None:
    said: list[str] = []
    adding.told.connect(said.append)
    add(adding, "hf:lab/nothing")
    qtbot.waitUntil(lambda: any("no such repository" in one for one in said))
    hub.stall.clear()
    add(adding, NAME)
    qtbot.waitUntil(lambda: any("resolve" in one for one in hub.asked))
    assert adding.act.text() == "Sto&p" and not adding.text.isEnabled()
    adding.act.click()
    assert said[-1].startswith("Stopped") and adding.text.isEnabled()
    hub.stall.set()
    adding.lane.close()
    assert not list((tmp_path / "home").rglob("refs/main"))


def test_a_set_of_a_hub_is_listed_loaded_and_named_in_sessions(
    fresh: MainWindow, qtbot: QtBot, hub: Hub
) -> None:
    manager = ModelManager(fresh.desk.models, fresh.settings, fresh)
    manager.adding.ask = lambda _window, _name: True
    manager.open()
    add(manager.adding, NAME)
    short = f"lab/faces@{hub.repositories['lab/faces'].refs['main'][:7]}"
    qtbot.waitUntil(lambda: manager.chosen is not None and manager.chosen.name == short)
    assert "Faces of a lab" in manager.view.card.toPlainText()
    assert fresh.settings.model_folders == [] and not manager.forget.isEnabled()
    with qtbot.waitSignal(fresh.desk.models.engine_changed):
        manager.load.click()
    kept = fresh.services.sessions.view()
    assert kept["models"] == f"{NAME}@{hub.repositories['lab/faces'].refs['main']}"
    assert other_models(kept, fresh.desk.models.name) == ""
    assert str(kept["models"]) in other_models(kept, "")
    assert other_models({"models": "mine"}, "") == ""
    manager.reject()
