"""The orbit: fitted, level, and never off the face."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.render.camera import FIELD_OF_VIEW, MAX_ELEVATION, NEAREST, Orbit

from .faces import ball

BALL = ball().vertices[0]
turns = st.floats(-500, 500)
aspects = st.floats(0.3, 4.0)


def projected(orbit: Orbit, points: np.ndarray, aspect: float) -> np.ndarray:
    """(N, 2) of points (N, 3) in the view, -1..1 from border to border."""
    right, up, towards = orbit.axes()
    away = points - orbit.position(aspect)
    depth = -(away @ towards)
    half = depth * math.tan(math.radians(FIELD_OF_VIEW / 2))
    return np.stack([away @ right / (half * aspect), away @ up / half], axis=1)


@given(aspects)
def test_front_view_holds_the_whole_face_and_fills_the_view(aspect: float) -> None:
    at = projected(Orbit.around(BALL), BALL, aspect)
    assert np.abs(at).max() < 1.0
    assert np.abs(at).max() > 0.75


def test_front_view_looks_along_minus_z_with_y_up() -> None:
    orbit = Orbit.around(BALL)
    right, up, towards = orbit.axes()
    np.testing.assert_allclose([right, up, towards], np.eye(3), atol=1e-12)


@given(st.lists(st.tuples(turns, turns), max_size=6), aspects)
def test_turning_keeps_axes_square_and_the_distance(
    drags: list[tuple[float, float]], aspect: float
) -> None:
    orbit = Orbit.around(BALL)
    away = orbit.distance(aspect)
    for drag in drags:
        orbit = orbit.turned(*drag)
    axes = np.stack(orbit.axes())
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-9)
    assert axes[1, 1] >= math.cos(math.radians(MAX_ELEVATION)) - 1e-9
    assert np.linalg.norm(orbit.position(aspect) - orbit.center) == pytest.approx(away)


@given(
    st.lists(
        st.tuples(st.sampled_from(["turn", "pan", "zoom"]), st.floats(-9, 9), st.floats(-9, 9)),
        max_size=12,
    ),
    aspects,
)
def test_no_series_of_drags_loses_the_face(
    drags: list[tuple[str, float, float]], aspect: float
) -> None:
    orbit = Orbit.around(BALL)
    for kind, a, b in drags:
        if kind == "turn":
            orbit = orbit.turned(50 * a, 50 * b)
        elif kind == "pan":
            orbit = orbit.panned(a, b)
        else:
            orbit = orbit.zoomed(math.exp(a))
    target = orbit.target(aspect) - orbit.center
    half = orbit.half_height(aspect)
    assert np.linalg.norm(target) <= math.sqrt(2) * half + 1e-6
    near, far = orbit.clipping(aspect)
    away = np.linalg.norm(orbit.position(aspect) - orbit.center)
    assert 0 < near < away + np.linalg.norm(orbit.size) and away < far
    assert orbit.zoom >= NEAREST


def test_front_undoes_every_drag() -> None:
    orbit = Orbit.around(BALL)
    moved = orbit.turned(30, 20).panned(0.2, 0.1).zoomed(0.4).front()
    np.testing.assert_array_equal(moved.position(1.2), orbit.position(1.2))
