"""Normals of triangulated surfaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.core.surfaces import corner_matrix, vertex_normals

Array = NDArray[np.float64]
seeds = st.integers(0, 2**31 - 1)


def random_mesh(rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    # Whole numbers, so that float32 sums are exact and cancel exactly.
    vertices = rng.integers(-9, 10, size=(3, 12, 3)).astype(np.float32)
    faces = np.stack([rng.permutation(11)[:3] for _ in range(15)]).astype(np.int32)
    return vertices, faces  # vertex 11 is in no face


def brute_force_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> Array:
    out = np.zeros(vertices.shape)
    for frame, points in enumerate(vertices.astype(np.float64)):
        for a, b, c in faces:
            out[frame, [a, b, c]] += np.cross(points[b] - points[a], points[c] - points[a])
        for v in range(len(points)):
            length = np.linalg.norm(out[frame, v])
            out[frame, v] = out[frame, v] / length if length > 0 else 0.0
    return out


@given(seeds)
def test_normals_are_the_area_weighted_mean_of_the_faces(seed: int) -> None:
    vertices, faces = random_mesh(np.random.default_rng(seed))
    normals = vertex_normals(vertices, faces)
    np.testing.assert_allclose(normals, brute_force_normals(vertices, faces), atol=1e-6)
    assert not normals[:, 11].any()


def test_normals_of_one_frame_and_with_the_matrix_at_hand() -> None:
    vertices, faces = random_mesh(np.random.default_rng(1))
    whole = vertex_normals(vertices, faces, corner_matrix(faces, 12))
    np.testing.assert_array_equal(vertex_normals(vertices[1], faces), whole[1])


def test_a_counter_clockwise_triangle_points_at_the_viewer() -> None:
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=np.float32)
    normals = vertex_normals(triangle, np.array([[0, 1, 2]], dtype=np.int32))
    np.testing.assert_allclose(normals, [[0, 0, 1]] * 3)


@pytest.mark.parametrize("shape", [(0,), (5,)])
def test_corner_matrix_counts_the_faces_of_each_vertex(shape: tuple[int]) -> None:
    faces = np.stack([np.arange(3) + k for k in range(shape[0])] or [np.zeros(3)]).astype(np.int32)
    counts = corner_matrix(faces, 9).sum(axis=1)
    np.testing.assert_array_equal(counts, np.bincount(faces.ravel(), minlength=9))
