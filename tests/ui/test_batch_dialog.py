"""The batch: what it says before, while and after it writes takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from studio.ui.generate.batch_dialog import BatchDialog
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine
from .windows import Make, settle


def open_batch(window: MainWindow, folder: Path, *labels: str) -> BatchDialog:
    window.document.set_generation(frames=16, intensity=0.5)
    window.registry["takes.batch"].trigger()
    dialog = window.findChild(BatchDialog)
    dialog.fields.folder.setText(str(folder))
    dialog.fields.format.setCurrentIndex(dialog.fields.format.findData("npz"))
    dialog.seeds.setText("1-3")
    for label, box in dialog.labels.items():
        box.setChecked(label in labels)
    return dialog


def test_takes_are_written_with_their_recipes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    dialog = open_batch(window, out, "fear", "anger")
    assert "2 expressions × 3 seeds = 6 takes" in dialog.summary.text()
    dialog.start.click()
    assert dialog.stop.isEnabled() and not dialog.start.isEnabled()
    settle(qtbot, window)
    assert dialog.state.text().startswith("6 takes")
    names = sorted(f"{label}_{seed}.npz" for label in ("anger", "fear") for seed in (1, 2, 3))
    assert sorted(json.loads((out / "recipes.json").read_text())) == names
    assert sorted(path.name for path in out.iterdir()) == [*names, "recipes.json"]
    assert window.settings.place("export") == tmp_path
    assert window.document.state.clips == ()


def test_takes_that_are_there_are_replaced_only_after_a_yes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = open_batch(window, tmp_path / "out", "fear")
    dialog.start.click()
    settle(qtbot, window)
    asked: list[str] = []
    dialog._ask = lambda _parent, question: asked.append(question) is not None
    dialog.start.click()
    assert "3 of these" in asked[0]
    assert not window.desk.lanes.batch.busy


def test_a_stop_says_how_far_it_came_and_closing_lets_it_go_on(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    window = make(SmallEngine(pause=0.004))
    window.desk.models.load()
    settle(qtbot, window)
    dialog = open_batch(window, tmp_path / "one", "fear", "anger")
    dialog.start.click()
    qtbot.waitUntil(lambda: window.services.takes.written >= 3)
    dialog.stop.click()
    assert dialog.state.text().startswith("Stopped after 3 of 6")
    qtbot.waitUntil((tmp_path / "one" / "recipes.json").exists)
    dialog.fields.folder.setText(str(tmp_path / "two"))
    dialog.start.click()
    dialog.close()
    assert window.status.jobs[window.desk.lanes.batch].isVisible()
    settle(qtbot, window)
    assert len(list((tmp_path / "two").iterdir())) == 7


@pytest.mark.parametrize(
    ("seeds", "labels", "folder", "words"),
    [
        ("1-x", ("fear",), "out", "1-x"),
        ("", ("fear",), "out", "nothing"),
        ("1", (), "out", "expression"),
        ("1", ("fear",), "", "folder"),
        ("1", ("fear",), "file/out", "is a file"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    window: MainWindow, tmp_path: Path, seeds: str, labels: tuple[str, ...], folder: str, words: str
) -> None:
    (tmp_path / "file").write_text("")
    dialog = open_batch(window, tmp_path, *labels)
    dialog.fields.folder.setText(str(tmp_path / folder) if folder else "")
    dialog.seeds.setText(seeds)
    assert words in dialog.summary.text()
    assert not dialog.start.isEnabled()


def test_all_ticks_all_or_none(window: MainWindow, tmp_path: Path) -> None:
    dialog = open_batch(window, tmp_path, "fear")
    assert not dialog.every.isChecked()
    dialog.every.click()
    assert all(box.isChecked() for box in dialog.labels.values())
    dialog.every.click()
    assert not any(box.isChecked() for box in dialog.labels.values())


def test_every_control_speaks(window: MainWindow, tmp_path: Path) -> None:
    dialog = open_batch(window, tmp_path, "fear")
    for kind in (QAbstractButton, QComboBox, QLineEdit):
        for control in dialog.findChildren(kind):
            assert control.toolTip(), control
            assert control.accessibleName() or getattr(control, "text", str)(), control
