"""What of a mesh is skin: seams, parts beside the face, and triangles wound either way."""

from __future__ import annotations

import numpy as np

from studio.face.registration.skin import find_skin, wound_alike


def bowl(size: int = 12, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A square of triangles, bent toward -z at its rim and wound toward +z."""
    x, y = np.meshgrid(np.linspace(-50, 50, size), np.linspace(-50, 50, size))
    points = np.stack([x + shift, y, -(x**2 + y**2) / 200], axis=-1).reshape(-1, 3)
    first = np.arange(size * size).reshape(size, size)
    a, b, c, d = first[:-1, :-1], first[:-1, 1:], first[1:, 1:], first[1:, :-1]
    faces = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)
    return points, faces


MARKS = np.array([[-20.0, 0, -2], [20.0, 0, -2], [0, 20.0, -2], [0, -20.0, -2]])
FORWARD = np.tile([0.0, 0.0, 1.0], (4, 1))


def test_triangles_wound_at_random_are_turned_outward() -> None:
    points, faces = bowl()
    turned = np.random.default_rng(0).random(len(faces)) < 0.4
    mixed = np.where(turned[:, None], faces[:, ::-1], faces)
    found = find_skin(points, mixed, MARKS, FORWARD)
    np.testing.assert_array_equal(found.flipped, turned)
    np.testing.assert_array_equal(found.surface.faces, faces)


def test_triangles_wound_at_random_are_turned_as_most_are_even_where_they_share_no_vertex() -> None:
    points, faces = bowl()
    turned = np.random.default_rng(0).random(len(faces)) < 0.3
    mixed = np.where(turned[:, None], faces[:, ::-1], faces)
    np.testing.assert_array_equal(wound_alike(points, mixed), faces)
    loose = np.arange(faces.size).reshape(-1, 3)
    expected = np.where(turned[:, None], loose[:, ::-1], loose)
    np.testing.assert_array_equal(wound_alike(points[mixed.ravel()], loose), expected)


def test_triangles_wound_alike_stay_as_they_are_be_it_inward() -> None:
    points, faces = bowl()
    inward = faces[:, ::-1]
    np.testing.assert_array_equal(wound_alike(points, inward), inward)


def test_a_surface_wound_inward_is_known_as_such() -> None:
    points, faces = bowl()
    assert find_skin(points, faces, MARKS, FORWARD).inward == 0.0
    assert find_skin(points, faces[:, ::-1], MARKS, FORWARD).inward == 1.0


def test_a_seam_parts_nothing_and_a_part_beside_the_face_is_left_out() -> None:
    points, faces = bowl()
    soup, own = points[faces].reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3)
    hat, hat_faces = bowl(shift=200.0)
    vertices = np.concatenate([soup, hat])
    both = np.concatenate([own, hat_faces + len(soup)])
    found = find_skin(vertices, both, MARKS, FORWARD)
    np.testing.assert_array_equal(found.surface.source, np.arange(len(faces)))


def test_triangles_without_area_are_left_out() -> None:
    points, faces = bowl()
    flat = np.concatenate([faces[:3][:, [0, 0, 1]], faces])
    found = find_skin(points, flat, MARKS, FORWARD)
    np.testing.assert_array_equal(found.surface.source, np.arange(3, len(flat)))
