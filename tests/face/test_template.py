"""The template face that ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.core.surfaces import vertex_normals
from studio.face.landmarks import MIRROR_68
from studio.face.studio_face import LANDMARKS_68
from studio.face.template import Template, load_template

TOPOLOGY = "5c9b9309722e5768"


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


def test_the_topology_is_the_one_that_files_and_models_name(template: Template) -> None:
    assert template.listed_topology == TOPOLOGY
    assert template.topology != TOPOLOGY
    assert (template.n_vertices, len(template.faces)) == (4538, 9014)


def test_the_mirror_map_is_an_involution_on_the_skin(template: Template) -> None:
    skin = np.flatnonzero(template.regions["skin"])
    there = template.mirror[skin]
    assert template.regions["skin"][there].all()
    np.testing.assert_array_equal(template.mirror[there], skin)


def test_the_mirror_map_reflects(template: Template) -> None:
    skin = template.regions["skin"]
    reflected = template.vertices * [-1, 1, 1]
    gap = np.linalg.norm(template.vertices[template.mirror] - reflected, axis=1)
    assert gap[skin].max() < 1.0


def test_an_eye_mirrors_into_the_other(template: Template) -> None:
    for side, other in (("eye_left", "eye_right"), ("eye_right", "eye_left")):
        assert template.regions[other][template.mirror[template.regions[side]]].all()


def test_four_regions_divide_the_vertices(template: Template) -> None:
    parts = [template.regions[name] for name in ("skin", "eye_left", "eye_right", "tongue")]
    np.testing.assert_array_equal(np.sum(parts, axis=0), 1)
    assert [int(part.sum()) for part in parts] == [4200, 72, 40, 226]


def test_no_face_joins_two_of_the_regions(template: Template) -> None:
    for name in ("skin", "eye_left", "eye_right", "tongue"):
        corners = template.regions[name][template.faces].sum(axis=1)
        assert set(np.unique(corners)) <= {0, 3}


def test_left_is_plus_x_up_is_plus_y_and_the_face_looks_along_z(template: Template) -> None:
    points, regions = template.vertices, template.regions
    assert points[regions["eye_left"], 0].mean() > 20 > -20 > points[regions["eye_right"], 0].mean()
    assert points[regions["brows"], 1].mean() > 0 > points[regions["mouth"], 1].mean()
    nose, ear = template.landmarks[30], template.landmarks[0]
    assert points[nose, 2] > points[ear, 2] + 50
    eyes = [points[regions[name]] for name in ("eye_left", "eye_right")]
    center = np.mean([(e.min(axis=0) + e.max(axis=0)) / 2 for e in eyes], axis=0)
    np.testing.assert_allclose(center, 0.0, atol=1e-3)


def test_faces_look_outward(template: Template) -> None:
    normals = vertex_normals(template.vertices, template.faces)
    assert normals[template.landmarks[30], 2] > 0.5
    assert normals[template.landmarks[16], 0] > 0 > normals[template.landmarks[0], 0]


def test_landmarks_mirror_in_pairs(template: Template) -> None:
    ids = template.landmarks
    np.testing.assert_array_equal(ids, LANDMARKS_68)
    assert len(set(ids.tolist())) == 68
    partners = np.array(MIRROR_68)
    np.testing.assert_array_equal(partners[partners], np.arange(68))
    reflected = template.vertices[ids] * [-1, 1, 1]
    gap = np.linalg.norm(template.vertices[ids[partners]] - reflected, axis=1)
    assert gap.max() < 3.0
    right = [0, 17, 36, 48]  # of the subject, so at -x
    assert (template.vertices[ids[right], 0] < -10).all()


def test_what_is_rigid_is_neither_mouth_nor_jaw_nor_lid(template: Template) -> None:
    rigid = template.regions["rigid"]
    assert rigid.sum() > 300
    for name in ("mouth", "brows", "eyes", "jaw", "tongue"):
        assert not (rigid & template.regions[name]).any()


def test_a_template_comes_back_from_its_file(template: Template, tmp_path: Path) -> None:
    template.write(tmp_path / "t.npz")
    again = Template.read(tmp_path / "t.npz")
    np.testing.assert_array_equal(again.vertices, template.vertices)
    assert again.topology == template.topology
    assert again.regions.keys() == template.regions.keys()


def test_another_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "t.npz"
    for write in (lambda: path.write_bytes(b"no"), lambda: np.savez(path, vertices=np.zeros(3))):
        write()
        with pytest.raises(InputError, match=r"t\.npz: expected the studio's template face"):
            Template.read(path)
    with pytest.raises(InputError):
        Template.read(tmp_path / "absent.npz")
