"""The distance of two clips over time: mean, 95th percentile and maximum."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import Cancelled, InputError, MeshSequence, Progress
from studio.render.comparing import distance
from studio.render.comparing.apart import apart, can_measure
from studio.render.comparing.distance import Distances, measure
from studio.render.comparing.heads import head_of, heads_alike
from studio.render.comparing.table import write_distances

from .faces import ball, nodding


def scattered(one: MeshSequence, seed: int = 3) -> MeshSequence:
    """A clip whose vertices are moved by distances of which few are large."""
    rng = np.random.default_rng(seed)
    ways = rng.normal(size=one.vertices.shape)
    far = rng.exponential(2.0, size=one.vertices.shape[:2])
    ways *= (far / np.linalg.norm(ways, axis=2))[..., None]
    return replace(one, vertices=(one.vertices + ways).astype(np.float32), name="scattered")


def test_the_figures_are_those_of_the_distances_of_all_vertices() -> None:
    one = ball(40)
    other = scattered(one)
    where = np.zeros(one.n_vertices, dtype=bool)
    where[:50] = True
    found = measure(apart(one, other), {"top": where, "none": ~where & where}, Progress())
    far = np.linalg.norm(one.vertices - other.vertices, axis=2)
    right = np.stack([far.mean(1), np.percentile(far, 95, axis=1), far.max(1)], axis=1)
    np.testing.assert_allclose(found.figures, right, rtol=1e-5)
    whole = (far.mean(), np.percentile(far, 95), far.max())
    np.testing.assert_allclose(found.whole, whole, rtol=2e-3)
    figures, whole = found.parts["top"]
    np.testing.assert_allclose(figures[:, 0], far[:, :50].mean(1), rtol=1e-5)
    np.testing.assert_allclose(whole[1], np.percentile(far[:, :50], 95), rtol=2e-2)
    assert list(found.parts) == ["top"]
    assert found.done and found.farthest == far.max(1).argmax()
    np.testing.assert_array_equal(found.at(7), found.figures[7])
    assert found.at(40) is None and found.at(-1) is None


def test_the_motion_of_the_head_is_taken_out() -> None:
    one = nodding(6)
    moved = replace(one, vertices=one.vertices + np.float32([0, 30, 0]))
    head = head_of(one.topology)
    assert measure(apart(one, moved, (head, head)), {}, Progress()).whole.max() < 1e-3
    still = measure(apart(one, moved), {}, Progress())
    np.testing.assert_allclose(still.whole, 30, rtol=1e-3)


def test_equal_clips_are_at_no_distance() -> None:
    found = measure(apart(ball(5), ball(5)), {}, Progress())
    assert not found.figures.any() and not found.whole.any()


@pytest.mark.parametrize(
    ("frames", "fps", "shared"),
    [(4, 30.0, 4), (8, 60.0, 4), (9, 30.0, 6), (2, 15.0, 3), (1, 30.0, 1)],
)
def test_nothing_is_measured_past_the_end_of_the_other(
    frames: int, fps: float, shared: int
) -> None:
    found = measure(apart(ball(6), replace(ball(frames), fps=fps)), {}, Progress())
    assert len(found.figures) == found.shared == shared and found.done


def test_between_frames_the_other_is_on_its_way() -> None:
    one = ball(5)
    half = replace(one, vertices=one.vertices[::2], fps=one.fps / 2)
    assert measure(apart(one, half), {}, Progress()).whole.max() < 1e-4


def finer(one: MeshSequence) -> MeshSequence:
    """The same surface in other triangles: a vertex more in the middle of each."""
    middles = one.vertices[:, one.faces].mean(axis=2)
    more = one.n_vertices + np.arange(len(one.faces))
    a, b, c = one.faces.T
    faces = np.concatenate(
        [np.stack(ends, axis=1) for ends in ((a, b, more), (b, c, more), (c, a, more))]
    )
    vertices = np.concatenate([one.vertices, middles], axis=1)
    return replace(one, vertices=vertices, faces=faces.astype(np.int32), name="finer")


def test_another_triangulation_is_measured_to_its_surface() -> None:
    one = ball(3)
    assert measure(apart(one, finer(one)), {}, Progress()).whole.max() < 1e-3
    grown = replace(finer(one), vertices=1.1 * finer(one).vertices)
    near = measure(apart(grown, one), {}, Progress())
    radius = np.linalg.norm(one.vertices, axis=2).max(axis=1)
    np.testing.assert_allclose(near.figures[:, 2], 0.1 * radius, rtol=0.02)
    slow = replace(finer(one), vertices=finer(one).vertices[::2], fps=one.fps / 2)
    assert measure(apart(one, slow), {}, Progress()).shared == 3


def test_heads_of_two_triangulations_are_laid_on_each_other() -> None:
    one = nodding(4)
    head = head_of(one.topology)
    other = finer(one)
    moved = replace(other, vertices=other.vertices + np.float32([0, 30, 0]))
    assert measure(apart(one, moved), {}, Progress()).whole[2] > 20
    laid = measure(apart(one, moved, heads_alike(head, head)), {}, Progress())
    assert laid.whole.max() < 1e-2
    assert heads_alike(head, head_of(other.topology)) is None


def test_points_alone_are_refused() -> None:
    points = replace(nodding(2), faces=np.zeros((0, 3), dtype=np.int32), name="points")
    assert not can_measure(ball(2), points)
    with pytest.raises(InputError, match="points: expected a surface of triangles"):
        apart(ball(2), points)


def test_the_table_has_a_row_a_frame_and_says_what_it_is(tmp_path: Path) -> None:
    one = ball(4)
    where = {"top": np.arange(one.n_vertices) < 50}
    found = measure(apart(one, scattered(one)), where, Progress())
    path = tmp_path / "far.csv"
    write_distances(path, found, one.fps, {"clip": "ball"})
    lines = path.read_text().splitlines()
    assert lines[0] == "# clip: ball"
    names = "frame,time_s,mean_mm,p95_mm,max_mm,top_mean_mm,top_p95_mm,top_max_mm"
    assert lines[1] == names
    table = np.loadtxt(lines[2:], delimiter=",")
    np.testing.assert_allclose(table[:, 2:5], found.figures, atol=1e-6)
    np.testing.assert_allclose(table[:, 5:], found.parts["top"][0], atol=1e-6)


def test_what_is_measured_is_shown_and_a_stop_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distance, "_SHOWN", 0.0)
    shown, progress = list[Distances](), Progress()

    def look(part: Distances) -> None:
        shown.append(part)
        if len(shown) == 2:
            progress.cancel()

    with pytest.raises(Cancelled):
        measure(apart(ball(60), scattered(ball(60))), {}, progress, look)
    assert [len(part.figures) for part in shown] == [16, 32]
    assert not shown[0].done and shown[0].shared == 60
