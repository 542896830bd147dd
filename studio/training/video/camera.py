"""What films faces. Drawing is not for training to know: whoever starts it says what does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from studio.core import StudioError
from studio.core.sequence import Floats
from studio.render.filming.shot import Shot

from .look import Pixels


class Camera(Protocol):
    """Films one person after the other."""

    def film(self, rest: Floats, shot: Shot) -> None:
        """Put a person (V, 3) mm at rest before the camera, and set light and lens for a shot."""

    def picture(self, frame: Floats) -> Pixels:
        """Draw the person's vertices (V, 3) mm: (height, width, 3)."""


OpenCamera = Callable[[int, int], AbstractContextManager[Camera]]
_known: list[OpenCamera] = []


def film_by(opened: OpenCamera) -> None:
    """Say what opens a camera of a width and a height in pixels."""
    _known[:] = [opened]


def open_camera(width: int, height: int) -> AbstractContextManager[Camera]:
    """Open the camera that was said.

    Raises
    ------
    StudioError
        Where none was.
    """
    if not _known:
        raise StudioError("nothing was said to film faces with")
    return _known[0](width, height)
