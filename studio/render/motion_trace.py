"""What shows motion in one picture: frames before and after as ghosts, and the way of landmarks."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from studio.core import MeshSequence
from studio.core.sequence import Floats, Ints

from .vtk_bridge import cells, points_on, to_vtk

STEP, GHOSTS = 5, 2  # frames from one ghost to the next, and ghosts on either side
REACH = 15  # frames of a trail on either side
BEFORE, AFTER = (0.16, 0.45, 0.90), (0.93, 0.45, 0.10)  # told apart by color-blind eyes too
_NEAR, _FAR = 0.30, 0.16  # opacity of the nearest ghost and of the farthest
_WIDTH = 1.5  # pixels across of a trail


class Rows(Protocol):
    """Arrays (V, 3) by frame."""

    def __getitem__(self, frame: int) -> Floats:
        """Give that of a frame."""


class MotionTrace:
    """Ghosts and trails of one clip around the frame on show; neither is there at first.

    Parameters
    ----------
    renderer
        What draws them.
    clip
        Whose frames are shown.
    landmarks
        (N,) vertices whose way is drawn.
    """

    def __init__(self, renderer: vtkRenderer, clip: MeshSequence, landmarks: Ints) -> None:
        self._renderer, self._vertices = renderer, clip.vertices
        faces, n_vertices = clip.faces, clip.n_vertices
        self._ghosts = {
            side * k * STEP: _Ghost(faces, n_vertices, BEFORE if side < 0 else AFTER, k)
            for side in (-1, 1)
            for k in range(1, GHOSTS + 1)
        }
        self._trails = [_Trail(landmarks, BEFORE), _Trail(landmarks, AFTER)]
        self.ghosts = self.trails = False
        self._actors = [ghost.actor for ghost in self._ghosts.values()]
        self._actors += [trail.actor for trail in self._trails]
        for actor in self._actors:
            renderer.AddActor(actor)

    def show(self, frame: int, normals: Rows) -> None:
        """Follow the playhead.

        Parameters
        ----------
        frame
            The one on show.
        normals
            (V, 3) by frame.
        """
        vertices, count = self._vertices, len(self._vertices)
        for away, ghost in self._ghosts.items():
            there = self.ghosts and 0 <= frame + away < count
            ghost.actor.SetVisibility(there)
            if there:
                ghost.show(vertices[frame + away], normals[frame + away])
        spans = (max(frame - REACH, 0), frame), (frame, min(frame + REACH, count - 1))
        for trail, (first, last) in zip(self._trails, spans, strict=True):
            there = self.trails and last > first and len(trail.ids) > 0
            trail.actor.SetVisibility(there)
            if there:
                trail.show(vertices[first : last + 1, trail.ids])

    def set_pixel(self, pixel: float) -> None:
        """Tell how many dots of the picture a pixel of the layout has."""
        for trail in self._trails:
            trail.actor.GetProperty().SetLineWidth(_WIDTH * pixel)

    def remove(self) -> None:
        """Draw none of it any more."""
        for actor in self._actors:
            self._renderer.RemoveActor(actor)


class _Ghost:
    """A face that is seen through."""

    def __init__(self, faces: Ints, n_vertices: int, color: tuple[float, ...], away: int) -> None:
        self._points, self._normals = (np.zeros((n_vertices, 3), np.float32) for _ in range(2))
        self._written = points_on(self._points), to_vtk(self._normals, "Normals")
        mesh = vtkPolyData()
        mesh.SetPoints(self._written[0])
        mesh.SetPolys(cells(faces))
        mesh.GetPointData().SetNormals(self._written[1])
        self.actor = _actor(mesh, color)
        far = (away - 1) / max(GHOSTS - 1, 1)
        self.actor.GetProperty().SetOpacity(_NEAR + far * (_FAR - _NEAR))

    def show(self, points: Floats, normals: Floats) -> None:
        """Show a frame (V, 3) with its normals (V, 3)."""
        self._points[...], self._normals[...] = points, normals
        for part in self._written:
            part.Modified()


class _Trail:
    """Lines along the way of some vertices."""

    def __init__(self, ids: Ints, color: tuple[float, ...]) -> None:
        self.ids = np.asarray(ids)
        self._mesh = vtkPolyData()
        self.actor = _actor(self._mesh, color)
        self.actor.GetProperty().SetLighting(False)

    def show(self, places: Floats) -> None:
        """Draw the ways (K, N, 3) of N vertices through K frames."""
        steps, count = places.shape[:2]
        ways = np.ascontiguousarray(places.swapaxes(0, 1).reshape(-1, 3), dtype=np.float32)
        self._mesh.SetPoints(points_on(ways))
        lines = np.arange(count * steps, dtype=np.int32).reshape(count, steps)
        self._mesh.SetLines(cells(lines))


def _actor(mesh: vtkPolyData, color: tuple[float, ...]) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*color)
    actor.SetVisibility(False)
    return actor
