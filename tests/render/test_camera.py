"""The orbit: fitted, level, and never off the face."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document import ViewState
from studio.render.camera import FIELD_OF_VIEW, MAX_ELEVATION, NEAREST, PRESETS, Orbit

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
    if orbit.parallel:
        half = np.full_like(depth, orbit.scale(aspect))
    return np.stack([away @ right / (half * aspect), away @ up / half], axis=1)


@given(aspects, st.booleans())
def test_front_view_holds_the_whole_face_and_fills_the_view(aspect: float, parallel: bool) -> None:
    at = projected(replace(Orbit.around(BALL), parallel=parallel), BALL, aspect)
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


@pytest.mark.parametrize(
    ("preset", "seen"),
    [("front", (0, 0, 1)), ("left", (1, 0, 0)), ("right", (-1, 0, 0)), ("top", (0, 1, 0))],
)
def test_presets_show_the_side_they_are_called_by(
    preset: str, seen: tuple[float, float, float]
) -> None:
    """The template looks along +z, and +x is its own left."""
    start = Orbit.around(BALL).turned(33, 21).panned(0.5, 0.2).zoomed(0.5)
    orbit = start.looking(*PRESETS[preset])
    np.testing.assert_allclose(orbit.axes()[2], seen, atol=0.1)
    assert orbit.zoom == start.zoom and orbit.pan == (0, 0)


def test_a_parallel_view_stays_outside_the_face_however_near_it_zooms() -> None:
    orbit = replace(Orbit.around(BALL), parallel=True)
    near = orbit.zoomed(1e-6)
    assert near.distance(1.3) == orbit.distance(1.3)
    assert near.scale(1.3) == pytest.approx(NEAREST * orbit.scale(1.3))
    assert near.clipping(1.3) == orbit.clipping(1.3)


@given(turns, turns, st.floats(-1, 1), st.floats(0.2, 3), st.booleans())
def test_a_view_that_was_kept_comes_back(
    azimuth: float, elevation: float, pan: float, zoom: float, parallel: bool
) -> None:
    orbit = Orbit.around(BALL).turned(azimuth, elevation).panned(pan, -pan / 2).zoomed(zoom)
    orbit = replace(orbit, parallel=parallel)
    state = orbit.told(ViewState(shading="flat"))
    again = Orbit.around(BALL).under(state)
    assert again.told(ViewState(shading="flat")) == replace(
        state, azimuth=again.azimuth, elevation=again.elevation
    )
    np.testing.assert_allclose(again.position(1.2), orbit.position(1.2), atol=1e-6)


def test_fitting_keeps_the_side_and_the_front_keeps_the_lens() -> None:
    orbit = replace(Orbit.around(BALL), parallel=True).turned(30, 10).panned(0.4, 0).zoomed(0.3)
    assert (orbit.fitted().azimuth, orbit.fitted().zoom, orbit.fitted().pan) == (30, 1, (0, 0))
    assert orbit.front().parallel and orbit.front().azimuth == 0


@given(st.floats(0.4, 2.0), st.sampled_from([0.0, 45.0, 90.0, -90.0, 180.0]), st.booleans())
def test_a_head_that_is_deeper_than_wide_is_held_from_every_side(
    aspect: float, azimuth: float, parallel: bool
) -> None:
    head = BALL * np.float32([0.9, 1.3, 1.15])
    orbit = replace(Orbit.around(head), parallel=parallel).turned(azimuth, 0)
    assert np.abs(projected(orbit, head, aspect)).max() < 1.0


def test_a_face_on_its_back_is_seen_upright_from_its_front() -> None:
    stand = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # z up, the front towards -y
    rng = np.random.default_rng(4)
    upright = rng.normal(size=(50, 3)) * [60, 110, 90] + [3, 5, 7]
    lying = upright @ stand
    seen, wanted = Orbit.around(lying, stand), Orbit.around(upright)
    np.testing.assert_allclose(seen.size, wanted.size)
    for orbit, other in (
        (seen, wanted),
        (seen.turned(30, 20).panned(0.1, 0.2), wanted.turned(30, 20).panned(0.1, 0.2)),
        (seen.turned(30, 20).front(), wanted),
        (wanted.turned(30, 0).standing(stand, lying), wanted.turned(30, 0)),
    ):
        np.testing.assert_allclose(orbit.position(1.5), other.position(1.5) @ stand, atol=1e-9)
        np.testing.assert_allclose(orbit.axes(), np.array(other.axes()) @ stand, atol=1e-12)
    assert seen.standing(stand, upright) is seen and not seen.misses(lying)
