"""Motion in and out of faces whose right motion is known: the rig's, on other triangulations."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from studio.core import InputError, Progress
from studio.core.alignment import undo_rigid
from studio.core.errors import Cancelled
from studio.core.geometry import sphere
from studio.core.sequence import Floats
from studio.core.surfaces import vertex_normals
from studio.face.registration.carrying import carried_back, carried_in, rigged
from studio.face.registration.carrying.edges import Edges
from studio.face.registration.carrying.lids import Lids, Outline, Reach
from studio.face.registration.carrying.lips import Lips
from studio.face.registration.carrying.parts import parts_of
from studio.face.registration.carrying.spread import Spread
from studio.face.registration.correspondence import NO_PARTNER, Correspondence
from studio.face.registration.head import load_head
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.face.template import load_template
from studio.training.evaluation.own_faces.flaws import Watched, source_of
from studio.training.evaluation.registration.remeshed import dual
from tests.face.foreign import GOOD, SCALE, SHIFT, TURN

TEMPLATE = load_template()


def _unlaid(vertices: Floats) -> Floats:
    return np.asarray((vertices - SHIFT) @ TURN / SCALE, dtype=np.float32)


@lru_cache(maxsize=1)
def _face() -> Correspondence:
    """The template at rest on the dual triangulation, in another pose and size."""
    rest, faces = dual(TEMPLATE.vertices, TEMPLATE.faces)
    corner = np.zeros(len(rest), dtype=np.int64)
    corner[faces.ravel()] = np.arange(faces.size)
    triangle, place = np.divmod(corner[len(TEMPLATE.faces) :], 3)
    partner = load_head().outside
    return Correspondence(
        neutral=_unlaid(rest),
        foreign_faces=faces,
        scale=SCALE,
        rotation=TURN,
        shift=SHIFT,
        fitted=rest[len(TEMPLATE.faces) :].astype(np.float32),
        triangle=np.where(partner, triangle, NO_PARTNER).astype(np.int32),
        barycentric=np.eye(3, dtype=np.float32)[place],
        confidence=partner.astype(np.float32),
        identity=np.zeros(4, dtype=np.float32),
        landmarks=_unlaid(TEMPLATE.vertices[TEMPLATE.landmarks]),
        verdict=GOOD,
    )


def _posed(**weights: float) -> Floats:
    """Frames (3, V, 3) of the rig: at rest, half way, there."""
    full = np.zeros((3, len(ARKIT)), dtype=np.float32)
    for name, weight in weights.items():
        full[:, ARKIT_INDEX[name]] = np.array([0.0, 0.5, 1.0]) * weight
    return load_rig().pose(full)


def _weights(**weights: float) -> Floats:
    return np.array([weights.get(name, 0.0) for name in ARKIT], dtype=np.float32)


def _laid(vertices: Floats) -> Floats:
    return _face().laid(vertices)


def _own(frames: Floats) -> tuple[Floats, Floats]:
    """Put frames of the template on the foreign face, and say where its template then is."""
    moved = np.stack([dual(frame, TEMPLATE.faces)[0] for frame in frames])
    return _unlaid(moved), moved[:, len(TEMPLATE.faces) :].astype(np.float32)


def _off(found: Floats, own: Floats) -> Floats:
    """Millimeters (T, P) that foreign vertices are off where a scanner sees the face."""
    seen = load_head().outside
    outside = np.r_[seen[TEMPLATE.faces].all(axis=1), seen]
    return SCALE * np.linalg.norm(found - own, axis=2)[:, outside]


SMILE = {"mouthSmileLeft": 1.0, "mouthSmileRight": 0.8, "browInnerUp": 1.0}
OPEN = {"jawOpen": 0.8, "eyeBlinkLeft": 1.0}
GAZE = {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}


@pytest.mark.parametrize("weights", [SMILE, OPEN, GAZE])
def test_motion_goes_in_and_comes_back(weights: dict[str, float]) -> None:
    own, truth = _own(_posed(**weights))
    off = np.linalg.norm(carried_in(_face(), own) - truth, axis=2)
    assert off.mean() < 0.05
    assert off[:, load_head().outside].max() < 0.1
    off = _off(carried_back(_face(), truth), own)
    assert off.mean() < 0.05
    assert off.max() < 2.5


def test_nothing_moves_bit_for_bit_where_nothing_moves() -> None:
    face = _face()
    np.testing.assert_array_equal(carried_back(face, face.fitted[None])[0], face.neutral)
    np.testing.assert_array_equal(carried_in(face, face.neutral[None])[0], face.fitted)


def test_the_face_at_rest_keeps_every_bit_among_frames_that_move() -> None:
    """On a grid of 2 mm, whose zeros show the smallest sum."""
    face = replace(_face(), neutral=2 * np.round(_face().neutral / 2) + np.float32(0))
    tilt = head_rotation(np.array([[0.0, 0, 0], [10, 7, 3], [20, 8, 5]]))
    face = replace(face, rotation=head_rotation(np.array([[10.0, 20, 5]]))[0].astype(np.float64))
    _, truth = _own(undo_rigid(_posed(**OPEN), tilt, np.zeros((3, 3))))
    back = carried_back(face, np.concatenate([face.fitted[None], truth[1:]]))
    np.testing.assert_array_equal(back[0], face.neutral)


def test_the_heads_motion_is_kept() -> None:
    turn, shift = head_rotation(np.array([[0, 0, 0], [10, -5, 3], [20.0, 8, 0]])), np.zeros((3, 3))
    shift[:, 0] = 0.0, 4.0, 9.0
    own, truth = _own(undo_rigid(_posed(**SMILE), turn, shift))
    assert np.linalg.norm(carried_in(_face(), own) - truth, axis=2).mean() < 0.06
    assert _off(carried_back(_face(), truth), own).mean() < 0.05


def test_eyeballs_turn_as_rigid_parts() -> None:
    _, truth = _own(_posed(**GAZE))
    back = carried_back(_face(), truth)
    ball = np.flatnonzero(TEMPLATE.regions["eye_left"][TEMPLATE.faces].all(axis=1))
    apart = np.linalg.norm(back[:, ball] - back[:, np.roll(ball, 7)], axis=2)
    np.testing.assert_allclose(apart[2], apart[0], atol=0.01)
    assert np.linalg.norm(back[2, ball] - back[0, ball], axis=1).max() > 2.0
    rest, turned = (sphere(frame[ball].astype(np.float64))[0] for frame in back[[0, 2]])
    np.testing.assert_allclose(turned, rest, atol=0.05)


def test_a_lid_goes_before_the_bulge_of_an_eyeball_that_looks_up() -> None:
    way = np.random.default_rng(0).normal(size=(600, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    ball = way * (12.0 + 1.2 * np.exp((way[:, 2:] - 1) / 0.05))
    up = head_rotation(np.array([[0.0, -30, 0]]))[0]
    lid = 12.5 * up @ np.array([0.0, 0, 1]) + np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    points, vertices = np.concatenate([ball, lid]), 600 + np.arange(3)
    edges = Edges.of(points, vertices[None].astype(np.int32))
    spread = Spread.of(edges, vertices, 1, np.full(3, 0.5))
    eye, outline = (np.arange(600), ball.astype(np.float32)), Outline.of(Reach.of(ball))
    lids = Lids(vertices, lid, np.full(3, 0.2), 13.2, eye, outline, spread)
    moved = np.zeros((len(points), 2, 3), dtype=np.float32)
    moved[:600, 1] = ball @ up.T - ball
    lids.clear(moved)
    assert not moved[600:, 0].any()
    assert np.linalg.norm(lid[0] + moved[600, 1]) > 13.0


def test_lips_stay_on_their_own_side() -> None:
    """An open mouth parts the lips of the foreign face as far as the template's."""
    _, truth = _own(_posed(jawOpen=1.0))
    upper, lower = TEMPLATE.landmarks[[62, 66]]
    back = carried_back(_face(), truth)[:, len(TEMPLATE.faces) :]
    for frame, own in zip(back, truth, strict=True):
        gap = SCALE * np.linalg.norm(frame[upper] - frame[lower])
        assert gap == pytest.approx(np.linalg.norm(own[upper] - own[lower]), abs=0.5)


