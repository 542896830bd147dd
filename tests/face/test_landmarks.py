"""The two layouts on the template."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree

from studio.core import InputError
from studio.face.landmarks import BU3DFE_83, IBUG_68, LAYOUTS, Layout, landmark_points
from studio.face.template import Template, load_template


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


@pytest.fixture(params=list(LAYOUTS.values()), ids=list(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


def test_the_landmarks_are_different_points_of_the_skin(layout: Layout, template: Template) -> None:
    ids = np.array(layout.ids)
    assert len(layout) == len(set(layout.ids)) == int(layout.name[-2:])
    assert template.regions["skin"][ids].all()


def test_the_pairs_are_those_of_the_template(layout: Layout, template: Template) -> None:
    mirror = np.array(layout.mirror)
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(layout)))
    points = landmark_points(layout.name, template.vertices)
    gap = np.linalg.norm(points[mirror] - points * [-1, 1, 1], axis=1)
    assert gap.max() < 3.0
    twin = template.mirror[list(layout.ids)]
    step = np.linalg.norm(template.vertices[twin] - points[mirror], axis=1)
    assert step.max() < 3.0


def test_the_left_half_of_the_83_is_the_mirrored_right_one(template: Template) -> None:
    ids, mirror = np.array(BU3DFE_83.ids), np.array(BU3DFE_83.mirror)
    sides = np.r_[0:48, 68:83]  # the mouth is that of the 68
    np.testing.assert_array_equal(template.mirror[ids[sides]], ids[mirror[sides]])
    np.testing.assert_array_equal(ids[48:68], IBUG_68.ids[48:])


def test_the_83_lie_along_the_curves_of_the_68(template: Template) -> None:
    for name in ("right eye", "left eye", "right brow", "left brow", "nostrils", "jaw"):
        old, new = (
            landmark_points(layout.name, template.vertices)[list(layout.groups[name])]
            for layout in (IBUG_68, BU3DFE_83)
        )
        line = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(old)])
        closed = np.concatenate([line, np.linspace(old[-1], old[0], 40)])
        distance, _ = cKDTree(closed).query(new)
        assert distance.max() < 7.0, name


def test_the_groups_divide_the_landmarks_and_name_them(layout: Layout) -> None:
    every = [landmark for group in layout.groups.values() for landmark in group]
    assert every == list(range(len(layout)))
    assert len({layout.label(landmark) for landmark in every}) == len(layout)
    with pytest.raises(InputError, match="expected landmarks 0 to"):
        layout.label(len(layout))


def test_points_of_many_frames_at_once(layout: Layout, template: Template) -> None:
    frames = np.stack([template.vertices, template.vertices + 1])[None]
    points = landmark_points(layout.name, frames)
    assert points.shape == (1, 2, len(layout), 3)
    np.testing.assert_array_equal(points[0, 1], template.vertices[list(layout.ids)] + 1)


def test_another_layout_is_one_sentence(template: Template) -> None:
    with pytest.raises(InputError, match="landmarks: expected one of ibug-68, bu3dfe-83, found x"):
        landmark_points("x", template.vertices)
