"""Contact sheet and batch on a surface of another triangulation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import FaceChoice
from studio.document import Landmark
from studio.document.edits.landmarks import ibug_landmarks
from studio.io import read_sequence
from studio.ui.editing.editor import next_place
from studio.ui.generate.batch_dialog import BatchDialog
from studio.ui.generate.contact_sheet import ContactSheet
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle

KINDS = frozenset({"autoencoder", "recognizer", "diffusion", "motion-gan", "landmark-lstm"})
OTHER = ball(3, size=10, name="other")


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    """One whose clip on show is not of the models' triangulation; its face is asked for."""
    window = make(SmallEngine(kinds=KINDS))
    window.desk.models.load()
    settle(qtbot, window)
    window.document.open_clip(OTHER)
    window.document.set_generation(
        face=FaceChoice("clip"), frames=16, model="motion-gan", label="fear"
    )
    return window


def mark(window: MainWindow) -> None:
    """Place the two landmarks that the small models move."""
    clip = window.document.current_clip
    window.document.set_landmarks(clip.id, [Landmark("one", 3), Landmark("two", 8)])


def open_sheet(window: MainWindow) -> ContactSheet:
    window.registry["takes.sheet"].trigger()
    sheet = window.findChild(ContactSheet)
    sheet.count.setValue(5)
    return sheet


def open_batch(window: MainWindow, folder: Path) -> BatchDialog:
    window.registry["takes.batch"].trigger()
    dialog = window.findChild(BatchDialog)
    dialog.fields.folder.setText(str(folder))
    dialog.fields.format.setCurrentIndex(dialog.fields.format.findData("npz"))
    dialog.seeds.setText("1-3")
    return dialog


def test_takes_of_a_sheet_are_of_the_surface_and_can_be_kept(
    window: MainWindow, qtbot: QtBot
) -> None:
    mark(window)
    sheet = open_sheet(window)
    sheet.sample.click()
    settle(qtbot, window)
    assert len(sheet.view.takes) == 5
    assert {made.topology for made, _ in sheet.view.takes} == {OTHER.topology}
    takes = sheet.view.takes
    window.document.add_takes([(made, recipe.to_dict()) for made, recipe in takes[:1]])
    kept = window.document.current_clip
    moved = np.full((len(kept.landmarks), 3), 2, dtype=np.float32)
    window.document.move_landmarks(kept.id, 0, moved)
    window.services.takes.regenerate([window.document.current_clip])
    settle(qtbot, window)
    again = window.document.state.clips[-1]
    np.testing.assert_array_equal(again.recording.vertices, kept.recording.vertices)


def test_a_landmark_of_a_take_that_was_taken_away_is_placed_again_where_it_was(
    window: MainWindow,
) -> None:
    marks = ibug_landmarks(range(10))
    window.document.set_landmarks(window.document.current_clip.id, [*marks[:5], *marks[6:]])
    assert next_place(window.document.current_clip) == 5
    window.document.set_landmarks(window.document.current_clip.id, marks)
    assert next_place(window.document.current_clip) == 10


def test_a_batch_writes_every_take_on_the_surface(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    mark(window)
    dialog = open_batch(window, tmp_path / "out")
    dialog.start.click()
    settle(qtbot, window)
    notes = json.loads((tmp_path / "out" / "recipes.json").read_text())
    assert len(notes) == 3 * len(dialog.labels)
    for name, recipe in notes.items():
        assert read_sequence(tmp_path / "out" / name).topology == OTHER.topology
        assert recipe["face"]["landmarks"] == [3, 8]


@pytest.mark.parametrize("marked", [False, True])
def test_what_cannot_move_the_surface_says_so_and_cannot_be_begun(
    window: MainWindow, tmp_path: Path, marked: bool
) -> None:
    """Without landmarks, and with them by the model that moves every vertex."""
    if marked:
        mark(window)
        window.document.set_generation(model="diffusion")
    says = "motion-gan or landmark-lstm" if marked else "a triangulation of its own"
    sheet, dialog = open_sheet(window), open_batch(window, tmp_path / "out")
    assert says in sheet.state.text() and not sheet.sample.isEnabled()
    assert says in dialog.summary.text() and not dialog.start.isEnabled()
