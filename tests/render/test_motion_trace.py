"""Ghosts and trails: frames before and after, where there are any, and the way of landmarks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from studio.face.known import regions_of
from studio.render.motion_trace import AFTER, BEFORE
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene

from .faces import ball, nodding


@pytest.fixture
def scene() -> Iterator[Scene]:
    with OffScreen(160, 120) as screen:
        made = Scene(screen.renderer)
        clip = nodding(12)
        made.show_sequence(clip, regions_of(clip.topology))
        yield made
        made.clear()


def actors_of(scene: Scene) -> list[Any]:
    """What is drawn."""
    found = scene.renderer.GetActors()
    actors: list[Any] = [found.GetItemAsObject(place) for place in range(found.GetNumberOfItems())]
    return [actor for actor in actors if actor.GetVisibility()]


def drawn(scene: Scene) -> list[tuple[float, ...]]:
    """The colors of what is drawn besides the face."""
    colors = [tuple(actor.GetProperty().GetColor()) for actor in actors_of(scene)]
    return [color for color in colors if color in (BEFORE, AFTER)]


def test_ghosts_are_the_frames_five_and_ten_away_as_far_as_there_are_any(scene: Scene) -> None:
    assert drawn(scene) == []
    scene.set_traced(["ghosts"])
    for frame, before, after in ((0, 0, 2), (5, 1, 1), (6, 1, 1), (11, 2, 0)):
        scene.show_frame(frame)
        assert (drawn(scene).count(BEFORE), drawn(scene).count(AFTER)) == (before, after)
    scene.show_frame(6)
    (shown,) = [a for a in actors_of(scene) if tuple(a.GetProperty().GetColor()) == BEFORE]
    points = np.array(shown.GetMapper().GetInput().GetPoints().GetData())
    np.testing.assert_array_equal(points, scene.sequence.vertices[1])
    scene.set_traced([])
    assert drawn(scene) == []


def test_trails_go_through_the_landmarks_of_the_frames_around(scene: Scene) -> None:
    scene.set_traced(["trails"])
    scene.show_frame(4)
    assert sorted(drawn(scene)) == sorted([BEFORE, AFTER])
    (before,) = [a for a in actors_of(scene) if tuple(a.GetProperty().GetColor()) == BEFORE]
    mesh = before.GetMapper().GetInput()
    points = np.array(mesh.GetPoints().GetData()).reshape(-1, 5, 3)
    ways = scene.sequence.vertices[:5, scene.marks.ids].swapaxes(0, 1)
    np.testing.assert_array_equal(points, ways)
    assert mesh.GetNumberOfLines() == len(scene.marks.ids)


def test_another_clip_has_its_own_and_a_face_without_landmarks_no_trails(scene: Scene) -> None:
    scene.set_traced(["ghosts", "trails"])
    scene.show_sequence(ball(8))
    scene.show_frame(7)
    assert drawn(scene) == [BEFORE]
