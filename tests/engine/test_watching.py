"""A face is found in pictures, followed, lost and found again, and its pose is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.engine.video import watching
from studio.engine.video.posing import posed
from studio.engine.video.sampling import Pixels, Square, sampled
from studio.engine.video.watching import Sighting, Watcher, faces_in
from studio.face.known import studio_face
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.nn.tflite import face_landmarker, face_scores, runtime
from studio.render.stills import render_frames

TURNS = [(0.0, 0.0, 0.0), (20.0, 0.0, 0.0), (0.0, 0.0, 15.0), (0.0, 14.0, 0.0)]


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    """(5, 240, 320, 3): at rest and upright, three turns of the head, and an open jaw."""
    weights = np.zeros((5, len(ARKIT)), dtype=np.float32)
    weights[4, ARKIT_INDEX["jawOpen"]] = 0.8
    vertices = load_rig().pose(weights, head=np.array([*TURNS, TURNS[0]]))
    clip = MeshSequence(vertices, studio_face().template.faces)
    return render_frames(clip, range(5), (320, 240))


def seen(picture: Pixels) -> Sighting:
    found = Watcher()(picture)
    assert found is not None
    return found


def test_a_square_is_sampled_where_it_lies() -> None:
    rows, columns = np.mgrid[0:60, 0:80]
    picture = np.stack([columns, rows, 0 * rows], axis=2).astype(np.uint8)
    square = Square(np.array([40.0, 30.0]), 20.0, np.radians(30))
    found = 255 * sampled(picture, square, 8)
    middles = (np.stack(np.meshgrid(np.arange(8), np.arange(8)), axis=2) + 0.5) / 8
    places = square.out(middles.reshape(-1, 2)).reshape(8, 8, 2)
    np.testing.assert_allclose(found[..., :2], places - 0.5, atol=1e-3)


def test_what_lies_beside_the_picture_is_its_border_or_black() -> None:
    picture = np.full((40, 40, 3), 200, dtype=np.uint8)
    edge = Square(np.array([0.0, 20.0]), 20.0)
    assert sampled(picture, edge, 8).min() > 0.78
    assert not sampled(picture, edge, 8, beyond="zeros")[:, :3].any()
    assert not sampled(picture, Square(np.array([-99.0, 20.0]), 20.0), 8).any()


def test_both_runtimes_see_the_same(pictures: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    if runtime.usual_runtime() == "torch":
        pytest.skip("LiteRT is not installed")
    found = []
    for name in ("litert", "torch"):
        run = partial(_run_by, runtime.runner, name)
        for module in (face_landmarker, face_scores, watching):
            if hasattr(module, "run"):
                monkeypatch.setattr(module, "run", run)
        found.append([seen(picture) for picture in pictures[[1, 4]]])
    for one, other in zip(*found, strict=True):
        assert np.abs(one.landmarks - other.landmarks).max() < 0.05
        assert np.abs(one.scores - other.scores).max() < 0.002
        assert one.presence == pytest.approx(other.presence, abs=1e-3)


def _run_by(runner: Callable[..., runtime.Runner], by: str, name: str, *inputs: object) -> object:
    return runner(name, by)(*inputs)


def test_landmarks_lie_on_the_face(pictures: Pixels) -> None:
    points = seen(pictures[0]).landmarks
    right, left = points[face_landmarker.RIGHT_EYE], points[face_landmarker.LEFT_EYE]
    assert right[0] < 150 < 170 < left[0] and abs(right[1] - left[1]) < 3
    assert (points[:, 1] > 0).all() and (points[:, 1] < 240).all()
    opened = seen(pictures[4]).scores
    assert opened[ARKIT_INDEX["jawOpen"]] > 0.3 > seen(pictures[0]).scores[ARKIT_INDEX["jawOpen"]]


def test_turns_of_the_head_are_told_in_the_studios_way(pictures: Pixels) -> None:
    heads = posed(np.stack([seen(picture).landmarks for picture in pictures[:4]])).head
    moved = heads[1:] - heads[0]
    for place, (axis, degrees) in enumerate(((0, 20.0), (2, 15.0), (1, 14.0))):
        assert 0.65 * degrees < moved[place, axis] < 1.3 * degrees
        assert np.abs(np.delete(moved[place], axis)).max() < 5.0


def test_landmarks_of_a_turned_head_lie_as_those_of_one_upright(pictures: Pixels) -> None:
    laid = posed(np.stack([seen(picture).landmarks for picture in pictures])).points
    off = np.linalg.norm(laid - laid[0], axis=2).mean(axis=1)
    assert off[1:4].max() < 0.5  # centimeters
    chin = laid[4, 152] - laid[0, 152]
    assert chin[1] < -0.7  # centimeters


def test_the_largest_of_several_faces_is_followed_or_another(pictures: Pixels) -> None:
    wide = np.full((240, 640, 3), 230, dtype=np.uint8)
    wide[:, :320] = pictures[0]
    wide[60:180, 400:560] = pictures[4][::2, ::2]
    assert len(faces_in(wide)) == 2
    first, second = Watcher(1), Watcher(2)
    one, two = first(wide), second(wide)
    assert one is not None and two is not None
    assert one.landmarks[:, 0].max() < 320 < 400 < two.landmarks[:, 0].min()
    assert Watcher(3)(wide) is None and first.most == 2


def test_a_face_is_lost_and_found_again(pictures: Pixels) -> None:
    watcher = Watcher()
    blank = np.full_like(pictures[0], 120)
    rolled = np.roll(pictures[0], 60, axis=1)
    found = [watcher(picture) for picture in (pictures[0], blank, blank, rolled)]
    assert [one is not None for one in found] == [True, False, False, True]
    moved = found[3].landmarks - found[0].landmarks
    np.testing.assert_allclose(moved[:, 0], 60, atol=1.5)


def test_a_small_face_is_found(pictures: Pixels) -> None:
    large = np.full((720, 1280, 3), 230, dtype=np.uint8)
    large[300:420, 900:1060] = pictures[0][::2, ::2]
    assert len(faces_in(large)) == 1
    assert seen(large).landmarks[:, 0].min() > 900
