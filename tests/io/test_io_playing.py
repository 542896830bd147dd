"""Takes of face tracking, played on heads that bring their own ARKit shapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Doubles, Floats
from studio.face import ARKIT, load_rig, load_template
from studio.io import read_sequence
from studio.io.weights.playing import play_weights

ORDER = np.random.default_rng(5).permutation(load_template().n_vertices)


def _head(turn: Doubles, scale: float, shift: Doubles, names: tuple[str, ...]) -> MeshSequence:
    """The studio's head with its shapes, its vertices in another order, laid somewhere else."""
    rig = load_rig()
    rows = [rig.actions[ARKIT.index(name)] for name in names]
    poses = np.stack([rig.rest, *(rig.rest + row for row in rows)])[:, ORDER]
    faces = np.argsort(ORDER)[load_template().faces].astype(np.int32)
    laid = np.float32(scale * poses @ turn.T + shift)
    return MeshSequence(laid, faces, name="head", frame_names=("neutral", *names))


def _take(path: Path, names: tuple[str, ...], rows: Floats) -> Path:
    table = "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows.tolist())])
    path.write_text(table)
    return path


@pytest.fixture
def take(tmp_path: Path) -> Path:
    weights = np.random.default_rng(2).uniform(0, 1, (3, len(ARKIT)))
    angles = np.array([[0, 0, 0], [0.3, 0, 0], [0.1, -0.2, 0.15]])
    names = (*ARKIT, "headYaw", "headPitch", "headRoll")
    return _take(tmp_path / "take.csv", names, np.float32(np.hstack([weights, angles])))


@pytest.mark.parametrize(
    ("turn", "scale", "shift"),
    [
        (np.eye(3), 1.0, np.zeros(3)),
        (np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]), 0.8, np.array([10.0, -40, 900])),
    ],
)
def test_a_head_moves_as_the_studios_wherever_it_lies(
    take: Path, turn: Doubles, scale: float, shift: Doubles
) -> None:
    own, head = read_sequence(take), _head(turn, scale, shift, ARKIT)
    clip = play_weights(take, head.at(np.array([1e5, 0, 0])))
    expected = scale * own.vertices[:, ORDER] @ turn.T + shift
    np.testing.assert_allclose(clip.vertices, expected, atol=2e-3)
    np.testing.assert_array_equal(clip.faces, head.faces)
    np.testing.assert_array_equal(clip.origin, [1e5, 0, 0])
    assert (clip.name, clip.fps, clip.read_as) == ("take", own.fps, own.read_as)


def test_every_channel_moves_its_own_shape(tmp_path: Path) -> None:
    head = _head(np.eye(3), 1.0, np.zeros(3), ARKIT)
    take = _take(tmp_path / "each.csv", ARKIT, np.eye(len(ARKIT), dtype=np.float32))
    clip = play_weights(take, head, fps=60)
    np.testing.assert_allclose(clip.vertices[0], head.vertices[1], atol=1e-4)
    assert clip.fps == 60
    at_thirty = play_weights(take, head)
    np.testing.assert_allclose(at_thirty.vertices, head.vertices[1:], atol=1e-4)


def test_what_the_head_lacks_is_said(tmp_path: Path) -> None:
    head = _head(np.eye(3), 1.0, np.zeros(3), ARKIT[:12])
    rows = np.zeros((2, len(ARKIT)), np.float32)
    rows[1, [0, 30]] = 1
    told: list[str] = []
    take = _take(tmp_path / "take.csv", ARKIT, rows)
    clip = play_weights(take, head, progress=Progress(remarked=told.append))
    missing = f"head has no shape for {ARKIT[30]}, and does not move there."
    assert missing in clip.remarks
    assert f"take.csv: {missing}" in told


def test_what_is_no_take_or_no_set_of_shapes_is_refused(take: Path, tmp_path: Path) -> None:
    head = _head(np.eye(3), 1.0, np.zeros(3), ARKIT)
    with pytest.raises(InputError, match="head: expected poses named by ARKit's shapes"):
        play_weights(take, head.sliced(0, 1))
    for bad in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError):
            play_weights(bad, head)
    mesh = tmp_path / "mesh.obj"
    mesh.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match=r"mesh\.obj: expected .*weights"):
        play_weights(mesh, head)
    still = MeshSequence(head.vertices[[0] * 53], head.faces, frame_names=head.frame_names)
    with pytest.raises(InputError, match="3 shapes that move the face"):
        play_weights(take, still)
