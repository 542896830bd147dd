"""Moving pictures of the window."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from benchmarks import windows
from studio.render.formats.ffmpeg import Encoder, make_palette
from studio.render.formats.gif import CODEC
from studio.ui.window.main_window import MainWindow

from . import report

Pixels = NDArray[np.uint8]

WIDE = 960  # pixels of the moving picture
GIF_RATE = 10


class Camera:
    """Grabs the window while it goes on, as frames of a moving picture."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.frames: list[Pixels] = []

    def shoot(self) -> None:
        image = self.window.grab().toImage()
        image = image.scaledToWidth(WIDE, Qt.TransformationMode.SmoothTransformation)
        self.frames.append(pixels_of(image))

    def hold(self, count: int) -> None:
        """The last frame for some more."""
        self.frames += [self.frames[-1]] * count

    def write(self, path: Path) -> None:
        """Write what was grabbed as a GIF, and print how large it is."""
        palette = make_palette(self.frames[:: max(len(self.frames) // 8, 1)])
        with Encoder(path, CODEC, Fraction(GIF_RATE), self.frames[0], palette) as encoder:
            for frame in self.frames:
                encoder.put(frame)
        report(path)

    def while_busy(self) -> None:
        """One frame for each estimate that comes while takes are sampled."""
        generation = self.window.services.generation
        generation.preview_changed.connect(self._shoot_soon)
        windows.until(lambda: not windows.busy(self.window))
        generation.preview_changed.disconnect(self._shoot_soon)

    def _shoot_soon(self, sequence: object) -> None:
        if sequence is not None:
            self.shoot()


def pixels_of(image: QImage) -> Pixels:
    """(h, w, 3) of a Qt picture."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    height, width, line = image.height(), image.width(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, line)
    # A copy, because the memory goes with the picture.
    return rows[:, : 3 * width].reshape(height, width, 3).copy()
