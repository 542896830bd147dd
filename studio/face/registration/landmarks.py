"""Landmarks of a foreign face, and where the template has the same ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Doubles, Floats, Ints
from studio.face.template import load_template

LEAST = 4  # landmarks; fewer say nothing of how a face is turned


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The same places on a foreign face and on the template.

    Attributes
    ----------
    points
        (M, 3) mm, on the foreign face in its own pose.
    triangle
        (M,) triangles of the template.
    barycentric
        (M, 3) where in them.
    weights
        (M,) how far each can be trusted, 0..1.

    Raises
    ------
    InputError
        For fewer than `LEAST`, or shapes that do not fit each other.
    """

    points: Floats
    triangle: Ints
    barycentric: Floats
    weights: Floats

    def __post_init__(self) -> None:
        count = len(self.points)
        arrays = self.points, self.triangle, self.barycentric, self.weights
        shapes = [array.shape for array in arrays]
        if shapes != [(count, 3), (count,), (count, 3), (count,)]:
            raise InputError.of("landmarks", "as many points as places", str(shapes))
        if count < LEAST:
            raise InputError.of("landmarks", f"{LEAST} or more", str(count))
        if not (np.isfinite(self.points).all() and np.isfinite(self.weights).all()):
            raise InputError.of("landmarks", "finite numbers", "others")

    @classmethod
    def at_vertices(
        cls, points: Floats, vertices: Ints, weights: Floats | None = None
    ) -> Landmarks:
        """Say where landmarks (M, 3) lie by template vertices (M,)."""
        faces = load_template().faces
        corner = np.full(faces.max() + 1, -1)
        corner[faces.ravel()] = np.arange(faces.size)
        triangle, place = np.divmod(corner[vertices], 3)
        weights = np.ones(len(points), dtype=np.float32) if weights is None else weights
        shares = np.eye(3, dtype=np.float32)[place]
        return cls(np.asarray(points, dtype=np.float32), triangle, shares, weights)

    @property
    def corners(self) -> Ints:
        """(M, 3) The template vertices about each landmark."""
        return load_template().faces[self.triangle]

    def on(self, vertices: Floats | Doubles) -> Doubles:
        """Find the landmarks (M, 3) on a face of the template's topology (V, 3)."""
        corners = np.asarray(vertices, dtype=np.float64)[self.corners]
        return np.asarray(np.einsum("mk,mkd->md", self.barycentric, corners))
