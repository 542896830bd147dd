"""Point caches and scenes of ours move the same surface in Blender, and Blender's in ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.io import FORMATS, read_sequence, write_sequence
from tests.exchange.conftest import Look

LOOKED_AT = (0, 50, 99)


def installed(suffix: str) -> None:
    kind = FORMATS.reader(Path(f"x.{suffix}"))
    assert kind is not None
    if kind.extra is not None and not kind.extra.installed:
        pytest.skip(f"{kind.extra.module} is not installed")


@pytest.mark.parametrize(
    ("suffix", "unit"),
    [("pc2", "mm"), ("mdd", "mm"), ("usdc", "mm"), ("usda", "cm"), ("usdz", "m"), ("abc", "m")],
)
def test_frames_are_the_same_surface_in_blender(
    suffix: str, unit: str, studio_take: MeshSequence, seen_in_blender: Look, tmp_path: Path
) -> None:
    installed(suffix)
    path = tmp_path / f"take.{suffix}"
    write_sequence(studio_take, path, unit=unit)
    seen = seen_in_blender(path, LOOKED_AT)
    wanted = studio_take.vertices[list(LOOKED_AT)]
    assert seen.shape == wanted.shape
    assert np.abs(seen - wanted).max() < 0.01
    assert np.abs(wanted[1] - wanted[0]).max() > 1, "it moves"


@pytest.mark.parametrize("suffix", ["fbx", "usdc", "usda", "abc"])
def test_a_take_that_blender_wrote_is_the_same_here(
    suffix: str, blender: Callable[..., str], geometry: Path, tmp_path: Path
) -> None:
    installed(suffix)
    blender("write_take.py", geometry / "facecap.npz", tmp_path / f"take.{suffix}")
    clip = read_sequence(tmp_path / f"take.{suffix}", unit="m" if suffix == "abc" else None)
    face = np.load(geometry / "facecap.npz")
    moved = np.einsum("tk,kvc->tvc", face["weights"][:60].astype(float), face["deltas"])
    wanted = 1000 * (face["neutral"] + moved)
    assert clip.vertices.shape == wanted.shape and clip.fps == 30.0
    assert clip.read_as.unit_by == ("given" if suffix == "abc" else "file")
    size = np.ptp(wanted[0], axis=0).max()
    assert np.abs(clip.in_world(clip.vertices) - wanted).max() < 1e-5 * size
    np.testing.assert_array_equal(clip.faces, face["faces"])
