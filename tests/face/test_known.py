"""Faces are known by their triangulation; a further one is registered and found everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.document.edits.landmarks import own_landmarks
from studio.face import known as faces
from studio.face.known import known, register, studio_face, unregister
from studio.face.landmarks import IBUG_68
from studio.face.model import FaceModel

NAME = "other"


def other() -> FaceModel:
    """The shipped face inside out, with its landmarks backwards."""
    whole = studio_face()
    template = replace(whole.template, faces=whole.template.faces[:, ::-1])
    backwards = tuple(whole.landmarks(IBUG_68.name)[::-1].tolist())
    return FaceModel(NAME, template, {IBUG_68.name: backwards})


@pytest.fixture
def registered() -> Iterator[FaceModel]:
    register(NAME, other)
    yield other()
    unregister(NAME)


def test_the_shipped_face_is_found_by_its_triangulation() -> None:
    face = studio_face()
    assert known(face.topology) is face
    assert known("another") is None
    assert face.rig is not None
    np.testing.assert_array_equal(face.rig.rest, face.template.vertices)
    np.testing.assert_array_equal(face.landmarks(IBUG_68.name), face.template.landmarks)


def test_a_registered_face_is_found_and_its_clips_have_landmarks(registered: FaceModel) -> None:
    found = known(registered.topology)
    assert found is not None and (found.name, found.rig) == (NAME, None)
    assert known(studio_face().topology) is studio_face()
    clip = MeshSequence(registered.template.vertices[None], registered.template.faces)
    vertices = [landmark.vertex for landmark in own_landmarks(clip)]
    assert vertices == studio_face().landmarks(IBUG_68.name)[::-1].tolist()
    unregister(NAME)
    assert known(registered.topology) is None and own_landmarks(clip) == ()
    register(NAME, other)


def test_a_face_that_cannot_be_read_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    topology = studio_face().topology

    def unreadable() -> FaceModel:
        raise InputError("template.npz: cannot be read")

    monkeypatch.setattr(faces, "_LOADERS", {"studio": unreadable})
    monkeypatch.setattr(faces, "_loaded", {})
    assert known(topology) is None
    with pytest.raises(InputError, match="cannot be read"):
        studio_face()


@pytest.mark.parametrize(
    ("marked", "wrong"),
    [
        ({}, "expected 68 landmarks, found 0 of ibug-68"),
        ({IBUG_68.name: (1, 2)}, "expected 68 landmarks, found 2 of ibug-68"),
        ({IBUG_68.name: (4538,) * 68}, "expected landmarks on 4538 vertices, found vertex 4538"),
    ],
)
def test_a_face_whose_landmarks_are_not_there_is_one_sentence(
    marked: dict[str, tuple[int, ...]], wrong: str
) -> None:
    with pytest.raises(InputError, match=f"^{NAME}: {wrong}"):
        FaceModel(NAME, studio_face().template, marked)
