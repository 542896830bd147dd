"""The mouse and the keys of the assistant's view: points are set, moved and taken away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from studio.core.sequence import Floats
from studio.render.sight import Sight
from studio.ui.editing.handles import Handles, Marked
from studio.ui.editing.mouse import STILL
from studio.ui.view3d.face_view import DEGREES_PER_PIXEL

from .points import Place, PointEditor
from .views import FitViews

_STEP, _WIDE_STEP = 1.0, 6.0  # pixels that an arrow key moves a point
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_NEXT = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PointGrip:
    """A click on their surface sets the point that is asked for; a drag beside points turns it.

    Parameters
    ----------
    corners
        The vertex of the studio's face that each point is, shown on the right.
    """

    def __init__(self, editor: PointEditor, views: FitViews, corners: Mapping[str, int]) -> None:
        self.editor, self.views, self.corners = editor, views, corners
        self.handles = Handles(views.viewport)
        self._from: QPointF | None = None
        self._held: str | None = None  # the point that is dragged
        self._moved = False
        self._hovered: int | None = None
        editor.changed.connect(self.follow)
        if views.viewport.view is not None:
            views.viewport.view.grip = self

    # What FaceView asks

    def press(self, event: QMouseEvent) -> bool:
        """Take hold of a point or of the camera; whether the press was for that."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        at = event.position()
        found = self.handles.marked.at(at.x(), at.y())
        self._from, self._moved, self._held = at, False, None
        if found is not None:
            name = self._names[found]
            self.editor.choose(name)
            self._held = name if found < len(self._known) else None
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Drag the point that is held, else turn the faces."""
        at = event.position()
        if self._from is None:
            self._hover(at)
            return False
        by = at - self._from
        if not self._moved and by.manhattanLength() <= STILL:
            return True
        self._moved = True
        if self._held is not None:
            self._drag(self._held, at)
        else:
            self._from = at
            turn = DEGREES_PER_PIXEL
            self.views.viewport.turn(-turn * by.x(), turn * by.y())
        return True

    def release(self, event: QMouseEvent) -> bool:
        """Set the point that is asked for where the mouse did not move."""
        if self._from is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        at, held, moved = event.position(), self._held, self._moved
        self._from, self._held = None, None
        if moved:
            self.editor.seal()
        elif held is not None:
            self._take_suggested(held)
        elif at.x() <= self._half:
            spot = self.views.spot_at(at.x(), at.y())
            if spot is not None:
                self.editor.put_current(_place(spot))
        return True

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is to come here before the dialog sees it."""
        shift = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        return not event.modifiers() & ~shift and event.key() in (*_ARROWS, *_REMOVES, *_NEXT)

    def key(self, event: QKeyEvent) -> bool:
        """Let arrows move the point that is asked for, Enter take it, Del remove it."""
        if not self.wants(event):
            return False
        editor, name = self.editor, self.editor.current
        if event.key() in _REMOVES:
            editor.remove(name)
        elif event.key() in _NEXT:
            self._enter(name)
        else:
            wide = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = _WIDE_STEP if wide else _STEP
            self._nudge(name, *(step * way for way in _ARROWS[Qt.Key(event.key())]))
        return True

    def leave(self) -> None:
        """Show no point as under the mouse, which has left the view."""
        self._hovered = None
        self.follow()

    def follow(self) -> None:
        """Put the points where they are now."""
        view = self.views.viewport.view
        if view is None:
            return
        self.handles.setGeometry(view.geometry())
        self.handles.show_marked(self._marked)

    # How

    @property
    def _half(self) -> float:
        sight = self.views.viewport.sight
        return 0.0 if sight is None else sight.width

    @property
    def _known(self) -> dict[str, Place]:
        """Where points are on their surface: those that are set, and those suggested."""
        known = {**self.editor.suggested, **self.editor.places}
        return {name: known[name] for name in self.editor.names if name in known}

    @property
    def _names(self) -> list[str]:
        """The points behind the handles: theirs first, then those of the studio's face."""
        return [*self._known, *self.corners]

    def _drag(self, name: str, at: QPointF) -> None:
        spot = self.views.spot_at(at.x(), at.y())
        if spot is not None:
            self.editor.put(name, _place(spot), key=f"drag {name}")

    def _take_suggested(self, name: str) -> None:
        """Set a point that is only suggested, on which a click was, where it is."""
        if name not in self.editor.places:
            self.editor.choose(name)
            self.editor.put_current(self._known[name])

    def _enter(self, name: str) -> None:
        """Take the point as it is, suggested or set, and go to the next."""
        place = self._known.get(name)
        if place is not None:
            self.editor.put_current(place)

    def _nudge(self, name: str, right: float, down: float) -> None:
        sight = self.views.viewport.sight
        if sight is None:
            return
        place = self._known.get(name)
        if place is None:  # where nothing is known of it, begin in the middle of the view
            at = np.array([sight.width / 2, sight.height / 2])
        else:
            at = sight.pixels(self.views.place(np.array(place))[None])[0] + (right, down)
        spot = self.views.spot_at(float(at[0]), float(at[1]))
        if spot is not None:
            self.editor.put(name, _place(spot), key=f"nudge {name}")

    def _hover(self, at: QPointF) -> None:
        found = self.handles.marked.at(at.x(), at.y())
        if found != self._hovered:
            self._hovered = found
            self.follow()
        view = self.views.viewport.view
        if view is not None:
            over = found is not None
            placing = at.x() <= self._half
            shape = Qt.CursorShape.CrossCursor if placing else Qt.CursorShape.ArrowCursor
            view.setCursor(Qt.CursorShape.OpenHandCursor if over else shape)

    def _marked(self) -> Marked:
        sight, beside = self.views.viewport.sight, self.views.viewport.sight_beside
        if sight is None or beside is None:
            return Marked()
        known, names = self._known, self._names
        own = [self.views.place(np.array(place)) for place in known.values()]
        theirs = np.array(own, dtype=np.float32).reshape(-1, 3)
        guide = self.views.guide[[self.corners[name] for name in self.corners]]
        places = np.concatenate([sight.pixels(theirs), sight_right(beside, guide)])
        seen = np.concatenate(
            [_seen(sight, theirs, self.views.shown, self.views.faces), np.ones(len(guide), bool)]
        )
        chosen = {place for place, name in enumerate(names) if name == self.editor.current}
        faint = {place for place, name in enumerate(known) if name not in self.editor.places}
        hovered = (
            self._hovered if self._hovered is not None and self._hovered < len(names) else None
        )
        asked = max(chosen, default=None)
        told = asked if hovered is None else hovered
        return Marked(
            places,
            places,
            seen,
            frozenset(chosen),
            hovered=told,
            said="" if told is None else names[told],
            faint=frozenset(faint),
        )


def sight_right(beside: Sight, points: Floats) -> NDArray[np.float64]:
    """Find where (N, 2) points (N, 3) of the clip beside are seen in the whole view."""
    return np.asarray(beside.pixels(points) + np.array([beside.width, 0.0]))


def _seen(
    sight: Sight, points: Floats, vertices: Floats, faces: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Tell which points (M, 3) of a surface lie on the side that is seen, and in the left half."""
    if not len(points):
        return np.zeros(0, dtype=bool)
    at = sight.pixels(points)
    inside = (at[:, 0] >= 0) & (at[:, 0] <= sight.width)
    return inside & ~sight.hidden(vertices, faces, points, np.zeros_like(points))


def _place(spot: NDArray[np.float64]) -> Place:
    x, y, z = spot.tolist()
    return x, y, z
