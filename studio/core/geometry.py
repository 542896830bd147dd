"""Geometry of faces and curves as pure functions on arrays, numpy alone."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Real = TypeVar("Real", np.float32, np.float64)


def face_normals(vertices: NDArray[Real], faces: NDArray[np.integer]) -> NDArray[Real]:
    """Compute a normal for each face.

    Parameters
    ----------
    vertices : (..., V, 3)
    faces : (F, 3)

    Returns
    -------
    (..., F, 3), each twice the face's area long; a degenerate face gives (0, 0, 0)
    """
    a, b, c = (vertices[..., faces[:, k], :] for k in range(3))
    u, v = b - a, c - a
    out = np.empty_like(u)
    out[..., 0] = u[..., 1] * v[..., 2] - u[..., 2] * v[..., 1]
    out[..., 1] = u[..., 2] * v[..., 0] - u[..., 0] * v[..., 2]
    out[..., 2] = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return out


def smoothstep(share: NDArray[Real]) -> NDArray[Real]:
    """Rise from 0 at 0 to 1 at 1, flat at both ends.

    Parameters
    ----------
    share : numbers of any shape (...,), of which those outside 0..1 count as the nearer end
    """
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def sphere(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Find the sphere nearest to points (P, 3): its center (3,) and radius, in mm."""
    middle = points.mean(axis=0)
    away = points - middle
    system = np.c_[2 * away, np.ones(len(points))]
    found = np.linalg.lstsq(system, (away**2).sum(axis=1), rcond=None)[0]
    radius = float(np.sqrt(max(found[3] + found[:3] @ found[:3], 0.0)))
    return middle + found[:3], radius
