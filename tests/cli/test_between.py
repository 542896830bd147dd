"""inbetween and morph: frames between motions, and clips that pass into others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.face import load_template
from studio.io import read_sequence, write_sequence

from .conftest import Command

LABEL = ("--label", "anger")


@pytest.fixture
def other_file(take: MeshSequence, tmp_path: Path) -> Path:
    """The take backwards, and a bit further on."""
    clip = MeshSequence(take.vertices[::-1], take.faces, 30.0, "other")
    return write_sequence(clip, tmp_path / "other.npz")[0]


def test_a_range_is_made_anew_and_the_rest_stays(
    command: Command, models: Path, take: MeshSequence, take_file: Path, tmp_path: Path
) -> None:
    out, again = tmp_path / "out.npz", tmp_path / "again.npz"
    wish = ("--from", 4, "--to", 7, *LABEL, "--seed", 3, "--rest", 0, "--models", models)
    ended = command("inbetween", take_file, *wish, "-o", out, "--json")
    facts = json.loads(ended.out)
    assert (ended.status, facts["made"], facts["frames"]) == (0, 4, 12)
    found = read_sequence(out).vertices
    kept = [*range(4), *range(8, 12)]
    assert found[kept].tobytes() == take.vertices[kept].tobytes()
    assert np.abs(found[4:8] - take.vertices[4:8]).max() > 0.01
    # Its recipe makes it again.
    recipe = json.loads((tmp_path / "out.npz.recipe.json").read_text())
    assert (recipe["made"], recipe["shows"], recipe["seed"]) == ("between", "anger", 3)
    assert "registered" not in recipe["face"]
    more = ("--models", models, "--out", again)
    assert command("generate", "--recipe", tmp_path / "out.npz.recipe.json", *more).status == 0
    assert read_sequence(again).vertices.tobytes() == found.tobytes()


def test_what_the_clip_shows_is_told_where_nobody_says(
    command: Command, models: Path, take_file: Path, tmp_path: Path
) -> None:
    wish = ("inbetween", take_file, "--loop", 5, "--models", models, "-o", tmp_path / "out.npz")
    ended = command(*wish)
    assert ended.status == 0
    recipe = json.loads((tmp_path / "out.npz.recipe.json").read_text())
    assert ended.err == f"The frames in between show {recipe['shows']}, as the clip does.\n"
    assert read_sequence(tmp_path / "out.npz").n_frames == 17


def test_two_clips_are_joined(
    command: Command,
    models: Path,
    take: MeshSequence,
    take_file: Path,
    other_file: Path,
    tmp_path: Path,
) -> None:
    wish = ("--frames", 6, "--strength", 0, "--models", models, "-o", tmp_path / "out.npz")
    assert command("inbetween", take_file, other_file, *wish).status == 0
    found = read_sequence(tmp_path / "out.npz").vertices
    assert len(found) == 12 + 6 + 12
    assert found[:12].tobytes() == take.vertices.tobytes()
    assert found[18:].tobytes() == take.vertices[::-1].tobytes()


def test_one_clip_passes_into_another(
    command: Command,
    models: Path,
    take: MeshSequence,
    take_file: Path,
    other_file: Path,
    tmp_path: Path,
) -> None:
    more = ("--rest", 0, "--models", models)
    for told, wanted in (
        ((), (take.vertices[0], take.vertices[0])),
        (("--share", "0", "--no-align"), (take.vertices[0], take.vertices[-1])),
        (("--share", "0:1", "--share", "1:0"), (take.vertices[-1], take.vertices[-1])),
    ):
        out = tmp_path / "out.npz"
        assert command("morph", take_file, other_file, *told, *more, "-o", out).status == 0
        found = read_sequence(out).vertices
        for frame, face in zip(found[[0, -1]], wanted, strict=True):
            assert np.abs(frame - face).max() < 1e-3
    recipe = json.loads((tmp_path / "out.npz.recipe.json").read_text())
    assert (recipe["made"], recipe["shares"], recipe["align"]) == ("morph", [[0, 1], [1, 0]], True)
    make = ("--recipe", tmp_path / "out.npz.recipe.json", "--out", tmp_path / "again.npz")
    assert command("generate", *make, "--models", models).status == 0
    assert read_sequence(tmp_path / "again.npz").vertices.tobytes() == found.tobytes()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ((), "inbetween: expected --from and --to for a range, --loop, or another clip"),
        (("--from", 3), "inbetween: expected --from and --to"),
        (("--from", 3, "--to", 5, "--loop", 4), "inbetween: expected --from and --to"),
        (("--frames", 5), "another clip and --frames, found --frames"),
        (("--loop", 4, "--from", 3), "another clip and --frames, found --from and --loop"),
        (("--from", 0, "--to", 5), "expected a range within its 12 frames with one left on each"),
        (("--from", 5, "--to", 11), "expected a range within its 12 frames with one left on each"),
        (("--from", 5, "--to", 3), "expected --to no earlier than --from, found 5 to 3"),
        (("--loop", 4, "--label", "joy"), "label: expected one of anger, happiness, neutral"),
        (("--loop", 0), "frames: expected a whole number from 1"),
        (("--loop", 4, "--strength", 2), "strength: expected a number from 0 to 1, found 2"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    command: Command,
    models: Path,
    take_file: Path,
    tmp_path: Path,
    told: tuple[object, ...],
    sentence: str,
) -> None:
    named = told if "--label" in told else (*told, *LABEL)
    wish = (*named, "--rest", 0, "--models", models, "-o", tmp_path / "out.npz")
    assert sentence in command("inbetween", take_file, *wish).sentence
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (("--frames", 0), "frames: expected a whole number from 1"),
        (("--loop", 4), "found --loop and another clip"),
    ],
)
def test_a_join_of_no_frames_and_a_clip_that_nothing_asks_for(
    command: Command,
    models: Path,
    take_file: Path,
    tmp_path: Path,
    told: tuple[object, ...],
    sentence: str,
) -> None:
    wish = (*told, *LABEL, "--rest", 0, "--models", models, "-o", tmp_path / "out.npz")
    assert sentence in command("inbetween", take_file, take_file, *wish).sentence
    assert not (tmp_path / "out.npz").exists()


def test_a_clip_of_another_triangulation_is_not_joined(
    command: Command, models: Path, take_file: Path, tmp_path: Path
) -> None:
    template = load_template()
    mesh = MeshSequence(template.vertices[None], template.faces[1:])
    other = write_sequence(mesh, tmp_path / "other.obj")[0]
    wish = ("--frames", 6, *LABEL, "--no-register", "--models", models, "-o", tmp_path / "out.npz")
    assert "other.obj" in command("inbetween", take_file, other, *wish).sentence
    wish = ("--share", "x", "--models", models, "-o", tmp_path / "out.npz")
    assert "share: expected a share" in command("morph", take_file, take_file, *wish).sentence
