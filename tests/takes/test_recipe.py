"""Recipes: settings and back, through JSON, and whose face they mean."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core import FaceChoice, GenerationRequest, InputError, Limits
from studio.document import ClipState
from studio.takes.recipe import differences, face_of, make_recipe, settings_of
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

    resting_face: Any = None
    generate: Any = None


ENGINE = Limited()
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
    recipe = json.loads(json.dumps(make_recipe(wanted, ENGINE)))
    back = settings_of(recipe, GenerationRequest(seed=99, frames=77))
    assert make_recipe(back, ENGINE) == recipe
    assert (back.label, back.seed, back.frames) == (wanted.label, wanted.seed, wanted.frames)
    assert back.face == wanted.face


def test_defaults_are_written_out_so_that_other_defaults_do_not_change_the_clip() -> None:
    recipe = make_recipe(GenerationRequest(), ENGINE)
    assert (recipe["guidance"], recipe["steps"], recipe["sampler"]) == (2.0, 20, "dpm")
    assert (recipe["set"], recipe["checkpoint"]) == ("small", "0123456789ab")


def test_a_generated_clip_hands_its_face_down() -> None:
    made = ClipState("c", square(), recipe=make_recipe(MADE, ENGINE))
    wanted = GenerationRequest(face=FaceChoice("clip"))
    assert face_of(wanted, made) == {"from": "numbers", "numbers": {"gender": 0.5, "weight": -0.25}}
    chosen = replace(made, neutral_frame=1, name="fear 5")
    assert face_of(wanted, chosen) == {"from": "clip", "name": "fear 5", "frame": 1, "path": None}
    taken = ClipState("d", square(), source=Path("/takes/a"), name="a")
    named = {"from": "clip", "name": "a", "frame": None, "path": "/takes/a"}
    assert face_of(wanted, taken) == named
    with pytest.raises(InputError, match="choose a clip"):
        face_of(wanted, None)


def test_only_what_would_change_the_clip_differs() -> None:
    clip = ClipState("c", square(), recipe=make_recipe(MADE, ENGINE))
    assert differences(MADE, ENGINE, clip) == ()
    assert differences(MADE, None, clip) == ()
    assert differences(replace(MADE, face=replace(MADE.face, path="x")), ENGINE, clip) == ()
    assert differences(replace(MADE, steps=8, seed=1), ENGINE, clip) == ("seed", "steps")
    assert differences(replace(MADE, face=FaceChoice("numbers", (0.5,))), ENGINE, clip) == ("face",)
    assert differences(replace(MADE, face=FaceChoice()), None, clip) == ("face",)


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
        settings_of({**make_recipe(MADE, ENGINE), **spoilt}, MADE)
    assert "\n" not in str(caught.value)
