"""Arrays and collections of VTK, with the types that its own Python modules lack."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkDataArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from studio.core.sequence import Floats, Ints

Scalars = NDArray[np.floating] | NDArray[np.integer]


def to_vtk(array: Scalars, name: str | None = None, *, copy: bool = False) -> vtkDataArray:
    """Give a VTK array with the values of a NumPy one.

    Parameters
    ----------
    array : (N,) or (N, C), contiguous; N tuples of C components
    name : what VTK finds it by
    copy : whether it gets memory of its own; else it shares that of `array`, and keeps it alive
    """
    made: vtkDataArray = numpy_support.numpy_to_vtk(array, deep=copy)
    if name is not None:
        made.SetName(name)
    return made


def from_vtk(array: vtkDataArray) -> Scalars:
    """Give a NumPy array (N,) or (N, C) on the memory of a VTK one of N tuples."""
    made: Scalars = numpy_support.vtk_to_numpy(array)
    return made


def points_on(array: Floats) -> vtkPoints:
    """Give VTK points on the memory of an array (N, 3); call `Modified` after writing to it."""
    points = vtkPoints()
    points.SetData(to_vtk(array))
    return points


def cells(ids: Ints) -> vtkCellArray:
    """Give one VTK cell a row of point numbers (N, K): 3 a row are triangles, 1 a row dots."""
    count, corners = ids.shape
    offsets = np.arange(0, corners * count + 1, corners, dtype=np.int64)
    made = vtkCellArray()
    made.SetData(_ids(offsets), _ids(ids.ravel().astype(np.int64)))
    return made


def _ids(values: NDArray[np.int64]) -> vtkDataArray:
    """Give a copy of (N,) as VTK's type of point numbers."""
    made: vtkDataArray = numpy_support.numpy_to_vtkIdTypeArray(values, deep=True)
    return made


def renderers_of(window: vtkRenderWindow) -> list[vtkRenderer]:
    """List what draws into a window, the lowest layer first."""
    held = window.GetRenderers()
    found = (held.GetItemAsObject(index) for index in range(held.GetNumberOfItems()))
    return [one for one in found if isinstance(one, vtkRenderer)]
