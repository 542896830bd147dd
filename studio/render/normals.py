"""Vertex normals of the frames of one clip: fast, and remembered within a budget."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkTriangleMeshPointNormals

from studio.core.sequence import Floats, Ints

from .vtk_bridge import cells, from_vtk, points_on

CACHE_BYTES = 192 * 2**20
# Normals are kept as whole steps of 16 bits: half the memory, and far finer than a color shows.
_STEPS = np.float32(32767)
Packed = NDArray[np.int16]


class NormalFilter:
    """Area-weighted unit normals of one triangulation; one frame at a time.

    The filter works on points of its own, so that it never hands back the normals of a mesh
    that already carries some.
    """

    def __init__(self, faces: Ints, n_vertices: int) -> None:
        self.points: NDArray[np.float32] = np.zeros((n_vertices, 3), dtype=np.float32)
        self._vtk_points = points_on(self.points)
        mesh = vtkPolyData()
        mesh.SetPoints(self._vtk_points)
        mesh.SetPolys(cells(faces))
        self._bare = not len(faces)
        self._filter = vtkTriangleMeshPointNormals()
        self._filter.SetInputData(mesh)

    def __call__(self, frame: Floats) -> Floats:
        """(V, 3) normals of vertices (V, 3); a vertex in no face gets (0, 0, 0)."""
        if self._bare:
            return np.zeros_like(self.points)
        self.points[...] = frame
        self._vtk_points.Modified()
        self._filter.Update()
        made = from_vtk(self._filter.GetOutput().GetPointData().GetNormals())
        return np.array(made, dtype=np.float32)


class NormalCache:
    """Normals by frame number, the least recently used dropped first.

    Parameters
    ----------
    vertices
        (T, V, 3) of the clip.
    ask
        The filter of its triangulation; the cache changes what it holds.
    budget
        Bytes the normals may take together.
    """

    def __init__(self, vertices: Floats, ask: NormalFilter, budget: int = CACHE_BYTES) -> None:
        self._vertices, self.filter = vertices, ask
        self._known: OrderedDict[int, Packed] = OrderedDict()
        self._room = max(budget // max(6 * vertices.shape[1], 1), 1)

    def __len__(self) -> int:
        return len(self._known)

    def of(self, points: Floats) -> Floats:
        """Compute normals (V, 3) of points (V, 3) that are no frame of the clip."""
        return self.filter(points)

    def __getitem__(self, frame: int) -> Floats:
        """(V, 3) normals of a frame."""
        packed = self._known.get(frame)
        if packed is None:
            # Rounded also when they are new, so that a frame looks the same at every visit.
            packed = np.rint(self.filter(self._vertices[frame]) * _STEPS).astype(np.int16)
            self._known[frame] = packed
            if len(self._known) > self._room:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(frame)
        return packed * (1 / _STEPS)
