"""Faces of any triangulation on the command line: registered, moved, read, refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import MeshSequence, Progress
from studio.engine import Engine
from studio.face.registration.clicked import POINTS
from studio.face.registration.correspondence import read_correspondence
from studio.face.rig import ARKIT
from studio.io import cache, read_sequence, write_sequence
from studio.io.shapes import write_shapes_file
from tests.cli.conftest import Command
from tests.face.foreign import (
    GOOD,
    POOR,
    Fitter,
    carried_back,
    carried_in,
    foreign_mesh,
    foreign_shapes,
)
from tests.io.io_meshes import tetrahedra

KEYS = {
    *("fit_mean_mm", "fit_p95_mm", "landmark_residual_mm", "scale", "folded_share"),
    *("matched_share", "accepted", "reason"),
}
ONE = ("--label", "anger", "--seed", 1, "--frames", 16)


@pytest.fixture
def fitter(monkeypatch: pytest.MonkeyPatch) -> Fitter:
    """Registers by construction; how good fitting and carrying are is tested with them."""
    cache.clear(Progress())
    fitter = Fitter()
    monkeypatch.setattr("studio.engine.registration.register", fitter.register)
    monkeypatch.setattr(Engine, "register", staticmethod(fitter.register))
    monkeypatch.setattr("studio.takes.registered.carried_in", carried_in)
    monkeypatch.setattr("studio.takes.registered.carried_back", carried_back)
    return fitter


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return write_sequence(foreign_mesh(), tmp_path / "head.ply")[0]


@pytest.fixture
def talk(take: MeshSequence, tmp_path: Path) -> Path:
    """The take on the foreign head."""
    clip = foreign_mesh(np.asarray(take.vertices), name="talk")
    return write_sequence(clip, tmp_path / "talk.npz")[0]


def of(command: Command, *arguments: object) -> dict[str, Any]:
    ended = command(*arguments, "--json")
    assert ended.status == 0, ended.err
    found = json.loads(ended.out)
    assert isinstance(found, dict)
    return found


def on(head: Path, out: Path) -> None:
    """What was written has the head's triangles and, bit for bit, its face at first."""
    mesh, made = read_sequence(head), read_sequence(out)
    np.testing.assert_array_equal(made.faces, mesh.faces)
    np.testing.assert_array_equal(made.vertices[0] + made.origin, mesh.vertices[0] + mesh.origin)
    assert np.abs(np.diff(made.vertices, axis=0)).max() > 0


def test_register_writes_a_face_that_others_take(
    command: Command, fitter: Fitter, models: Path, head: Path, take_file: Path, tmp_path: Path
) -> None:
    face = tmp_path / "new" / "face.npz"
    facts = of(command, "register", head, "-o", face)
    assert facts.keys() >= KEYS | {"path", "out", "seconds"}
    assert (facts["accepted"], facts["fit_p95_mm"], facts["reason"]) == (True, GOOD.fit_p95_mm, "")
    found = read_correspondence(face)
    np.testing.assert_array_equal(found.neutral, read_sequence(head).vertices[0])
    out, more = tmp_path / "out.npz", ("--models", models)
    assert command("register", head, "-o", tmp_path / "again").out.startswith(f"{head}: registered")
    assert len(fitter.fitted) == 1, "what is known is not found again"
    for verb in (
        ("generate", *ONE, "--neutral", face),
        ("generate", *ONE, "--neutral", face, "--no-register"),
        ("transfer", take_file, face, "--rest", 0),
    ):
        assert command(*verb, "--out", out, *more).status == 0
        on(head, out)
    assert len(fitter.fitted) == 1