def test_the_inner_sides_of_lips_follow_what_no_scanner_sees() -> None:
    hidden = np.flatnonzero(TEMPLATE.regions["skin"] & ~load_head().outside)
    rims = TEMPLATE.vertices[TEMPLATE.landmarks[60:68]]
    away = np.linalg.norm(TEMPLATE.vertices[hidden, None] - rims, axis=2).min(axis=1)
    inner = hidden[away < 6.0]
    assert len(inner) > 50
    own, truth = _own(_posed(mouthRollLower=1.0, mouthFunnel=0.6, jawOpen=0.3))
    off = np.linalg.norm(carried_in(_face(), own) - truth, axis=2)[:, inner]
    assert off.mean() < 0.05
    back = carried_back(_face(), truth) - own
    off = SCALE * np.linalg.norm(back[:, len(TEMPLATE.faces) + inner], axis=2)
    assert off.mean() < 0.05


@pytest.mark.parametrize(
    "weights",
    [
        {"mouthShrugLower": 1.0},
        {"mouthPressLeft": 1.0, "mouthPressRight": 1.0},
        {"mouthClose": 0.2},
    ],
)
def test_lips_that_would_go_through_each_other_meet(weights: dict[str, float]) -> None:
    face, frames = _face(), _posed(**weights)
    _, truth = _own(frames)
    assert Watched.studio(face.fitted).flaws(truth)["lip_mm"] > 0.5
    back = carried_back(face, truth)
    flaws = Watched.foreign(face).flaws(face.laid(back[:, source_of(face)]))
    assert flaws["lip_vertices"] == 0
    assert flaws["torn_edges"] == 0
    np.testing.assert_array_equal(back[0], face.neutral)


