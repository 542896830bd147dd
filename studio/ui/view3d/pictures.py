"""Pictures of the 3D view, into files and onto the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from studio.core import StudioError
from studio.io.naming import safe_name
from studio.ui.desk import Desk
from studio.ui.kit.forms import open_over
from studio.ui.settings.settings import Settings

from .picture_dialog import PictureDialog, PictureRequest

# These import VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from .picture import Shot
    from .viewport import Viewport


class Pictures:
    """Draws on the window's thread, where the view lives, and does the rest on a lane.

    Parameters
    ----------
    desk : Desk
        Lends the lane, and tells what became of a picture.
    settings : Settings
        What a picture was like last, and where it went.
    view : callable
        The 3D view, None while there is none.
    parent : QWidget
        What dialogs lie over.
    """

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        view: Callable[[], Viewport | None],
        parent: QWidget,
    ) -> None:
        self._desk, self.settings = desk, settings
        self._view, self._parent = view, parent

    def ask(self) -> None:
        """Ask for size and background first."""
        view = self._view()
        if view is None:
            return
        size = view.picture_size
        bar = view.bar.isVisible()
        dialog = PictureDialog(size, self.settings, has_bar=bar, parent=self._parent)
        dialog.save_asked.connect(self._choose_file)
        dialog.copy_asked.connect(self.copy)
        open_over(dialog)

    def save(self, request: PictureRequest, path: Path) -> None:
        """Write a PNG; what comes of it is told by the desk."""
        from .picture import write_picture

        path = path if path.suffix else path.with_suffix(".png")
        title, done = f"Saving {path.name}", self._desk.exported.emit
        self._develop(request, partial(write_picture, path=path), title, done)

    def copy(self, request: PictureRequest | None = None) -> None:
        """Put what the view shows on the clipboard; in the screen's own dots by default."""
        from .picture import finish

        self._develop(request or PictureRequest(), finish, "Copying the picture", self._put)

    def _put(self, image: QImage) -> None:
        QApplication.clipboard().setImage(image)
        size = {"wide": image.width(), "high": image.height()}
        note = "The picture is on the clipboard, {wide} × {high}".format(**size)
        self._desk.notice(note)

    def _choose_file(self, request: PictureRequest) -> None:
        settings, clip = self.settings, self._desk.document.current_clip
        name = safe_name(clip.name) if clip is not None else "face"
        start = str(settings.place("picture", "export") / f"{name}.png")
        title = "Save picture"
        chosen, _ = QFileDialog.getSaveFileName(self._parent, title, start, "PNG (*.png)")
        if chosen:
            settings.remember_place("picture", Path(chosen).parent)
            self.save(request, Path(chosen))

    def _develop(
        self,
        request: PictureRequest,
        work: Callable[..., object],
        title: str,
        done: Callable[..., object],
    ) -> None:
        try:
            shot = self._shoot(request)
        except StudioError as error:
            self._desk.report(error)
            return
        if shot is not None:
            self._desk.lanes.picture.submit(
                work, shot, title=title, on_result=done, on_error=self._desk.report
            )

    def _shoot(self, request: PictureRequest) -> Shot | None:
        view = self._view()
        if view is None:
            return None
        # A large one takes a rasterizer on the CPU a second or two.
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            return view.shoot(request.scale, transparent=request.transparent, bar=request.bar)
        finally:
            QApplication.restoreOverrideCursor()
