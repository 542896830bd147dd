"""Frames of ours, a file each, are the same surface in Blender."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from studio.core import MeshSequence
from studio.io import write_sequence
from tests.exchange.conftest import Look


@pytest.mark.parametrize("format", ["obj", "ply", "stl"])
def test_a_frame_is_the_same_surface_in_blender(
    format: str, studio_take: MeshSequence, seen_in_blender: Look, tmp_path: Path
) -> None:
    frame = studio_take.sliced(50, 51)
    path = tmp_path / f"frame.{format}"
    write_sequence(frame, path)
    seen = seen_in_blender(path)[0]
    # STL has no order of vertices, and does not list those of no triangle.
    wanted = frame.vertices[0] if format != "stl" else frame.vertices[0][np.unique(frame.faces)]
    assert seen.shape == wanted.shape
    if format == "stl":
        seen = seen[cKDTree(seen).query(wanted)[1]]
    assert np.abs(seen - wanted).max() < 0.01
