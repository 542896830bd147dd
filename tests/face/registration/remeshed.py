"""Faces of the template on another triangulation, so that the right answer is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats
from studio.face.registration.landmarks import Landmarks
from studio.face.template import load_template

Index = NDArray[np.int32]


def dual(vertices: Floats, faces: Index) -> tuple[Doubles, Index]:
    """Make the mesh whose vertices are the middles of triangles, and those of their rings.

    Returns
    -------
    vertices : (F + V, 3); no vertex and no edge of the old mesh is in it
    faces : two an inner edge of the old mesh
    """
    middles = vertices[faces].mean(axis=1).astype(np.float64)
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    owner = np.repeat(np.arange(len(faces)), 3)
    summed, count = np.zeros((len(vertices), 3)), np.zeros(len(vertices))
    np.add.at(summed, start, middles[owner])
    np.add.at(count, start, 1)
    rings = summed / np.maximum(count, 1)[:, None]
    size = len(vertices)
    keys = start.astype(np.int64) * size + end
    order = np.argsort(keys)
    back = end.astype(np.int64) * size + start
    at = np.minimum(np.searchsorted(keys[order], back), len(keys) - 1)
    inner = keys[order][at] == back
    other = owner[order][at]
    corners = np.stack([start + len(faces), other, owner], axis=1)[inner]
    return np.concatenate([middles, rings]), corners.astype(np.int32)


def landmarks(face: Floats) -> Landmarks:
    """Mark the 68 landmarks of a face of the template's topology (V, 3)."""
    ids = load_template().landmarks
    return Landmarks.at_vertices(face[ids], ids)
