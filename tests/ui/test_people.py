"""Known people in the window: made known, compared while looked at, kept and forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.io.people import read_people
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle

KINDS = SmallEngine().kinds | {"identity"}


def stretched(along: tuple[float, float, float], name: str) -> MeshSequence:
    """A ball that is longer along some axes than along others."""
    clip = ball(12, name=name)
    return replace(clip, vertices=clip.vertices * np.float32(along))


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    window = make(SmallEngine(kinds=KINDS))
    window.desk.models.load()
    settle(qtbot, window)
    return window


def known(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_asked: (name, True))
    window.registry["recognition.add_person"].trigger()
    settle(qtbot, window)


def test_a_person_is_made_known_by_a_clip_and_another_one_is_nobody(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.people.panel
    add = window.registry["recognition.add_person"]
    assert not add.isEnabled() and panel.table.rowCount() == 0
    window.document.open_clip(stretched((2.0, 1.0, 1.0), "wide"))
    assert add.isEnabled()
    known(qtbot, window, monkeypatch, "Ann")
    assert panel.table.item(0, 0).text() == "Ann"
    assert window.people.service.answer is None  # nobody looks
    window.show_dock("people")
    settle(qtbot, window)
    assert panel.verdict.text().startswith("Ann, 1.00")
    assert panel.table.item(0, 2).text() == "1.00"
    window.document.open_clip(stretched((1.0, 2.0, 1.0), "tall"))
    settle(qtbot, window)
    assert panel.verdict.text().startswith("Nobody who is known; the closest is Ann")
    known(qtbot, window, monkeypatch, "Ann")
    assert panel.table.rowCount() == 1 and panel.table.item(0, 1).text() == "2"


def test_people_are_kept_in_a_file_forgotten_and_known_again(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window.document.open_clip(stretched((2.0, 1.0, 1.0), "wide"))
    known(qtbot, window, monkeypatch, "Ann")
    kept = tmp_path / "people.json"
    window.people.write(kept)
    assert read_people(kept).names == ("Ann",)
    window.people.panel.table.selectRow(0)
    window.registry["recognition.forget_person"].trigger()
    assert window.people.service.names == ()
    window.people.service.open(kept)
    settle(qtbot, window)
    assert window.people.service.names == ("Ann",)
