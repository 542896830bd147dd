"""Sliders that move a head in its own ARKit shapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import Document
from studio.face import ARKIT
from studio.ui.generate.face_editor import FaceSlider
from studio.ui.generate.shapes_panel import REGIONS, ShapesPanel
from studio.ui.window.main_window import MainWindow

from .fakes import ball
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
    emptied: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    emptied._docks["shapes"].hide()
    path = tmp_path / "head.npz"
    deltas = POSES[1:] - POSES[0]
    arrays = {"neutral": POSES[0], "deltas": deltas, "faces": FACES, "unit": np.array("mm")}
    np.savez(path, names=np.array(ARKIT), **arrays)
    emptied.open_paths([path])
    settle(qtbot, emptied)
    assert emptied._docks["shapes"].isVisible()
    emptied.shapes.sliders["jawOpen"].setValue(100)
    shown = emptied.stage.preview.sequence
    assert shown is not None
    np.testing.assert_allclose(shown.vertices[0], POSES[1 + ARKIT.index("jawOpen")], atol=1e-4)
    emptied.shapes.rest()
    assert emptied.stage.preview.sequence is None
