"""rig: 52 shapes of a registered face, in a folder or a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.face.registration.correspondence import write_correspondence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT
from studio.io import read_sequence
from studio.io.shapes import read_shapes, write_shapes_file
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


def test_a_recording_is_played_on_the_shapes(command: Command, tmp_path: Path) -> None:
    head, out = tmp_path / "head.npz", tmp_path / "talk.npz"
    chance = np.random.default_rng(1).uniform(-5, 5, (len(ARKIT) + 1, 4, 3)).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    write_shapes_file(FaceShapes(chance[0], faces, chance[1:]), head)
    take = tmp_path / "talk.csv"
    take.write_text("jawOpen,eyeBlinkLeft\n0,0\n0.5,0\n0.5,1\n")
    ended = command("convert", take, out, "--shapes", head, "--fps", 24)
    assert (ended.status, ended.err.count("Missing and taken as 0")) == (0, 1)
    clip, shapes = read_sequence(out), read_shapes(head)
    weights = np.zeros((3, len(ARKIT)), np.float32)
    weights[1:, ARKIT.index("jawOpen")], weights[2, ARKIT.index("eyeBlinkLeft")] = 0.5, 1
    np.testing.assert_allclose(clip.vertices, shapes.played(weights), atol=1e-4)
    assert (clip.topology, clip.fps) == (shapes.topology, 24.0)
    sentence = command("convert", take, tmp_path / "no.npz", "--shapes", out).sentence
    assert "talk.npz: expected poses named by ARKit's shapes" in sentence
    sentence = command("convert", out, tmp_path / "no.npz", "--shapes", head).sentence
    assert "talk.npz: expected" in sentence and "weights" in sentence
    gaps = ("--shapes", head, "--gaps", "fill")
    assert "--gaps" in command("convert", take, tmp_path / "no.npz", *gaps).sentence
    assert not (tmp_path / "no.npz").exists()
