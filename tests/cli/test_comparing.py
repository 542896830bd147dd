"""compare: how far a clip is from another, in words, as JSON, as a table and as a picture."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.io import write_sequence
from tests.render.faces import ball, nodding

from .conftest import Command


@pytest.fixture
def clips(tmp_path: Path) -> tuple[Path, Path]:
    """A clip of the studio's face, and the same moved aside by 3 mm in the jaw and in the world."""
    one = nodding(6)
    jaw = np.zeros((one.n_vertices, 3), dtype=np.float32)
    jaw[one.vertices[0, :, 1] < -60] = (3, 0, 0)
    places = tmp_path / "one.npz", tmp_path / "other.npz"
    write_sequence(one, places[0])
    write_sequence(replace(one, vertices=one.vertices + jaw + np.float32([0, 0, 40])), places[1])
    return places


def test_figures_are_of_the_faces_and_in_the_world_on_request(
    command: Command, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    table, picture = tmp_path / "far.csv", tmp_path / "far.png"
    found = json.loads(
        command("compare", *clips, "--csv", table, "--picture", picture, "--json").out
    )
    assert found["frames"] == 6 and found["frames_alone"] == 0
    assert found["measured"] == "vertex by vertex, the motion of the head taken out"
    assert found["figures"]["face"]["max_mm"] == pytest.approx(3, abs=0.05)
    assert found["figures"]["jaw"]["mean_mm"] > found["figures"]["brows"]["max_mm"]
    lines = table.read_text().splitlines()
    assert len(lines) == 3 + 1 + 6 and lines[2].endswith("the motion of the head taken out")
    assert picture.read_bytes()[:4] == b"\x89PNG"
    aside = json.loads(command("compare", *clips, "--world", "--json").out)
    assert aside["figures"]["face"]["mean_mm"] > 39
    assert "farthest at frame" in command("compare", *clips).out


def test_another_triangulation_is_measured_where_it_lies_unless_it_is_registered(
    command: Command, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    round_one = tmp_path / "ball.npz"
    write_sequence(ball(3), round_one)
    ended = command("compare", clips[0], round_one, "--no-register")
    assert "to the nearest point of the surface, where they lie in the world" in ended.out
    assert "3 frames, 3 more have nothing beside" in ended.out


def test_what_cannot_be_compared_is_one_sentence(
    command: Command, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    points = tmp_path / "points.npz"
    write_sequence(replace(ball(2), faces=np.zeros((0, 3), dtype=np.int32)), points)
    refused = command("compare", clips[0], points, "--no-register").sentence
    assert "a surface of triangles" in refused
    assert "--picture beside it" in command("compare", *clips, "--frame", "2").sentence
    picture = tmp_path / "a.png"
    late = command("compare", *clips, "--picture", picture, "--frame", "9").sentence
    assert "0 to 5" in late and not picture.exists()
