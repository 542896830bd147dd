"""Painting weights onto a face: what a round brush covers, and how weights change under it."""

from __future__ import annotations

import numpy as np

from studio.core.geometry import smoothstep
from studio.core.request import Range
from studio.core.sequence import Floats, Ints
from studio.core.surfaces import corner_matrix

RADIUS = Range(2.0, 60.0)  # mm
STRENGTH = Range(0.05, 1.0)
_PASSES = 4  # over the neighbors of each vertex, when weights are softened once


def covered(points: Floats, normals: Floats, middle: Floats, way: Floats, radius: float) -> Floats:
    """Tell how much of each vertex a round brush takes.

    Parameters
    ----------
    points, normals
        (V, 3) in mm, and the unit directions that the surface faces there.
    middle, way
        (3,) where the brush is on the surface, and the direction that this faces.
    radius
        mm from its middle, where it takes all, to its rim.

    Returns
    -------
    (V,) float32, 0..1; 0 for what faces the other way, such as the inside of a lip
    """
    away = np.linalg.norm(points - middle, axis=1)
    out = smoothstep(1 - away / np.float32(radius))
    out[normals @ way <= 0] = 0
    return np.asarray(out, dtype=np.float32)


def painted(weights: Floats, cover: Floats, strength: float, *, erasing: bool = False) -> Floats:
    """Bring weights (V,) towards 1, or towards 0, by what a brush covers (V,): (V,) in 0..1."""
    goal = np.float32(0.0 if erasing else 1.0)
    return np.clip(weights + np.float32(strength) * cover * (goal - weights), 0, 1)


def softened(weights: Floats, faces: Ints) -> Floats:
    """Let weights (V,) pass into each other along the faces (F, 3); one in no face stays."""
    corners = corner_matrix(faces, len(weights))
    count = np.asarray(corners.sum(axis=1))
    out = np.asarray(weights, dtype=np.float32)
    for _ in range(_PASSES):
        mean = corners @ out[faces].mean(axis=1) / np.maximum(count, 1)
        out = np.where(count > 0, mean, out).astype(np.float32)
    return np.clip(out, 0, 1)
