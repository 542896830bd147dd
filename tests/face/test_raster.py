"""Pictures of meshes show what is nearest, and tell the place under each pixel."""

from __future__ import annotations

import numpy as np
import pytest

from studio.face.registration import raster
from studio.face.registration.raster import NOTHING, Effort, Spent, draw

SQUARE = np.array([[2, 2, 0], [12, 2, 0], [12, 12, 0], [2, 12, 0]], dtype=np.float64)
TWO = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def soup(seed: int, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    points = np.random.default_rng(seed).uniform(-4, 36, (3 * count, 3))
    return points, np.arange(3 * count, dtype=np.int32).reshape(-1, 3)


def test_a_square_covers_each_of_its_pixels_once() -> None:
    picture = draw(SQUARE, TWO, 16)
    covered = picture.triangle != NOTHING
    assert covered.sum() == 100 and covered[2:12, 2:12].all()
    assert set(picture.triangle[covered]) == {0, 1}


@pytest.mark.parametrize("faces", [TWO, TWO[:, ::-1]], ids=["either", "way"])
def test_both_sides_of_a_triangle_are_seen(faces: np.ndarray) -> None:
    assert (draw(SQUARE, faces, 16).triangle != NOTHING).sum() == 100


def test_the_nearer_of_two_hides_the_other_in_any_order() -> None:
    near = SQUARE + np.array([4, 0, 1])
    points = np.concatenate([SQUARE, near])
    faces = np.concatenate([TWO, TWO + 4]).astype(np.int32)
    for order in (np.arange(4), np.arange(4)[::-1]):
        shown = draw(points, faces[order], 24).triangle
        assert (order[shown[shown != NOTHING]] >= 2).sum() == 100
        assert (shown != NOTHING).sum() == 140


def test_each_pixel_is_the_nearest_point_under_its_middle() -> None:
    points, faces = soup(3)
    picture = draw(points, faces, 32)
    corners = points[faces]
    for row, column in np.random.default_rng(0).integers(0, 32, (60, 2)):
        middle = np.array([column + 0.5, row + 0.5])
        shares = np.array(
            [np.linalg.solve(np.vstack([t[:, :2].T, np.ones(3)]), [*middle, 1]) for t in corners]
        )
        depth = np.where((shares >= 0).all(axis=1), (shares * corners[..., 2]).sum(axis=1), -np.inf)
        best = depth.argmax()
        assert picture.triangle[row, column] == (best if np.isfinite(depth[best]) else NOTHING)
        if np.isfinite(depth[best]):
            np.testing.assert_allclose(picture.barycentric[row, column], shares[best], atol=1e-5)


def test_a_picture_drawn_in_many_parts_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    points, faces = soup(5)
    once = draw(points, faces, 32)
    monkeypatch.setattr(raster, "_MOST", 50)
    parts = draw(points, faces, 32)
    np.testing.assert_array_equal(once.triangle, parts.triangle)
    np.testing.assert_array_equal(once.barycentric, parts.barycentric)


def test_pictures_cost_what_they_cover_and_no_more_than_is_left() -> None:
    effort = Effort(450)
    once = draw(SQUARE, TWO, 16, effort)  # two triangles, each in a box of 100 pixels
    assert effort.left == 250
    np.testing.assert_array_equal(once.triangle, draw(SQUARE, TWO, 16).triangle)
    draw(SQUARE, TWO, 16, effort)
    with pytest.raises(Spent):
        draw(SQUARE, TWO, 16, effort)


@pytest.mark.parametrize("shift", [(50, 0, 0), (0, -50, 0)])
def test_what_lies_outside_is_not_drawn(shift: tuple[int, int, int]) -> None:
    assert (draw(SQUARE + shift, TWO, 16).triangle == NOTHING).all()


def test_triangles_without_area_are_not_drawn() -> None:
    points = np.array([[1, 1, 0], [9, 9, 0], [5, 5, 3]], dtype=np.float64)
    line, dot = np.array([[0, 1, 2]], dtype=np.int32), np.array([[0, 0, 0]], dtype=np.int32)
    assert (draw(points, np.concatenate([line, dot]), 16).triangle == NOTHING).all()
    assert (draw(points, line[:0], 16).triangle == NOTHING).all()


def test_a_picture_is_painted_by_numbers_of_vertices() -> None:
    picture = draw(SQUARE, TWO, 16)
    painted = picture.painted(TWO, SQUARE[:, 0].astype(np.float32), background=-1.0)
    assert painted[0, 0] == -1
    np.testing.assert_allclose(painted[5, 2:12], np.arange(2, 12) + 0.5, atol=1e-5)
