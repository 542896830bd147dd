"""Which model moves the face: what is said of it, and which fields mean something to it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.core import FaceChoice
from studio.document.edits.landmarks import Landmark
from studio.ui.generate.service import CHANGED, MATCH
from studio.ui.models.chooser import model_line
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle


def generate(window: MainWindow, qtbot: QtBot) -> None:
    window.generation.generate.click()
    settle(qtbot, window)


@pytest.fixture
def moving(make: Make, qtbot: QtBot) -> MainWindow:
    """A window whose models know landmark motion."""
    kinds = SmallEngine().kinds | {"motion-gan", "landmark-lstm", "sparse-to-dense"}
    window = make(SmallEngine(kinds=kinds))
    window.desk.models.load()
    settle(qtbot, window)
    return window


def test_a_line_says_what_the_chosen_model_is_good_at(moving: MainWindow) -> None:
    chooser = moving.generation.model
    names = ["diffusion", "motion-gan", "landmark-lstm"]
    assert [chooser.model.itemData(row) for row in range(3)] == names
    assert chooser.note.text() == model_line("diffusion", {})
    assert not any(letter.isdigit() for letter in chooser.note.text())
    chooser.model.setCurrentIndex(1)
    chooser.model.activated.emit(1)
    assert moving.document.state.generation.model == "motion-gan"
    assert "0.25 s of one processor for 60 frames" in chooser.note.text()
    assert "90 % are read as asked for" in chooser.note.text()
    assert chooser.model.itemData(1, Qt.ItemDataRole.ToolTipRole) == chooser.note.text()
    moving.document.undo()
    assert chooser.model.currentData() == "diffusion"


def test_what_means_nothing_to_a_model_is_grayed_and_says_so(
    moving: MainWindow, qtbot: QtBot
) -> None:
    form = moving.generation.sampling
    moving.document.set_generation(guidance=4.0, steps=9, surface="rbf")
    assert not form.fields["surface"].isEnabled() and "vertex" in form.fields["surface"].toolTip()
    moving.document.set_generation(model="motion-gan")
    for field in (form.fields["guidance"], form.fields["steps"], form.fields["sampler"]):
        assert not field.isEnabled() and "in one go" in field.toolTip()
    assert form.fields["surface"].isEnabled() and form.fields["surface"].currentData() == "rbf"
    generate(moving, qtbot)
    clip = moving.document.current_clip
    assert clip is not None and clip.recipe is not None
    assert (clip.recipe["model"], clip.recipe["surface"]) == ("motion-gan", "rbf")
    assert not {"guidance", "steps", "sampler"} & set(clip.recipe)
    assert moving.services.generation.light.state == MATCH
    form.resets["surface"].click()
    assert moving.document.state.generation.surface is None
    assert form.fields["surface"].currentData() == "s2d"
    assert moving.services.generation.light.state == CHANGED


def test_a_surface_with_landmarks_on_it_is_moved_by_a_landmark_model(
    moving: MainWindow, qtbot: QtBot
) -> None:
    document, said = moving.document, list[Exception]()
    moving.desk.reported.connect(said.append)
    clip = document.open_clip(ball(1, name="scan", size=10))
    document.set_generation(face=FaceChoice("clip"), model="landmark-lstm", frames=20)
    generate(moving, qtbot)
    assert len(said) == 1 and "100 vertices" in str(said[0])
    document.set_landmarks(clip, [Landmark("one", 3), Landmark("two", 40)])
    generate(moving, qtbot)
    made = document.current_clip
    assert made is not None and made.recipe is not None and len(said) == 1
    assert (made.recording.n_vertices, made.recording.n_frames) == (100, 20)
    face = made.recipe["face"]
    assert isinstance(face, dict) and face["landmarks"] == [3, 40]
    moving.services.takes.regenerate([made])
    settle(qtbot, moving)
    again = document.current_clip
    assert again is not None and again is not made
    np.testing.assert_array_equal(again.recording.vertices, made.recording.vertices)
    moving.messages.close()
