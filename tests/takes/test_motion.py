"""Clips made of others: their recipes survive JSON and make them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import FaceChoice, GenerationRequest, InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document import ClipState, DocumentState
from studio.document.session import Session, read_session, write_session
from studio.face.known import studio_face
from studio.io import write_sequence
from studio.takes.derive import (
    blend_recipe,
    make_clip,
    mix_recipe,
    neutralize_recipe,
    transfer_recipe,
)
from studio.takes.faces import made_face, still_frame
from studio.takes.generate import make_recipe
from studio.takes.recipe import MixRecipe, Recipe, is_derived, recipe_from_dict
from studio.takes.text import recipes_from_text, recipes_to_text
from tests.document.clips import played
from tests.ui.fakes import SmallEngine, ball

QUIET = Progress()


class StillEngine(SmallEngine):
    """Transfers to the studio's face, on which nothing moves."""

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = None,
        progress: Progress = QUIET,
        *,
        way: str = "dense",
    ) -> MeshSequence:
        return MeshSequence(
            np.repeat(face[None], source.n_frames, axis=0), studio_face().template.faces
        )


ENGINE = SmallEngine()
NUMBERS = (0.5,)  # the others are zero


def generated(label: str, seed: int, **more: object) -> ClipState:
    wanted = GenerationRequest(label, seed, frames=20, **more)
    recipe = make_recipe(wanted, ENGINE)
    made = ENGINE.generate(label, seed, frames=20, intensity=wanted.intensity)
    return ClipState(f"{label}-{seed}", made, recipe=recipe.to_dict(), name=f"{label} {seed}")


def through_text(recipe: Recipe) -> Recipe:
    (found,) = recipes_from_text(recipes_to_text([recipe.to_dict()]))
    assert found == recipe
    return found


ONE, OTHER = generated("fear", 4), generated("anger", 5, intensity=0.5)


@pytest.fixture
def taken(tmp_path: Path) -> ClipState:
    """A clip from a file whose third frame is called neutral."""
    path = write_sequence(ball(12, name="take"), tmp_path / "take.npz")[0]
    return ClipState("taken", ball(12, name="take"), source=path, neutral_frame=2)


