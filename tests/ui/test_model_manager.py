"""The sets that are found, what is said of each, and what happens when one is chosen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from studio.core import Progress
from studio.core.system.paths import data_folder, shipped
from studio.engine.loading.cards import CARD
from studio.face.template import load_template
from studio.nn.checkpoint import save_checkpoint
from studio.ui.models.manager import ModelManager, described
from studio.ui.models.protocol import Notice
from studio.ui.models.survey import Device, look_at, survey
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import settle

LABELS = ("fear", "happiness")


@dataclass(frozen=True)
class Config:
    width: int = 2


def write_set(folder: Path, kinds: dict[str, str], topology: str | None = None) -> Path:
    """Files with true headers and next to no weights."""
    topology = load_template().topology if topology is None else topology
    for name, kind in kinds.items():
        labels = () if kind == "autoencoder" else LABELS
        state = {"weight": torch.zeros(3)}
        path = folder / f"{name}.safetensors"
        save_checkpoint(path, kind, Config(), state, labels=labels, topology=topology)
    return folder


WHOLE = {"autoencoder": "autoencoder", "recognizer": "recognizer", "diffusion": "diffusion"}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write_set(tmp_path / "mine", WHOLE)


@pytest.fixture
def window(fresh: MainWindow) -> MainWindow:
    return fresh


@pytest.fixture
def manager(window: MainWindow, qtbot: QtBot, mine: Path) -> Iterator[ModelManager]:
    window.settings.model_folders = [mine]
    manager = ModelManager(window.desk.models, window.settings, window)
    manager.open()
    qtbot.waitUntil(lambda: bool(manager.found.sets))
    yield manager
    manager.reject()


def choose(manager: ModelManager, name: str) -> None:
    rows = [manager.list.item(row).text() for row in range(manager.list.count())]
    manager.list.setCurrentRow(rows.index(name))


def test_a_set_says_what_it_can_do_by_its_headers(mine: Path) -> None:
    save_checkpoint(mine / "gan.safetensors", "motion-gan", Config(), {"w": torch.zeros(2)})
    (mine / CARD).write_text("---\nlicense: cc0\n---\n# Mine\nfor tests")
    found = look_at(mine)
    assert {file.kind for file in found.files if not file.problem} >= {*WHOLE, "motion-gan"}
    assert found.labels == LABELS
    assert found.problem == ""
    assert found.card == "# Mine\nfor tests"
    assert not next(file for file in found.files if file.name == "gan").known
    assert found.size == sum(f.stat().st_size for f in mine.glob("*.safetensors"))


def test_what_cannot_be_used_says_why(mine: Path, tmp_path: Path) -> None:
    foreign = look_at(write_set(tmp_path / "foreign", WHOLE, topology="another"))
    assert all(file.problem for file in foreign.files)
    assert not any(file.fits for file in foreign.files)
    (mine / "recognizer.safetensors").write_bytes(b"\x80\x04pickle")
    with (mine / "diffusion.safetensors").open("r+b") as file:
        file.truncate(100)
    damaged = look_at(mine)
    assert damaged.problem == ""
    problems = {file.name: file.problem for file in damaged.files}
    assert problems["autoencoder"] == ""
    assert "pickle" in problems["recognizer"]
    assert "truncated" in problems["diffusion"]
    (mine / "autoencoder.safetensors").unlink()
    assert "autoencoder" in look_at(mine).problem
    shutil.rmtree(mine)
    assert "no such folder" in look_at(mine).problem
    mine.mkdir()
    assert "no models" in look_at(mine).problem


def test_all_places_are_looked_at_and_no_set_is_listed_twice(mine: Path) -> None:
    own = write_set(data_folder() / "models" / "own", WHOLE)
    found = survey([mine, own, mine], progress=Progress())
    folders = [one.folder for one in found.sets]
    assert folders[0] == shipped("checkpoints") / "anny-basic"
    assert folders[-2:] == [own, mine]
    assert len(folders) == len(set(folders))
    assert [device.name for device in found.devices][:: len(found.devices) - 1] == ["auto", "cpu"]
    assert found.devices[-1].free > 0


def test_the_dialog_shows_each_set(manager: ModelManager) -> None:
    choose(manager, "anny-basic")
    assert "came with the studio" in manager.view.place.text()
    assert "anny-basic" in manager.view.card.toPlainText()
    choose(manager, "mine")
    assert manager.view.name.text() == "mine"
    assert manager.view.labels.text() == "Labels: fear, happiness"
    assert manager.view.files.topLevelItemCount() == 3
    assert manager.view.files.topLevelItem(2).text(1) == "Recognizer: reads expressions"
    assert manager.load.isEnabled()


def test_loading_a_set_makes_it_the_one_in_use_and_is_remembered(
    manager: ModelManager, window: MainWindow, qtbot: QtBot, mine: Path
) -> None:
    choose(manager, "mine")
    manager.load.click()
    settle(qtbot, window)
    assert window.desk.models.folder_in_use == mine
    assert manager.list.currentItem().font().bold()
    assert manager.view.name.text() == "mine, in use"
    assert manager.load.text() == "&Load again"
    assert window.settings.models_folder == mine
    assert window.settings.model_folders == [mine]


def test_a_set_damaged_or_removed_meanwhile_is_a_sentence_and_work_goes_on(
    manager: ModelManager, window: MainWindow, qtbot: QtBot, mine: Path
) -> None:
    choose(manager, "mine")
    manager.load.click()
    settle(qtbot, window)
    shutil.rmtree(mine)
    manager.look()
    qtbot.waitUntil(lambda: "no such folder" in manager.view.problem.text())
    assert "stays in use" in manager.view.problem.text()
    assert not manager.load.isEnabled()
    window.document.open_clip(ball(9))
    settle(qtbot, window)
    assert window.recognition.verdict.text() == "Happiness"


def test_a_set_that_does_not_load_leaves_the_old_one(
    manager: ModelManager, window: MainWindow, qtbot: QtBot
) -> None:
    def refuse(
        folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        raise MemoryError

    before = window.desk.models.folder_in_use
    window.desk.models._open_engine = refuse
    choose(manager, "mine")
    manager.load.click()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "memory" in manager.note.text())
    assert window.desk.models.folder_in_use == before
    assert window.settings.models_folder is None
    window.messages.close()


def test_folders_are_added_with_what_is_in_them_and_forgotten(
    manager: ModelManager, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        write_set(tmp_path / "many" / name, WHOLE)
    manager.add_folder(tmp_path / "many")
    qtbot.waitUntil(lambda: manager.chosen is not None and manager.chosen.folder.name == "one")
    assert [folder.name for folder in manager.settings.model_folders] == ["mine", "one", "two"]
    manager.forget.click()
    qtbot.waitUntil(lambda: len(manager.settings.model_folders) == 2)
    assert (tmp_path / "many" / "one" / "autoencoder.safetensors").is_file()


def test_a_device_is_named_with_its_memory() -> None:
    gpu = Device("cuda", "NVIDIA H100", free=70 * 10**9, total=80 * 10**9)
    assert described(gpu) == "NVIDIA H100, 70.0 GB of 80.0 GB free"
    assert described(Device("cpu", free=5 * 10**9)) == "CPU, 5.0 GB free"
    assert described(Device("auto")) == "Automatic"
    assert described(Device("auto"), (Device("auto"), gpu)).startswith("Automatic: NVIDIA H100, 70")


def test_the_window_imports_what_is_large_only_when_it_is_used() -> None:
    import subprocess

    code = (
        "import sys, studio.ui.models.manager, studio.ui.window.main_window;"
        "sys.exit(bool({'torch', 'av', 'vtkmodules', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_landmark_models_serve_beside_a_set_and_are_not_loaded_alone(
    manager: ModelManager, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    names = ("motion-gan", "landmark-lstm", "sparse-to-dense")
    folder = write_set(tmp_path / "landmarks", {name: name for name in names})
    found = look_at(folder)
    assert found.beside and found.problem == "" and all(file.known for file in found.files)
    assert not look_at(tmp_path / "mine").beside
    manager.add_folder(folder)
    qtbot.waitUntil(lambda: manager.chosen is not None and manager.chosen.folder == folder)
    assert not manager.load.isEnabled()
    assert "beside the set in use" in manager.note.text()
    (folder / "motion-gan.safetensors").write_bytes(b"\x80\x04pickle")
    broken = look_at(folder)
    assert {file.name: bool(file.problem) for file in broken.files}["motion-gan"]


def test_that_landmark_models_are_missing_is_said(
    manager: ModelManager, window: MainWindow, qtbot: QtBot
) -> None:
    choose(manager, "mine")
    manager.load.click()
    settle(qtbot, window)
    assert "not offered" in manager.note.text()
