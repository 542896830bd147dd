"""The In-between menu: frames over a clip as one step, looked at before, and clips of two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import ClipState
from studio.document.edits.baked import BakedEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.trim import TrimEdit
from studio.ui.between.dialog import BetweenDialog, range_of
from studio.ui.between.morph_dialog import MorphDialog
from studio.ui.menus.registry import Registry
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import Make, settle

Kind = TypeVar("Kind", bound=QDialog)
VERBS = ("fill", "again", "loop", "join", "morph", "bake")


@pytest.fixture
def registry(window: MainWindow) -> Registry:
    return window.registry


@pytest.fixture
def shown(window: MainWindow) -> Iterator[list[MeshSequence | None]]:
    """What was shown for now, in its order."""
    found: list[MeshSequence | None] = []
    window.services.between.preview_changed.connect(found.append)
    yield found


def asked(window: MainWindow, verb: str, kind: type[Kind]) -> Kind:
    """Open the dialog of a verb."""
    window.registry[f"edit.between.{verb}"].trigger()
    return window.findChildren(kind)[-1]


def clip(window: MainWindow, place: int = 0) -> ClipState:
    return window.document.state.clips[place]


def played(window: MainWindow) -> MeshSequence:
    return window.document.played(clip(window)).sequence()


def test_only_what_can_be_done_is_offered(window: MainWindow, registry: Registry) -> None:
    def usable() -> list[str]:
        return [verb for verb in VERBS if registry[f"edit.between.{verb}"].isEnabled()]

    assert usable() == []
    window.document.open_clip(ball(2))
    assert usable() == ["loop"]
    window.document.open_clip(ball(12))
    assert usable() == ["fill", "again", "loop", "join", "morph"]
    window.document.open_clip(ball(12, name="foreign", size=10))
    assert usable() == []


def test_nothing_is_offered_without_models(make: Make) -> None:
    window = make()
    window.document.open_clip(ball(12))
    assert not window.registry["edit.between.fill"].isEnabled()


def test_a_range_is_filled_as_one_step(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(12))
    window.document.set_range(clip(window).id, 3, 7)
    dialog = asked(window, "fill", BetweenDialog)
    assert (dialog.first.value(), dialog.last.value(), dialog.count) == (3, 6, 4)
    dialog.label.setCurrentIndex(1)
    dialog.seed.setValue(70)
    before = clip(window).recording.vertices
    dialog.make.click()
    settle(qtbot, window)
    (edit,) = clip(window).edits
    assert isinstance(edit, BakedEdit)
    assert edit.recipe is not None
    assert (edit.recipe["seed"], edit.recipe["shows"]) == (70, dialog_labels(window)[0])
    found = played(window).vertices
    kept = [0, 1, 2, *range(7, 12)]
    assert found[kept].tobytes() == before[kept].tobytes()
    assert not np.array_equal(found[3:7], before[3:7])
    assert window.document.undo_name == "Add in-between"
    window.document.undo()
    assert clip(window).edits == ()


def dialog_labels(window: MainWindow) -> tuple[str, ...]:
    engine = window.desk.models.engine
    assert engine is not None
    return engine.labels


def test_a_look_changes_nothing_and_is_not_made_twice(
    window: MainWindow, qtbot: QtBot, shown: list[MeshSequence | None]
) -> None:
    window.document.open_clip(ball(12))
    dialog = asked(window, "again", BetweenDialog)
    dialog.look.click()
    settle(qtbot, window)
    assert clip(window).edits == ()
    looked = shown[-1]
    assert looked is not None
    assert looked.name == "Preview"
    dialog.make.click()  # nothing is left to be made
    assert len(clip(window).edits) == 1
    assert played(window).vertices.tobytes() == looked.vertices.tobytes()
    assert shown[-1] is None


def test_who_cancels_keeps_nothing_of_a_look(
    window: MainWindow, qtbot: QtBot, shown: list[MeshSequence | None]
) -> None:
    window.document.open_clip(ball(12))
    dialog = asked(window, "loop", BetweenDialog)
    dialog.look.click()
    dialog.reject()  # while it is made
    settle(qtbot, window)
    assert shown == []
    dialog = asked(window, "loop", BetweenDialog)
    dialog.look.click()
    settle(qtbot, window)
    dialog.reject()
    assert shown[-1] is None
    assert clip(window).edits == ()


def test_a_loop_and_a_join_come_behind_the_clip(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(9, name="other"))
    window.document.open_clip(ball(12))
    window.document.move_clips([clip(window, 1).id], 0)
    dialog = asked(window, "loop", BetweenDialog)
    dialog.frames.setValue(5)
    dialog.make.click()
    settle(qtbot, window)
    assert clip(window).timing.frames == 17
    dialog = asked(window, "join", BetweenDialog)
    dialog.frames.setValue(4)
    dialog.make.click()
    settle(qtbot, window)
    found = played(window).vertices
    assert len(found) == 17 + 4 + 9
    assert found[-9:].tobytes() == clip(window, 1).recording.vertices.tobytes()


def test_frames_are_baked_again_of_what_lies_below_now(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(12))
    asked(window, "fill", BetweenDialog).make.click()
    settle(qtbot, window)
    clip_id, recorded = clip(window).id, clip(window).recording.vertices
    window.document.add_edit(clip_id, TrimEdit(start=1))
    window.document.move_edit(clip_id, 1, 0)
    window.registry["edit.between.bake"].trigger()
    settle(qtbot, window)
    assert len(clip(window).edits) == 2
    assert window.document.undo_name == "Change in-between"
    edit = clip(window).edits[1]
    assert isinstance(edit, BakedEdit)
    share = np.linspace(0, 1, 6)[1:-1, None, None]  # from frame 3 to 8 of what is one later
    assert np.abs(edit.vertices - recorded[4] - share * (recorded[9] - recorded[4])).max() < 0.01


def test_a_clip_that_was_edited_meanwhile_is_left_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.document.open_clip(ball(12))
    errors: list[Exception] = []
    window.desk.reported.connect(errors.append)
    asked(window, "fill", BetweenDialog).make.click()
    window.document.add_edit(clip(window).id, ReverseEdit())
    settle(qtbot, window)
    assert [type(edit) for edit in clip(window).edits] == [ReverseEdit]
    assert "was edited meanwhile" in str(errors[-1])


def test_one_clip_passes_into_another_as_a_new_one(
    window: MainWindow, qtbot: QtBot, shown: list[MeshSequence | None]
) -> None:
    window.document.open_clip(ball(9, name="other"))
    window.document.open_clip(ball(12, name="smile"))
    dialog = asked(window, "morph", MorphDialog)
    dialog.start.setValue(100)
    dialog.look.click()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 2
    dialog.make.click()
    made = clip(window, 2)
    assert (made.name, made.timing.frames) == ("smile to other", 9)
    assert made.recipe is not None and made.recipe["made"] == "morph"
    assert np.array_equal(made.recording.vertices, clip(window, 0).recording.vertices)
    assert window.document.undo_name == "Morph smile to other"
    assert shown[-1] is None


def test_the_dice_choose_another_seed_and_a_curve_needs_none(window: MainWindow) -> None:
    window.document.open_clip(ball(12))
    dialog = asked(window, "again", BetweenDialog)
    seed = dialog.seed.value()
    dialog.seed.dice.click()
    assert dialog.seed.value() != seed
    dialog.strength.setValue(0)
    assert not dialog.label.isEnabled() and not dialog.seed.isEnabled()
    dialog.first.setValue(8)
    dialog.last.setValue(4)
    assert not dialog.make.isEnabled()
    assert dialog.note.text() == "The last frame is before the first."


@pytest.mark.parametrize("frames", [3, 4, 12])
def test_without_a_range_the_middle_is_filled(frames: int) -> None:
    start, stop = range_of(ClipState("a", ball(frames)))
    assert 0 < start < stop < frames
