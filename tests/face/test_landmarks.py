"""The two layouts on the template."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree

from studio.core import InputError
from studio.face.known import studio_face
from studio.face.landmarks import BU3DFE_83, FULL, IBUG_68, LAYOUTS, LandmarkLayout
from studio.face.template import Template


@pytest.fixture(scope="module")
def template() -> Template:
    return studio_face().template


@pytest.fixture(params=list(LAYOUTS.values()), ids=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> LandmarkLayout:
    found: LandmarkLayout = request.param
    return found


def test_the_landmarks_are_different_points_of_the_skin(
    layout: LandmarkLayout, template: Template
) -> None:
    ids = studio_face().landmarks(layout.name)
    assert len(layout) == len(set(ids.tolist())) == int(layout.name[-2:])
    assert template.regions["skin"][ids].all()


def test_the_pairs_are_those_of_the_template(layout: LandmarkLayout, template: Template) -> None:
    mirror = np.array(layout.mirror)
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(layout)))
    ids = studio_face().landmarks(layout.name)
    points = template.vertices[ids]
    gap = np.linalg.norm(points[mirror] - points * [-1, 1, 1], axis=1)
    assert gap.max() < 3.0
    twin = template.mirror[ids]
    step = np.linalg.norm(template.vertices[twin] - points[mirror], axis=1)
    assert step.max() < 3.0


def test_the_left_half_of_the_83_is_the_mirrored_right_one(template: Template) -> None:
    ids, mirror = studio_face().landmarks(BU3DFE_83.name), np.array(BU3DFE_83.mirror)
    sides = np.r_[0:48, 68:83]  # the mouth is that of the 68
    np.testing.assert_array_equal(template.mirror[ids[sides]], ids[mirror[sides]])
    np.testing.assert_array_equal(ids[48:68], studio_face().landmarks(IBUG_68.name)[48:])


def test_the_83_lie_along_the_curves_of_the_68(template: Template) -> None:
    for name in ("right eye", "left eye", "right brow", "left brow", "nostrils", "jaw"):
        old, new = (
            template.vertices[studio_face().landmarks(layout.name)[list(layout.groups[name])]]
            for layout in (IBUG_68, BU3DFE_83)
        )
        line = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(old)])
        closed = np.concatenate([line, np.linspace(old[-1], old[0], 40)])
        distance, _ = cKDTree(closed).query(new)
        assert distance.max() < 7.0, name


def test_the_groups_divide_the_landmarks_and_name_them(layout: LandmarkLayout) -> None:
    every = [landmark for group in layout.groups.values() for landmark in group]
    assert every == list(range(len(layout)))
    assert len(set(layout.labels)) == len(layout)
    with pytest.raises(InputError, match="expected landmarks 0 to"):
        layout.label(len(layout))


def test_every_vertex_is_a_landmark_of_the_full_layout(template: Template) -> None:
    face = studio_face()
    full = face.layout(FULL)
    np.testing.assert_array_equal(face.landmarks(FULL), np.arange(template.n_vertices))
    np.testing.assert_array_equal(full.mirror, template.mirror)
    assert face.layouts == (*LAYOUTS, FULL)
    assert (len(full), full.label(7)) == (template.n_vertices, "vertex 8")


def test_another_layout_is_one_sentence() -> None:
    wanted = "landmarks: expected one of ibug-68, bu3dfe-83, full, found x"
    for ask in (studio_face().landmarks, studio_face().layout):
        with pytest.raises(InputError, match=wanted):
            ask("x")
