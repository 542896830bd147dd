"""Painting the region of an edit onto the face, by the mouse and without one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.sequence import Floats
from studio.document.edits.parts.masked import MaskedEdit
from studio.document.edits.parts.region_intensity import RegionIntensityEdit
from studio.face.known import studio_face
from studio.face.regions.named import region
from studio.face.regions.painted import PaintedMask
from studio.io.masks import read_mask
from studio.ui.editing.painting.bar import PaintBar
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .face_mouse import PLAIN, mouse, move, press, release, view_of
from .windows import Make, settle

FACE = studio_face()
NOSE = int(FACE.template.landmarks[30])
CHEEKS = tuple(int(FACE.template.landmarks[one]) for one in (4, 12))
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def painting(make: Make, qtbot: QtBot) -> MainWindow:
    """A region on a clip of the template that takes nothing yet, about to be painted."""
    window = make()
    window.build_view()
    window.document.open_clip(nodding(6))
    window.stack.add(RegionIntensityEdit)
    window.registry["edit.paint"].trigger()
    window.stack.painter.clear()
    settle(qtbot, window)
    return window


def seen(window: MainWindow, vertex: int) -> QPointF:
    view = view_of(window)
    return QPointF(*view.sight.pixels(view.scene.surface.points[[vertex]])[0])


def weights(window: MainWindow) -> Floats:
    """Of the edit in the document."""
    clip = window.document.current_clip
    (edit,) = clip.edits
    assert isinstance(edit, MaskedEdit) and isinstance(edit.mask, PaintedMask)
    return edit.mask.weights


def stroke(window: MainWindow, at: QPointF, keys: Qt.KeyboardModifier = PLAIN) -> None:
    press(window, at, keys=keys)
    move(window, at + QPointF(6, 0))
    release(window, at + QPointF(6, 0))


def test_a_stroke_is_one_step_and_colors_the_face(painting: MainWindow, qtbot: QtBot) -> None:
    scene, document = view_of(painting).scene, painting.document
    assert not weights(painting).any() and not scene.surface.heat.any()
    at = seen(painting, NOSE)
    press(painting, at)
    move(painting, at + QPointF(8, 0))
    assert scene.surface.heat[NOSE] == 1, "seen while it goes on"
    assert not weights(painting).any(), "and told when it ends"
    release(painting, at + QPointF(8, 0))
    settle(qtbot, painting)
    assert weights(painting)[NOSE] == 1
    np.testing.assert_allclose(view_of(painting).scene.surface.heat, weights(painting), atol=1e-6)
    assert not view_of(painting).bar.isVisible(), "no legend in mm"
    assert document.undo_name == "Paint the region"
    document.undo()
    assert not weights(painting).any()
    painter, (left, right) = painting.stack.painter, CHEEKS
    stroke(painting, seen(painting, left))
    assert weights(painting)[left] > 0.5 and weights(painting)[right] == 0
    document.undo()
    painter.set_mirror(on=True)
    stroke(painting, seen(painting, left))
    even = weights(painting)
    np.testing.assert_array_equal(even, even[FACE.template.mirror])
    painter.set_mirror(on=False)
    painter.set_radius(60)
    stroke(painting, seen(painting, left), CONTROL)
    assert weights(painting)[left] < 0.1
    painting.registry["edit.paint"].trigger()
    assert not view_of(painting).scene.heat_map


def test_escape_gives_up_a_stroke_then_ends_and_the_camera_keeps_the_rest(
    painting: MainWindow, qtbot: QtBot
) -> None:
    view, painter = view_of(painting), painting.stack.painter
    before, name = view.scene.orbit, painting.document.undo_name
    at = seen(painting, NOSE)
    press(painting, at)
    QTest.keyClick(view.view, Key.Key_Escape)
    release(painting, at)
    assert not weights(painting).any() and painting.document.undo_name == name
    assert view.scene.orbit is before
    for key, wanted in ((Key.Key_BracketRight, 18.0), (Key.Key_BracketLeft, 15.0)):
        QTest.keyClick(view.view, key)
        assert painter.radius == pytest.approx(wanted)
    QTest.keyClick(view.view, Key.Key_X)
    assert painter.erasing
    press(painting, QPointF(3, 3))
    mouse(painting, QEvent.Type.MouseMove, QPointF(40, 3))
    release(painting, QPointF(40, 3))
    assert painter.on and not painter.stroking and not weights(painting).any()
    QTest.keyClick(view.view, Key.Key_Escape)
    assert not painter.on


def test_without_a_mouse_regions_are_added_taken_softened_and_kept(
    painting: MainWindow, tmp_path: Path
) -> None:
    painter, border = painting.stack.painter, 12.0
    bar = painting.stage.findChild(PaintBar)
    assert isinstance(bar, PaintBar) and bar.isVisible()
    mouth, left = (region(FACE, name, border) for name in ("mouth", "left"))
    bar.region.setCurrentText("mouth")
    bar.add.click()
    np.testing.assert_array_equal(weights(painting), mouth)
    bar.region.setCurrentText("left")
    bar.remove.click()
    half = np.minimum(mouth, 1 - left)
    np.testing.assert_allclose(weights(painting), half, atol=1e-6)
    bar.soften.click()
    assert np.count_nonzero(weights(painting)) > np.count_nonzero(half)
    bar.invert.click()
    assert weights(painting)[NOSE] > 0.9
    painter.save(tmp_path / "mine")
    kept = read_mask(tmp_path / "mine.mask.json")
    assert kept.name == "mine" and kept.topology == FACE.topology
    np.testing.assert_allclose(kept.weights, weights(painting), atol=1e-6)
    assert painting.stack.parts.region.currentText() == "mine"
    bar.leave.click()
    assert not painter.on and not bar.isVisible()
    action = painting.registry["edit.paint"]
    action.trigger()
    painting.registry["edit.landmarks"].trigger()
    assert painting.landmarks.on and not painter.on, "one at a time"
    action.trigger()
    assert painter.on and not painting.landmarks.on
    painting.document.remove_edit(painting.document.current_clip.id, 0)
    assert not painter.on and not action.isEnabled(), "it ends with its region"
    assert "has a region" in action.toolTip()
