"""A reader and a generator that nobody ships are found wherever models are told of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core import Progress
from studio.core.system.paths import data_folder
from studio.ui.models.card import SetView
from studio.ui.models.protocol import open_engine
from studio.ui.models.survey import survey
from studio.ui.window.main_window import MainWindow
from tests.engine.toys import GENERATOR, READER, TRACKS, registered, write_toys

from .readout import hover_text
from .windows import Make, settle


@pytest.fixture
def toys(own_folders: None) -> Iterator[Path]:
    """A set with the toys in it, where users keep theirs, and the catalog with both kinds."""
    with registered():
        yield write_toys(data_folder() / "models" / "toys")


@pytest.fixture
def playing(make: Make, qtbot: QtBot, toys: Path) -> MainWindow:
    """A window in which the toy generator has made a clip."""
    window = make()
    window.desk.models._open_engine = open_engine
    window.desk.models.use_folder(toys)
    settle(qtbot, window)
    window.document.set_generation(model=GENERATOR.name, frames=20, label="fear")
    window.generation.generate.click()
    settle(qtbot, window)
    return window


def test_the_panel_offers_the_generator_and_its_parameters(playing: MainWindow) -> None:
    panel = playing.generation
    rows = [panel.model.model.itemData(row) for row in range(panel.model.model.count())]
    assert rows[-1] == panel.model.model.currentData() == GENERATOR.name
    assert panel.model.model.currentText() == "Nodding"
    assert panel.model.note.text() == GENERATOR.line
    fields = panel.sampling.fields
    assert {name for name, field in fields.items() if field.isEnabled()} == {"steps", "guidance"}
    assert (fields["steps"].value(), fields["steps"].maximum()) == (4, 8)
    clip = playing.document.current_clip
    assert clip is not None and clip.recipe is not None
    assert (clip.recipe["model"], clip.recipe["steps"]) == (GENERATOR.name, 4)
    assert "surface" not in clip.recipe


def test_the_timeline_shows_the_tracks_of_the_reader_that_is_chosen(
    playing: MainWindow, qtbot: QtBot
) -> None:
    choice, timeline = playing.recognition.tracks, playing.stage.timeline
    assert not playing.recognition.tracks.isHidden()
    expression = hover_text(timeline, 3)
    assert choice.currentText() == "Expression" and not expression[-1].startswith(TRACKS)
    choice.setCurrentIndex(choice.findData(READER.name))
    choice.activated.emit(choice.currentIndex())
    settle(qtbot, playing)
    assert choice.currentText() == READER.title
    assert sorted(line.split()[0] for line in hover_text(timeline, 3)[1:]) == ["height", "width"]
    assert timeline.accessibleDescription() == "20 frames, 2 curves"
    playing.grab()  # paints the curves
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    settle(qtbot, playing)
    assert hover_text(timeline, 3) == expression


def test_it_reads_the_clip_beside_too(playing: MainWindow, qtbot: QtBot) -> None:
    document, shown = playing.document, playing.stage.timeline
    first = document.current_clip
    assert first is not None
    document.open_clip(first.recording.sliced(0, 12).renamed("other"))
    playing.compare_with(first.id)
    settle(qtbot, playing)
    for reader, names in ((READER.name, {"height", "width"}), ("recognizer", None)):
        playing.services.tracks.choose(reader)
        settle(qtbot, playing)
        beside = shown._shown.beside
        assert beside is not None and len(beside.values) == 12
        assert names is None or set(beside.names) == names
        playing.grab()  # paints the curves of both


def test_other_models_bring_their_own_readers(
    playing: MainWindow, qtbot: QtBot, toys: Path
) -> None:
    playing.services.tracks.choose(READER.name)
    settle(qtbot, playing)
    (toys / READER.file).unlink()
    playing.desk.models.load()
    settle(qtbot, playing)
    assert playing.services.tracks.chosen == "recognizer"
    assert playing.recognition.tracks.findData(READER.name) == -1


def test_the_models_dialog_tells_of_them(toys: Path, qtbot: QtBot) -> None:
    found = next(one for one in survey([], progress=Progress()).sets if one.folder == toys)
    view = SetView()
    qtbot.addWidget(view)
    view.show_set(found, in_use=False)
    rows = [view.files.topLevelItem(row) for row in range(view.files.topLevelItemCount())]
    told = {row.text(0): row.text(1) for row in rows}
    assert (told[READER.name], told[GENERATOR.name]) == (READER.does, GENERATOR.does)
    assert found.problem == "" and all(file.known for file in found.files)
