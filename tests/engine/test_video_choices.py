"""Which face of a video is read, from which rest on, and what becomes of odd videos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import studio.engine.video  # noqa: F401  (from here on videos are clips)
from studio.cli.app import run
from studio.core import InputError, MeshSequence
from studio.engine.video.laying import lay
from studio.face.known import studio_face
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.io import read_sequence, read_weights
from studio.render.stills import render_frames
from tests.films import Pixels, write_film

FRAMES = 12
BEGINS = 6  # the frame from which on the mouth is open


@pytest.fixture(scope="module")
def talking() -> Pixels:
    """(12, 240, 320, 3): a mouth that is shut, and open from a frame on."""
    weights = np.zeros((FRAMES, len(ARKIT)), dtype=np.float32)
    weights[BEGINS:, ARKIT_INDEX["jawOpen"]] = 0.8
    clip = MeshSequence(load_rig().pose(weights), studio_face().template.faces)
    return render_frames(clip, range(FRAMES), (320, 240))


@pytest.fixture(scope="module")
def pair(talking: Pixels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who talks, and beside them a smaller face that does not."""
    still = np.full_like(talking, talking[0, 0, 0])
    small = talking[0, ::4, ::4].repeat(3, axis=0).repeat(3, axis=1)
    still[:, :180, :240] = small
    both = np.concatenate([talking, still], axis=2)
    return write_film(tmp_path_factory.mktemp("films") / "pair.mp4", list(both), keys=1)


def opens(clip: MeshSequence) -> float:
    """How many mm further the lips are apart at the end than in the beginning."""
    lips = clip.vertices[:, studio_face().template.landmarks[[62, 66]]]
    wide = np.linalg.norm(lips[:, 0] - lips[:, 1], axis=1)
    return float(wide[-3:].mean() - wide[:3].mean())


def test_the_largest_face_is_read_unless_another_is_chosen(pair: Path) -> None:
    largest, other = read_sequence(pair), read_sequence(pair, face=2)
    assert opens(largest) > 6 > 2 > abs(opens(other))
    assert "2 faces are seen; it is the largest. --face and the panel choose." in largest.remarks
    assert other.footage is not None and (other.footage.face, other.footage.faces) == (2, 2)
    assert other.given.face == 2 and largest.given.face is None


def test_the_span_that_is_said_is_the_face_at_rest(talking: Pixels, tmp_path: Path) -> None:
    path = write_film(tmp_path / "talk.mp4", list(talking), keys=1)
    usual = read_sequence(path)
    said = read_sequence(path, rest=(BEGINS + 1, FRAMES - 1))
    assert opens(usual) > 6 > 2 > abs(opens(said))
    assert said.footage is not None and usual.footage is not None
    assert said.footage.resting.tolist() == list(range(BEGINS + 1, FRAMES))
    assert said.given.rest == (BEGINS + 1, FRAMES - 1)
    again = lay(said.footage, "talk")  # without the pictures
    np.testing.assert_array_equal(again.vertices, usual.vertices)
    with pytest.raises(InputError, match=r"the face at rest from 3.* found no picture with the"):
        read_sequence(path, rest=(80, 90))


def test_commands_choose_the_face_and_its_rest(
    pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def jaw(*options: str) -> np.ndarray:
        out = tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        told = ["convert", str(pair), str(out), "--format", "livelink", *options]
        assert run(told, lambda *_: 0) == 0
        take = read_weights(out)
        return take.weights[:, take.names.index("jawOpen")]

    assert jaw("--face", "2").max() < 0.2
    assert jaw("--neutral", "7-11")[-3:].max() < 0.15
    assert run(["convert", str(pair), str(tmp_path / "o.npz"), "--face", "3"], lambda *_: 0) == 2
    assert "expected 3 faces at once, found 2" in capsys.readouterr().err
    for span in ("7", "9-7"):
        told = ["info", str(pair), "--neutral", span]
        assert run(told, lambda *_: 0) == 2
    assert run(["info", str(tmp_path), "--face", "2"], lambda *_: 0) == 2


def test_a_mesh_has_no_faces_to_choose_from(tmp_path: Path) -> None:
    mesh = tmp_path / "a.obj"
    mesh.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match=r"a\.obj: expected a video, for one of several faces"):
        read_sequence(mesh, face=2)


def test_a_face_at_the_border_is_read_or_refused_in_a_sentence(
    talking: Pixels, tmp_path: Path
) -> None:
    part = list(talking[:, :, 160:])  # half a face
    path = write_film(tmp_path / "half.mp4", part, keys=1)
    try:
        clip = read_sequence(path)
    except InputError as error:
        assert "expected a face as large as a fifth" in str(error)
    else:
        assert np.isfinite(clip.vertices).all()


def test_a_video_of_4k_is_looked_at_smaller(talking: Pixels, tmp_path: Path) -> None:
    large = [picture.repeat(9, axis=0).repeat(12, axis=1) for picture in talking[:2]]
    clip = read_sequence(write_film(tmp_path / "large.mp4", large))
    assert clip.n_frames == 2
    assert "Its pictures of 3840 x 2160 pixels are looked at in 1280 x 720." in clip.remarks
