"""The template laid on faces of other triangulations, whose right answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from studio.core.errors import Cancelled, InputError
from studio.core.progress import Progress
from studio.face.identity import random_face
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.fitting import fit
from studio.face.registration.head import load_head
from studio.face.registration.landmarks import Landmarks
from studio.face.rig import ARKIT_INDEX, load_rig
from studio.training.evaluation.registration.remeshed import dual


def smiling() -> np.ndarray:
    weights = np.zeros((1, 52), dtype=np.float32)
    for name, weight in (("jawOpen", 0.5), ("mouthSmileLeft", 1.0), ("mouthSmileRight", 1.0)):
        weights[0, ARKIT_INDEX[name]] = weight
    return load_rig().pose(weights, np.array(random_face(3)))[0]


def landmarks(face: np.ndarray) -> Landmarks:
    ids = load_head().template.landmarks
    return Landmarks.at_vertices(face[ids], ids)


TURN = np.array([[0.8, 0.0, 0.6], [0.0, 1.0, 0.0], [-0.6, 0.0, 0.8]])


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return smiling()


@pytest.fixture(scope="module")
def found(truth: np.ndarray) -> Correspondence:
    """Fit to a smiling person on another triangulation, turned and in centimeters."""
    vertices, faces = dual(truth, load_head().template.faces)
    marks = landmarks(truth)
    turned = (vertices @ TURN.T * 0.1 + [1.0, 2.0, 3.0]).astype(np.float32)
    points = (marks.points @ TURN.T * 0.1 + [1.0, 2.0, 3.0]).astype(np.float32)
    return fit(turned, faces, replace(marks, points=points))


def test_every_vertex_finds_its_own_place(found: Correspondence, truth: np.ndarray) -> None:
    front = load_head().front
    there = found.unlaid(found.fitted) * 10.0
    right = truth @ TURN.T + [10.0, 20.0, 30.0]
    error = np.linalg.norm(there - right, axis=1)
    assert error[front].mean() < 0.9
    assert np.percentile(error[front], 95) < 2.5


def test_the_verdict_is_good_and_names_the_unit(found: Correspondence) -> None:
    verdict = found.verdict
    assert verdict.accepted and not verdict.reason
    assert verdict.unit == 10.0
    assert verdict.scale == pytest.approx(10.0, rel=0.1)
    assert verdict.fit_mean_mm < 0.2 and verdict.fit_p95_mm < 0.6
    assert verdict.matched_share > 0.95


def test_partners_lie_where_the_fit_is(found: Correspondence) -> None:
    known = found.has_partner
    corners = found.neutral[found.foreign_faces[found.triangle[known]]]
    points = found.laid(np.einsum("vk,vkd->vd", found.barycentric[known], corners))
    apart = np.linalg.norm(points - found.fitted[known], axis=1)
    assert np.median(apart) < 0.2 and apart.max() < 3.01


def test_what_is_not_seen_has_no_partner_and_stays_in_the_head(found: Correspondence) -> None:
    head = load_head()
    assert not found.has_partner[~head.outside].any()
    rest = head.template.vertices
    assert np.abs(found.fitted - rest).max() < 60.0


def test_an_expression_is_named(found: Correspondence) -> None:
    assert "not at rest" in found.verdict.remark
    assert "mouthSmile" in found.verdict.remark


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_eyeball_keeps_its_shape_and_lies_behind_its_lids(
    found: Correspondence, side: str
) -> None:
    head = load_head()
    eye = head.template.regions[f"eye_{side}"]
    before = pdist(head.template.vertices[eye])
    ratio = pdist(found.fitted[eye])[before > 1.0] / before[before > 1.0]
    assert np.ptp(ratio) < 0.1  # the identity itself stretches it a little
    ball = found.fitted[eye].astype(np.float64)
    middle = (ball.max(axis=0) + ball.min(axis=0)) / 2
    skin = np.linalg.norm(found.fitted[head.outside] - middle, axis=1)
    assert skin.min() > np.linalg.norm(ball - middle, axis=1).min()


@pytest.mark.slow
def test_a_face_wound_inward_is_refused(truth: np.ndarray) -> None:
    vertices, faces = dual(truth, load_head().template.faces)
    verdict = fit(vertices.astype(np.float32), faces[:, ::-1], landmarks(truth)).verdict
    assert not verdict.accepted
    assert "mirror" in verdict.reason and "flip" in verdict.reason


def test_it_can_be_stopped(truth: np.ndarray) -> None:
    progress = Progress()
    progress.cancel()
    vertices, faces = dual(truth, load_head().template.faces)
    with pytest.raises(Cancelled):
        fit(vertices.astype(np.float32), faces, landmarks(truth), progress=progress)


def test_triangles_of_no_vertices_are_named(truth: np.ndarray) -> None:
    with pytest.raises(InputError, match="triangles of 4538 vertices"):
        fit(truth, np.array([[0, 1, 4538]], dtype=np.int32), landmarks(truth))
