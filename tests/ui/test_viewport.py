"""The 3D view: numbers first, then that something is on the screen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.core import StudioError
from studio.core.surfaces import vertex_normals
from studio.face.template import load_template
from studio.render.offscreen import is_software
from studio.ui.kit.theme import apply_theme
from studio.ui.view3d.picture import write_picture
from studio.ui.view3d.viewport import Viewport
from studio.ui.window.app import prepare_surface
from tests.render.faces import ball, nodding


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[QMainWindow]:
    apply_theme(qapp, "light")
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(420, 360)
    view = Viewport()
    window.setCentralWidget(view)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    view.close_view()


@pytest.fixture
def view(window: QMainWindow) -> Viewport:
    view = window.centralWidget()
    assert isinstance(view, Viewport)
    return view


def pixels(path: Path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    block = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    # Copied, because the image lets go of its memory on return.
    return block[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def shot(view: Viewport, folder: Path, name: str) -> np.ndarray:
    write_picture(view.shoot(), folder / f"{name}.png")
    return pixels(folder / f"{name}.png").astype(int)


def test_frame_and_normals_reach_vtk(view: Viewport) -> None:
    clip, regions = nodding(), load_template().regions
    view.show_sequence(clip, regions)
    for frame in (3, 1):
        view.show_frame(frame)
        surface = view.scene.surface
        np.testing.assert_array_equal(surface.points, clip.vertices[frame])
        expected = vertex_normals(clip.vertices[frame], clip.faces)
        np.testing.assert_allclose(surface.normals, expected, atol=4e-5)


def test_picture_shows_face_motion_shading_and_heat(view: Viewport, tmp_path: Path) -> None:
    clip, regions = nodding(), load_template().regions
    empty = shot(view, tmp_path, "empty")
    view.show_sequence(clip, regions)
    first = shot(view, tmp_path, "first")
    middle = first[150:210, 180:240].reshape(-1, 3).mean(axis=0)
    assert np.abs(first - empty).max() > 60, "not blank"
    assert middle[0] > middle[2] + 15, "skin is warm"
    view.show_frame(3)
    moved = shot(view, tmp_path, "moved")
    assert (moved != first).any()
    seen = [moved]
    for shading in ("flat", "wireframe"):
        view.set_shading(shading)
        seen.append(shot(view, tmp_path, shading))
    view.set_shading("smooth")
    view.set_heat_map(True)
    seen.append(shot(view, tmp_path, "heat"))
    assert all((a != b).any() for a, b in itertools.pairwise(seen))
    view.set_heat_map(False)
    np.testing.assert_array_equal(shot(view, tmp_path, "again"), moved)


def test_heat_bar_tells_the_range_in_millimeters(view: Viewport) -> None:
    assert view.bar.isHidden()
    view.show_sequence(nodding(), None)
    view.set_heat_map(True)
    assert view.bar.isVisible()
    assert view.bar.limit == 6.0
    assert [text for _, text in view.bar.ticks()] == ["0", "2", "4", "6"]
    view.set_neutral(nodding().vertices[0] + np.float32(10))
    assert view.bar.limit > 10
    view.show_sequence(None, None)
    assert view.bar.isHidden()


def test_drag_orbits_wheel_zooms_and_reset_comes_back(view: Viewport, qtbot: QtBot) -> None:
    view.show_sequence(ball(), None)
    face, start = view.view, view.scene.orbit
    camera = face.renderer.GetActiveCamera()
    where = camera.GetPosition()
    qtbot.mousePress(face, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    _move(face, QPoint(140, 150), Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(face, Qt.MouseButton.LeftButton, pos=QPoint(140, 150))
    assert view.scene.orbit.azimuth == pytest.approx(24)
    assert camera.GetPosition() != where
    view.reset_camera()
    assert view.scene.orbit.azimuth == 0
    np.testing.assert_allclose(camera.GetPosition(), where, rtol=1e-6)
    assert start.zoom == view.scene.orbit.zoom == 1


def _move(widget: QWidget, to: QPoint, held: Qt.MouseButton) -> None:
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(to),
        QPointF(widget.mapToGlobal(to)),
        Qt.MouseButton.NoButton,
        held,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def test_resizing_keeps_the_face_in_the_view(view: Viewport, window: QMainWindow) -> None:
    view.show_sequence(nodding(), None)
    for size in ((300, 700), (900, 300)):
        window.resize(*size)
        QApplication.processEvents()
        aspect = view.view.width() / view.view.height()
        camera = view.view.renderer.GetActiveCamera()
        np.testing.assert_allclose(
            camera.GetPosition(), view.scene.orbit.position(aspect), rtol=1e-6
        )


@pytest.mark.parametrize("key", ["q", "e", "w", "s", "f", "3", "p", "r", "v", "j", "t", "i"])
def test_keys_of_vtk_and_pyvista_are_off(view: Viewport, key: str) -> None:
    view.show_sequence(ball(), None)
    surface = view.scene.surface
    looks = [actor.GetProperty() for actor in surface.actors.values()]
    before = [look.GetRepresentation() for look in looks], view.scene.orbit
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, ord(key.upper()), Qt.KeyboardModifier.NoModifier, key)
        QApplication.sendEvent(view.view, event)
        assert not event.isAccepted(), "the window gets it"
    assert ([look.GetRepresentation() for look in looks], view.scene.orbit) == before
    assert view.isVisible()


def test_dropped_files_are_handed_on(view: Viewport, qtbot: QtBot, tmp_path: Path) -> None:
    assert not view.view.acceptDrops()
    assert view.acceptDrops()
    paths = [tmp_path / "take one.obj", tmp_path]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(view.dropped) as heard:
        view.dropEvent(event)
    assert heard.args == [paths]


def test_hidden_and_minimized_views_take_frames(view: Viewport, window: QMainWindow) -> None:
    clip = ball()
    view.show_sequence(clip, None)
    window.showMinimized()
    view.show_frame(1)
    QApplication.processEvents()
    window.hide()
    view.show_frame(2)
    view.set_heat_map(True)
    QApplication.processEvents()
    np.testing.assert_array_equal(view.scene.surface.points, clip.vertices[2])


def test_view_never_shown_can_be_filled_and_closed(qtbot: QtBot) -> None:
    view = Viewport()
    qtbot.addWidget(view)
    view.show_sequence(ball(), None)
    view.show_frame(1)
    view.set_shading("flat")
    view.close_view()


def test_closed_view_ignores_every_call(view: Viewport) -> None:
    view.show_sequence(ball(), None)
    view.close_view()
    view.close_view()
    view.show_frame(2)
    view.show_sequence(ball(), None)
    view.set_heat_map(True)
    view.set_neutral(None)
    view.set_shading("flat")
    view.reset_camera()
    assert view.scene is None and view.view is None
    QApplication.processEvents()


def test_views_can_be_opened_and_closed_again_and_again(qtbot: QtBot) -> None:
    for _ in range(3):
        host = QWidget()
        view = Viewport()
        QVBoxLayout(host).addWidget(view)
        qtbot.addWidget(host)
        with qtbot.waitExposed(host):
            host.show()
        view.show_sequence(ball(), None)
        QApplication.processEvents()
        view.close_view()
        host.close()


def test_theme_changes_the_background_live(
    view: Viewport, qapp: QApplication, tmp_path: Path
) -> None:
    light = shot(view, tmp_path, "light")
    apply_theme(qapp, "dark")
    QApplication.processEvents()
    dark = shot(view, tmp_path, "dark")
    assert light.mean() > 180 > 90 > dark.mean()


def test_unwritable_screenshot_is_a_sentence(view: Viewport, tmp_path: Path) -> None:
    (tmp_path / "no.png").mkdir()
    with pytest.raises(StudioError, match=r"no\.png: cannot be written: a folder"):
        write_picture(view.shoot(), tmp_path / "no.png")


def test_software_renderers_are_known() -> None:
    assert is_software("OpenGL renderer string:  llvmpipe (LLVM 15.0.6, 256 bits)")
    assert not is_software("OpenGL renderer string:  NVIDIA GeForce RTX 3060/PCIe/SSE2")


def test_standing_picture_is_smoothed_on_software_and_motion_is_not(
    view: Viewport, qtbot: QtBot
) -> None:
    view.show_sequence(ball(), None)
    QApplication.processEvents()
    if not view.view._software:
        pytest.skip("hardware smooths every picture")
    view.show_frame(1)
    assert not view.view.renderer.GetUseFXAA()
    qtbot.waitUntil(lambda: bool(view.view.renderer.GetUseFXAA()), timeout=3000)


def test_another_neutral_is_drawn_only_in_a_heat_map(
    view: Viewport, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, drawn = ball(), []
    view.show_sequence(clip, None)
    monkeypatch.setattr(view.view, "draw", lambda: drawn.append(True))
    view.set_neutral(clip.vertices[1])
    assert not drawn
    view.set_heat_map(True)
    drawn.clear()
    view.set_neutral(clip.vertices[2])
    assert drawn


def test_surface_format_has_no_multisampling(qapp: QApplication) -> None:
    from PySide6.QtGui import QSurfaceFormat

    prepare_surface()
    assert QSurfaceFormat.defaultFormat().samples() == 0
