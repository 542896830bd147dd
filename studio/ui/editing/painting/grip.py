"""The mouse and the keys of the 3D view while a region is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from studio.core.sequence import Floats
from studio.render.sight import Sight
from studio.ui.editing.editor import LandmarkEditor
from studio.ui.editing.mouse import LandmarkGrip

from .painter import MaskPainter
from .ring import Ring

# The view imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.ui.view3d.viewport import Viewport

_STEP = 0.3  # of the radius between two dabs of a stroke
_MOST = 12  # dabs of one move, so that a jump of the mouse does not hold up the window
_GROWS = 1.2
_PAINTS = Qt.MouseButton.LeftButton
_KEYS = (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_X, Qt.Key.Key_Escape)


class Wash:
    """Colors a face by the weights of a region, as a `Measure` whose distances they are."""

    costly: ClassVar[bool] = False
    title: ClassVar[str] = ""

    def __init__(self, weights: Floats) -> None:
        self.weights = weights

    def prepare(self, frames: Sequence[int]) -> None:
        """Nothing is needed."""

    def displacement(self, frame: int, points: Floats) -> Floats | None:
        """Give the weights as lengths (V, 3); None for a face of other vertices."""
        if len(points) != len(self.weights):
            return None
        out = np.zeros((len(points), 3), np.float32)
        out[:, 0] = self.weights
        return out


class BrushGrip:
    """Paints while the painter is on; else, and beside the face, what lies under it has the mouse.

    Ctrl turns adding into taking away. Parts of the view that are no face move the camera, as do
    Shift and the other buttons.

    Parameters
    ----------
    painter, view, under
        What paints, where, and what has the mouse else.
    uncover
        Colors the face as it is to be while nobody paints.
    """

    def __init__(
        self,
        painter: MaskPainter,
        view: Viewport,
        under: LandmarkGrip,
        uncover: Callable[[], object],
    ) -> None:
        self.painter, self.view, self.under, self._uncover = painter, view, under, uncover
        self.ring = Ring(view)
        self._last: QPointF | None = None  # where the stroke is
        self._wash: Wash | None = None
        painter.changed.connect(self._show)
        if view.view is not None:
            view.view.grip = self

    # What FaceView asks

    def press(self, event: QMouseEvent) -> bool:
        """Begin a stroke on the face; whether the press was for that."""
        if not self.painter.on:
            return self.under.press(event)
        held = event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if event.button() != _PAINTS or shift or self._spot(event.position()) is None:
            return False
        self.painter.begin(against=bool(held & Qt.KeyboardModifier.ControlModifier))
        self._last = event.position()
        self._dab(event.position())
        self.painter.show()
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Paint along; whether a stroke goes on."""
        if not self.painter.on:
            return self.under.move(event)
        at = event.position()
        self._place_ring(at)
        if self._last is None:
            return False
        way, step = at - self._last, max(self.ring.radius * _STEP, 1.0)
        count = min(max(round(np.hypot(way.x(), way.y()) / step), 1), _MOST)
        for part in range(1, count + 1):
            self._dab(self._last + way * (part / count))
        self.painter.show()
        self._last = at
        return True

    def release(self, event: QMouseEvent) -> bool:
        """End the stroke; whether there was one."""
        if not self.painter.on:
            return self.under.release(event)
        was, self._last = self._last, None
        self.painter.end()
        return was is not None

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is to come here before the menus see it."""
        if not self.painter.on:
            return self.under.wants(event)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in _KEYS

    def key(self, event: QKeyEvent) -> bool:
        """Change the brush; Escape gives up the stroke, then the painting."""
        painter = self.painter
        if not painter.on:
            return self.under.key(event)
        if not self.wants(event):
            return False
        if event.key() == Qt.Key.Key_X:
            painter.set_erasing(on=not painter.erasing)
        elif event.key() != Qt.Key.Key_Escape:
            grows = event.key() == Qt.Key.Key_BracketRight
            painter.set_radius(painter.radius * (_GROWS if grows else 1 / _GROWS))
        elif painter.stroking:
            self._last = None
            painter.give_up()
        else:
            painter.set_on(on=False)
        return True

    def leave(self) -> None:
        """Show no brush: the mouse has left the view."""
        self.ring.hide()
        self.under.leave()

    def follow(self) -> None:
        """Color what has come into the view by the region, which stays the same."""
        scene = self.view.scene
        if self._wash is not None and scene is not None and scene.against is not self._wash:
            scene.set_against(self._wash)
            scene.set_limit(1.0)
            self.view.show_bar()
        self.under.follow()

    # How

    def _show(self) -> None:
        """Color the face while the painter is on, and as it was once it is not."""
        scene, view = self.view.scene, self.view.view
        if scene is None or view is None:
            return
        if self.painter.on:
            self._color()
        elif self._wash is not None:
            self._wash, self._last = None, None
            scene.set_against(None)
            self.ring.hide()
            view.unsetCursor()
            self._uncover()

    def _color(self) -> None:
        """Color the face by the weights of now."""
        scene, view = self.view.scene, self.view.view
        weights = self.painter.weights
        if weights is None or scene is None or view is None:
            return
        if self._wash is None:
            self._wash = Wash(weights)
        self._wash.weights = weights
        if scene.surface is not None:
            away = self._wash.displacement(0, scene.surface.points)
            if away is not None and scene.against is self._wash:
                scene.surface.show_heat(away)
        view.draw()

    def _spot(self, at: QPointF) -> tuple[Floats, Floats, Sight] | None:
        """Find the place (3,) of the face under the mouse, and the direction that it faces."""
        sight, scene = self.view.sight, self.view.scene
        if sight is None or scene is None or scene.surface is None or scene.sequence is None:
            return None
        surface, faces = scene.surface, scene.sequence.faces
        found = sight.spot_at(surface.points, faces, at.x(), at.y())
        if found is None:
            return None
        corners, shares = faces[found[0]], found[1].astype(np.float32)
        return shares @ surface.points[corners], shares @ surface.normals[corners], sight

    def _dab(self, at: QPointF) -> None:
        spot, scene = self._spot(at), self.view.scene
        if spot is not None and scene is not None and scene.surface is not None:
            self.painter.dab(scene.surface.points, scene.surface.normals, spot[0], spot[1])

    def _place_ring(self, at: QPointF) -> None:
        spot, view = self._spot(at), self.view.view
        if spot is None or view is None:
            self.ring.hide()
            if view is not None:
                view.unsetCursor()
            return
        middle, _, sight = spot
        pixels = self.painter.radius / float(sight.millimeters(middle[None])[0])
        self.ring.setGeometry(view.geometry())
        self.ring.show_at(at, pixels, erasing=self.painter.erasing)
        view.setCursor(Qt.CursorShape.CrossCursor)


def take_hold(
    view: Viewport,
    landmarks: LandmarkEditor,
    painter: MaskPainter,
    uncover: Callable[[], object],
) -> None:
    """Have the mouse in a view move landmarks, or paint, `uncover` as in `BrushGrip`.

    One ends the other.
    """
    BrushGrip(painter, view, LandmarkGrip(landmarks, view), uncover)

    def end_painting() -> None:
        if landmarks.on:
            painter.set_on(on=False)

    def end_landmarks() -> None:
        if painter.on:
            landmarks.set_on(on=False)

    landmarks.changed.connect(end_painting)
    painter.changed.connect(end_landmarks)
