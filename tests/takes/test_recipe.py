"""Recipes: settings and back, through JSON, and whose face they mean."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core import FaceChoice, GenerationRequest, InputError, Limits
from studio.document import ClipState
from studio.takes.generate import changed_fields, make_recipe, request_of
from studio.takes.recipe import (
    BlendRecipe,
    GeneratorRecipe,
    MixRecipe,
    NeutralizeRecipe,
    TransferRecipe,
    recipe_from_dict,
)
from studio.takes.recipe_faces import face_to_dict
from tests.document.clips import square


class Limited:
    """An engine as far as a recipe asks."""

    name, topology = "small", "none"
    guidance, steps, sampler, fps = 2.0, 20, "dpm", 30.0
    min_frames, max_frames, train_steps = 16, 240, 1000
    intensities, parameters = (0.3, 1.0), frozenset({"guidance", "steps", "sampler"})

    def limits(self, model: str = "diffusion") -> Limits:
        return self

    def checkpoint(self, model: str = "diffusion") -> str:
        return "0123456789ab"

    register: Any = None
    resting_face: Any = None
    sample: Any = None
    sample_on: Any = None


ENGINE = Limited()


def made(data: dict[str, object]) -> GeneratorRecipe:
    recipe = recipe_from_dict(data)
    assert isinstance(recipe, GeneratorRecipe)
    return recipe


MADE = GenerationRequest(
    "fear",
    5,
    40,
    0.5,
    guidance=3.5,
    steps=7,
    sampler="ddim",
    face=FaceChoice("numbers", (0.5, 0.0, -0.25)),
)


@pytest.mark.parametrize(
    "wanted",
    [
        GenerationRequest(),
        MADE,
        GenerationRequest(model="diffusion-unet2d", face=FaceChoice("file", path="/faces/ada.obj")),
    ],
)
def test_a_recipe_survives_json_and_gives_the_settings_back(wanted: GenerationRequest) -> None:
    recipe = made(json.loads(json.dumps(make_recipe(wanted, ENGINE).to_dict())))
    back = request_of(recipe, GenerationRequest(seed=99, frames=77))
    assert make_recipe(back, ENGINE) == recipe
    assert (back.label, back.seed, back.frames) == (wanted.label, wanted.seed, wanted.frames)
    assert back.face == wanted.face


def test_defaults_are_written_out_so_that_other_defaults_do_not_change_the_clip() -> None:
    recipe = make_recipe(GenerationRequest(), ENGINE).to_dict()
    assert (recipe["guidance"], recipe["steps"], recipe["sampler"]) == (2.0, 20, "dpm")
    assert (recipe["set"], recipe["checkpoint"]) == ("small", "0123456789ab")


def face_of(wanted: GenerationRequest, clip: ClipState | None) -> dict[str, object]:
    return face_to_dict(make_recipe(wanted, ENGINE, clip).face)


def test_a_generated_clip_hands_its_face_down() -> None:
    clip = ClipState("c", square(), recipe=make_recipe(MADE, ENGINE).to_dict())
    wanted = GenerationRequest(face=FaceChoice("clip"))
    assert face_of(wanted, clip) == {"from": "numbers", "numbers": {"gender": 0.5, "weight": -0.25}}
    chosen = replace(clip, neutral_frame=1, name="fear 5")
    assert face_of(wanted, chosen) == {"from": "clip", "name": "fear 5", "frame": 1, "path": None}
    taken = ClipState("d", square(), source=Path("/takes/a"), name="a")
    named = {"from": "clip", "name": "a", "frame": None, "path": "/takes/a"}
    assert face_of(wanted, taken) == named
    with pytest.raises(InputError, match="choose a clip"):
        face_of(wanted, None)


def test_only_what_would_change_the_clip_differs() -> None:
    clip = ClipState("c", square(), recipe=make_recipe(MADE, ENGINE).to_dict())
    assert changed_fields(MADE, ENGINE, clip) == ()
    assert changed_fields(MADE, None, clip) == ()
    assert changed_fields(replace(MADE, face=replace(MADE.face, path="x")), ENGINE, clip) == ()
    assert changed_fields(replace(MADE, steps=8, seed=1), ENGINE, clip) == ("seed", "steps")
    assert changed_fields(replace(MADE, face=FaceChoice("numbers", (0.5,))), ENGINE, clip) == (
        "face",
    )
    assert changed_fields(replace(MADE, face=FaceChoice()), None, clip) == ("face",)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"seed": "many"},
        {"seed": -1},
        {"frames": 3},
        {"intensity": True},
        {"guidance": 40.0},
        {"face": "mine"},
        {"face": {"from": "memory"}},
        {"face": {"from": "numbers", "numbers": {"wings": 1.0}}},
        {"face": {"from": "numbers", "numbers": {"gender": "high"}}},
        {"face": {"from": "numbers", "numbers": {"gender": 9.0}}},
    ],
)
def test_what_is_no_recipe_is_one_sentence(spoilt: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        recipe_from_dict({**make_recipe(MADE, ENGINE).to_dict(), **spoilt})
    assert "\n" not in str(caught.value)


def test_the_recipe_of_a_newer_version_is_refused() -> None:
    with pytest.raises(InputError, match="recipe: expected one of version 1 or older, found versi"):
        recipe_from_dict({"version": 2, "label": "fear", "seed": 1})


def test_a_clip_whose_recipe_cannot_be_read_is_told_from_what_the_panel_says() -> None:
    clip = ClipState("c", square(), recipe={"label": "fear", "seed": "many"})
    assert changed_fields(MADE, ENGINE, clip) == ("recipe",)


def test_what_a_recipe_leaves_open_stays_as_it_is_on_the_panel() -> None:
    before = replace(MADE, surface="rbf", face=FaceChoice("file", (0.5,), path="/faces/ada.obj"))
    after = request_of(make_recipe(GenerationRequest("anger", 3), ENGINE), before)
    assert (after.label, after.steps, after.surface) == ("anger", 20, "rbf")
    assert after.face == FaceChoice("template", (0.5,), path="/faces/ada.obj")


# Recipes of before there were versions


def old(name: str) -> list[dict[str, object]]:
    found = json.loads((Path(__file__).parent / "data" / f"{name}.json").read_text())
    if name == "batch":
        return list(found.values())
    return found if isinstance(found, list) else [found]


KINDS = {
    "generated": GeneratorRecipe,
    "generated-face": GeneratorRecipe,
    "generated-file": GeneratorRecipe,
    "generated-clip": GeneratorRecipe,
    "generated-foreign": GeneratorRecipe,
    "generated-landmarks": GeneratorRecipe,
    "batch": GeneratorRecipe,
    "transfer": TransferRecipe,
    "neutral": NeutralizeRecipe,
    "blend": BlendRecipe,
    "mix": MixRecipe,
}


def without(value: object, *names: str) -> object:
    """JSON without what is under these names, however deep."""
    if isinstance(value, dict):
        return {key: without(item, *names) for key, item in value.items() if key not in names}
    return [without(item, *names) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", KINDS)
def test_recipes_without_a_version_are_read_and_nothing_of_them_is_lost(name: str) -> None:
    for data in old(name):
        recipe = recipe_from_dict(data)
        assert isinstance(recipe, KINDS[name])
        written = json.loads(json.dumps(recipe.to_dict()))
        assert written["version"] == 1
        assert recipe_from_dict(written) == recipe
        # The parts of a mix say now that they are on the template; the mix says whose face it is.
        left = ("version", "face") if name == "mix" else ("version",)
        assert without(written, *left) == without(data, *left)
        assert name != "mix" or written["face"] == data["face"]
