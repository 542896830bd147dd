"""Laws of the brush: what it covers, and how weights change under it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.regions.brush import covered, painted, softened

FACE = studio_face().template
NORMALS = vertex_normals(FACE.vertices, FACE.faces)
TIP = int(FACE.landmarks[30])


def test_a_brush_is_round_soft_and_takes_no_inside() -> None:
    cover = covered(FACE.vertices, NORMALS, FACE.vertices[TIP], NORMALS[TIP], 20.0)
    away = np.linalg.norm(FACE.vertices - FACE.vertices[TIP], axis=1)
    assert cover[TIP] == 1 and not cover[away >= 20].any()
    assert not cover[NORMALS @ NORMALS[TIP] <= 0].any(), "what faces the other way"
    taken = np.flatnonzero(cover)
    order = taken[np.argsort(away[taken])]
    assert (np.diff(cover[order]) <= 1e-6).all(), "less with distance"
    wider = covered(FACE.vertices, NORMALS, FACE.vertices[TIP], NORMALS[TIP], 40.0)
    assert (wider >= cover).all() and np.count_nonzero(wider) > len(taken)


@settings(max_examples=40)
@given(
    weight=st.floats(0, 1, width=32), cover=st.floats(0, 1, width=32), strength=st.floats(0.05, 1)
)
def test_a_stroke_goes_towards_its_goal_and_never_past(
    weight: float, cover: float, strength: float
) -> None:
    now, under = np.float32([weight]), np.float32([cover])
    more, less = painted(now, under, strength), painted(now, under, strength, erasing=True)
    assert 0 <= less <= now <= more <= 1
    assert painted(now, np.float32([1]), 1.0) == 1
    assert painted(now, np.float32([1]), 1.0, erasing=True) == 0
    np.testing.assert_array_equal(painted(now, np.float32([0]), strength), now)


def test_softening_spreads_a_step_and_leaves_what_is_even() -> None:
    ones = np.ones(FACE.n_vertices, np.float32)
    np.testing.assert_allclose(softened(ones, FACE.faces), ones, atol=1e-6)
    spot = np.zeros_like(ones)
    spot[TIP] = 1
    soft = softened(spot, FACE.faces)
    assert 0 < soft[TIP] < 1 and np.count_nonzero(soft) > 20
    lone = softened(np.float32([0, 0, 0, 1]), np.array([[0, 1, 2]], np.int32))
    np.testing.assert_array_equal(lone, [0, 0, 0, 1])
