"""Sliders that move a head in its own ARKit shapes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import InputError, MeshSequence, Progress
from studio.document import Document
from studio.face import ARKIT
from studio.io import read_sequence, write_sequence
from studio.takes.derive import make_clip
from studio.takes.recipe import PoseRecipe, recipe_from_dict
from studio.ui.generate.face_editor import FaceSlider
from studio.ui.generate.shapes_panel import REGIONS, ShapesPanel
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import settle

POSES = np.random.default_rng(1).uniform(-9, 9, (len(ARKIT) + 1, 4, 3)).astype(np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def head(names: tuple[str, ...] = ("neutral", *ARKIT)) -> MeshSequence:
    return MeshSequence(POSES[: len(names)], FACES, name="head", frame_names=names)


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> ShapesPanel:
    made = ShapesPanel(document)
    qtbot.addWidget(made)
    return made


def previews(panel: ShapesPanel) -> list[MeshSequence | None]:
    seen: list[MeshSequence | None] = []
    panel.previewed.connect(seen.append)
    return seen


def test_every_shape_has_a_slider_in_a_region(panel: ShapesPanel) -> None:
    assert set(panel.sliders) == set(ARKIT)
    held = [slider for group in panel.groups.values() for slider in group.findChildren(FaceSlider)]
    assert len(held) == len(ARKIT) and set(panel.groups) == set(REGIONS)
    assert not any(slider.isEnabled() for slider in panel.sliders.values())


def test_sliders_move_the_head_and_go_back(panel: ShapesPanel, document: Document) -> None:
    document.open_clip(head())
    seen = previews(panel)
    panel.sliders["jawOpen"].setValue(50)
    panel.sliders["tongueOut"].setValue(100)
    shown = seen[-1]
    assert shown is not None
    jaw, tongue = (POSES[1 + ARKIT.index(name)] - POSES[0] for name in ("jawOpen", "tongueOut"))
    np.testing.assert_allclose(shown.vertices[0], POSES[0] + jaw / 2 + tongue, atol=1e-4)
    panel.sliders["jawOpen"].reset_asked.emit()
    assert panel.sliders["jawOpen"].value() == 0 and seen[-1] is not None
    panel.reset.click()
    assert seen[-1] is None and panel.sliders["tongueOut"].value() == 0
    assert not panel.reset.isEnabled()


def test_another_clip_begins_anew(panel: ShapesPanel, document: Document) -> None:
    document.open_clip(head())
    panel.sliders["jawOpen"].setValue(50)
    document.rename_clip(document.state.clips[0].id, "mine")
    assert panel.sliders["jawOpen"].value() == 50, "it is the same head"
    document.open_clip(ball(3))
    slider = panel.sliders["jawOpen"]
    assert (slider.value(), slider.isEnabled(), panel.said.isHidden()) == (0, False, False)
    document.open_clip(head(("neutral", *ARKIT[:12])))
    assert panel.said.isHidden()
    panel.sliders[ARKIT[0]].setValue(10)
    assert panel.sliders[ARKIT[11]].isEnabled() and not slider.isEnabled()


def test_a_head_without_a_rest_says_so(panel: ShapesPanel, document: Document) -> None:
    document.open_clip(head(ARKIT))
    seen = previews(panel)
    panel.sliders["jawOpen"].setValue(50)
    assert "one pose at rest" in panel.said.text() and not panel.said.isHidden()
    assert seen == [] and not panel.sliders["jawOpen"].isEnabled()


def test_the_search_leaves_what_it_finds(panel: ShapesPanel) -> None:
    panel.search.setText("smile l")
    assert [name for name, slider in panel.sliders.items() if not slider.isHidden()] == [
        "mouthSmileLeft"
    ]
    shown = [region for region, group in panel.groups.items() if not group.isHidden()]
    assert shown == ["Mouth"] and panel.groups["Mouth"].title.isChecked()
    panel.search.clear()
    assert not any(slider.isHidden() for slider in panel.sliders.values())


def test_a_head_opens_with_its_sliders_and_the_view_shows_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window._docks["shapes"].hide()
    path = tmp_path / "head.npz"
    deltas = POSES[1:] - POSES[0]
    arrays = {"neutral": POSES[0], "deltas": deltas, "faces": FACES, "unit": np.array("mm")}
    np.savez(path, names=np.array(ARKIT), **arrays)
    window.open_paths([path])
    settle(qtbot, window)
    assert window._docks["shapes"].isVisible()
    window.shapes.sliders["jawOpen"].setValue(100)
    shown = window.stage.preview.sequence
    assert shown is not None
    np.testing.assert_allclose(shown.vertices[0], POSES[1 + ARKIT.index("jawOpen")], atol=1e-4)
    window.shapes.rest()
    assert window.stage.preview.sequence is None


def test_a_pose_is_kept_as_a_clip(panel: ShapesPanel, document: Document) -> None:
    document.open_clip(head().at(np.array([3000.0, 0, 0])))
    assert not panel.hold.isEnabled() and not panel.posed
    panel.keep()
    assert len(document.state.clips) == 1, "there is none"
    panel.sliders["jawOpen"].setValue(50)
    panel.hold.click()
    kept = document.current_clip
    assert kept is not None and kept.name == "head posed" and not panel.posed
    frames, delta = kept.recording.vertices, POSES[1 + ARKIT.index("jawOpen")] - POSES[0]
    np.testing.assert_array_equal(frames[[0, -1]], [POSES[0], POSES[0]])
    np.testing.assert_allclose(frames[len(frames) // 2], POSES[0] + delta / 2, atol=1e-4)
    assert np.array_equal(kept.recording.origin, [3000, 0, 0])
    assert kept.recording.remarks == ("Made of head by its shapes: jawOpen 0.5.",)
    recipe = recipe_from_dict(kept.recipe)
    assert isinstance(recipe, PoseRecipe) and recipe.weights == {"jawOpen": 0.5}
    assert document.undo_name == "Keep a pose of head"
    document.undo()
    assert [clip.name for clip in document.state.clips] == ["head"]


def test_a_kept_pose_is_made_again_from_the_file_of_the_head(
    panel: ShapesPanel, document: Document, tmp_path: Path
) -> None:
    path = write_sequence(head(), tmp_path / "head", format="obj")[0].parent
    read = read_sequence(path)
    document.open_clip(read, path)
    panel.sliders["jawOpen"].setValue(50)
    panel.sliders["tongueOut"].setValue(30)
    panel.keep()
    kept = document.current_clip
    assert kept is not None and kept.recipe is not None
    recipe = recipe_from_dict(json.loads(json.dumps(dict(kept.recipe))))
    again = make_clip(SmallEngine(), recipe, progress=Progress())
    np.testing.assert_allclose(again.vertices, kept.recording.vertices, atol=1e-3)
    assert again.name == "head posed"
    for wrong in ({"jaw": 0.5}, {"jawOpen": 2.0}):
        with pytest.raises(InputError, match="jaw"):
            recipe_from_dict({**kept.recipe, "weights": wrong})
    nowhere = {**kept.recipe, "source": {"from": "clip", "name": "head"}}
    with pytest.raises(InputError, match="poses head, which lies in no file"):
        make_clip(SmallEngine(), recipe_from_dict(nowhere), progress=Progress())
