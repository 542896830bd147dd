"""The Motion menu: new clips of others, each one step with a recipe."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from studio.core import FaceChoice, MeshSequence
from studio.document import ClipState
from studio.takes.recipe import is_derived
from studio.ui.clips.rows import Row
from studio.ui.generate.blend_dialog import BlendDialog
from studio.ui.generate.mix_dialog import MixDialog
from studio.ui.menus.actions import plain
from studio.ui.menus.registry import Registry
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle


@pytest.fixture
def registry(window: MainWindow) -> Registry:
    return window.registry


def generated(window: MainWindow, qtbot: QtBot, label: str, seed: int) -> ClipState:
    window.document.set_generation(label=label, seed=seed, frames=16)
    window.generation.generate.click()
    settle(qtbot, window)
    return newest(window)


def newest(window: MainWindow) -> ClipState:
    return window.document.state.clips[-1]


def entries(registry: Registry) -> list[QAction]:
    registry.menu("motion.transfer").aboutToShow.emit()
    actions = registry.menu("motion.transfer").actions()
    return [entry for entry in actions if not entry.isSeparator()]


def test_nothing_is_offered_without_clips(registry: Registry) -> None:
    assert not registry.menu("motion.transfer").menuAction().isEnabled()
    assert not registry["motion.neutralize"].isEnabled()
    assert not registry["motion.blend"].isEnabled()
    assert registry["motion.mix"].isEnabled()


def test_nothing_is_offered_without_models(make: Make) -> None:
    assert not make().registry["motion.mix"].isEnabled()


def test_an_expression_goes_to_another_clips_face(
    window: MainWindow, registry: Registry, qtbot: QtBot
) -> None:
    window.document.open_clip(ball(9, name="other"))
    window.document.open_clip(ball(8, name="smile"))
    window.document.open_clip(ball(8, name="foreign", size=10))
    window.document.set_current(window.document.state.clips[1].id)
    assert [plain(one.text()) for one in entries(registry)] == [
        "other",
        "The template",
        "The face made with sliders",
        "A face in a file",
    ]
    assert [one.isEnabled() for one in entries(registry)] == [True, True, False, True]
    entries(registry)[0].trigger()
    settle(qtbot, window)
    clip = newest(window)
    assert (clip.name, clip.recording.n_frames) == ("smile on other", 8)
    assert window.document.current_clip == clip
    assert clip.recipe is not None and clip.recipe["made"] == "transfer"
    assert window.document.undo_name == "Transfer smile on other"
    window.document.undo()
    assert len(window.document.state.clips) == 3
    said: list[Exception] = []
    window.desk.reported.connect(said.append)
    window.document.set_generation(face=FaceChoice("numbers", (0.5,)))
    for place in (1, 2):
        assert entries(registry)[place].isEnabled()
        entries(registry)[place].trigger()
        settle(qtbot, window)
        assert "found 4538" in str(said.pop()), "the studio's face, which these models do not know"
    window.messages.close()


def test_a_foreign_surface_is_not_offered(
    window: MainWindow, registry: Registry, qtbot: QtBot
) -> None:
    window.document.open_clip(ball(8, name="foreign", size=10))
    assert not registry.menu("motion.transfer").menuAction().isEnabled()
    assert not registry["motion.neutralize"].isEnabled()


def test_a_clip_is_neutralized_and_can_be_made_again(
    window: MainWindow, registry: Registry, qtbot: QtBot
) -> None:
    generated(window, qtbot, "fear", 4)
    registry["motion.neutralize"].trigger()
    settle(qtbot, window)
    clip = newest(window)
    assert clip.name == "fear 4 at rest"
    assert np.ptp(clip.recording.vertices, axis=0).max() == 0.0
    assert Row.of(clip, None).kind == "Neutral · Neutralized"
    assert window.services.generation.light.words == "Made of other clips"
    window.document.set_current(window.document.state.clips[0].id)
    registry["motion.neutralize"].trigger()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 2 and window.document.current_clip == clip
    assert "fear 4 at rest is there already" in window.status.notice.text()
    assert not window.registry["takes.use_settings"].isEnabled()
    window.services.takes.copy_recipes([clip])
    window.services.takes.paste_recipes()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 3
    np.testing.assert_array_equal(newest(window).recording.vertices, clip.recording.vertices)
    window.services.takes.regenerate([clip])
    settle(qtbot, window)
    assert len(window.document.state.clips) == 4


def test_two_chosen_clips_are_blended(window: MainWindow, registry: Registry, qtbot: QtBot) -> None:
    generated(window, qtbot, "fear", 4)
    generated(window, qtbot, "anger", 5)
    assert registry["motion.blend"].isEnabled()
    registry["motion.blend"].trigger()
    dialog = window.findChild(BlendDialog)
    assert dialog is not None
    dialog.one.setCurrentIndex(1)
    dialog.other.setCurrentIndex(1)
    assert not dialog.make.isEnabled()
    dialog.other.setCurrentIndex(0)
    dialog.share.setValue(25)
    assert (dialog.told.text(), dialog.make.isEnabled()) == ("25 %", True)
    dialog.make.click()
    settle(qtbot, window)
    clip = newest(window)
    assert clip.name == "anger 5 to fear 4, 25%"
    assert clip.recipe is not None and clip.recipe["share"] == 0.25
    assert Row.of(clip, "anger").kind == "Blend"
    registry["motion.blend"].trigger()
    again = window.findChildren(BlendDialog)[-1]
    assert [again.one.itemText(row) for row in range(again.one.count())] == ["fear 4", "anger 5"]
    again.reject()


def test_expressions_are_mixed_in_their_order(
    window: MainWindow, registry: Registry, qtbot: QtBot
) -> None:
    window.document.set_generation(seed=12, frames=30)
    registry["motion.mix"].trigger()
    dialog = window.findChild(MixDialog)
    assert dialog is not None
    assert dialog.labels == ["surprise", "happiness"]
    dialog.boxes[3].setCurrentIndex(dialog.boxes[3].findData("anger"))
    assert "Surprise → Happiness → Anger. 30 frames" in dialog.note.text()
    dialog.make.click()
    settle(qtbot, window)
    clip = newest(window)
    assert (clip.name, clip.recording.n_frames) == ("surprise happiness anger 12", 30)
    assert is_derived(clip.recipe)


def test_it_can_be_cancelled(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(pause=0.05))
    window.desk.models.load()
    settle(qtbot, window)
    window.document.open_clip(ball(8))
    window.registry["motion.neutralize"].trigger()
    assert window.desk.lanes.generate.busy
    qtbot.mouseClick(window.generation.cancel, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert len(window.document.state.clips) == 1


def test_a_refusal_is_one_sentence(window: MainWindow, qtbot: QtBot) -> None:
    said: list[Exception] = []
    window.desk.reported.connect(said.append)
    foreign = ClipState("f", MeshSequence(ball(4, size=10).vertices, ball(4, size=10).faces))
    window.services.motion.neutralize(foreign)
    window.services.motion.blend(foreign, foreign, 0.5)
    assert len(said) == 2 and "100 vertices" in str(said[0])
    window.messages.close()
