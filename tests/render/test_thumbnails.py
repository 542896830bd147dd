"""Small pictures: the numpy rasterizer against brute force, and faces that can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import Cancelled, Progress
from studio.core.sequence import Floats
from studio.face.template import load_template
from studio.render.coloring import raster
from studio.render.coloring.raster import rasterize
from studio.render.thumbnails import apex, thumbnails

from .faces import ball, nodding

SIDE = 9


def nearest(corners: Floats) -> np.ndarray:
    """(SIDE, SIDE) face in front at each pixel, -1 for none: one pixel after the other."""
    found = np.full((SIDE, SIDE), -1)
    for row, column in np.ndindex(SIDE, SIDE):
        best = -np.inf
        for face, (a, b, c) in enumerate(corners.astype(float)):
            edges = np.array([[b[0] - a[0], c[0] - a[0]], [b[1] - a[1], c[1] - a[1]]])
            if np.linalg.det(edges) >= -1e-9:  # y points down: this one is seen from behind
                continue
            point = [column + 0.5 - a[0], row + 0.5 - a[1]]
            second, third = np.linalg.solve(edges, point)
            shares = np.array([1 - second - third, second, third])
            depth = shares @ [a[2], b[2], c[2]]
            if shares.min() >= 0 and depth > best:
                best, found[row, column] = depth, face
    return found


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 12))
def test_each_pixel_shows_the_nearest_face_that_looks_at_us(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    corners = chance.uniform(-4, SIDE + 4, (count, 3, 3)).astype(np.float32)
    cover = rasterize(corners, SIDE, SIDE)
    shown = np.full(SIDE * SIDE, -1)
    shown[cover.pixel] = cover.face
    expected = nearest(corners).ravel()
    # On an edge rounding decides.
    assert (shown != expected).sum() <= 1
    np.testing.assert_allclose(cover.weights.sum(axis=1), 1, atol=1e-3)


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    corners = np.random.default_rng(1).uniform(0, SIDE, (60, 3, 3)).astype(np.float32)
    whole = rasterize(corners, SIDE, SIDE)
    monkeypatch.setattr(raster, "SAMPLES", 50)
    parts = rasterize(corners, SIDE, SIDE)
    np.testing.assert_array_equal(whole.face, parts.face)
    np.testing.assert_array_equal(whole.weights, parts.weights)


def test_a_picture_is_a_warm_face_on_nothing_and_shows_its_motion() -> None:
    still, moved = thumbnails(nodding(), [0, 3], (32, 36))
    assert still.shape == (36, 32, 4)
    assert still[0, 0, 3] == 0 and still[18, 16, 3] == 255
    red, _, blue, _ = still[14:20, 12:20].reshape(-1, 4).mean(axis=0)
    assert red > blue + 20
    assert (still != moved).any()


def test_any_surface_has_a_picture() -> None:
    gray = thumbnails(ball(), [0], (32, 36))[0]
    assert gray[18, 16, 3] == 255 and np.ptp(gray[18, 16, :3].astype(int)) < 40
    bare = ball()
    flat = replace(bare, vertices=np.zeros_like(bare.vertices))
    assert not thumbnails(flat, [0], (8, 8))[..., 3].any()
    assert apex(flat) == 0


def test_drawing_stops_when_asked() -> None:
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        thumbnails(nodding(), [0], (8, 8), progress=stopped)


def test_the_apex_is_where_the_face_moves_most_and_not_the_head_nor_the_lids() -> None:
    template = load_template()
    vertices = np.repeat(template.vertices[None], 200, axis=0)
    vertices[40, template.regions["mouth"], 1] -= 4
    vertices[120, template.regions["eyes"], 1] -= 9
    vertices[160:, :, 0] += 30
    clip = replace(nodding(1), vertices=vertices)
    assert abs(apex(clip) - 40) <= 1
    assert apex(ball(7)) == 6
