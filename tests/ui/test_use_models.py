"""Which folder of models is in use, and what happens when one cannot be."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.core import CheckpointError, Progress
from studio.ui.kit.lanes import Lane
from studio.ui.models.protocol import Notice
from studio.ui.models.service import ModelService

from .fakes import SmallEngine


def test_another_folder_of_models_is_used_and_a_bad_one_leaves_the_old(
    qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[Path | None] = []

    def open_folder(
        folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        asked.append(folder)
        if folder is not None and folder.name == "bad":
            raise CheckpointError("bad: no such model set")
        return SmallEngine(name=folder.name if folder else "shipped")

    models = ModelService(Lane("models"), open_folder)
    for name, active in (("good", "good"), ("bad", "good")):
        models.use_folder(tmp_path / name)
        qtbot.waitUntil(lambda: not models.lane.busy)
        assert models.engine.name == active
        assert models.folder == tmp_path / "good"
    models.use_folder(None)
    qtbot.waitUntil(lambda: not models.lane.busy)
    assert models.engine.name == "shipped"
    models.lane.close()


def test_a_remembered_folder_that_is_gone_gives_way_to_the_shipped_models(
    qtbot: QtBot, tmp_path: Path
) -> None:
    def open_folder(
        folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        if folder is not None:
            raise CheckpointError("gone: no such model set")
        return SmallEngine(name="shipped")

    models = ModelService(Lane("models"), open_folder)
    models.use_folder(tmp_path / "gone")
    qtbot.waitUntil(lambda: models.engine is not None)
    assert models.engine.name == "shipped"
    assert models.folder is None
    models.lane.close()