def test_every_command_registers_by_itself_and_says_so(
    command: Command, fitter: Fitter, models: Path, head: Path, talk: Path, tmp_path: Path
) -> None:
    out, more, face = tmp_path / "out.npz", ("--models", models), ("--neutral", head)
    for verb in (
        ("generate", *ONE, *face),
        ("interpolate", "anger:1", "happiness:2", "--frames", 16, *face),
        ("mix", "anger", "happiness", "--seed", 3, "--frames", 16, *face),
        ("transfer", talk, head, "--rest", 0),
    ):
        ended = command(*verb, "--out", out, *more, "--json")
        assert ended.status == 0, ended.err
        assert "head.ply: registered to the studio's face" in ended.err
        said = json.loads(ended.out)["registration"]
        assert said["face"].keys() >= KEYS
        assert ("clip" in said) == (verb[0] == "transfer")
        on(head, out)
    made, again = read_sequence(out), ("generate", "--recipe", f"{out}.recipe.json")
    assert command(*again, "--out", out, *more).status == 0
    np.testing.assert_array_equal(read_sequence(out).vertices, made.vertices)
    batch = ("batch", "--seeds", 1, "--labels", "anger", "--format", "npz", "--frames", 16, *face)
    facts = of(command, *batch, "--out", tmp_path / "many", *more)
    on(head, tmp_path / "many" / "anger_1.npz")
    assert facts["registration"].keys() == {"face"}
    facts = of(command, "neutralize", talk, "--rest", 0, "--out", out, *more)
    assert facts["registration"].keys() == {"clip"}
    calm, spoken = read_sequence(out), read_sequence(talk)
    assert calm.topology == spoken.topology


def test_what_a_clip_of_another_head_shows_is_what_it_shows_on_the_studios(
    command: Command, fitter: Fitter, models: Path, take_file: Path, talk: Path, head: Path
) -> None:
    more = ("--models", models)
    for rest in ((), ("--neutral", 0), ("--neutral", head)):
        facts = of(command, "recognize", talk, *rest, *more)
        at = 0 if rest else facts["neutral"]["frame"]
        wanted = of(command, "recognize", take_file, "--neutral", at, *more)
        np.testing.assert_allclose(facts["per_frame"], wanted["per_frame"], atol=1e-3)
        assert "registration" in facts and "registration" not in wanted
        kind = "registration" if not rest else "frame" if rest[-1] == 0 else "file"
        assert facts["neutral"]["from"] == kind
    assert facts["registration"].keys() == {"clip", "neutral"}


