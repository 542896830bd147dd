"""Pictures of the view: as large as asked for, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import Cancelled, Progress, StudioError
from studio.ui.view3d.picture import finish, write_picture
from studio.ui.view3d.picture_dialog import PictureDialog, PictureRequest
from studio.ui.view3d.viewport import Viewport
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .windows import Make, settle


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> MainWindow:
    window = again()
    window.resize(900, 500)
    window.build_view()
    window.document.open_clip(nodding())
    ready = window.stage.viewport.view.render_window.GetReadyForRendering
    qtbot.waitUntil(lambda: bool(ready()))
    return window


@pytest.fixture
def view(window: MainWindow) -> Viewport:
    return window.stage.viewport


def pixels(image: QImage) -> np.ndarray:
    """(h, w, 4)"""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    block = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return block[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).astype(int)


def test_a_large_picture_is_drawn_and_not_enlarged(view: Viewport) -> None:
    view.set_shading("wireframe")
    one, four = (finish(view.shoot(scale)) for scale in (1, 4))
    assert four.size() == one.size() * 4 == view.picture_size * 4
    enlarged = one.scaled(four.size(), mode=Qt.TransformationMode.SmoothTransformation)
    sharp, soft = (np.abs(np.diff(pixels(image)[..., 0])).max() for image in (four, enlarged))
    assert sharp > 1.5 * soft, "edges are as sharp as in the small one"
    shrunk = four.scaled(one.size(), mode=Qt.TransformationMode.SmoothTransformation)
    assert np.abs(pixels(shrunk) - pixels(one)).mean() < 6, "and it shows the same"


def test_behind_a_transparent_picture_is_nothing(view: Viewport) -> None:
    picture = pixels(finish(view.shoot(transparent=True)))
    alpha = picture[..., 3]
    height, width = alpha.shape
    assert not alpha[:, :10].any() and not alpha[0].any()
    assert alpha[height // 2, width // 2] == 255
    assert ((alpha > 0) & (alpha < 255)).any(), "its edge is smooth"
    opaque = pixels(finish(view.shoot()))
    assert (opaque[..., 3] == 255).all()
    solid = alpha == 255
    assert np.abs(opaque - picture)[solid].mean() < 2, "the face is the same"


def test_the_view_is_as_it_was_afterwards(view: Viewport) -> None:
    window = view.view.render_window
    before = window.GetSize(), finish(view.shoot())
    view.shoot(4, transparent=True)
    assert window.GetSize() == before[0]
    assert view.scene.renderer.GetGradientBackground()
    np.testing.assert_array_equal(pixels(finish(view.shoot())), pixels(before[1]))


def test_the_color_bar_is_on_it_where_it_is_wanted(view: Viewport) -> None:
    view.set_heat_map(True)
    QApplication.processEvents()
    with_bar, without = (pixels(finish(view.shoot(2, bar=bar))) for bar in (True, False))
    changed = (with_bar != without).any(axis=2)
    rows, columns = np.nonzero(changed)
    place = view.bar.geometry()
    assert columns.min() >= 2 * place.left() and columns.max() <= 2 * place.right() + 2
    assert rows.min() >= 2 * place.top() and rows.max() <= 2 * place.bottom() + 2
    assert changed.sum() > 2000


def test_a_picture_is_written_whole_or_not_at_all(view: Viewport, tmp_path: Path) -> None:
    shot = view.shoot()
    path = write_picture(shot, tmp_path / "new folder" / "face.png")
    assert QImage(str(path)).size() == view.picture_size
    (tmp_path / "taken").mkdir()
    with pytest.raises(StudioError, match="taken: cannot be written: a folder where a file"):
        write_picture(shot, tmp_path / "taken")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        write_picture(shot, tmp_path / "stopped.png", progress=progress)
    there = {path.name for path in tmp_path.iterdir()} - {"settings.ini"}
    assert there == {"new folder", "taken"}


def test_the_dialog_asks_and_remembers(window: MainWindow, qtbot: QtBot) -> None:
    dialog = PictureDialog(QSize(300, 200), window.settings, has_bar=False, parent=window)
    assert [button.text() for button in dialog.scales.buttons()] == [
        "1 ×    300 × 200",
        "2 ×    600 × 400",
        "4 ×    1200 × 800",
    ]
    assert not dialog.bar.isEnabled()
    dialog.scales.button(4).click()
    dialog.transparent.click()
    with qtbot.waitSignal(dialog.copy_asked) as asked:
        dialog.copy.click()
    assert asked.args == [PictureRequest(4, transparent=True)]
    again = PictureDialog(QSize(300, 200), window.settings, has_bar=True, parent=window)
    assert again.request() == PictureRequest(4, transparent=True)


def test_saving_says_where_the_picture_is(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    pictures, size = window.pictures, window.stage.viewport.picture_size
    pictures.save(PictureRequest(2), tmp_path / "face")
    settle(qtbot, window)
    assert QImage(str(tmp_path / "face.png")).size() == size * 2
    assert "face.png" in window.status.notice.text()
    assert QApplication.overrideCursor() is None


def test_a_copied_picture_is_on_the_clipboard(window: MainWindow, qtbot: QtBot) -> None:
    size = window.stage.viewport.picture_size
    window.pictures.copy()
    settle(qtbot, window)
    image = QApplication.clipboard().image()
    assert image.size() == size
    assert pixels(image)[..., :3].std() > 10


def test_a_pair_is_in_the_picture(window: MainWindow, view: Viewport) -> None:
    alone = pixels(finish(view.shoot()))
    window.document.open_clip(nodding(2))
    window.compare_with(window.document.state.clips[0].id)
    both = pixels(finish(view.shoot()))
    middle = both.shape[1] // 2
    warm = [half[..., 0] - half[..., 2] > 25 for half in (both[:, :middle], both[:, middle:])]
    assert all(half.mean() > 0.1 for half in warm)
    assert (alone[..., 0] - alone[..., 2] > 25)[:, middle].mean() > 0.4
