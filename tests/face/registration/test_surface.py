"""The nearest points of a surface, against a search of every triangle."""

from __future__ import annotations

import numpy as np
import pytest

from studio.face.registration.surface import Surface, nearest_on_triangles


@pytest.mark.parametrize("size", [1.0, 80.0])
def test_it_is_the_nearest_of_all_triangles(size: float) -> None:
    rng = np.random.default_rng(0)
    vertices = size * rng.normal(size=(60, 3))
    faces = rng.permutation(60).reshape(-1, 3).astype(np.int32)
    points = 1.5 * size * rng.normal(size=(50, 3))
    found = Surface(vertices, faces, np.arange(len(faces))).nearest(points)
    every = [
        nearest_on_triangles(points, np.repeat(vertices[face][None], 50, axis=0)) for face in faces
    ]
    least = np.linalg.norm(np.array(every) - points, axis=2).min(axis=0)
    np.testing.assert_allclose(found.distance, least, atol=1e-6 * size)


def test_a_point_is_the_shares_of_its_triangle() -> None:
    rng = np.random.default_rng(1)
    vertices, faces = 40 * rng.normal(size=(9, 3)), np.arange(9, dtype=np.int32).reshape(3, 3)
    surface = Surface(vertices, faces, np.arange(3))
    found = surface.nearest(30 * rng.normal(size=(20, 3)))
    shares = surface.barycentric(found.point, found.triangle)
    again = np.einsum("pk,pkd->pd", shares, vertices[faces[found.triangle]])
    np.testing.assert_allclose(again, found.point, atol=1e-6)


def test_the_rim_is_where_one_triangle_ends_alone() -> None:
    vertices = np.array([[0.0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 4, 0]])
    surface = Surface(vertices, np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32), np.arange(2))
    found = surface.nearest(np.array([[2.0, -1, 0], [2, 2, 1], [3, 1, 1]]))
    assert found.rim.tolist() == [True, False, False]
    np.testing.assert_allclose(found.normal, np.tile([0.0, 0.0, 1.0], (3, 1)), atol=1e-6)
