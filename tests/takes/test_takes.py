"""Many takes of a recipe: each what its own recipe makes, and seeds as people write them."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import (
    Cancelled,
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    Progress,
)
from studio.document import ClipState
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.engine import Engine
from studio.io import write_sequence
from studio.takes.generate import (
    GROUP,
    generate_clip,
    generate_takes,
    make_recipe,
    same_take,
)
from studio.takes.seeds import parse_seeds
from tests.engine.tiny import open_tiny

HALF = IntensityEdit((IntensityKey(0, 0.5),))
SEEDS = (9, 2, 3, 2**31 - 1, 5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_tiny(tmp_path_factory.mktemp("models") / "tiny")


def test_each_take_is_what_its_recipe_makes(engine: Engine) -> None:
    wanted = GenerationRequest(label="anger", frames=16, intensity=0.7, steps=3)
    recipe = make_recipe(wanted, engine)
    groups = list(generate_takes(engine, recipe, SEEDS, progress=Progress()))
    assert [len(group) for group in groups] == [GROUP, len(SEEDS) - GROUP]
    takes = [take for group in groups for take in group]
    assert [made.request.seed for _, made in takes] == list(SEEDS)
    for clip, made in takes:
        assert made == replace(recipe, request=made.request)
        assert made.request == replace(recipe.request, seed=made.request.seed)
        assert clip.name == f"anger {made.request.seed}"
        alone = generate_clip(engine, made, progress=Progress())
        np.testing.assert_allclose(clip.vertices, alone.vertices, atol=1e-3)


def test_takes_stop_when_asked_and_come_on_the_face_given(engine: Engine) -> None:
    template = engine.template
    face = MeshSequence(template.vertices[None] + np.float32(3), template.faces)
    progress = Progress()
    recipe = make_recipe(GenerationRequest(label="anger", frames=16, steps=3), engine)
    takes = generate_takes(engine, recipe, range(20), face, progress=progress)
    first = next(takes)
    np.testing.assert_array_equal(first[0][0].vertices[0], face.vertices[0])
    progress.cancel()
    with pytest.raises(Cancelled):
        next(takes)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", (7,)),
        ("1-5, 9", (1, 2, 3, 4, 5, 9)),
        (" 3 - 4;2 2,3", (3, 4, 2)),
        ("0,2147483647", (0, 2**31 - 1)),
    ],
)
def test_seeds_are_read_as_people_write_them(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing"),
        (" , ", "nothing"),
        ("one", "one"),
        ("-3", "-3"),
        ("5-1", "smaller"),
        ("1.5", "1.5"),
        ("2147483648", "2147483648"),
        ("0-10000", "10,000"),
        ("0-6000 7000-12000", "10,000"),
        ("99999999999999", "999"),
    ],
)
def test_other_seeds_are_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_seeds(text)


@given(st.text(alphabet="0123456789-, ;x", max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    try:
        seeds = parse_seeds(text)
    except InputError as error:
        assert str(error).startswith("seeds: expected")
    else:
        assert len(seeds) == len(set(seeds)) and min(seeds) >= 0


def test_a_take_is_the_same_only_where_making_it_again_would_change_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    mesh = MeshSequence(engine.template.vertices[None], engine.template.faces, name="ada")
    write_sequence(mesh, tmp_path / "ada.obj")
    wanted = GenerationRequest(label="anger", frames=16, steps=3)
    on_file = replace(wanted, face=FaceChoice("file", path=str(tmp_path / "ada.obj")))
    whose = ClipState("whose", mesh, created=1.0, neutral_frame=0)
    on_clip = replace(wanted, face=FaceChoice("clip"))
    now = time.time() + 1
    for request, face in ((wanted, None), (on_file, None), (on_clip, whose)):
        recipe = make_recipe(request, engine, face)
        made = MeshSequence(np.repeat(mesh.vertices, 3, axis=0), mesh.faces, name="anger 0")
        clip = ClipState("made", made, recipe=recipe.to_dict(), created=now)
        starred = replace(clip, starred=True, name="mine", start=1)
        assert same_take([starred, clip], recipe, face) is starred
        other = replace(recipe, request=replace(recipe.request, seed=8))
        assert same_take([clip], other, face) is None
        assert same_take([clip], replace(recipe, checkpoint="other"), face) is None
        assert same_take([replace(clip, edits=(HALF,))], recipe, face) is None, "it was edited"
        assert same_take([replace(clip, recipe=None)], recipe, face) is None
    moved = MeshSequence(mesh.vertices + 1, mesh.faces, name="ada")
    assert same_take([clip], recipe, replace(whose, recording=moved)) is None, "another face"
    assert same_take([clip], recipe) is None, "that face is not at hand"
    recipe = make_recipe(on_file, engine)
    clip = replace(clip, recipe=recipe.to_dict(), created=1.0)
    assert same_take([clip], recipe) is None, "the file was written since"
