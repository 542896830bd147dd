"""rig: 52 shapes of a registered face, in a folder or a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.face.registration.correspondence import write_correspondence
from studio.face.rig import ARKIT
from studio.io import read_sequence
from studio.io.shapes import read_shapes
from tests.face.foreign import foreign_mesh, registered

from .conftest import Command


@pytest.fixture
def face(tmp_path: Path) -> Path:
    path = tmp_path / "face.npz"
    write_correspondence(registered(foreign_mesh()), path)
    return path


def test_a_registered_face_gets_shapes_by_name(
    command: Command, face: Path, tmp_path: Path
) -> None:
    ended = command("rig", face, "-o", tmp_path / "head.npz", "--json")
    assert (ended.status, ended.err) == (0, "")
    said = json.loads(ended.out)
    assert said["shapes"] == list(ARKIT)
    assert command("rig", face, "-o", tmp_path / "head").status == 0
    file, folder = read_shapes(tmp_path / "head.npz"), read_shapes(tmp_path / "head")
    assert file.topology == folder.topology == foreign_mesh().topology
    np.testing.assert_array_equal(file.neutral, foreign_mesh().vertices[0])
    np.testing.assert_allclose(folder.deltas, file.deltas, atol=1e-4)
    assert read_sequence(tmp_path / "head.npz").frame_names == ("neutral", *ARKIT)


def test_options_of_a_mesh_are_refused_for_a_registered_face(
    command: Command, face: Path, tmp_path: Path
) -> None:
    ended = command("rig", face, "-o", tmp_path / "head.npz", "--neutral", 3)
    assert ended.status == 2
    assert "registered already" in ended.sentence
