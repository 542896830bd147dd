"""Landmarks as dots that stick to the face."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from studio.core.sequence import Floats, Ints

from .vtk_bridge import cells, points_on

COLOR = (0.08, 0.34, 0.86)  # far from skin, and seen on it by color-blind eyes too
SIZE = 5.0  # pixels across
# In VTK's depth units, towards the viewer: enough for a dot not to sink into the skin it lies
# on, too little for one on the far side to show through.
LIFT = -3.0


class Marks:
    """Dots on vertices; those behind the face are hidden by it.

    Attributes
    ----------
    ids
        (N,) vertices.
    points
        (N, 3) float32 that VTK reads; write through `show`.
    """

    def __init__(self, ids: Ints) -> None:
        self.ids = np.asarray(ids)
        self.points: Floats = np.zeros((len(self.ids), 3), dtype=np.float32)
        self._vtk_points = points_on(self.points)
        mesh = vtkPolyData()
        mesh.SetPoints(self._vtk_points)
        mesh.SetVerts(cells(np.arange(len(self.ids), dtype=np.int32)[:, None]))
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh)
        mapper.SetResolveCoincidentTopologyToPolygonOffset()
        mapper.SetRelativeCoincidentTopologyPointOffsetParameter(LIFT)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        look = self.actor.GetProperty()
        look.SetColor(*COLOR)
        look.SetLighting(False)
        look.SetRenderPointsAsSpheres(True)  # round ones
        self.set_pixel(1.0)

    def show(self, vertices: Floats) -> None:
        """Follow a frame (V, 3)."""
        np.take(vertices, self.ids, axis=0, out=self.points)
        self._vtk_points.Modified()

    def set_pixel(self, pixel: float) -> None:
        """Dots of the picture a pixel of the layout has."""
        self.actor.GetProperty().SetPointSize(SIZE * pixel)