def test_a_transfer_can_be_made_from_its_recipe_alone(
    taken: ClipState, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = through_text(transfer_recipe(ENGINE, taken, ONE))
    assert recipe.face == FaceChoice()
    now = make_clip(ENGINE, recipe, ONE.recording.sliced(0, 1), played(taken), progress=QUIET)
    again = make_clip(ENGINE, recipe, ONE.recording.sliced(0, 1), progress=QUIET)
    np.testing.assert_allclose(again.vertices, now.vertices, atol=1e-4)
    assert now.name == again.name == "take on fear 4"
    rest = taken.recording.vertices[2]
    wanted = ONE.recording.vertices[0] + (taken.recording.vertices - rest)
    np.testing.assert_allclose(now.vertices, wanted, atol=1e-4)


@pytest.mark.parametrize(
    ("face", "name", "wanted"),
    [
        (FaceChoice(), "take on the template", lambda: studio_face().template.vertices),
        (FaceChoice("numbers", NUMBERS), "take on the made face", lambda: made_face(NUMBERS)),
    ],
    ids=["template", "sliders"],
)
def test_a_transfer_to_a_face_that_is_named(
    taken: ClipState, face: FaceChoice, name: str, wanted: Callable[[], Floats]
) -> None:
    recipe = through_text(transfer_recipe(ENGINE, taken, face))
    made = make_clip(StillEngine(), recipe, source=played(taken), progress=QUIET)
    assert (made.name, made.n_frames) == (name, 12)
    np.testing.assert_array_equal(made.vertices[5], np.asarray(wanted(), dtype=np.float32))


def test_a_generated_clip_is_made_again_on_the_way() -> None:
    recipe = through_text(neutralize_recipe(ENGINE, ONE))
    assert recipe.to_dict()["source"] == {"from": "recipe", "recipe": dict(ONE.recipe or {})}
    made = make_clip(ENGINE, recipe, progress=QUIET)
    assert np.array_equal(made.vertices, np.tile(ONE.recording.vertices[0], (20, 1, 1)))
    assert made.name == "fear 4 at rest"
    nested = transfer_recipe(ENGINE, ClipState("n", made, recipe=recipe.to_dict(), name="n"), OTHER)
    assert make_clip(ENGINE, nested, played(OTHER), progress=QUIET).n_frames == 20


def test_a_blend_lies_between_its_ends() -> None:
    recipe = through_text(blend_recipe(ENGINE, ONE, OTHER, 0.5))
    made = make_clip(ENGINE, recipe, progress=QUIET)
    wanted = ENGINE.generate("fear", 4, frames=20, intensity=0.75)
    assert np.array_equal(made.vertices, wanted.vertices)
    assert made.name == "fear 4 to anger 5, 50%"
    assert recipe.label is None and "label" not in recipe.to_dict()
    assert blend_recipe(ENGINE, ONE, generated("fear", 9), 0.5).label == "fear"


def test_a_mix_has_the_settings_motion_for_every_label() -> None:
    wanted = GenerationRequest(seed=8, frames=30, model="motion-gan", surface="rbf")
    engine = SmallEngine(kinds=ENGINE.kinds | {"motion-gan"})
    recipe = through_text(mix_recipe(engine, wanted, ["fear", "anger"]))
    assert isinstance(recipe, MixRecipe)
    said = [part.request for part in recipe.parts]
    assert [(part.label, part.seed, part.surface) for part in said] == [
        ("fear", 8, "rbf"),
        ("anger", 8, "rbf"),
    ]
    assert make_clip(engine, recipe, progress=QUIET).n_frames == 30
    with pytest.raises(InputError, match="mix: expected 2 to 6 expressions, found 1"):
        mix_recipe(engine, wanted, ["fear"])


def test_landmark_models_leave_sampling_out_of_a_recipe() -> None:
    engine = SmallEngine(kinds=ENGINE.kinds | {"motion-gan"})
    recipe = make_recipe(GenerationRequest(model="motion-gan", guidance=4.0), engine)
    assert not {"guidance", "steps", "sampler"} & set(recipe.to_dict())


def test_only_generated_clips_can_be_blended(taken: ClipState) -> None:
    made = ClipState(
        "m", ONE.recording, recipe=neutralize_recipe(ENGINE, ONE).to_dict(), name="made"
    )
    for clip in (taken, made):
        with pytest.raises(InputError, match=f"{clip.name}: expected a generated clip to blend"):
            blend_recipe(ENGINE, ONE, clip, 0.5)


def test_a_clip_in_no_file_has_to_be_at_hand() -> None:
    loose = ClipState("loose", ball(8, name="loose"))
    recipe = neutralize_recipe(ENGINE, loose)
    assert make_clip(ENGINE, recipe, source=played(loose), progress=QUIET).n_frames == 8
    with pytest.raises(InputError, match="starts from loose, which lies in no file"):
        make_clip(ENGINE, recipe, progress=QUIET)


def test_what_was_handed_over_does_not_begin_at_rest(taken: ClipState) -> None:
    moved = ClipState("t", ball(8), recipe=transfer_recipe(ENGINE, taken, ONE).to_dict())
    assert is_derived(moved.recipe) and not is_derived(ONE.recipe)
    assert still_frame(moved) is None
    assert still_frame(replace(moved, neutral_frame=3)) == 3
    assert still_frame(ONE) == 0


@pytest.mark.parametrize(
    "spoilt",
    [
        {"made": "magic"},
        {"made": "mix"},
        {"made": "mix", "parts": []},
        {"made": "mix", "parts": "fear"},
        {"made": "mix", "parts": [{"label": "joy", "seed": 1}, {"label": "joy", "seed": "x"}]},
        {"made": "blend", "one": {}, "share": 0.5},
        {"made": "blend", "one": 3, "other": {}, "share": 0.5},
        {"made": "blend", "one": {}, "other": {}, "share": "half"},
        {"made": "blend", "one": {"made": "neutral"}, "other": {}, "share": 0.5},
        {"made": "transfer", "source": {}},
        {"made": "neutral"},
        {"made": "neutral", "source": "mine"},
        {"made": "neutral", "source": {"from": "recipe"}},
    ],
)
def test_what_is_no_recipe_is_one_sentence(spoilt: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        recipes_from_text(json.dumps(spoilt))
    assert "\n" not in str(caught.value)


def test_a_single_face_can_be_neutralized(taken: ClipState) -> None:
    sequence = MeshSequence(taken.recording.vertices[:1], taken.recording.faces)
    recipe = neutralize_recipe(ENGINE, replace(taken, recording=sequence, neutral_frame=None))
    source = played(ClipState("one", sequence))
    assert make_clip(ENGINE, recipe, source=source, progress=QUIET).n_frames == 1


def test_a_session_keeps_the_recipes_of_made_clips(tmp_path: Path) -> None:
    wanted = GenerationRequest(seed=8, frames=30)
    recipes = [
        blend_recipe(ENGINE, ONE, OTHER, 0.25).to_dict(),
        mix_recipe(ENGINE, wanted, ["fear", "anger"]).to_dict(),
        transfer_recipe(ENGINE, ONE, OTHER).to_dict(),
    ]
    clips = tuple(
        ClipState(f"c{place}", ball(8), recipe=recipe) for place, recipe in enumerate(recipes)
    )
    write_session(Session(DocumentState(clips)), tmp_path / "made.studio")
    back = read_session(tmp_path / "made.studio").state.clips
    assert [recipe_from_dict(clip.recipe or {}) for clip in back] == [
        recipe_from_dict(recipe) for recipe in recipes
    ]
