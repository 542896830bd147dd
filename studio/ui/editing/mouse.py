"""The mouse and the keys of the 3D view while landmarks are edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from studio.core.sequence import Floats
from studio.document import ClipState
from studio.document.landmark_drag import curve_of
from studio.render.sight import Sight

from .editor import LandmarkEditor
from .handles import SEEN, Handles, Marked

# The view imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.ui.view3d.viewport import Viewport

STILL = 3.0  # pixels a press may wander before it moves anything
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class LandmarkGrip:
    """Takes hold of handles; everything beside them is left to the camera."""

    def __init__(self, editor: LandmarkEditor, view: Viewport) -> None:
        self.editor, self.view = editor, view
        self.handles = Handles(view)
        self._from: QPointF | None = None
        self._held: int | None = None
        self._hovered: int | None = None
        self._put: int | None = None  # the vertex a placed landmark is dragged to
        self._moved = False
        self._pixel = 1.0  # millimeters at the depth of what is held
        # (M,) landmarks that the face hides, None to look again
        self._hidden: NDArray[np.bool_] | None = None
        editor.moved.connect(self.follow)
        editor.forgotten.connect(self.forget)
        if view.view is not None:
            view.view.grip = self

    # What FaceView asks

    def press(self, event: QMouseEvent) -> bool:
        """Take hold of a handle, choose it, or place a landmark; whether the press was for that."""
        if event.button() != Qt.MouseButton.LeftButton or self._clip is None:
            return False
        at, editor = event.position(), self.editor
        landmark = self.handles.marked.at(at.x(), at.y())
        if landmark is None:
            return editor.placing and self._place(at)
        if event.type() == QEvent.Type.MouseButtonDblClick and not editor.placing:
            editor.choose(curve_of(self._clip, landmark))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            editor.choose(editor.chosen ^ {landmark})
        elif landmark not in editor.chosen:
            editor.choose({landmark})
        self._hold(landmark, at)
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Pull what is held; whether anything is."""
        at = event.position()
        if self._held is None or self._from is None:
            self._hover(at)
            return False
        if self._moved or (at - self._from).manhattanLength() > STILL:
            self._moved = True
            self._drag(at)
        return True

    def release(self, event: QMouseEvent) -> bool:
        """Let go of what is held and end its drag as one step; whether anything was held."""
        if self._held is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        held, put = self._held, self._put
        self.forget()
        if self.editor.placing and put is not None:
            self.editor.put(held, put)
        self.editor.drop()
        self._hover(event.position())
        return True

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is to come here before the menus see it."""
        editor = self.editor
        if not editor.on or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        removes = event.key() in _REMOVES and editor.can_place and bool(editor.chosen)
        return event.key() == Qt.Key.Key_Escape or removes

    def key(self, event: QKeyEvent) -> bool:
        """Let Escape give up the drag, the placing, what is chosen, and the mode, one at a time."""
        editor = self.editor
        if not self.wants(event):
            return False
        if event.key() in _REMOVES:
            editor.remove_chosen()
        elif self._held is not None:
            self.forget()
            editor.let_go()
            self.follow()
        elif editor.placing and self._clip is not None and self._clip.landmarks:
            editor.set_placing(on=False)
        elif editor.chosen:
            editor.choose(())
        else:
            editor.set_on(on=False)
        return True

    def leave(self) -> None:
        """Show no handle as under the mouse, which has left the view."""
        if self._held is None:
            self._show(None)

    def follow(self) -> None:
        """Put the handles where the landmarks are now.

        What the face hides is not looked for while it plays or is being pulled, because that would
        slow it down.
        """
        if self._held is None and not self.editor.player.playhead.playing:
            self._hidden = None
        self._show(self._hovered)

    def forget(self) -> None:
        """Hold nothing any more, whatever the mouse does."""
        self._held, self._from, self._put = None, None, None

    # How

    @property
    def _clip(self) -> ClipState | None:
        return self.editor.clip

    def _hold(self, landmark: int, at: QPointF) -> None:
        editor, sight, scene = self.editor, self.view.sight, self.view.scene
        clip = self._clip
        if sight is None or clip is None or scene is None or scene.surface is None:
            return
        self._held, self._from, self._moved, self._put = landmark, at, False, None
        vertex = clip.landmarks[landmark].vertex
        self._pixel = float(sight.millimeters(scene.surface.points[[vertex]])[0])
        moves = not editor.placing and landmark in editor.chosen
        if not editor.placing and (not moves or not editor.take(landmark)):
            self._held, self._from = None, None
        self._show(landmark)

    def _drag(self, at: QPointF) -> None:
        sight = self.view.sight
        if sight is None or self._from is None:
            return
        if self.editor.placing:
            vertex = self._vertex_at(at)
            self._put = self._put if vertex is None else vertex
            self._show(self._held)
            return
        by = at - self._from
        self.editor.pull(sight.shift(by.x(), by.y(), self._pixel))

    def _place(self, at: QPointF) -> bool:
        vertex = self._vertex_at(at)
        if vertex is not None:
            self.editor.place(vertex)
            self._hover(at)
        return vertex is not None

    def _vertex_at(self, at: QPointF) -> int | None:
        sight, scene = self.view.sight, self.view.scene
        if sight is None or scene is None or scene.surface is None or scene.sequence is None:
            return None
        return sight.vertex_at(scene.surface.points, scene.sequence.faces, at.x(), at.y())

    def _hover(self, at: QPointF) -> None:
        if self._clip is None or self.view.view is None:
            return
        found = self.handles.marked.at(at.x(), at.y())
        if found != self.handles.marked.hovered:
            self._show(found)
        placing = self.editor.placing and found is None
        shape = Qt.CursorShape.CrossCursor if placing else Qt.CursorShape.ArrowCursor
        self.view.view.setCursor(Qt.CursorShape.OpenHandCursor if found is not None else shape)

    def _show(self, hovered: int | None) -> None:
        self._hovered = hovered
        clip = self._clip
        if clip is None or self.view.sight is None or not clip.landmarks:
            self.handles.clear()
            if self.view.view is not None:
                self.view.view.unsetCursor()
            return
        if self.view.view is not None:
            self.handles.setGeometry(self.view.view.geometry())
        self.handles.show_marked(self._marked)

    def _marked(self) -> Marked:
        clip, sight, scene, hovered = self._clip, self.view.sight, self.view.scene, self._hovered
        if clip is None or sight is None or scene is None or scene.surface is None:
            return Marked()
        ids = [landmark.vertex for landmark in clip.landmarks]
        if self._held is not None and self._put is not None:
            ids[self._held] = self._put
        points, normals = scene.surface.points[ids], scene.surface.normals[ids]
        places = sight.pixels(points)
        inside = (places[:, 0] >= 0) & (places[:, 0] <= sight.width)
        recorded = self.editor.unmoved(clip)[ids]
        said = ""
        if hovered is not None and hovered < len(ids):
            away = float(np.linalg.norm(points[hovered] - recorded[hovered]))
            said = _said(clip.landmarks[hovered].name, away)
        return Marked(
            places,
            sight.pixels(recorded),
            inside & (sight.facing(points, normals) > SEEN) & ~self._hiding(sight, points, normals),
            self.editor.chosen,
            self.editor.across,
            hovered if said else None,
            said,
        )

    def _hiding(self, sight: Sight, points: Floats, normals: Floats) -> NDArray[np.bool_]:
        """Find which of the landmarks another part of the face hides.

        Parameters
        ----------
        points, normals
            (M, 3): the landmarks in mm, and the directions the surface faces there.

        Returns
        -------
        (M,) bool
        """
        scene = self.view.scene
        if self._hidden is None or len(self._hidden) != len(points):
            self._hidden = np.zeros(len(points), dtype=bool)
            if scene is not None and scene.surface is not None:
                surface = scene.surface
                faces = surface.drawn_faces()
                self._hidden = sight.hidden(surface.points, faces, points, normals)
        return self._hidden


def _said(name: str, away: float) -> str:
    """Write what stands beside a landmark: its name, and how far it was moved, in mm."""
    if away < 0.05:
        return name
    return f"{name} · {away:.1f} mm"
