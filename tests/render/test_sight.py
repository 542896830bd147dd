"""Where points are seen, and what lies under a pixel; beside what VTK draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.geometry import vertex_normals
from studio.render.camera import Orbit
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene
from studio.render.sight import Sight

from .faces import ball

CLIP = ball(2, rings=21, sides=24)
POINTS = CLIP.vertices[0]


def sight(*, parallel: bool = False, **turned: float) -> Sight:
    orbit = Orbit.around(POINTS).turned(turned.get("azimuth", 0), turned.get("elevation", 0))
    moved = orbit.panned(0.2, -0.1).zoomed(0.8)
    return Sight(replace(moved, parallel=parallel), 320, 240)


@pytest.mark.parametrize("parallel", [False, True])
def test_points_are_seen_where_vtk_draws_them(parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=30, elevation=20)
    with OffScreen(320, 240) as screen:
        scene = Scene(screen.renderer)
        scene.show_sequence(CLIP)
        scene.orbit = seen.orbit
        scene.place_camera(seen.aspect)
        renderer = screen.renderer
        screen.draw()
        for vertex in (0, 17, 100, 300):
            renderer.SetWorldPoint(*POINTS[vertex].tolist(), 1.0)
            renderer.WorldToDisplay()
            x, y, _ = renderer.GetDisplayPoint()
            np.testing.assert_allclose(seen.pixels(POINTS[[vertex]])[0], [x, 240 - y], atol=0.02)
        scene.clear()


@pytest.mark.parametrize("parallel", [False, True])
def test_a_move_by_pixels_goes_where_the_mouse_goes(parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=-50, elevation=10)
    point = POINTS[[40]]
    by = seen.shift(12, -7, float(seen.millimetres(point)[0]))
    np.testing.assert_allclose(seen.pixels(point + by) - seen.pixels(point), [[12, -7]], atol=1e-3)


@pytest.mark.parametrize("parallel", [False, True])
def test_the_vertex_under_a_pixel_is_the_front_most(parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=70, elevation=-15)
    facing = seen.facing(POINTS, vertex_normals(POINTS, CLIP.faces))
    pixels = seen.pixels(POINTS)
    for vertex in np.flatnonzero(facing > 0.3).tolist()[::7]:
        assert seen.vertex_at(POINTS, CLIP.faces, *pixels[vertex]) == vertex
    assert seen.vertex_at(POINTS, CLIP.faces, 1.0, 1.0) is None, "beside the face"
