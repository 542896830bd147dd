"""Landmarks are found on a mesh however it lies, and where there is no face, none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.core.errors import Cancelled, InputError
from studio.core.progress import Progress
from studio.engine.loading.device import ONE_THREAD
from studio.engine.registration import landmarks as finding
from studio.engine.registration.landmarks import MeshLandmarks, find_landmarks
from studio.engine.registration.search import Look
from studio.engine.registration.sight import Scene
from studio.face.identity import random_face
from studio.face.registration.raster import Spent
from studio.face.rig import head_rotation, load_rig
from studio.face.template import load_template

TEMPLATE = load_template()
TURN = head_rotation(np.array([[28.0, 12.0, -20.0]]))[0]
SHIFT = np.array([400.0, -90.0, 2000.0])


def person(seed: int) -> np.ndarray:
    return load_rig().neutral(np.array(random_face(seed))).astype(np.float64)


@pytest.fixture(scope="module")
def found() -> MeshLandmarks:
    """A person in centimeters, turned, far from the origin, its triangles wound inward."""
    landmarks = find_landmarks(0.1 * person(4) @ TURN.T + SHIFT, TEMPLATE.faces[:, ::-1])
    assert landmarks is not None
    return landmarks


def test_landmarks_of_a_turned_head_are_those_of_the_template(found: MeshLandmarks) -> None:
    # The mesh is of the template's triangles, so that the right answer is known.
    right = found.template.on(person(4), TEMPLATE.faces)
    there = found.spots.on(person(4), TEMPLATE.faces[:, ::-1])
    error = np.linalg.norm(there - right, axis=1)
    assert len(error) > 250 and np.median(error) < 2 and np.percentile(error, 90) < 5
    np.testing.assert_allclose(found.points, 0.1 * there @ TURN.T + SHIFT, atol=1e-3)


def test_the_similarity_lays_the_face_on_the_template(found: MeshLandmarks) -> None:
    laid = found.similarity
    degrees = np.degrees(np.arccos((np.trace(laid.rotation @ TURN) - 1) / 2))
    assert degrees < 4 and laid.scale == pytest.approx(10, rel=0.1)
    goal = found.template.on(TEMPLATE.vertices, TEMPLATE.faces)
    residual = np.linalg.norm(laid.laid(found.points) - goal, axis=1)
    np.testing.assert_allclose(residual, found.residual, atol=1e-2)
    assert found.residual_mm < 4 and found.presence > 0.9
    assert found.doubt < 6 and found.covered > 0.85 and not found.hollow


def test_triangles_wound_inward_are_noticed(found: MeshLandmarks) -> None:
    assert found.inside_out > 0.9


def test_a_mesh_without_triangles_or_with_vertices_that_are_no_numbers_is_refused() -> None:
    broken = TEMPLATE.vertices.copy()
    broken[TEMPLATE.faces[0]] = np.nan
    with pytest.raises(InputError, match="found 3 vertices that are no numbers"):
        find_landmarks(broken, TEMPLATE.faces)
    with pytest.raises(InputError, match="found no triangles"):
        find_landmarks(TEMPLATE.vertices, TEMPLATE.faces[:0])


def test_a_mesh_that_is_a_point_has_no_face() -> None:
    assert find_landmarks(np.full((4538, 3), 7.0), TEMPLATE.faces) is None


def test_triangles_at_random_are_given_up_and_what_was_found_before_is_kept(
    monkeypatch: pytest.MonkeyPatch, found: MeshLandmarks
) -> None:
    # Each triangle covers a third of the picture, as no surface does.
    soup = np.random.default_rng(3).uniform(-90.0, 90.0, (3000, 3))
    faces = np.arange(3000, dtype=np.int32).reshape(-1, 3)
    with monkeypatch.context() as less:
        less.setattr(finding, "_EFFORT", 1e6)
        less.setattr(finding, "_LAYERS", np.inf)
        assert find_landmarks(soup, faces) is None
        less.undo()
        less.setattr(finding, "_best", None)
        assert find_landmarks(soup, faces) is None, "without a picture"

    def once(scene: Scene, look: Look) -> MeshLandmarks:
        if scene.effort.left == 0:
            raise Spent
        scene.effort.left = 0
        return replace(found, residual=found.residual + 50.0)

    monkeypatch.setattr(finding, "likely", lambda _scene, looks, _progress: looks[:1])
    monkeypatch.setattr(finding, "_looked", once)
    kept = find_landmarks(TEMPLATE.vertices, TEMPLATE.faces)
    assert kept is not None and kept.residual_mm > 50


def test_small_networks_run_on_one_thread_and_the_others_come_back() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with ONE_THREAD, ONE_THREAD:
            assert torch.get_num_threads() == 1
        with pytest.raises(InputError), ONE_THREAD:
            raise InputError("stopped")
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_looking_for_a_face_can_be_stopped() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        find_landmarks(TEMPLATE.vertices, TEMPLATE.faces, progress)


@pytest.mark.slow
def test_the_template_is_found_as_it_is() -> None:
    landmarks = find_landmarks(TEMPLATE.vertices, TEMPLATE.faces)
    assert landmarks is not None and landmarks.inside_out < 0.1
    assert landmarks.residual_mm < 0.5 and landmarks.similarity.scale == pytest.approx(1, abs=0.01)


@pytest.mark.slow
def test_a_cube_has_no_face() -> None:
    corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, 8).T * 200.0
    from scipy.spatial import ConvexHull

    assert find_landmarks(corners, ConvexHull(corners).simplices.astype(np.int32)) is None
