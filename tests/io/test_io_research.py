"""Files of research on speaking faces: VOCASET's arrays, and folders of CoMA's and FLAME's PLY."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.io import read_sequence, write_sequence

VERTICES = 5023  # of FLAME, VOCASET, CoMA


@pytest.fixture
def faces(geometry: Path) -> np.ndarray:
    return np.asarray(np.load(geometry / "emovoca.npz")["faces"])


def test_vocaset_and_faceformer_arrays(tmp_path: Path) -> None:
    flat = np.random.default_rng(0).uniform(-0.1, 0.1, (6, 3 * VERTICES)).astype(np.float32)
    for array in (flat, flat[None], flat.reshape(6, VERTICES, 3).astype(np.float64)):
        np.save(tmp_path / "FaceTalk_sentence01.npy", array)
        clip = read_sequence(tmp_path / "FaceTalk_sentence01.npy")
        assert (clip.n_frames, clip.n_vertices, clip.read_as.unit) == (6, VERTICES, "m")
        np.testing.assert_allclose(clip.vertices.reshape(6, -1), 1000 * flat, rtol=1e-6)


def test_folders_of_coma_are_clips(tmp_path: Path, geometry: Path, faces: np.ndarray) -> None:
    apexes = np.load(geometry / "emovoca.npz")["vertices"][:4]
    meters = MeshSequence(1000 * apexes / max(1.0, float(np.ptp(apexes[0]))), faces)
    folder = tmp_path / "FaceTalk_170725_00137_TA" / "bareteeth"
    write_sequence(meters, folder, format="ply", name="bareteeth.{frame:06d}", unit="m")
    clip = read_sequence(folder, cache=False)
    assert (clip.n_frames, clip.n_vertices, len(clip.faces)) == (4, VERTICES, len(faces))
    assert clip.read_as.unit == "m"
    np.testing.assert_allclose(clip.vertices, meters.vertices, rtol=0, atol=1e-3)
