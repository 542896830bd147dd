"""Two clips in one window: halves, turns, distances, one playhead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from studio.core import InputError, MeshSequence, Timing
from studio.core.sequence import Floats
from studio.face.known import regions_of
from studio.face.template import load_template
from studio.render.comparing.apart import SurfaceDifference
from studio.render.comparing.difference import Difference, beside_note, moment_beside
from studio.render.comparing.heads import head_of
from studio.render.comparing.pair import Pair
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene

from .faces import ball, nodding

WIDE, HIGH = 160, 96


@pytest.fixture
def screen() -> Iterator[OffScreen]:
    with OffScreen(WIDE, HIGH) as screen:
        yield screen


@pytest.fixture
def pair(screen: OffScreen) -> Pair:
    scene = Scene(screen.renderer)
    scene.show_sequence(nodding(), regions_of(nodding().topology))
    return Pair(scene, screen.window, "light")


def turned(clip: MeshSequence, degrees: float) -> MeshSequence:
    turn = Rotation.from_euler("yx", [degrees, degrees / 2], degrees=True).as_matrix()
    moved = clip.vertices @ turn.T + np.array([8.0, -5.0, 12.0])
    return replace(clip, vertices=moved.astype(np.float32))


@pytest.mark.parametrize(
    ("frame", "frames", "fps", "moment", "note"),
    [
        (0, 6, 30, 0.0, ""),
        (5, 6, 30, 5.0, ""),
        (6, 6, 30, None, "has ended"),
        (3, 12, 60, 6.0, ""),
        (5, 12, 60, 10.0, ""),
        (6, 12, 60, None, "has ended"),
        (4, 12, 15, 2.0, "interpolated"),
        (3, 12, 15, 1.5, "interpolated"),
        (23, 12, 15, None, "has ended"),
        (10, 12, 24, 8.0, "interpolated"),
        (0, 1, 30, 0.0, ""),
        (1, 1, 30, None, "has ended"),
    ],
)
def test_the_same_second_is_shown_between_frames_and_nothing_past_the_end(
    frame: int, frames: int, fps: float, moment: float | None, note: str
) -> None:
    one, other = Timing(90, 30.0), Timing(frames, fps)
    assert moment_beside(frame, one, other) == moment
    assert beside_note(frame, one, other) == note


def test_equal_rates_meet_at_every_frame_however_they_are_rounded() -> None:
    for fps in (59.94, 23.976, 29.97, 1001 / 30):
        clip = Timing(100_000, fps)
        assert [moment_beside(k, clip, clip) for k in range(0, 100_000, 999)] == [
            *range(0, 100_000, 999)
        ]


def test_a_clip_of_half_the_rate_is_no_distance_away_at_any_moment() -> None:
    """One motion at 30 and at 15 frames a second: what lies between two frames is on the way."""
    one = nodding(7)
    other = replace(one, vertices=one.vertices[::2], fps=15.0)
    difference = Difference(one, other)
    difference.prepare(range(7))
    for frame in range(7):
        away = difference.displacement(frame, one.vertices[frame])
        assert away is not None
        np.testing.assert_allclose(away, 0.0, atol=2e-4)


def test_nothing_is_measured_past_the_end(pair: Pair) -> None:
    pair.show(nodding(2), regions_of(nodding().topology))
    pair.set_mode("error map")
    surface = pair.scene.surface
    mapped = [pair.show_frame(k) or colored(pair.scene) for k in (0, 1, 2, 3, 1)]
    assert mapped == [True, True, False, False, True]
    assert pair.scene.surface is surface and pair.scene.limit == 0.1


def colored(scene: Scene) -> bool:
    """Whether the face is drawn in the colors of a distance."""
    (visible, *others) = {
        actor.GetMapper().GetScalarVisibility() for actor in scene.surface.actors.values()
    }
    assert not others
    return bool(visible)


def test_distance_is_that_of_the_faces_and_not_of_the_heads() -> None:
    """The other head is turned and moved away; its jaw stays where the first one's drops."""
    one, rigid = nodding(), load_template().regions["rigid"]
    still = replace(one, vertices=np.repeat(one.vertices[:1], 4, axis=0))
    difference = Difference(one, turned(still, 20), rigid)
    for frame in (3, 0):
        away = difference.displacement(frame, one.vertices[frame])
        assert away is not None
        expected = np.where(load_template().regions["jaw"], 3.0 * frame, 0.0)
        np.testing.assert_allclose(np.linalg.norm(away, axis=1), expected, atol=0.03)


