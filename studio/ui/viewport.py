"""The 3D view: frames of a clip, an orbiting camera, a heat map with its legend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core import MeshSequence, StudioError
from studio.core.sequence import Floats
from studio.render.scene import Scene
from studio.render.surface import Shading

from .face_view import FaceView
from .heat_bar import HeatBar


class Viewport(QWidget):
    """Shows one clip, frame by frame.

    Frames go into VTK's arrays in place and one repaint is asked for, so several changes
    between two repaints cost one drawing. After `close_view` every call does nothing.
    """

    dropped = Signal(list)  # of Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: FaceView | None = FaceView(self)
        self.scene: Scene | None = Scene(self.view.renderer, self._theme())
        self.view.scene = self.scene
        self.bar = HeatBar(self)
        self.bar.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 180)
        self.setAccessibleName("3D view")

    # What it shows

    def show_sequence(
        self, sequence: MeshSequence | None, regions: dict[str, NDArray[np.bool_]] | None
    ) -> None:
        """Show the first frame of a clip in the materials of its regions; None clears the view.

        regions : name -> (V,) mask for the template's triangulation, None for any other
        """
        if self.scene is not None:
            self.scene.show_sequence(sequence, regions)
            self._show_bar()
            self._redraw()

    def show_frame(self, index: int) -> None:
        if self.scene is not None and self.view is not None:
            self.scene.show_frame(index)
            self.view.draw()

    def set_neutral(self, vertices: Floats | None) -> None:
        """Measure displacement from vertices (V, 3); None means the first frame."""
        if self.scene is not None:
            self.scene.set_neutral(vertices)
            self._show_bar()
            self._redraw()

    def set_shading(self, shading: Shading) -> None:
        if self.scene is not None:
            self.scene.set_shading(shading)
            self._redraw()

    def set_heat_map(self, on: bool) -> None:
        """Colour by displacement from the neutral, its range fixed over the clip."""
        if self.scene is not None:
            self.scene.set_heat_map(on=on)
            self._show_bar()
            self._redraw()

    def reset_camera(self) -> None:
        """The front view, fitted to the frame on show."""
        if self.scene is not None and self.scene.surface is not None:
            self.scene.orbit = self.scene.orbit.on(self.scene.surface.points).front()
            self._redraw()

    def screenshot(self, path: Path | str) -> None:
        """Write what the view shows, the legend included, in the screen's own pixels.

        Raises `StudioError` when the picture cannot be written.
        """
        if self.view is not None:
            self.view.settle()
        if not self.grab().save(str(path)):
            raise StudioError(f"{Path(path).name}: the picture could not be written")

    def close_view(self) -> None:
        """Let go of VTK and its GL context; must come before the window closes."""
        view, scene, self.view, self.scene = self.view, self.scene, None, None
        if view is None or scene is None:
            return
        scene.clear()
        view.scene = None
        view.close()
        view.setParent(None)
        view.deleteLater()

    # Following

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.scene is not None:
            self.scene.set_theme(self._theme())
            self._show_bar()
            self._redraw()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_bar()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _theme(self) -> str:
        return (
            "dark" if self.palette().color(QPalette.ColorRole.Window).lightness() < 128 else "light"
        )

    def _redraw(self) -> None:
        if self.view is not None:
            self.view.place_camera()
            self.view.draw()

    def _show_bar(self) -> None:
        scene = self.scene
        shown = scene is not None and scene.heat_map and scene.sequence is not None
        self.bar.setVisible(shown)
        if scene is not None and shown:
            self.bar.show_limit(scene.limit, self.palette().color(QPalette.ColorRole.WindowText))
            self._place_bar()

    def _place_bar(self) -> None:
        self.bar.move(self.width() - self.bar.width() - 8, (self.height() - self.bar.height()) // 2)
        self.bar.raise_()
