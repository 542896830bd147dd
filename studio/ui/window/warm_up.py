"""The first drawing of all made before there is a clip, so that the first clip shows at once.

A driver compiles its shaders when they are first used, which takes a software renderer a fifth
of a second; done part by part between two events, nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from PySide6.QtCore import QTimer

from studio.core import MeshSequence, StudioError
from studio.face.known import studio_face
from studio.ui.view3d.viewport import Viewport

from .stage import Stage

PAUSE_MS = 20


def warm_up(stage: Stage) -> None:
    """Draw the template where nobody sees it, a part at a time, until a clip comes."""
    if stage.viewport is None:
        return
    steps = chain(_steps(stage.viewport), _last_steps(stage, stage.viewport))
    timer = QTimer(stage.viewport, interval=PAUSE_MS)

    def go_on() -> None:
        if next(steps, None) is None:
            timer.stop()
            timer.deleteLater()

    timer.timeout.connect(go_on)
    timer.start()


def _steps(viewport: Viewport) -> Iterator[bool]:
    """Make one drawing each, until something else is on show or the view is closed."""
    scene = viewport.scene
    if scene is None or scene.sequence is not None:
        return
    _draw(viewport)
    yield True
    try:
        template = studio_face().template
    except (StudioError, OSError):
        return
    if viewport.scene is None or scene.sequence is not None:
        return
    orbit = scene.orbit
    face = MeshSequence(template.vertices[None], template.faces)
    scene.show_sequence(face, template.regions)
    parts = list(scene.surface.actors.values()) if scene.surface is not None else []
    for part in parts:
        part.SetVisibility(False)
    for part in parts:
        yield True
        if scene.sequence is not face:
            return
        part.SetVisibility(True)
        _draw(viewport)
    yield True
    if scene.sequence is face:
        scene.show_sequence(None)
        scene.orbit = orbit


def _last_steps(stage: Stage, viewport: Viewport) -> Iterator[bool]:
    """Put the view in its place for a moment, as large as it will be and hidden by what lies on it.

    What makes one picture of a view and its window has shaders of its own.
    """
    if viewport.scene is None or viewport.scene.sequence is not None:
        return
    stage.lay_view_under(on=True)
    _draw(viewport)
    yield True
    stage.lay_view_under(on=False)


def _draw(viewport: Viewport) -> None:
    if viewport.view is not None:
        viewport.view.place_camera()
        viewport.view.grabFramebuffer()