def test_distance_without_a_rigid_region_is_where_the_points_are() -> None:
    one, other = ball(), ball(radius=50)
    difference = Difference(one, other)
    difference.prepare([0, 3])
    away = difference.displacement(0, one.vertices[0])
    assert away is not None
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 10, atol=1e-3)


def test_clips_are_compared_where_they_lie_in_the_world() -> None:
    one, there = ball(), np.array([1e6, -5.0, 3e6])
    other = one.at(there + np.array([0.0, 3.0, 0.0]))
    away = Difference(one.at(there), other).displacement(2, one.vertices[2])
    assert away is not None
    np.testing.assert_array_equal(away, np.tile(np.float32([0, -3, 0]), (len(away), 1)))


def test_where_heads_lie_in_the_world_is_no_distance_of_their_faces() -> None:
    one, rigid = nodding(), load_template().regions["rigid"]
    difference = Difference(one, one.at(np.array([0.0, 3e6, 0.0])), rigid)
    away = difference.displacement(3, one.vertices[3])
    assert away is not None
    np.testing.assert_allclose(away, 0, atol=1e-3)


def test_distance_needs_one_triangulation() -> None:
    with pytest.raises(InputError, match=r"ball: expected the triangulation of nodding"):
        Difference(nodding(), ball())


def drawn(screen: OffScreen, pair: Pair) -> tuple[Floats, Floats]:
    """The left and the right half of the picture."""
    pair.place_camera(screen.aspect)
    picture = screen.draw().astype(np.float32)
    return picture[:, : WIDE // 2], picture[:, WIDE // 2 :]


def covered(picture: Floats) -> float:
    """The share of a picture in the colors of skin."""
    return float((picture[..., 0] - picture[..., 2] > 25).mean())


def test_two_clips_stand_side_by_side(screen: OffScreen, pair: Pair) -> None:
    pair.show(nodding(2), regions_of(nodding().topology))
    halves = drawn(screen, pair)
    assert all(covered(half) > 0.2 for half in halves)
    np.testing.assert_allclose(*halves, atol=4, err_msg="the same face from the same side")
    pair.show_frame(3)
    assert [covered(half) > 0.2 for half in drawn(screen, pair)] == [True, False], "it has ended"
    pair.show_frame(1)
    assert all(covered(half) > 0.2 for half in drawn(screen, pair))


def test_between_two_frames_the_points_are_on_the_way(pair: Pair) -> None:
    slow = replace(nodding(), fps=15.0)
    pair.show(slow, regions_of(slow.topology))
    pair.show_frame(3)
    half = (slow.vertices[1] + slow.vertices[2]) / 2
    np.testing.assert_allclose(pair.other.surface.points, half, atol=1e-4)
    pair.on_both(lambda scene: scene.set_heat_map(on=True))
    pair.show_frame(3)
    jaw = load_template().regions["jaw"]
    np.testing.assert_allclose(pair.other.surface.heat, np.where(jaw, 4.5, 0.0), atol=0.03)


def test_cameras_are_linked_and_a_clip_elsewhere_is_found(screen: OffScreen, pair: Pair) -> None:
    pair.show(nodding(2), regions_of(nodding().topology))
    pair.scene.orbit = pair.scene.orbit.turned(40, 5).zoomed(0.8)
    pair.place_camera(2.0)
    one, other = (s.renderer.GetActiveCamera() for s in (pair.scene, pair.other))
    assert one.GetPosition() == other.GetPosition()
    pair.show(ball(radius=5), None)
    pair.place_camera(2.0)
    assert pair.other.orbit.azimuth == 40 and pair.other.orbit.zoom == pair.scene.orbit.zoom
    assert np.linalg.norm(pair.other.orbit.size) < 20


def test_in_turn_both_fill_the_window(screen: OffScreen, pair: Pair) -> None:
    pair.show(ball(), None)
    pair.set_mode("flip")
    first = np.concatenate(drawn(screen, pair), axis=1)
    assert covered(first) > 0.2
    pair.set_mode("flip", flipped=True)
    pair.show_frame(2)
    second = np.concatenate(drawn(screen, pair), axis=1)
    assert covered(second) < 0.01, "the ball is gray"
    assert pair.other.frame == 2
    assert np.abs(second - first).max() > 60


def test_error_map_colors_by_distance_with_one_range(pair: Pair) -> None:
    still = replace(nodding(), vertices=np.repeat(nodding().vertices[:1], 4, axis=0))
    head = head_of(still.topology)
    pair.show(still, regions_of(still.topology), heads=(head, head))
    pair.set_mode("error map")
    pair.show_frame(3)
    jaw = load_template().regions["jaw"]
    np.testing.assert_allclose(pair.scene.surface.heat, np.where(jaw, 9.0, 0.0), atol=0.03)
    limits = set()
    for frame in range(4):
        pair.show_frame(frame)
        limits.add(pair.scene.limit)
    assert limits == {10.0}
    assert pair.scene.heat_map
    pair.set_mode("side by side")
    assert not pair.scene.heat_map


def test_overlay_shows_both_at_one_place_and_flip_one_again(screen: OffScreen, pair: Pair) -> None:
    wide = replace(nodding(), vertices=nodding().vertices * np.float32([1.3, 1, 1]))
    pair.show(wide, None)
    pair.set_mode("flip")
    alone = drawn(screen, pair)
    pair.set_mode("overlay")
    both = drawn(screen, pair)
    blue = [(half[..., 2] - half[..., 0] > 25).mean() for half in both]
    assert min(blue) > 0.05, "the other is over it in a light of its own"
    actor: Any = pair.other.renderer.GetActors().GetItemAsObject(0)
    assert actor.GetProperty().GetOpacity() < 1
    pair.set_mode("flip")
    assert actor.GetProperty().GetOpacity() == 1
    for one, other in zip(alone, drawn(screen, pair), strict=True):
        np.testing.assert_array_equal(one, other)


def test_error_map_of_other_triangulations_is_to_the_surface(pair: Pair) -> None:
    pair.show(ball(), None)
    pair.set_mode("error map")
    assert pair.can_measure and pair.scene.heat_map
    assert isinstance(pair.scene.against, SurfaceDifference)


def test_error_map_against_points_alone_is_side_by_side(screen: OffScreen, pair: Pair) -> None:
    pair.show(replace(ball(), faces=np.zeros((0, 3), dtype=np.int32)), None)
    pair.set_mode("error map")
    assert not pair.can_measure and not pair.scene.heat_map
    left, right = drawn(screen, pair)
    assert covered(left) > 0.2 > 0.01 > covered(right)


def test_heat_maps_beside_each_other_share_a_range(pair: Pair) -> None:
    pair.show(replace(nodding(), vertices=3 * nodding().vertices), None)
    pair.on_both(lambda scene: scene.set_heat_map(on=True))
    pair.refresh()
    assert pair.scene.limit == pair.other.limit == pair.other.own_limit > pair.scene.own_limit
    pair.close()
    assert pair.scene.limit == pair.scene.own_limit


def test_the_window_is_the_first_clips_again_in_the_end(screen: OffScreen, pair: Pair) -> None:
    pair.scene.place_camera(screen.aspect)
    pair.close()
    alone = screen.draw()
    again = Pair(pair.scene, screen.window, "light")
    again.show(ball(), None)
    again.set_mode("flip", flipped=True)
    drawn(screen, again)
    again.close()
    again.scene.place_camera(screen.aspect)
    np.testing.assert_array_equal(screen.draw(), alone)
    assert screen.window.GetRenderers().GetNumberOfItems() == 1
