"""The first frame of what takes long is told before the rest is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.io import frames, memory, read_sequence, write_sequence
from studio.io.formats import arrays
from tests.io.io_meshes import tetrahedra

Told = list[tuple[MeshSequence, int]]


@pytest.mark.parametrize("format", ["obj", "ply", "stl", "off", "npz"])
def test_the_first_frame_is_that_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.setattr(frames, "_SOON", 0)
    monkeypatch.setattr(arrays, "SOON", 0)
    target = tmp_path / ("take.npz" if format == "npz" else "take")
    write_sequence(tetrahedra(3), target, format=format)
    told: Told = []
    whole = read_sequence(target, on_first=lambda *first: told.append(first))
    [(first, n_frames)] = told
    assert (first.n_frames, n_frames, first.name) == (1, 3, "take")
    np.testing.assert_array_equal(first.vertices[0][first.faces], whole.vertices[0][whole.faces])


def test_what_is_there_at_once_is_not_told_twice(tmp_path: Path) -> None:
    write_sequence(tetrahedra(3), tmp_path / "take", format="obj")
    told: Told = []
    read_sequence(tmp_path / "take", on_first=lambda *first: told.append(first))
    assert told == []


def test_no_frame_is_told_of_what_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_SOON", 0)
    write_sequence(tetrahedra(400), tmp_path / "take", format="obj")
    monkeypatch.setattr(memory, "available", lambda: 20_000)
    told: Told = []
    with pytest.raises(InputError, match="take: expected a sequence that fits into"):
        read_sequence(tmp_path / "take", on_first=lambda *first: told.append(first))
    assert told == []
