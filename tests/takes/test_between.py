"""Frames between motions as recipes, also on faces of other triangulations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.core.request import InbetweenRequest, MorphRequest
from studio.core.sequence import Floats
from studio.document import ClipState, Evaluator
from studio.face import ARKIT, load_rig, load_template
from studio.takes.derive import make_clip, prepared
from studio.takes.latent.making import bake
from studio.takes.latent.recipe import InbetweenRecipe, MorphRecipe
from studio.takes.recipe import ClipSource, recipe_from_dict
from studio.takes.registered import Source
from studio.takes.text import recipes_from_text, recipes_to_text
from tests.document.clips import played
from tests.face.foreign import Fitter, carried_back, carried_in, foreign_mesh, registered
from tests.ui.fakes import SmallEngine

QUIET = Progress()
SOURCE, OTHER = ClipSource("a.npz", 0, "/takes/a.npz"), ClipSource("b", None, "/takes/b.obj")
ASKED = InbetweenRequest("fear", 5, 0.8, 0.5)
FILL = InbetweenRecipe(source=SOURCE, way="fill", start=3, stop=9, request=ASKED)
RECIPES = [
    FILL,
    InbetweenRecipe(source=SOURCE, way="loop", frames=12, request=ASKED, models="tiny"),
    InbetweenRecipe(source=SOURCE, way="join", frames=12, other=OTHER),
    MorphRecipe(source=SOURCE, other=OTHER, name="a to b"),
    MorphRecipe(source=SOURCE, other=OTHER, request=MorphRequest(((0.2, 0.0), (1.0, 0.5)), False)),
]


@dataclass
class BetweenEngine(Fitter, SmallEngine):
    """Goes straight from end to end, and registers a `foreign_mesh`."""


@cache
def talk() -> Floats:
    """Twelve frames of the template opening its jaw, (12, V, 3) mm."""
    weights = np.zeros((12, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT.index("jawOpen")] = np.sin(np.linspace(0, 3, 12)) * 0.6
    return np.asarray(load_rig().pose(weights))


def clip(name: str = "talk") -> MeshSequence:
    return MeshSequence(talk(), load_template().faces, name=name)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_survives_json(recipe: InbetweenRecipe | MorphRecipe) -> None:
    (found,) = recipes_from_text(recipes_to_text([recipe.to_dict()]))
    assert found == recipe


@pytest.mark.parametrize(
    "spoilt",
    [
        {"way": "sideways"},
        {"start": 9},
        {"start": "early"},
        {"seed": -1},
        {"strength": 1.5},
        {"other": {"from": "clip", "name": "b"}},
        {"source": "a"},
    ],
)
def test_what_is_no_recipe_is_one_sentence(spoilt: dict[str, object]) -> None:
    with pytest.raises(InputError):
        recipe_from_dict({**FILL.to_dict(), **spoilt})


@pytest.mark.parametrize("shares", [None, [], [[0.5]], [[0.5, 2]], [[0.5, 0], [0.4, 1]], "all"])
def test_shares_that_cannot_be_are_refused(shares: object) -> None:
    with pytest.raises(InputError):
        recipe_from_dict({**RECIPES[3].to_dict(), "shares": shares})


def test_a_bake_lies_over_the_clip_and_is_made_again_of_its_recipe() -> None:
    engine, source = BetweenEngine(), Source(clip(), talk()[0])
    edit = bake(engine, FILL, source, None, QUIET)
    whole = Evaluator().sequence(ClipState("a", clip(), edits=(edit,)))
    kept = [*range(3), *range(9, 12)]
    assert whole.vertices[kept].tobytes() == talk()[kept].tobytes()
    recipe = recipe_from_dict(edit.recipe or {})
    assert recipe == FILL
    again = make_clip(engine, recipe, source=source, progress=QUIET)
    assert again.vertices.tobytes() == whole.vertices.tobytes()


def test_what_the_clip_shows_is_written_out() -> None:
    engine, source = BetweenEngine(), Source(clip(), talk()[0])
    open_one = replace(FILL, request=InbetweenRequest("", 5))
    edit = bake(engine, open_one, source, None, QUIET)
    assert edit.recipe is not None
    assert edit.recipe["shows"] == engine.recognize(clip()).label
    # A curve shows nothing of its own.
    curve = replace(open_one, request=InbetweenRequest("", 5, strength=0.0))
    found = bake(engine, curve, source, None, QUIET)
    assert found.recipe is not None
    assert found.recipe["shows"] == ""


# Faces of other triangulations


@pytest.fixture
def lossless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry by construction: how near real carrying comes is tested with it."""
    monkeypatch.setattr("studio.takes.registered.carried_in", carried_in)
    monkeypatch.setattr("studio.takes.latent.making.carried_back", carried_back)


@pytest.mark.usefixtures("lossless")
@pytest.mark.parametrize("way", ["fill", "loop", "join"])
def test_a_registered_face_is_carried_there_and_back(way: str) -> None:
    engine, own = BetweenEngine(), foreign_mesh(talk(), name="talk")
    found = registered(own)
    one = played(ClipState("a", own, name="talk", registration=found))
    moved = own.at(np.array([1.0, 2.0, 3.0]))  # it lies elsewhere
    other = played(ClipState("b", moved, name="other", registration=found))
    fill = {"start": 3, "stop": 9} if way == "fill" else {"frames": 6}
    recipe = InbetweenRecipe(
        source=ClipSource("talk"),
        other=ClipSource("other") if way == "join" else None,
        way=way,  # type: ignore[arg-type]
        request=ASKED,
        **fill,  # type: ignore[arg-type]
    )
    made = make_clip(engine, recipe, source=one, other=other, progress=QUIET)
    assert made.topology == own.topology
    assert made.n_frames == {"fill": 12, "loop": 18, "join": 30}[way]
    start = 3 if way == "fill" else 12
    assert made.vertices[:start].tobytes() == own.vertices[:start].tobytes()
    # The same of the studio's own face, which moves alike.
    plain = Source(clip(), talk()[0])
    alike = make_clip(engine, recipe, source=plain, other=plain, progress=QUIET)
    wanted = foreign_mesh(alike.vertices).vertices
    gap = slice(start, start + 6)
    shift = np.linspace(0, 1, 8)[1:-1, None, None] * [1, 2, 3] if way == "join" else 0
    assert np.abs(made.vertices[gap] - wanted[gap] - shift).max() < (0.3 if way == "join" else 0.02)
    if way == "join":
        assert np.abs(made.vertices[18:] - own.vertices - [1, 2, 3]).max() < 1e-5


@pytest.mark.usefixtures("lossless")
def test_two_triangulations_are_not_joined() -> None:
    own = foreign_mesh(talk(), name="talk")
    one = played(ClipState("a", own, registration=registered(own)))
    recipe = InbetweenRecipe(
        source=ClipSource("talk"), other=ClipSource("other"), way="join", frames=6, request=ASKED
    )
    with pytest.raises(InputError, match="other: expected a clip of the same triangulation as tal"):
        make_clip(
            BetweenEngine(),
            recipe,
            source=one,
            other=Source(clip("other"), talk()[0]),
            progress=QUIET,
        )


def test_what_lies_in_no_file_is_asked_for() -> None:
    nowhere = InbetweenRecipe(source=ClipSource("a"), way="loop", frames=4)
    with pytest.raises(InputError, match="lies in no file"):
        prepared(BetweenEngine(), nowhere, progress=QUIET)
