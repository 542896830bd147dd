"""Where points are seen, and what lies under a pixel; beside what VTK draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.surfaces import vertex_normals
from studio.face.studio_face import LANDMARKS_68
from studio.face.template import load_template
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
            renderer.SetWorldPoint([*POINTS[vertex].tolist(), 1.0])
            renderer.WorldToDisplay()
            x, y, _ = renderer.GetDisplayPoint()
            np.testing.assert_allclose(seen.pixels(POINTS[[vertex]])[0], [x, 240 - y], atol=0.02)
        scene.clear()


@pytest.mark.parametrize("parallel", [False, True])
def test_a_move_by_pixels_goes_where_the_mouse_goes(parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=-50, elevation=10)
    point = POINTS[[40]]
    by = seen.shift(12, -7, float(seen.millimeters(point)[0]))
    np.testing.assert_allclose(seen.pixels(point + by) - seen.pixels(point), [[12, -7]], atol=1e-3)


@pytest.mark.parametrize("parallel", [False, True])
def test_the_vertex_under_a_pixel_is_the_front_most(parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=70, elevation=-15)
    facing = seen.facing(POINTS, vertex_normals(POINTS, CLIP.faces))
    pixels = seen.pixels(POINTS)
    for vertex in np.flatnonzero(facing > 0.3).tolist()[::7]:
        assert seen.vertex_at(POINTS, CLIP.faces, *pixels[vertex]) == vertex
    assert seen.vertex_at(POINTS, CLIP.faces, 1.0, 1.0) is None, "beside the face"


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("azimuth", [0, 75, -160])
def test_of_a_ball_the_far_half_is_hidden(azimuth: float, parallel: bool) -> None:
    seen = sight(parallel=parallel, azimuth=azimuth, elevation=20)
    normals = vertex_normals(POINTS, CLIP.faces)
    hidden, facing = (
        seen.hidden(POINTS, CLIP.faces, POINTS, normals),
        seen.facing(POINTS, normals),
    )
    assert hidden[facing < -0.35].all() and not hidden[facing > 0.0].any()
    assert not seen.hidden(POINTS, CLIP.faces[:0], POINTS, normals).any(), "nothing is in the way"


def test_what_stands_before_hides_what_faces_the_camera() -> None:
    seen = sight()
    nearer = POINTS * np.float32(0.3) + np.float32([0, 0, 150])
    points = np.concatenate([POINTS, nearer])
    faces = np.concatenate([CLIP.faces, CLIP.faces + len(POINTS)])
    normals = vertex_normals(points, faces)
    pixels, middle = seen.pixels(points), seen.pixels(nearer.mean(axis=0, keepdims=True))
    radius = np.linalg.norm(pixels[len(POINTS) :] - middle, axis=1).max()
    away = np.linalg.norm(pixels - middle, axis=1)[: len(POINTS)]
    facing = seen.facing(points, normals)[: len(POINTS)] > 0.2
    hidden = seen.hidden(points, faces, points, normals)[: len(POINTS)]
    assert hidden[facing & (away < 0.8 * radius)].all()
    assert not hidden[facing & (away > 1.1 * radius)].any()
    assert (facing & (away < 0.8 * radius)).any() and (facing & (away > 1.1 * radius)).any()


def test_in_profile_the_near_eye_and_half_of_the_mouth_are_left() -> None:
    template = load_template()
    points, faces = template.vertices, template.faces
    at = points[list(LANDMARKS_68)]
    normals = vertex_normals(points, faces)[list(LANDMARKS_68)]
    front = Sight(Orbit.around(points), 700, 520)
    assert not front.hidden(points, faces, at, normals).any()
    profile = replace(front, orbit=front.orbit.turned(90, 0))
    seen = ~profile.hidden(points, faces, at, normals) & (profile.facing(at, normals) > -0.15)
    right, left = seen[36:42], seen[42:48]
    assert min(right.sum(), left.sum()) == 0 and max(right.sum(), left.sum()) >= 3
    assert seen[48] != seen[54], "one corner of the mouth"
    assert seen[27:30].all(), "the bridge of the nose is the outline"