def test_lips_that_come_apart_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    _, truth = _own(_posed(jawOpen=0.6, mouthFunnel=0.5))
    back = carried_back(_face(), truth)
    monkeypatch.setattr(Lips, "part", lambda _self, _moved: None)
    np.testing.assert_array_equal(back, carried_back(_face(), truth))


def test_gums_that_are_one_part_with_the_tongue_stay_when_it_comes_out() -> None:
    """They face it, as a second skin around the template's tongue, wound the other way, does."""
    tongue = np.flatnonzero(TEMPLATE.regions["tongue"])
    at = np.full(TEMPLATE.n_vertices, -1)
    at[tongue] = np.arange(len(tongue))
    own = at[TEMPLATE.faces[(at[TEMPLATE.faces] >= 0).all(axis=1)]].astype(np.int32)
    inner, count = TEMPLATE.vertices[tongue], len(tongue)
    outer = inner + 4 * vertex_normals(inner, own)
    a, b, _ = own[inner[own, 2].mean(axis=1).argmin()]
    between = np.array([[a, b, a + count]], dtype=np.int32)
    points = np.concatenate([inner, outer])
    faces = np.concatenate([own, own[:, ::-1] + count, between])
    normals, skin = vertex_normals(points, faces), np.zeros(len(points), dtype=bool)
    parts = parts_of(Edges.of(points, faces), normals, skin, TEMPLATE.vertices)
    share = np.zeros(len(points))
    share[parts.mouth] = parts.tongue
    assert np.median(share[:count]) > 0.8
    assert np.median(share[count:]) < 0.05


