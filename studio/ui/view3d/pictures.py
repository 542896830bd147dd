"""Pictures of the 3D view, into files and onto the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from studio.core import StudioError
from studio.io.naming import safe_name

from .picture_dialog import PictureDialog, PictureRequest

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow

    from .picture import Shot


class Pictures:
    """Draws on the window's thread, where the view lives, and does the rest on a lane."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def ask(self) -> None:
        """Ask for size and background first."""
        view = self.window.stage.viewport
        if view is None:
            return
        size = view.picture_size
        bar = view.bar.isVisible()
        dialog = PictureDialog(size, self.window.settings, has_bar=bar, parent=self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.save_asked.connect(self._choose_file)
        dialog.copy_asked.connect(self.copy)
        dialog.open()

    def save(self, request: PictureRequest, path: Path) -> None:
        """Write a PNG; told by the controller when it is there, or why it is not."""
        from .picture import write_picture

        path = path if path.suffix else path.with_suffix(".png")
        done = self.window.controller.exported.emit
        title = f"Saving {path.name}"
        self._develop(request, partial(write_picture, path=path), title, done)

    def copy(self, request: PictureRequest | None = None) -> None:
        """Put what the view shows on the clipboard; in the screen's own dots by default."""
        from .picture import finish

        self._develop(request or PictureRequest(), finish, "Copying the picture", self._put)

    def _put(self, image: QImage) -> None:
        QApplication.clipboard().setImage(image)
        size = {"wide": image.width(), "high": image.height()}
        note = "The picture is on the clipboard, {wide} × {high}".format(**size)
        self.window.controller.noticed.emit(note)

    def _choose_file(self, request: PictureRequest) -> None:
        settings, clip = self.window.settings, self.window.document.current_clip
        name = safe_name(clip.name) if clip is not None else "face"
        start = str(settings.export_folder / f"{name}.png")
        title = "Save picture"
        chosen, _ = QFileDialog.getSaveFileName(self.window, title, start, "PNG (*.png)")
        if chosen:
            settings.export_folder = Path(chosen).parent
            self.save(request, Path(chosen))

    def _develop(
        self,
        request: PictureRequest,
        work: Callable[..., object],
        title: str,
        done: Callable[..., object],
    ) -> None:
        controller = self.window.controller
        try:
            shot = self._shoot(request)
        except StudioError as error:
            controller.failed.emit(error)
            return
        if shot is not None:
            lane, failed = controller.lanes["picture"], controller.failed.emit
            lane.submit(work, shot, title=title, on_result=done, on_error=failed)

    def _shoot(self, request: PictureRequest) -> Shot | None:
        view = self.window.stage.viewport
        if view is None:
            return None
        # A large one takes a rasterizer on the CPU a second or two.
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            return view.shoot(request.scale, transparent=request.transparent, bar=request.bar)
        finally:
            QApplication.restoreOverrideCursor()