def test_clips_are_read_in_shapes_of_their_own(
    command: Command, fitter: Fitter, models: Path, tmp_path: Path
) -> None:
    shapes, brought, clip = foreign_shapes(), tmp_path / "brought.npz", tmp_path / "clip.npz"
    write_shapes_file(shapes, brought)
    weights = np.zeros((16, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT.index("jawOpen")] = np.linspace(0.2, 0.9, 16)
    write_sequence(MeshSequence(shapes.played(weights), shapes.faces), clip)
    out, more = ("--out", tmp_path / "out.npz"), ("--models", models)
    for verb in (("recognize", clip), ("neutralize", clip, *out), ("transfer", clip, clip, *out)):
        facts = of(command, *verb, "--shapes", brought, *more)
        assert facts["reading_in"] == "own shapes" and facts["shapes_left_mm"] < 0.1
        assert of(command, *verb, "--shapes", "none", *more)["reading_in"] == "carried"
    assert command("register", brought, "-o", tmp_path / "face.npz").status == 0
    face = ("recognize", clip, "--neutral", tmp_path / "face.npz")
    assert of(command, *face, *more)["reading_in"] == "own shapes"
    assert of(command, *face, "--shapes", "none", *more)["reading_in"] == "carried"
    made = ("generate", *ONE, "--neutral", clip, "--shapes", brought, *out, *more)
    assert command(*made).status == 0
    first = read_sequence(tmp_path / "out.npz")
    np.testing.assert_allclose(first.vertices[0] + first.origin, shapes.neutral, atol=0.3)
    refused = command("recognize", clip, "--shapes", brought, "--no-register")
    assert refused.sentence.endswith(
        "shapes: expected a face that is registered, found --no-register too"
    )


def test_a_clip_too_short_to_recognize_is_refused_before_it_is_registered(
    command: Command, fitter: Fitter, head: Path
) -> None:
    sentence = command("recognize", head).sentence
    assert sentence.endswith("head: expected at least 4 frames to recognize, found 1")
    assert not fitter.fitted


def test_a_face_that_was_registered_in_an_expression_is_no_face_at_rest(
    command: Command, fitter: Fitter, models: Path, take_file: Path, talk: Path
) -> None:
    fitter.verdict = replace(GOOD, remark="The face is not at rest (jawOpen 0.8).")
    facts = of(command, "recognize", talk, "--models", models)
    wanted = of(command, "recognize", take_file, "--models", models)
    np.testing.assert_allclose(facts["per_frame"], wanted["per_frame"], atol=1e-3)
    assert facts["neutral"] == {"from": "estimate"}


def test_points_and_landmarks_serve_registration(
    command: Command, fitter: Fitter, models: Path, head: Path, tmp_path: Path
) -> None:
    marks, named = tmp_path / "marks.txt", tmp_path / "points.txt"
    marks.write_text(" ".join(map(str, range(100, 168))))
    named.write_text("\n".join(f"{name}: {100 + number}" for name, number in POINTS.items()))
    out = ("--models", models, "--out", tmp_path / "out.npz")
    recipes = []
    for points in (marks, named):
        wish = ("generate", *ONE, "--neutral", head, "--landmarks", points)
        assert command(*wish, *out).status == 0
        recipe = json.loads((tmp_path / "out.npz.recipe.json").read_text(encoding="utf-8"))
        recipes.append(recipe["face"]["registered"])
    assert recipes[0] == recipes[1]
    assert recipes[0]["points"] == {name: 100 + number for name, number in POINTS.items()}
    (asked,) = fitter.fitted
    assert asked is not None and asked.keys() == POINTS.keys()
    vertices = read_sequence(head).vertices[0]
    np.testing.assert_allclose(asked["nose tip"], vertices[100 + POINTS["nose tip"]], atol=1e-5)
    wish = ("generate", *ONE, "--neutral", head, "--landmarks", named, "--no-register")
    assert "points.txt: expected the numbers of vertices" in command(*wish, *out).sentence


@pytest.mark.parametrize("json_too", [False, True])
def test_a_face_that_does_not_fit_is_one_sentence_and_no_file(
    command: Command, fitter: Fitter, head: Path, talk: Path, models: Path, json_too: bool
) -> None:
    fitter.verdict = POOR
    out, before = head.parent / "face.npz", set(head.parent.iterdir())
    ended = command("register", head, "-o", out, *(["--json"] if json_too else []))
    assert (ended.status, ended.err) == (
        2,
        "head.ply: not registered to the studio's face: it is none\n",
    )
    if json_too:
        facts = json.loads(ended.out)
        assert (facts["accepted"], facts["reason"], facts["out"]) == (False, "It is none.", None)
    more = ("--models", models, "--out", out)
    for verb in (
        ("generate", *ONE, "--neutral", head),
        ("batch", "--seeds", 1, "--neutral", head),
        ("transfer", talk, head),
        ("neutralize", talk),
    ):
        assert "not registered to the studio's face: it is none" in command(*verb, *more).sentence
    assert "it is none" in command("recognize", talk, "--models", models).sentence
    assert set(head.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda head, clip: ("generate", *ONE, "--neutral", head), "face to start from"),
        (lambda head, clip: ("transfer", clip, head), "face to work on"),
        (lambda head, clip: ("neutralize", clip), "face to work on"),
        (lambda head, clip: ("batch", "--seeds", 1, "--neutral", head), "face to start from"),
        (lambda head, clip: ("recognize", clip), "face to recognize"),
        (lambda head, clip: ("mix", "anger", "anger", "--seed", 1, "--neutral", head), "to start"),
    ],
)
def test_no_register_refuses_other_faces(
    command: Command,
    fitter: Fitter,
    models: Path,
    head: Path,
    talk: Path,
    make: Callable[[Path, Path], tuple[object, ...]],
    sentence: str,
) -> None:
    arguments = make(head, talk)
    out = () if arguments[0] == "recognize" else ("--out", head.parent / "out")
    ended = command(*arguments, "--no-register", *out, "--models", models)
    assert sentence in ended.sentence and "one of a face registered (register MESH)" in ended.err
    assert not fitter.fitted


def test_register_refuses_what_is_no_surface(command: Command, tmp_path: Path) -> None:
    (tmp_path / "points.ply").write_text(
        "ply\nformat ascii 1.0\ncomment unit: mm\nelement vertex 1\nproperty float x\n"
        "property float y\nproperty float z\nend_header\n1 2 3\n"
    )
    out = tmp_path / "face.npz"
    sentence = command("register", tmp_path / "points.ply", "-o", out).sentence
    assert "expected a surface of triangles to register, found points alone" in sentence
    few = write_sequence(tetrahedra(2), tmp_path / "few.npz")[0]
    sentence = command("register", few, "-o", out, "--neutral", 5).sentence
    assert sentence.startswith("few.npz: expected a frame from 0 to 1, found 5")
    assert not out.exists()
