"""ICT-FaceKit's shapes on the studio's triangulation: sides stay sides, and linings follow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from studio.core import Progress
from studio.face.registration.head import load_head
from studio.face.rig import ARKIT_INDEX, load_rig
from studio.training.datasets.ict import FILE
from studio.training.datasets.ict_head import read_ict
from studio.training.datasets.lips import template_lip_sides
from studio.training.datasets.rigs import CarriedIct, carried_ict, lined
from studio.training.evaluation.motion import motion_folder


def test_the_lining_of_a_lip_goes_with_the_skin_before_it_and_with_no_other() -> None:
    head, side = load_head(), template_lip_sides()
    rest, skin = head.template.vertices, head.template.regions["skin"]
    behind = ~head.outside & skin & head.template.regions["mouth"]
    down = np.zeros((1, len(rest), 3), dtype=np.float32)
    down[0, head.outside & (side < 0)] = (0.0, -8.0, 0.0)
    moved = lined(down)[0]
    np.testing.assert_array_equal(moved[~behind], down[0, ~behind])
    away = cKDTree(rest[head.outside & (side < 0)]).query(rest)[0]
    near = behind & (side < 0) & (away < 6.0)
    assert near.sum() > 20 and np.median(moved[near, 1]) < -5.0
    assert not moved[behind & (side > 0)].any()
    assert np.abs(moved[behind & (away > 20.0)]).max() < 0.1


@pytest.fixture(scope="module")
def carried() -> CarriedIct:
    path = motion_folder().parent / FILE
    if not path.is_file():
        pytest.skip("no scanned-head model")
    return carried_ict(read_ict(path), Progress())


@pytest.mark.slow
def test_shapes_of_ict_are_where_the_studio_s_are(carried: CarriedIct) -> None:
    assert carried.found.verdict.accepted
    rest, own = load_rig().rest, load_rig().actions
    for stem in ("eyeBlink", "mouthSmile", "browDown", "noseSneer", "mouthFrown"):
        for end, sign in (("Left", 1.0), ("Right", -1.0)):
            moves = np.linalg.norm(carried.actions[ARKIT_INDEX[stem + end]], axis=1)
            assert sign * (moves @ rest[:, 0]) > 0
    jaws = [actions[ARKIT_INDEX["jawOpen"]] for actions in (carried.actions, own)]
    chin = int(load_head().template.landmarks[8])
    assert jaws[0][chin, 1] < -10.0 and 0.4 < jaws[0][chin, 1] / jaws[1][chin, 1] < 2.5
    tongue = ARKIT_INDEX["tongueOut"]
    np.testing.assert_array_equal(carried.actions[tongue], own[tongue])


@pytest.mark.slow
def test_people_of_ict_are_faces_of_their_own(carried: CarriedIct) -> None:
    people = carried.draw_people(np.random.default_rng(2), 3)
    again = carried.draw_people(np.random.default_rng(2), 3)
    np.testing.assert_array_equal(people, again)
    front = load_head().front
    away = np.linalg.norm(people - carried.found.fitted, axis=2)[:, front].mean(axis=1)
    assert ((away > 1.0) & (away < 15.0)).all()
    assert np.linalg.norm(people[0] - people[1], axis=1)[front].mean() > 1.0
