"""The distance of two clips over time: mean, 95th percentile and maximum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import Cancelled, InputError, MeshSequence, Progress
from studio.face.template import load_template
from studio.render import distance
from studio.render.distance import Distances, measure

from .faces import ball, nodding


def apart(one: MeshSequence, seed: int = 3) -> MeshSequence:
    """A clip whose vertices are moved by distances of which few are large."""
    rng = np.random.default_rng(seed)
    ways = rng.normal(size=one.vertices.shape)
    far = rng.exponential(2.0, size=one.vertices.shape[:2])
    ways *= (far / np.linalg.norm(ways, axis=2))[..., None]
    return replace(one, vertices=(one.vertices + ways).astype(np.float32), name="apart")


def test_the_figures_are_those_of_the_distances_of_all_vertices() -> None:
    one = ball(40)
    other = apart(one)
    found = measure(one, other, None, Progress())
    far = np.linalg.norm(one.vertices - other.vertices, axis=2)
    right = np.stack([far.mean(1), np.percentile(far, 95, axis=1), far.max(1)], axis=1)
    np.testing.assert_allclose(found.figures, right, rtol=1e-5)
    whole = (far.mean(), np.percentile(far, 95), far.max())
    np.testing.assert_allclose(found.whole, whole, rtol=2e-3)
    assert found.done and found.farthest == far.max(1).argmax()
    np.testing.assert_array_equal(found.at(7), found.figures[7])
    assert found.at(40) is None and found.at(-1) is None


def test_the_motion_of_the_head_is_taken_out() -> None:
    one, rigid = nodding(6), load_template().regions["rigid"]
    moved = replace(one, vertices=one.vertices + np.float32([0, 30, 0]))
    assert measure(one, moved, rigid, Progress()).whole.max() < 1e-3
    np.testing.assert_allclose(measure(one, moved, None, Progress()).whole, 30, rtol=1e-3)


def test_equal_clips_are_at_no_distance() -> None:
    found = measure(ball(5), ball(5), None, Progress())
    assert not found.figures.any() and not found.whole.any()


@pytest.mark.parametrize(
    ("frames", "fps", "shared"),
    [(4, 30.0, 4), (8, 60.0, 4), (9, 30.0, 6), (2, 15.0, 3), (1, 30.0, 1)],
)
def test_nothing_is_measured_past_the_end_of_the_other(
    frames: int, fps: float, shared: int
) -> None:
    found = measure(ball(6), replace(ball(frames), fps=fps), None, Progress())
    assert len(found.figures) == found.shared == shared and found.done


def test_between_frames_the_other_is_on_its_way() -> None:
    one = ball(5)
    half = replace(one, vertices=one.vertices[::2], fps=one.fps / 2)
    assert measure(one, half, None, Progress()).whole.max() < 1e-4


def test_another_triangulation_is_refused() -> None:
    with pytest.raises(InputError, match="the triangulation of ball"):
        measure(ball(3), nodding(3), None, Progress())


def test_what_is_measured_is_shown_and_a_stop_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distance, "_SHOWN", 0.0)
    shown, progress = list[Distances](), Progress()

    def look(part: Distances) -> None:
        shown.append(part)
        if len(shown) == 2:
            progress.cancel()

    with pytest.raises(Cancelled):
        measure(ball(60), apart(ball(60)), None, progress, look)
    assert [len(part.figures) for part in shown] == [16, 32]
    assert not shown[0].done and shown[0].shared == 60
