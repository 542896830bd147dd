"""Normals and rigid alignment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from studio.core.geometry import (
    apply_rigid,
    corner_matrix,
    rigid_alignment,
    undo_rigid,
    vertex_normals,
)

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


def moved_points(seed: int, frames: int = 4, points: int = 40) -> tuple[Array, Array, Array, Array]:
    rng = np.random.default_rng(seed)
    goal = rng.normal(scale=50.0, size=(points, 3))
    turns = Rotation.random(frames, random_state=seed % 2**31).as_matrix()
    shifts = rng.normal(scale=100.0, size=(frames, 3))
    source = (goal - shifts[:, None]) @ turns  # so that source @ R.T + t is the goal
    return source, goal, turns, shifts


@given(seeds)
def test_alignment_finds_the_rotation_and_the_shift(seed: int) -> None:
    source, goal, turns, shifts = moved_points(seed)
    rotation, shift = rigid_alignment(source, goal)
    np.testing.assert_allclose(rotation, turns, atol=1e-8)
    np.testing.assert_allclose(shift, shifts, atol=1e-6)


@given(seeds)
def test_alignment_never_mirrors(seed: int) -> None:
    source, goal, _, _ = moved_points(seed)
    rotation, _ = rigid_alignment(source * [-1, 1, 1], goal)
    np.testing.assert_allclose(np.linalg.det(rotation), 1.0, atol=1e-9)


@given(seeds)
def test_points_that_moved_do_not_pull_the_rest_along(seed: int) -> None:
    source, goal, turns, _ = moved_points(seed, points=60)
    moved = source.copy()
    moved[:, :12] += np.array([0.0, 15.0, 5.0])
    plain, _ = rigid_alignment(moved, goal)
    robust, _ = rigid_alignment(moved, goal, rounds=6)
    assert np.abs(robust - turns).max() < 1e-6 < np.abs(plain - turns).max()


@given(seeds)
def test_undo_is_the_inverse(seed: int) -> None:
    source, _, turns, shifts = moved_points(seed)
    frames = source.astype(np.float32)
    back = undo_rigid(apply_rigid(frames, turns, shifts), turns, shifts)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, frames, atol=1e-3)


def test_alignment_is_the_best_in_least_squares() -> None:
    rng = np.random.default_rng(0)
    source, goal, _, _ = moved_points(3)
    source = source + rng.normal(scale=2.0, size=source.shape)
    rotation, shift = rigid_alignment(source, goal)

    def squares(turn: Array, move: Array) -> float:
        return float(((source @ turn.transpose(0, 2, 1) + move[:, None] - goal) ** 2).sum())

    best = squares(rotation, shift)
    for k in range(20):
        near = Rotation.from_rotvec(rng.normal(scale=1e-2, size=3)).as_matrix() @ rotation
        assert squares(near, shift + rng.normal(scale=0.1, size=3)) > best, k


@pytest.mark.parametrize("shape", [(0,), (5,)])
def test_corner_matrix_counts_the_faces_of_each_vertex(shape: tuple[int]) -> None:
    faces = np.stack([np.arange(3) + k for k in range(shape[0])] or [np.zeros(3)]).astype(np.int32)
    counts = corner_matrix(faces, 9).sum(axis=1)
    np.testing.assert_array_equal(counts, np.bincount(faces.ravel(), minlength=9))
