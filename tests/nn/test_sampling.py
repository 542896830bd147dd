"""Thinning out, coming back up, and walking around."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import InputError
from studio.nn.decimation import collapse, components
from studio.nn.sampling import (
    Hierarchy,
    build_hierarchy,
    decimate,
    spiral_table,
    up_sampling,
)
from tests.nn.spiral_meshes import csr, grid, head_with_eyes, open_head, relabeled, shuffled, sphere

HEAD = head_with_eyes()
SEEDS = st.integers(0, 2**31)


def directed_edges(faces: np.ndarray) -> np.ndarray:
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])


def euler(faces: np.ndarray) -> int:
    edges = np.unique(np.sort(directed_edges(faces), axis=1), axis=0)
    return len(np.unique(faces)) - len(edges) + len(faces)


def open_edges(faces: np.ndarray) -> int:
    _, count = np.unique(np.sort(directed_edges(faces), axis=1), axis=0, return_counts=True)
    return int((count == 1).sum())


def neighbors(faces: np.ndarray, vertex: int) -> set[int]:
    edges = directed_edges(faces)
    return set(edges[(edges == vertex).any(axis=1)].ravel().tolist()) - {vertex}


# Decimation


@pytest.mark.parametrize("target", [250, 90, 40, 24])
def test_collapse_leaves_an_oriented_surface_of_the_same_kind(target: int) -> None:
    vertices, faces = HEAD
    kept, coarse = decimate(vertices, faces, target)
    assert len(kept) == target
    assert (np.diff(kept) > 0).all()
    assert set(np.unique(coarse)) == set(range(target))
    edges = directed_edges(coarse)
    assert len(np.unique(edges, axis=0)) == len(edges)
    assert euler(coarse) == euler(faces)
    assert 3 <= open_edges(coarse) <= open_edges(faces)
    assert target > 100 or open_edges(coarse) < open_edges(faces)


def test_small_parts_keep_at_least_four_vertices() -> None:
    vertices, faces = HEAD
    part = components(faces, len(vertices))
    kept, _ = decimate(vertices, faces, 24)
    assert np.bincount(part[kept]).tolist() == [16, 4, 4]


def test_collapse_does_not_fold_a_ball() -> None:
    vertices, faces = sphere(400)
    kept, coarse = decimate(vertices, faces, 50)
    a, b, c = vertices[kept][coarse].transpose(1, 0, 2)
    assert ((np.cross(b - a, c - a) * (a + b + c)).sum(axis=1) > 0).all()


def test_a_ball_loses_little_volume() -> None:
    vertices, faces = sphere(1000)

    def volume(points: np.ndarray, triangles: np.ndarray) -> float:
        return float(np.linalg.det(points[triangles]).sum() / 6)

    kept, coarse = decimate(vertices, faces, 250)
    assert volume(vertices[kept], coarse) > 0.97 * volume(vertices, faces)


def test_curved_regions_keep_more_vertices_than_flat_ones() -> None:
    vertices, faces = grid(24)
    bump = np.exp(-((vertices[:, :2] - 6.0) ** 2).sum(axis=1) / 6)
    vertices[:, 2] = 8 * bump
    kept, _ = decimate(vertices, faces, 120)
    assert (bump[kept] > 0.05).mean() > 1.5 * (bump > 0.05).mean()


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_collapse_does_not_depend_on_the_order_of_faces(seed: int) -> None:
    vertices, faces = HEAD
    first, second = (collapse(vertices, f, 80) for f in (faces, shuffled(faces, seed)))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_target_below_four_a_part_is_refused() -> None:
    with pytest.raises(InputError, match="at least 12 vertices for 3 parts, found 11"):
        decimate(*HEAD, 11)


def test_a_vertex_in_no_face_is_kept() -> None:
    vertices, faces = sphere(60)
    vertices = np.concatenate([vertices, [[9.0, 9.0, 9.0]]])
    coarse = collapse(vertices, faces, 20)
    assert 60 in coarse.kept
    index, weight = up_sampling(vertices, coarse)
    assert coarse.kept[index[60, 0]] == 60
    assert weight[60].tolist() == [1, 0, 0]


# Up-sampling


def test_weights_are_a_blend_inside_one_part() -> None:
    vertices, faces = HEAD
    hierarchy = build_hierarchy(vertices, faces, (4, 2), (9, 9))
    part = components(faces, len(vertices))
    for level in range(2):
        index, weight = hierarchy.up_index[level], hierarchy.up_weight[level]
        assert (weight >= 0).all()
        np.testing.assert_allclose(weight.sum(axis=1), 1, atol=1e-6)
        coarse_part = part[hierarchy.kept[level]]
        assert (coarse_part[index] == part[:, None]).all()
        part = coarse_part


def test_kept_vertices_come_back_exactly() -> None:
    hierarchy = build_hierarchy(*HEAD, (4,), (9,))
    kept, up = hierarchy.kept[0], csr(hierarchy.up_matrix(0))
    assert np.array_equal(up[kept].toarray(), np.eye(len(kept)))


def test_a_shift_of_the_whole_head_is_reproduced() -> None:
    hierarchy = build_hierarchy(*HEAD, (4,), (9,))
    shift = np.full((hierarchy.sizes[1], 3), (100.0, -20.0, 3.0), dtype=np.float32)
    np.testing.assert_allclose(csr(hierarchy.up_matrix(0)) @ shift - shift[0], 0, atol=2e-5)


def test_linear_functions_are_exact_where_the_surface_is_flat() -> None:
    vertices, faces = grid(17)
    hierarchy = build_hierarchy(vertices, faces, (4,), (9,))
    linear = vertices @ (0.3, -1.7, 2.0) + 5
    coarse = linear[hierarchy.kept[0]]
    np.testing.assert_allclose(csr(hierarchy.up_matrix(0)) @ coarse, linear, atol=1e-4)


def test_upsampling_beats_the_nearest_kept_vertex() -> None:
    vertices, faces = open_head(1000)
    coarse = collapse(vertices, faces, 250)
    index, weight = up_sampling(vertices, coarse)
    corners = vertices[coarse.kept]
    blended = (corners[index] * weight[..., None]).sum(axis=1)
    nearest = np.linalg.norm(vertices[:, None] - corners, axis=2).min(axis=1)
    assert np.linalg.norm(blended - vertices, axis=1).mean() < 0.25 * nearest.mean()


# Spirals


def test_a_spiral_starts_at_its_vertex_and_lists_whole_rings() -> None:
    vertices, faces = sphere(200)
    table = spiral_table(vertices, faces, 20)
    assert np.array_equal(table[:, 0], np.arange(200))
    for vertex in range(0, 200, 7):
        first = neighbors(faces, vertex)
        second = set().union(*(neighbors(faces, v) for v in first)) - first - {vertex}
        row = table[vertex].tolist()
        assert len(set(row)) == 20
        assert set(row[1 : 1 + len(first)]) == first
        assert set(row[1 + len(first) :][: len(second)]) <= second


def test_spirals_turn_counter_clockwise_from_the_top() -> None:
    vertices, faces = sphere(300)
    table = spiral_table(vertices, faces, 18)
    for vertex in np.flatnonzero(np.abs(vertices[:, 1]) < 0.9):
        normal = vertices[vertex]
        ahead = np.array([0, 1.0, 0]) - normal * normal[1]
        aside = np.cross(normal, ahead)
        ring = neighbors(faces, vertex)
        offsets = vertices[table[vertex, 1 : 1 + len(ring)]] - normal
        angles = np.arctan2(offsets @ aside, offsets @ ahead)
        assert abs(angles[0]) <= np.abs(angles).min() + 0.02
        turns = np.diff(np.append(angles, angles[0])) % (2 * np.pi)
        assert (turns > 0).all() and turns.sum() == pytest.approx(2 * np.pi)


def test_the_second_ring_follows_the_first() -> None:
    vertices, faces = grid(7)
    row = spiral_table(vertices, faces, 19)[24]
    offsets = vertices[row] - vertices[24]
    angles = np.unwrap(np.arctan2(offsets[7:, 1], offsets[7:, 0]))
    assert (np.diff(angles) > 0).all() and angles[-1] - angles[0] < 2 * np.pi


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_spirals_do_not_depend_on_the_order_of_faces(seed: int) -> None:
    vertices, faces = HEAD
    expected = spiral_table(vertices, faces, 9)
    assert np.array_equal(spiral_table(vertices, shuffled(faces, seed), 9), expected)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_relabeling_the_vertices_relabels_the_spirals(seed: int) -> None:
    vertices, faces = HEAD
    expected = spiral_table(vertices, faces, 12)
    points, renumbered, place = relabeled(vertices, faces, seed)
    assert np.array_equal(spiral_table(points, renumbered, 12)[place], place[expected])


def test_small_parts_fill_their_spirals_with_the_vertex_itself() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], dtype=np.int32)
    table = spiral_table(vertices, faces, 9)
    assert (table[:, 4:] == np.arange(4)[:, None]).all()
    assert all(set(row) == {0, 1, 2, 3} for row in table.tolist())


def test_an_open_edge_loop_is_walked_through() -> None:
    vertices, faces = grid(4)
    table = spiral_table(vertices, faces, 4)
    assert table[0].tolist() == [0, 4, 1, 5]
    assert table[3].tolist() == [3, 7, 6, 2]
    assert all(len(set(row)) == 4 for row in table.tolist())


def test_spirals_mirror_with_the_face_up_to_the_sense_of_turning() -> None:
    vertices, faces = open_head(200)
    mirrored, turned = vertices * (-1, 1, 1), faces[:, ::-1]
    here, there = spiral_table(vertices, faces, 2), spiral_table(mirrored, turned, 2)
    assert np.array_equal(here, there)


@pytest.mark.parametrize(
    ("faces", "found"),
    [([[0, 1, 2], [0, 1, 3]], "edge 0-1 used twice"), ([[0, 1, 7]], "others or no face")],
)
def test_faces_that_are_no_surface_are_refused(faces: list[list[int]], found: str) -> None:
    with pytest.raises(InputError, match=found):
        build_hierarchy(np.eye(4, 3), np.array(faces, dtype=np.int32), (1,), (4,))


# Hierarchy


def test_a_hierarchy_survives_the_way_through_plain_arrays() -> None:
    hierarchy = build_hierarchy(*HEAD, (4, 2), (9, 7))
    assert hierarchy.sizes == (len(HEAD[0]), len(hierarchy.kept[0]), len(hierarchy.kept[1]))
    arrays = hierarchy.arrays()
    back = Hierarchy.from_arrays({**arrays, "unrelated": np.zeros(3)})
    assert all(np.array_equal(arrays[name], array) for name, array in back.arrays().items())
    del arrays["up_weight_1"]
    with pytest.raises(InputError, match="no up_weight_1"):
        Hierarchy.from_arrays(arrays)


def test_building_twice_gives_the_same_tables() -> None:
    first, second = (build_hierarchy(*HEAD, (4, 2), (9, 9)).arrays() for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_every_step_needs_a_spiral_length() -> None:
    with pytest.raises(InputError, match="one for each of 3 steps"):
        build_hierarchy(*HEAD, (4, 4, 4), (9, 9))
