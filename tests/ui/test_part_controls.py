"""The other clip and the region of an edit, chosen in the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.edits.parts.layer import LayerEdit
from studio.document.edits.parts.region_intensity import RegionIntensityEdit
from studio.face.known import studio_face
from studio.face.regions.painted import PaintedMask
from studio.io import write_sequence
from studio.io.masks import write_mask
from studio.ui.editing.chosen_edit import ChosenEdit
from studio.ui.editing.part_controls import PartControls
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from tests.document.clips import square
from tests.render.faces import nodding


@pytest.fixture
def document() -> Document:
    document = Document()
    document.open_clip(nodding(8).renamed("other"))
    document.open_clip(square(4))
    document.open_clip(nodding(6).renamed("shown"))
    return document


def made(
    document: Document,
    settings: Settings,
    qtbot: QtBot,
    ask: Path | None = None,
    clip: Path | None = None,
) -> PartControls:
    chosen = ChosenEdit(document, Player(document, settings), lambda _clip: None)
    controls = PartControls(document, chosen, lambda _parent: ask, lambda _parent: clip)
    chosen.setParent(controls)
    qtbot.addWidget(controls)
    return controls


def test_another_open_clip_is_chosen_as_one_step(
    document: Document, settings: Settings, qtbot: QtBot
) -> None:
    controls, clip = made(document, settings, qtbot), document.state.current
    assert clip is not None
    controls.chosen.choose(document.add_edit(clip, LayerEdit()))
    names = [controls.clip.itemText(row) for row in range(controls.clip.count())]
    assert names == ["Choose a clip…", "other", "From file…"]
    controls.clip.activated.emit(1)
    (edit,) = document.state.clip(clip).edits
    assert isinstance(edit, LayerEdit) and edit.clip == OtherClip.of(
        document.state.clips[0].recording
    )
    assert edit.clip.vertices is document.state.clips[0].recording.vertices
    assert controls.clip.itemText(0) == "other"
    document.undo()
    assert document.state.clip(clip).edits == (LayerEdit(),)


def test_a_region_is_told_in_words_or_by_a_file(
    document: Document, settings: Settings, qtbot: QtBot, tmp_path: Path
) -> None:
    face = studio_face()
    mask = PaintedMask("half", face.topology, np.full(face.template.n_vertices, 0.5))
    path, said = tmp_path / "half.mask.json", list[str]()
    write_mask(path, mask)
    controls, clip = made(document, settings, qtbot, path), document.state.current
    assert clip is not None
    controls.chosen.refused.connect(said.append)
    controls.chosen.choose(document.add_edit(clip, RegionIntensityEdit()))
    assert controls.region.currentText() == "mouth" and controls.clip.isHidden()
    for text, wanted in (("brows & left", "brows & left"), ("File…", mask), ("jaw", "jaw")):
        controls.region.setEditText(text)
        controls.region.activated.emit(0)
        (edit,) = document.state.clip(clip).edits
        assert isinstance(edit, RegionIntensityEdit) and edit.mask == wanted
    controls.region.setEditText("chin")
    controls.region.activated.emit(0)
    assert document.state.clip(clip).edits == (edit,) and "found chin" in said[-1]
    assert controls.region.currentText() == "jaw"


def test_a_clip_of_a_file_that_is_not_open_is_read_behind_and_used(
    document: Document, settings: Settings, qtbot: QtBot, tmp_path: Path
) -> None:
    path, said = tmp_path / "frown.npz", list[str]()
    write_sequence(nodding(5), path)
    controls, clip = made(document, settings, qtbot, clip=path), document.state.current
    assert clip is not None
    controls.chosen.refused.connect(said.append)
    controls.chosen.choose(document.add_edit(clip, LayerEdit()))
    before = document.state.clips
    controls.clip.activated.emit(controls.clip.count() - 1)
    assert controls.clip.itemText(0) == "Reading frown.npz…"
    qtbot.waitUntil(lambda: not controls.lane.busy)
    (edit,) = document.state.clip(clip).edits
    assert isinstance(edit, LayerEdit) and edit.clip is not None
    assert edit.clip.name == controls.clip.itemText(0) == "frown.npz"
    np.testing.assert_allclose(edit.clip.vertices, nodding(5).vertices, atol=1e-4)
    assert [one.id for one in document.state.clips] == [one.id for one in before]
    document.undo()
    assert document.state.clip(clip).edits == (LayerEdit(),)
    path.write_bytes(b"none")
    controls.clip.activated.emit(controls.clip.count() - 1)
    qtbot.waitUntil(lambda: not controls.lane.busy)
    assert "frown.npz" in said[-1] and controls.clip.itemText(0) == "Choose a clip…"
    controls.lane.close()
