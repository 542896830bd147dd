"""Faces whose y is not up are seen upright once their registration tells how they are held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.document import Document
from studio.io import registrations
from studio.render.look import Look
from studio.render.thumbnails import thumbnails
from studio.ui.view3d.upright import held
from tests.face.foreign import POOR, TURN, foreign_mesh, registered


def test_how_a_face_is_held_is_known_by_its_registration() -> None:
    document, mesh = Document(), foreign_mesh()
    clip = document.open_clip(mesh)
    assert held(document, mesh) is None
    document.set_registration(clip, registered(mesh))
    np.testing.assert_array_equal(held(document, mesh), TURN)
    assert held(document, replace(mesh, faces=mesh.faces[1:])) is None
    document.undo()
    assert held(document, mesh) is None


@pytest.mark.parametrize(("degrees", "seen"), [(0, False), (20, False), (40, True), (180, True)])
def test_a_head_that_is_turned_a_little_is_seen_as_it_is_held(degrees: int, *, seen: bool) -> None:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    found = replace(registered(foreign_mesh()), rotation=turn)
    assert (found.upright is not None) == seen


def test_a_face_that_is_made_on_is_known_while_it_is_in_use() -> None:
    mesh = foreign_mesh()
    found = registered(mesh)
    registrations.save("made on", found)
    np.testing.assert_array_equal(held(Document(), mesh), TURN)
    registrations.save("made on", registered(mesh, POOR), anew=True)


def test_pictures_of_a_face_on_its_side_are_those_of_one_that_stands() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(size=(1, 40, 3)).astype(np.float32) * np.float32([60, 110, 90])
    faces = np.array([[k, k + 1, k + 2] for k in range(38)], np.int32)
    stand = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    upright = MeshSequence(points, faces)
    lying = MeshSequence((points @ stand).astype(np.float32), faces)
    one, other = thumbnails(upright, [0], (32, 36)), thumbnails(lying, [0], (32, 36), upright=stand)
    assert np.abs(one.astype(int) - other).mean() < 1
    assert np.abs(one.astype(int) - thumbnails(lying, [0], (32, 36))).mean() > 5
    for look in (Look(), Look(upright=stand)):
        again = Look.of(look.plain(), None)
        assert (again.upright is None) == (look.upright is None)
        np.testing.assert_array_equal(again.upright, look.upright)
