"""Surfaces as graphs: normals, distances and borders, by sparse matrices of scipy.

scipy takes half a second to import, so it is imported where a surface is first asked for: neither
the window's start nor a command that reads and writes files has need of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .geometry import face_normals
from .sequence import Floats, Ints

if TYPE_CHECKING:
    from scipy import sparse

Doubles = NDArray[np.float64]


def corner_matrix(faces: Ints, n_vertices: int) -> sparse.csr_array:
    """Make the matrix that adds up, at each vertex, what its faces carry.

    Parameters
    ----------
    faces : (F, 3) int32
    n_vertices : V, how many vertices there are

    Returns
    -------
    (V, F) of ones
    """
    from scipy import sparse

    corners = np.ascontiguousarray(faces, dtype=np.int32).ravel()
    owner = np.repeat(np.arange(len(faces), dtype=np.int32), 3)
    ones = np.ones(len(corners), dtype=np.float32)
    return sparse.csr_array((ones, (corners, owner)), shape=(n_vertices, len(faces)))


def vertex_normals(
    vertices: Floats, faces: Ints, corners: sparse.csr_array | None = None
) -> Floats:
    """Compute the area-weighted unit normal at each vertex.

    Parameters
    ----------
    vertices : (..., V, 3)
    faces : (F, 3)
    corners : (V, F) `corner_matrix` of the faces, where it is at hand

    Returns
    -------
    (..., V, 3) float32; a vertex in no face gets (0, 0, 0)
    """
    vertices = np.asarray(vertices, dtype=np.float32)
    if corners is None:
        corners = corner_matrix(faces, vertices.shape[-2])
    frames = face_normals(vertices, faces).reshape(-1, len(faces), 3)
    summed = np.stack([corners @ frame for frame in frames])
    length = np.linalg.norm(summed, axis=-1, keepdims=True)
    unit = np.divide(summed, length, out=np.zeros_like(summed), where=length > 1e-12)
    return np.asarray(unit.reshape(vertices.shape), dtype=np.float32)


def surface_distance(
    vertices: NDArray[np.floating], faces: Ints, sources: NDArray[np.integer]
) -> Doubles:
    """Measure the way along edges from each vertex to the nearest source.

    Vertices at the very same place are one, so that a seam of a texture parts nothing.

    Parameters
    ----------
    vertices : (V, 3), in mm
    faces : (F, 3)
    sources : (N,) vertex ids

    Returns
    -------
    (V,) mm; infinity for a vertex that no source can be reached from
    """
    return nearest_on_surface(vertices, faces, sources)[0]


def nearest_on_surface(
    vertices: NDArray[np.floating], faces: Ints, sources: NDArray[np.integer]
) -> tuple[Doubles, NDArray[np.intp]]:
    """Find the source nearest to each vertex along edges; parameters as in `surface_distance`.

    Returns
    -------
    distance : (V,) mm, as from `surface_distance`
    source : (V,) its place among the sources; -1 where none can be reached
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    points = np.asarray(vertices, dtype=np.float64)
    one, place = _welded(points)
    corners = one[faces]
    low, high = np.divmod(np.unique(_edges(corners, len(place))), len(place))
    length = np.linalg.norm(place[low] - place[high], axis=1)
    graph = sparse.csr_array((length, (low, high)), shape=(len(place), len(place)))
    starts, first = np.unique(one[sources], return_index=True)
    reached, _, origin = csgraph.dijkstra(
        graph, directed=False, indices=starts, min_only=True, return_predecessors=True
    )
    number = np.full(len(place) + 1, -1, dtype=np.intp)  # the last stands for no source
    number[starts] = first
    return np.asarray(reached[one]), number[np.where(origin < 0, len(place), origin)][one]


def open_border(vertices: NDArray[np.floating], faces: Ints) -> NDArray[np.intp]:
    """Find the vertices on edges that belong to one face alone; a seam is no border.

    Parameters
    ----------
    vertices : (V, 3)
    faces : (F, 3)

    Returns
    -------
    (N,) vertex ids
    """
    one, place = _welded(np.asarray(vertices, dtype=np.float64))
    edges, count = np.unique(_edges(one[faces], len(place)), return_counts=True)
    ends = np.concatenate(np.divmod(edges[count == 1], len(place)))
    return np.flatnonzero(np.isin(one, ends))


def _edges(corners: NDArray[np.intp], n_places: int) -> NDArray[np.int64]:
    """Give each edge of each face (corner to corner) a number, the same where faces share one.

    Edges of no length are left out.
    """
    ends = np.sort(corners[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
    ends = ends[ends[:, 0] < ends[:, 1]]
    return np.asarray(ends[:, 0] * n_places + ends[:, 1])


def _welded(points: Doubles) -> tuple[NDArray[np.intp], Doubles]:
    """For each of (V, 3) points the number of its place, and the places (P, 3)."""
    order = np.lexsort(points.T)
    ordered = points[order]
    new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    one = np.empty(len(points), dtype=np.intp)
    one[order] = np.cumsum(new) - 1
    return one, ordered[new]