def test_a_mouth_that_opens_wide_is_stretched_evenly_inside() -> None:
    _, truth = _own(_posed(jawOpen=1.0))
    rest, opened = _laid(carried_back(_face(), truth)[[0, 2]])
    edges = Edges.of(rest, _face().foreign_faces)
    length = np.linalg.norm(opened[edges.low] - opened[edges.high], axis=1)
    assert (length - edges.length).max() > 1.0
    assert not (length > np.maximum(2 * edges.length, edges.length + 1.0)).any()


def test_motion_of_another_size_is_refused() -> None:
    face = _face()
    with pytest.raises(InputError, match="frames of"):
        carried_in(face, face.fitted[None])
    with pytest.raises(InputError, match="frames of"):
        carried_back(face, face.neutral[None])


def test_triangles_that_share_no_vertices_move_as_one_surface() -> None:
    """As an STL file holds them: seams stay shut."""
    face, corners = _face(), _face().foreign_faces.ravel()
    apart = np.arange(len(corners), dtype=np.int32).reshape(-1, 3)
    soup = replace(face, neutral=np.array(face.neutral[corners]), foreign_faces=apart)
    own, truth = _own(_posed(**SMILE))
    assert np.abs(carried_in(soup, own[:, corners]) - carried_in(face, own)).max() < 0.1
    there = carried_back(soup, truth)
    np.testing.assert_array_equal(there[0], soup.neutral)
    off = np.abs(there - carried_back(face, truth)[:, corners]).max(axis=(0, 2))
    assert (off > 0.2).sum() <= 3  # a triangle that faces away from those beside it


def test_a_registration_without_partners_is_refused() -> None:
    face = _face()
    none = replace(face, confidence=np.zeros_like(face.confidence))
    with pytest.raises(InputError, match="none of them"):
        carried_in(none, face.neutral[None])
    with pytest.raises(InputError, match="none of them"):
        carried_back(none, face.fitted[None])


def test_carrying_stops_when_it_is_asked_to() -> None:
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        carried_back(_face(), _posed(**SMILE), stopped)


def test_a_rigged_head_moves_as_clips_that_are_carried() -> None:
    face, shapes = _face(), rigged(_face())
    assert set(ARKIT) - set(shapes.names) <= {"tongueOut"}
    _, truth = _own(_posed(**SMILE, jawOpen=0.7, mouthClose=0.5, eyeBlinkLeft=0.8))
    weights = _weights(**SMILE, jawOpen=0.7, mouthClose=0.5, eyeBlinkLeft=0.8)
    played = shapes.played(weights[None])
    carried = carried_back(face, truth[2:])
    assert SCALE * np.linalg.norm(played - carried, axis=2).mean() < 0.3
    across = _laid(shapes.neutral)[:, 0]  # the subject's left is +x
    for side, sign in (("Left", 1), ("Right", -1)):
        reach = np.linalg.norm(shapes.deltas[ARKIT_INDEX[f"mouthSmile{side}"]], axis=1)
        assert reach[sign * across > 10].sum() > 4 * reach[sign * across < -10].sum()


def test_the_lids_of_a_rigged_head_meet_and_stay_off_the_eyeball() -> None:
    shapes, first = rigged(_face()), len(TEMPLATE.faces)
    shut = _laid(shapes.neutral + shapes.deltas[ARKIT_INDEX["eyeBlinkLeft"]])
    rest, lids = _laid(shapes.neutral), first + TEMPLATE.landmarks
    for upper, lower in ((43, 47), (44, 46)):
        apart = rest[lids[upper], 1] - rest[lids[lower], 1]
        assert shut[lids[upper], 1] - shut[lids[lower], 1] < 0.25 * apart
    ball = rest[np.flatnonzero(TEMPLATE.regions["eye_left"][TEMPLATE.faces].all(axis=1))]
    center, radius = sphere(ball.astype(np.float64))
    skin = first + np.flatnonzero(load_head().outside & TEMPLATE.regions["eyes"])
    deep = radius - np.linalg.norm(shut[skin] - center, axis=1)
    assert deep.max() < 0.5
