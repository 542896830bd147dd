"""Edges that are drawn round."""

from __future__ import annotations

import numpy as np
import pytest

from studio.face.refinement import Refinement, long_edges

OCTAHEDRON = np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=np.float32
)
FACES = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]],
    dtype=np.int32,
)
EDGES = np.unique(np.sort(np.concatenate([FACES[:, [0, 1]], FACES[:, [1, 2]]]), axis=1), axis=0)


def area(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) of triangles, seen from outside."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


@pytest.mark.parametrize("count", range(len(EDGES) + 1))
def test_however_many_edges_are_split_no_gap_opens(count: int) -> None:
    finer = Refinement(FACES, 6, EDGES[:count])
    assert finer.n_vertices == 6 + count and len(finer.faces) == 8 + 2 * count
    sides = np.concatenate([finer.faces[:, [k, (k + 1) % 3]] for k in range(3)])
    assert len(np.unique(sides, axis=0)) == len(sides)
    assert {tuple(side) for side in sides} == {tuple(side[::-1]) for side in sides}
    flat = np.empty((finer.n_vertices, 3), dtype=np.float32)
    finer.middles(OCTAHEDRON, flat)
    by_parent = np.bincount(finer.parents, area(flat, finer.faces), minlength=8)
    np.testing.assert_allclose(by_parent, area(OCTAHEDRON, FACES), rtol=1e-5)


def test_coarse_vertices_stay_and_middles_come_near_the_sphere() -> None:
    finer = Refinement(FACES, 6, EDGES)
    out = np.empty((finer.n_vertices, 3), dtype=np.float32)
    finer.points(OCTAHEDRON, OCTAHEDRON, out)
    np.testing.assert_array_equal(out[:6], OCTAHEDRON)
    assert np.linalg.norm(out[6:], axis=1).min() > 0.88 > np.sqrt(0.5)


def test_flat_surfaces_stay_flat() -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float32)
    faces, normals = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32), np.zeros_like(square)
    normals[:, 2] = 1
    finer = Refinement(faces, 4, np.array([[2, 0], [1, 3]]))
    out = np.empty((finer.n_vertices, 3), dtype=np.float32)
    finer.points(square, normals, out)
    np.testing.assert_allclose(out[4:], [[0.5, 0.5, 0]])
    assert not len(long_edges(square, normals, faces, 1e-6))


def test_long_edges_are_those_that_leave_the_arc() -> None:
    found = long_edges(OCTAHEDRON, OCTAHEDRON, FACES, 0.2)
    assert len(found) == 12  # an edge of sqrt 2 under a quarter turn leaves 0.28
    assert not len(long_edges(OCTAHEDRON, OCTAHEDRON, FACES, 0.3))
