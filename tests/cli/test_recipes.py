"""Every command that makes a clip writes its recipe, and `generate --recipe` makes it again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import GenerationRequest, MeshSequence
from studio.document import ClipState
from studio.engine import Engine
from studio.face import load_rig, load_template
from studio.io import read_sequence, write_sequence
from studio.takes.generate import make_recipe
from studio.takes.text import recipes_to_text

from .conftest import Command

ONCE = ("--seed", 3, "--frames", 16)


@pytest.fixture
def face_file(tmp_path: Path) -> Path:
    """Another person at rest."""
    face = load_rig().neutral(np.float32([0.5, 0.4]))
    mesh = MeshSequence(face[None], load_template().faces)
    return write_sequence(mesh, tmp_path / "face.ply")[0]


@pytest.fixture
def marked(tmp_path: Path) -> tuple[object, ...]:
    """Options for a mesh of another triangulation, and a model that moves it."""
    template, marks = load_template(), tmp_path / "marks.txt"
    mesh = MeshSequence(template.vertices[None], template.faces[1:])
    face = write_sequence(mesh, tmp_path / "scan.obj")[0]
    marks.write_text(str(template.landmarks.tolist()))
    marked = ("--neutral", face, "--landmarks", marks, "--no-register")
    return (*marked, "--model", "landmark-lstm")


def made(command: Command, *arguments: object) -> dict[str, object]:
    ended = command(*arguments, "--json")
    assert (ended.status, ended.err) == (0, "")
    return dict(json.loads(ended.out))


def check_again(command: Command, models: Path, clip: Path, recipe: object) -> None:
    """The recipe alone makes the same frames, and notes itself."""
    out = clip.with_name("again.npz")
    facts = made(command, "generate", "--recipe", recipe, "--out", out, "--models", models)
    np.testing.assert_array_equal(read_sequence(out).vertices, read_sequence(clip).vertices)
    assert Path(str(facts["recipe"])).read_text() == Path(str(recipe)).read_text()


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--intensity", 0.7, "--guidance", 3.5, "--steps", 5, "--sampler", "sde"),
        ("--model", "motion-gan", "--surface", "rbf"),
        ("--neutral", "{face}"),
        ("--neutral", "{take}"),
    ],
)
def test_generate_again(
    command: Command,
    moving_models: Path,
    take_file: Path,
    face_file: Path,
    tmp_path: Path,
    more: tuple[object, ...],
) -> None:
    known = {"face": face_file, "take": take_file}
    given = [part.format(**known) if isinstance(part, str) else part for part in more]
    out, wish = tmp_path / "clip.npz", ("generate", "--label", "anger", *ONCE)
    facts = made(command, *wish, *given, "--out", out, "--models", moving_models)
    assert facts["recipe"] == str(tmp_path / "clip.npz.recipe.json")
    check_again(command, moving_models, out, facts["recipe"])


def test_generate_again_on_another_triangulation(
    command: Command, moving_models: Path, tmp_path: Path, marked: tuple[object, ...]
) -> None:
    out, wish = tmp_path / "clip.npz", ("generate", "--label", "anger", *ONCE)
    facts = made(command, *wish, *marked, "--out", out, "--models", moving_models)
    check_again(command, moving_models, out, facts["recipe"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("transfer", "{take}", "{face}"),
        ("transfer", "{take}", "{face}", "--rest", "0", "--way", "landmarks"),
        ("neutralize", "{take}"),
        ("neutralize", "{take}", "--rest", "2"),
        ("interpolate", "anger:1", "happiness:2", "--frames", "16"),
        ("interpolate", "anger:1", "anger:2", "--frames", "16", "--neutral", "{face}"),
        ("mix", "anger", "happiness", "--seed", "4", "--frames", "31"),
        ("mix", "anger", "happiness", "--seed", "4", "--model", "motion-gan"),
    ],
)
def test_clips_made_of_others_again(
    command: Command,
    moving_models: Path,
    take_file: Path,
    face_file: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
) -> None:
    given = [part.format(take=take_file, face=face_file) for part in arguments]
    out, noted = tmp_path / "clip.npz", tmp_path / "notes" / "mine.json"
    noted.parent.mkdir()
    facts = made(command, *given, "-o", out, "--recipe", noted, "--models", moving_models)
    assert facts["recipe"] == str(noted)
    assert not (tmp_path / "clip.npz.recipe.json").exists()
    check_again(command, moving_models, out, noted)


def test_each_clip_on_the_way_has_a_recipe(command: Command, models: Path, tmp_path: Path) -> None:
    wish = ("interpolate", "anger:1", "happiness:2", "--frames", 16, "--count", 3)
    facts = made(command, *wish, "--format", "npz", "-o", tmp_path / "way", "--models", models)
    for place in map(Path, facts["clips"]):  # type: ignore[call-overload]
        check_again(command, models, place, place.with_name(f"{place.name}.recipe.json"))


def test_a_clip_of_a_batch_again(command: Command, models: Path, tmp_path: Path) -> None:
    out, noted = tmp_path / "out", tmp_path / "takes.json"
    wish = ("batch", "--labels", "anger,happiness", "--seeds", 3, "--frames", 16)
    where = ("--out", out, "--recipe", noted, "--models", models)
    facts = made(command, *wish, "--format", "npz", *where)
    assert facts["recipes"] == str(noted)
    again = tmp_path / "again.npz"
    more = ("--out", again, "--models", models)
    made(command, "generate", "--recipe", f"{noted}#anger_3.npz", *more)
    own = read_sequence(out / "anger_3.npz")
    np.testing.assert_array_equal(read_sequence(again).vertices, own.vertices)
    sentence = command("generate", "--recipe", noted, *more).sentence
    assert "takes.json: expected a recipe to be named, as takes.json#anger_3.npz" in sentence


def test_a_recipe_copied_from_the_window_is_made(
    command: Command, models: Path, tmp_path: Path
) -> None:
    engine = Engine.open(models, "cpu")
    own = engine.generate("anger", 5, frames=16)
    recipe = make_recipe(GenerationRequest("anger", 5, frames=16), engine)
    clip = ClipState("c", own, recipe=recipe.to_dict())
    (tmp_path / "mine.json").write_text(recipes_to_text([clip.recipe or {}]))
    out = tmp_path / "clip.npz"
    made(command, "generate", "--recipe", tmp_path / "mine.json", "--out", out, "--models", models)
    np.testing.assert_array_equal(read_sequence(out).vertices, own.vertices)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--label", "anger"), "generate: expected --recipe alone to say what is made, found --la"),
        (("--seed", "1"), "found --seed too"),
        (("--frames", "60"), "found --frames too"),
        (("--neutral", "face.obj"), "found --neutral too"),
    ],
)
def test_nothing_else_may_say_what_a_recipe_says(
    command: Command, models: Path, tmp_path: Path, more: tuple[str, ...], says: str
) -> None:
    recipe, out = tmp_path / "recipe.json", tmp_path / "clip.npz"
    recipe.write_text('{"label": "anger", "seed": 1}')
    wish = ("generate", "--recipe", recipe, "--out", out, "--models", models)
    assert says in command(*wish, *more).sentence
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "wrong.json: expected recipes, found an empty file"),
        ("[1,", "wrong.json: expected recipes in JSON, found what is none at line 1, column 4"),
        ("[1, 2]", "wrong.json: expected recipes, found something else"),
        ('{"label": "anger"}', "recipe: expected a label and a seed"),
        ('{"label": "anger", "seed": -1}', "seed: expected a whole number from 0 to"),
        ('{"label": "anger", "seed": 1, "version": 9}', "expected one of version 1 or older"),
        ('{"made": "magic"}', "expected a clip made by transfer, neutral, blend, mix"),
        ('[{"label": "anger", "seed": 1}, {}]', "as wrong.json#0, found 2 recipes"),
        (
            '{"label": "anger", "seed": 1, "face": {"from": "clip", "name": "ada"}}',
            "starts from the face of ada, which lies in no file",
        ),
    ],
)
def test_a_file_that_holds_no_recipe_is_one_sentence(
    command: Command, models: Path, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "wrong.json").write_text(text)
    out = tmp_path / "clip.npz"
    wish = ("generate", "--recipe", tmp_path / "wrong.json", "--out", out, "--models", models)
    assert says in command(*wish).sentence
    assert not out.exists()


def test_a_file_of_that_name_that_holds_something_else_is_not_replaced(
    command: Command, models: Path, tmp_path: Path
) -> None:
    mine, out = tmp_path / "clip.npz.recipe.json", tmp_path / "clip.npz"
    mine.write_text("eggs and flour")
    wish = ("generate", "--label", "anger", *ONCE, "--out", out, "--models", models)
    assert "clip.npz.recipe.json: expected recipes" in command(*wish).sentence
    assert mine.read_text() == "eggs and flour" and not out.exists()
    assert command(*wish, "--recipe-out", tmp_path / "other.json").status == 0


@pytest.mark.parametrize(("theirs", "said"), [("theirs", "theirs"), ("tiny", "tiny, now gone")])
def test_other_models_than_those_of_the_recipe_are_told(
    command: Command, models: Path, tmp_path: Path, theirs: str, said: str
) -> None:
    recipe, out = tmp_path / "recipe.json", tmp_path / "clip.npz"
    recipe.write_text(json.dumps({"label": "anger", "seed": 1, "set": theirs, "checkpoint": "01"}))
    ended = command("generate", "--recipe", recipe, "--out", out, "--models", models)
    assert ended.status == 0 and out.exists()
    assert f"made by other models ({said}) than these (tiny)" in ended.err


def test_a_label_and_a_seed_or_a_recipe_are_needed(
    command: Command, models: Path, tmp_path: Path
) -> None:
    wish = ("generate", "--label", "anger", "--out", tmp_path / "a.npz", "--models", models)
    assert "expected --label and --seed, or --recipe, found no --seed" in command(*wish).sentence
