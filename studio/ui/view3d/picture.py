"""Pictures of the 3D view at any size: drawn anew, not enlarged, and written in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from studio.core import Progress, StudioError
from studio.io.files import whole_file
from studio.render.coloring import materials
from studio.render.offscreen import SAMPLES
from studio.render.vtk_bridge import from_vtk, renderers_of

from .face_view import FaceView

# A picture of up to so many dots is drawn twice as large and shrunk, which smooths its edges in
# less time than a rasterizer on the CPU takes for any other way.
SMOOTHED, TALLEST = 24_000_000, 16_000
_QUALITY = 60  # Qt's word for how fast to compress; no pixel changes
_SILENT = Progress()


@dataclass(frozen=True, eq=False)
class Shot:
    """What was drawn, before it is made a picture.

    Attributes
    ----------
    pixels : uint8 (h, w, 4)
        Colors times alpha, top row first.
    shrink : int
        How many times too large it is.
    over : tuple of (QImage, QPoint)
        Images to lay on the finished picture, and where.
    """

    pixels: NDArray[np.uint8]
    shrink: int = 1
    over: tuple[tuple[QImage, QPoint], ...] = ()


def shoot(
    view: FaceView, theme: str, scale: int, *, transparent: bool, over: Sequence[QWidget] = ()
) -> Shot:
    """Draw what a view shows; on the thread of the window.

    Parameters
    ----------
    view : FaceView
        What is drawn.
    theme : str
        Whose background the view goes back to.
    scale : int
        How many times as large as on the screen.
    transparent : bool
        Whether nothing is behind the face.
    over : sequence of QWidget
        Widgets that lie on the view, to be seen in the picture too.

    Raises
    ------
    StudioError
        When the view has not been on the screen yet, or is closed.
    """
    window = view.vtk_window
    if not window.GetReadyForRendering():
        raise StudioError("The 3D view has not been drawn yet, so there is no picture of it.")
    wide, high = window.GetSize()
    dots = wide * high * scale * scale
    small = max(wide, high) * scale * 2 <= TALLEST and 4 * dots <= SMOOTHED
    shrink = 2 if small and view.software else 1
    dressed = view.pair or view.scene
    if dressed is None:
        raise StudioError("The 3D view is closed, so there is no picture of it.")
    ratio = view.devicePixelRatioF()
    with _drawing(view, theme, transparent=transparent):
        dressed.set_pixel(ratio * scale * shrink)
        window.SetSize(wide * scale * shrink, high * scale * shrink)
        window.Render()
        pixels = _read(view)
    grown = ratio * scale
    return Shot(pixels, shrink, tuple((_painted(one, grown), one.pos() * grown) for one in over))


@contextmanager
def _drawing(view: FaceView, theme: str, *, transparent: bool) -> Iterator[None]:
    """Take the view's GL context for a while, and put everything back in the end."""
    window = view.vtk_window
    size, samples = window.GetSize(), window.GetMultiSamples()
    view.makeCurrent()
    state = window.GetState()
    state.Reset()  # Qt has used GL since
    state.Push()
    window.SetMultiSamples(0 if view.software else SAMPLES)
    for renderer in renderers_of(window):
        renderer.SetUseFXAA(False)
        if transparent:
            materials.no_background(renderer)
    try:
        yield
    finally:
        window.SetSize(*size)
        window.SetMultiSamples(samples)
        for renderer in renderers_of(window):
            materials.background(renderer, theme)
        state.Pop()
        view.doneCurrent()
        view.place_camera()
        view.settle()


def _read(view: FaceView) -> NDArray[np.uint8]:
    """Read (h, w, 4) of what has just been drawn."""
    window = view.vtk_window
    wide, high = window.GetSize()
    data = vtkUnsignedCharArray()
    window.GetRGBACharPixelData(0, 0, wide - 1, high - 1, 0, data, 0)
    pixels = from_vtk(data).reshape(high, wide, 4)
    return np.ascontiguousarray(pixels[::-1], dtype=np.uint8)


def _painted(widget: QWidget, scale: float) -> QImage:
    """Paint a widget by itself, `scale` times as large, on nothing."""
    size = widget.size() * scale
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    widget.render(image, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    image.setDevicePixelRatio(1.0)
    return image


def finish(shot: Shot, *, progress: Progress = _SILENT) -> QImage:
    """Make the picture of a shot."""
    high, wide, _ = shot.pixels.shape
    kind = QImage.Format.Format_RGBA8888_Premultiplied
    raw = QImage(shot.pixels.data, wide, high, 4 * wide, kind)
    progress.report(0.1, "Smoothing")
    smooth = Qt.TransformationMode.SmoothTransformation
    whole = Qt.AspectRatioMode.IgnoreAspectRatio
    image = raw.scaled(wide // shot.shrink, high // shot.shrink, whole, smooth)
    image = image if shot.shrink > 1 else image.copy()  # of its own memory, not the array's
    painter = QPainter(image)
    for upper, place in shot.over:
        painter.drawImage(QRect(place, upper.size()), upper)
    painter.end()
    progress.check()
    return image


def write_picture(shot: Shot, path: Path, *, progress: Progress = _SILENT) -> Path:
    """Write a PNG whole or not at all, and return where it lies.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    image = finish(shot, progress=progress)
    progress.report(0.4, "Writing")
    with whole_file(path) as part:
        writer = QImageWriter(str(part), b"png")
        writer.setQuality(_QUALITY)
        if not writer.write(image):
            why = writer.errorString().lower()
            raise StudioError(f"{path}: cannot be written: {why}")
        progress.check()
    return path
