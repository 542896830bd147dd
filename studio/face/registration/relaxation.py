"""The non-rigid fit: vertices drawn to a surface, as smoothly as the surface allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.core.surfaces import vertex_normals

from .head import Head
from .landmarks import Landmarks
from .sparse import factor
from .surface import Index, Nearest, Surface

if TYPE_CHECKING:
    from scipy import sparse

# How stiff the surface is in each round, and how much of the landmarks' weight is left.
_STIFFNESS = (100.0, 30.0, 30.0, 10.0, 10.0, 3.0, 3.0, 1.0, 1.0, 0.3, 0.1, 0.1)
_MEMBRANE = 0.05  # of stretching, beside bending
_LANDMARK = 0.5  # weight of a landmark at first
_REACH = 3.0  # mm of the Cauchy weight
_ALIKE = 0.5  # cosine between normals above which points may be partners
_RIM = 0.8  # mm; a partner on an open border is one if it is this near


def relax(
    head: Head, start: Doubles, surface: Surface, marks: Landmarks, progress: Progress
) -> Doubles:
    """Fit the outside of the template to a surface.

    Parameters
    ----------
    head : the template
    start : (V, 3) mm, a face near to the surface
    surface : what it shall lie on
    marks : landmarks on the surface, which lead at first and say nothing at last
    """
    from scipy import sparse

    ids = np.flatnonzero(head.outside)
    smooth = sparse.csr_array(head.laplacian[ids][:, ids])
    stiff = sparse.csc_array(smooth.T @ smooth + _MEMBRANE * smooth)
    faces = head.template.faces
    vertices = start.copy()
    pick = _picks(marks, ids, len(start))
    for place, stiffness in enumerate(progress.each(_STIFFNESS, "Fitting the surface")):
        near = surface.nearest(vertices[ids])
        normals = vertex_normals(vertices.astype(np.float32), faces)[ids]
        weight = believed(near, normals)
        lead = _LANDMARK * (1 - place / (len(_STIFFNESS) - 1)) ** 2
        system = stiffness * stiff + sparse.diags_array(weight + 1e-6)
        goal = weight[:, None] * (near.point - start[ids])
        if lead:
            system = system + lead * (pick.T @ pick)
            goal = goal + lead * (pick.T @ (marks.points - marks.on(start)))
        vertices[ids] = start[ids] + factor(system).solve(goal)
    return vertices


def believed(near: Nearest, normals: Floats, reach: float = _REACH) -> Doubles:
    """Weigh partners (P,), 0..1: by distance, normals that agree, and no border between."""
    alike = np.einsum("pd,pd->p", normals, near.normal)
    good = (alike > _ALIKE) & (~near.rim | (near.distance < _RIM))
    return np.asarray(good / (1 + (near.distance / reach) ** 2))


def _picks(marks: Landmarks, ids: Index, count: int) -> sparse.csr_array:
    """Make the matrix (M, P) that takes vertices `ids` (P,) to the landmarks all in them."""
    from scipy import sparse

    number = np.full(count, -1)
    number[ids] = np.arange(len(ids))
    inside = (number[marks.corners] >= 0).all(axis=1)
    shares = marks.barycentric * np.sqrt(marks.weights * inside)[:, None]
    rows = np.repeat(np.arange(len(shares)), 3)
    columns = np.maximum(number[marks.corners], 0).ravel()
    return sparse.csr_array((shares.ravel(), (rows, columns)), shape=(len(shares), len(ids)))
