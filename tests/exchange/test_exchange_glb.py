"""GLB of ours, in each of its forms, in Blender and by Khronos' validator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, load_rig
from studio.io import read_sequence, write_sequence
from studio.io.shapes import write_shapes_file
from tests.exchange.conftest import Look

FORMS = ("arkit", "pca", "frames")
SOME = (0, 37, 99)


def far_away(clip: MeshSequence) -> MeshSequence:
    return clip.at(np.array([0.0, 1650.0, -3000.0]))


@pytest.mark.parametrize("way", FORMS)
def test_a_clip_is_the_same_surface_in_blender(
    way: str, studio_take: MeshSequence, seen_in_blender: Look, tmp_path: Path
) -> None:
    path = tmp_path / "take.glb"
    write_sequence(studio_take, path, settings={"morphs": way, "bound": 0.005})
    seen = seen_in_blender(path, SOME)
    assert seen.shape == (3, *studio_take.vertices.shape[1:])
    assert np.abs(seen - studio_take.vertices[list(SOME)]).max() < 0.01


@pytest.mark.parametrize("way", (*FORMS, "still", "far"))
def test_the_validator_finds_no_fault_in_a_clip(
    way: str, studio_take: MeshSequence, validated: Callable[[Path], dict[str, Any]], tmp_path: Path
) -> None:
    clip = studio_take.sliced(50, 51) if way == "still" else studio_take
    path = tmp_path / "take.glb"
    settings = {"morphs": way} if way in FORMS else {}
    write_sequence(far_away(clip) if way == "far" else clip, path, settings=settings)
    assert no_faults(validated(path))


def no_faults(report: dict[str, Any]) -> bool:
    issues = report["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
    return True


def test_a_rig_is_without_fault_and_has_its_shapes_in_blender(
    validated: Callable[[Path], dict[str, Any]], blender: Callable[..., str], tmp_path: Path
) -> None:
    from studio.face.known import studio_face

    rig, path = load_rig(), tmp_path / "head.glb"
    write_shapes_file(FaceShapes(rig.rest, studio_face().template.faces, rig.actions), path)
    assert no_faults(validated(path))
    told = blender("keys.py", path)
    keys = next(line for line in told.splitlines() if line.startswith("keys: "))
    assert keys == "keys: Basis " + " ".join(ARKIT)


@pytest.mark.parametrize("smooth", ["smooth", "flat"])
def test_a_morphing_face_that_blender_writes_is_read(
    smooth: str, blender: Callable[..., str], geometry: Path, tmp_path: Path
) -> None:
    path = tmp_path / "written.glb"
    blender("write_take.py", geometry / "facecap.npz", path, smooth)
    found = read_sequence(path, unit="cm")
    with np.load(geometry / "facecap.npz") as data:
        moved = np.einsum("tk,kvi->tvi", data["weights"][:60], data["deltas"])
        wanted = 10 * (data["neutral"] + moved)
    assert (found.n_frames, found.fps) == (60, 30.0)
    frames = found.vertices + found.origin
    if smooth == "flat":  # where Blender writes each vertex once for each direction it faces
        near = np.abs(frames[0][:, None] - wanted[0]).max(axis=2).argmin(axis=1)
        wanted = wanted[:, near]
    assert frames.shape == wanted.shape
    assert np.abs(frames - wanted).max() < 1e-5 * found.size
