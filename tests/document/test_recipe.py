"""Recipes: settings and back, through JSON, and whose face they mean."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.core import InputError, Limits
from studio.document import ClipState, Document, GenerationSettings
from studio.takes.recipe import differences, face_of, make_recipe, settings_of

from .clips import square


class Limited:
    """An engine as far as a recipe asks."""

    name, topology = "small", "none"
    guidance, steps, sampler, fps = 2.0, 20, "dpm", 30.0
    min_frames, max_frames, train_steps = 16, 240, 1000

    def limits(self, model: str = "diffusion") -> Limits:
        return self

    def checkpoint(self, model: str = "diffusion") -> str:
        return "0123456789ab"

    resting_face: Any = None
    generate: Any = None


ENGINE = Limited()
MADE = GenerationSettings(
    "fear", 5, 0.5, 40, "made", guidance=3.5, steps=7, sampler="ddim", face=(0.5, 0.0, -0.25)
)


@pytest.mark.parametrize(
    "wanted",
    [
        GenerationSettings(),
        MADE,
        GenerationSettings(neutral="file", face_file="/faces/ada.obj", model="diffusion-unet2d"),
    ],
)
def test_a_recipe_survives_json_and_gives_the_settings_back(wanted: GenerationSettings) -> None:
    recipe = json.loads(json.dumps(make_recipe(wanted, ENGINE)))
    back = settings_of(recipe, GenerationSettings(seed=99, length=77))
    assert make_recipe(back, ENGINE) == recipe
    assert (back.label, back.seed, back.length) == (wanted.label, wanted.seed, wanted.length)
    assert (back.face, back.face_file) == (wanted.face, wanted.face_file)


def test_defaults_are_written_out_so_that_other_defaults_do_not_change_the_clip() -> None:
    recipe = make_recipe(GenerationSettings(), ENGINE)
    assert (recipe["guidance"], recipe["steps"], recipe["sampler"]) == (2.0, 20, "dpm")
    assert (recipe["set"], recipe["checkpoint"]) == ("small", "0123456789ab")


def test_a_generated_clip_hands_its_face_down() -> None:
    made = ClipState("c", square(), recipe=make_recipe(MADE, ENGINE))
    wanted = GenerationSettings(neutral="clip")
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
    assert differences(replace(MADE, locked=False, face_file="x"), ENGINE, clip) == ()
    assert differences(replace(MADE, steps=8, seed=1), ENGINE, clip) == ("seed", "steps")
    assert differences(replace(MADE, face=(0.5,)), ENGINE, clip) == ("face",)
    assert differences(replace(MADE, neutral="template"), None, clip) == ("face",)


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


@pytest.mark.parametrize(
    "wrong",
    [{"guidance": -1.0}, {"steps": 0}, {"steps": 1001}, {"face": (float("nan"),)}, {"face": (9,)}],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    document = Document()
    with pytest.raises(InputError):
        document.set_generation(**wrong)
    assert document.state.generation == GenerationSettings()


def test_one_drag_of_a_face_is_one_step() -> None:
    document = Document()
    for far in (0.1, 0.2, 0.3):
        document.set_generation(face=(far,), key="face:gender")
    document.seal()
    document.set_generation(face=(0.3, 0.1), key="face:age")
    document.undo()
    assert document.state.generation.face == (0.3,)
    document.undo()
    assert document.state.generation.face == ()
    document.set_generation(guidance=5.0)
    document.set_generation(guidance=None)
    assert document.state.generation.guidance is None
