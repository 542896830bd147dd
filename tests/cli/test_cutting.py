"""Clips one after the other on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core import MeshSequence
from studio.core.joining import passed
from studio.io import read_sequence, write_sequence

from .conftest import Command


def test_clips_become_one_and_pass_into_each_other(
    command: Command, take: MeshSequence, take_file: Path, tmp_path: Path
) -> None:
    back = replace(take, vertices=take.vertices[::-1].copy())
    write_sequence(back, tmp_path / "back.npz")
    out = tmp_path / "cut.npz"
    ended = command("cut", take_file, tmp_path / "back.npz", take_file, "--overlap", 5, "-o", out)
    assert (ended.status, ended.out) == (0, f"26 frames of 4538 vertices, in {out}\n")
    made = read_sequence(out).vertices
    np.testing.assert_array_equal(made[:7], take.vertices[:7])
    share = passed(5)[:, None, None]
    both = (1 - share) * take.vertices[7:] + share * back.vertices[:5]
    np.testing.assert_allclose(made[7:12], both, atol=1e-4)
    np.testing.assert_array_equal(made[12:14], back.vertices[5:7])


def test_sound_that_the_file_cannot_hold_is_left_alone(
    command: Command, take_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.npz").write_bytes(take_file.read_bytes())
    (tmp_path / "a.wav").write_bytes(b"no sound")
    ended = command("cut", tmp_path / "a.npz", "-o", tmp_path / "cut.npz")
    assert (ended.status, ended.err) == (0, "")


def test_other_surfaces_are_refused_in_words(
    command: Command, take: MeshSequence, take_file: Path, tmp_path: Path
) -> None:
    half = MeshSequence(take.vertices[:2], take.faces[:4000], 30.0)
    write_sequence(half, tmp_path / "half.npz")
    ended = command("cut", take_file, tmp_path / "half.npz", "-o", tmp_path / "cut.npz")
    assert ended.status == 2
    assert "half.npz: expected the 4538-vertex surface of the cut's first clip" in ended.err
    assert not (tmp_path / "cut.npz").exists()
