"""How every command makes clips: by their recipes, which are written beside them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core.system.streams import say

from .many.engines import ENGINES

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress
    from studio.engine import Engine
    from studio.face.registration.correspondence import Correspondence
    from studio.takes.recipe import Recipe
    from studio.takes.registered import Source, Subject

    from .target import Target

    Makes = Callable[[Engine, Progress], "Made"]

_HELP = "Where the recipe is written; beside the clip unless given."
RecipeOutOption = Annotated[Path | None, typer.Option(help=_HELP)]
# Where no recipe is read, the short name is free.
RecipeOption = Annotated[Path | None, typer.Option("--recipe", "--recipe-out", help=_HELP)]


@dataclass(frozen=True)
class Made:
    """Clips that were made.

    Parameters
    ----------
    takes
        The clips, each with its recipe.
    registrations
        What may have been registered for them, by what it is: face, or clip.
    """

    takes: Sequence[tuple[MeshSequence, Recipe]]
    registrations: Mapping[str, Subject | Source | None] = field(default_factory=dict)

    def face_of(self, clip: MeshSequence) -> Correspondence | None:
        """Find how the face of a clip lies on the studio's, where it was registered."""
        there = [one.found for one in self.registrations.values() if one is not None]
        fitting = (found for found in there if found and found.topology == clip.topology)
        return next(fitting, None)


@dataclass(frozen=True)
class Written:
    """Clips that were made, and where they went.

    Parameters
    ----------
    made
        The clips.
    places, notes
        Where each clip went, and the file with its recipe.
    seconds
        How long making them took, without opening the models and writing.
    """

    made: Made
    places: Sequence[Path]
    notes: Sequence[Path]
    seconds: float

    @property
    def clip(self) -> MeshSequence:
        """The first that was made."""
        return self.made.takes[0][0]

    def tell(self, what: str, facts: dict[str, object], *, json: bool) -> None:
        """Say that the first clip has been made, see `tell_clip`."""
        from .output import tell_clip
        from .registering import registration_facts

        place, notes = self.places[0], self.notes[0]
        more = registration_facts(self.made.registrations)
        tell_clip(self.clip, what, self.seconds, place, facts, notes, more, json=json)


def make_and_write(
    make: Makes,
    targets: Sequence[Target],
    recipe_out: Path | None,
    models: Path | None,
    device: str,
) -> Written:
    """Open the models, make clips, and write them with their recipes.

    Parameters
    ----------
    make
        Makes as many clips as there are targets, each with its recipe.
    targets
        Where each goes.
    recipe_out
        The one file for all recipes; None: a file beside each clip.
    models, device
        As `Engine.open` takes them.

    Raises
    ------
    InputError
        Where something else than a recipe would be replaced by one, before anything is made.
    StudioError
        Like `make`, and where the system refuses to write.
    """
    from studio.io.files import check_place
    from studio.takes.text import check_recipe_file, recipe_beside, write_recipes

    from .output import progress_line

    for target in targets:
        notes = recipe_out or recipe_beside(target.out)
        check_place(notes)
        check_recipe_file(notes)
    with progress_line() as progress:
        engine = ENGINES.open(models, device, progress.part(0.0, 0.2))
        start = time.perf_counter()
        made = make(engine, progress.part(0.2, 0.8))
        seconds = time.perf_counter() - start
        places: list[Path] = []
        share = 0.2 / len(targets)
        for target, (clip, recipe) in zip(targets, made.takes, strict=True):
            begun = 0.8 + share * len(places)
            left = progress.part(begun, begun + share)
            places.append(target.write(clip, left, face=made.face_of(clip)))
            if recipe_out is None:
                write_recipes([recipe], recipe_beside(places[-1]))
    if recipe_out is not None:
        write_recipes([recipe for _, recipe in made.takes], recipe_out)
    beside = [recipe_out or recipe_beside(place) for place in places]
    return Written(made, places, beside, seconds)


def by_recipe(recipe_of: Callable[[Engine], Recipe]) -> Makes:
    """Make the single clip of a recipe that depends on the engine."""

    def make(engine: Engine, progress: Progress) -> Made:
        from studio.takes.derive import make_clip, prepared

        ready = prepared(engine, recipe_of(engine), progress=progress.part(0.0, 0.5))
        left, recipe = progress.part(0.5, 1.0), ready.recipe
        clip = make_clip(engine, recipe, ready.face, ready.source, progress=left)
        return Made([(clip, recipe)], ready.registrations)

    return make


def again(file: Path, models: Path | None) -> tuple[Makes, Path | None]:
    """Make the recipe in a file again, by the models named or else those of a hub that it keeps.

    Raises
    ------
    StudioError
        Where the file has no recipe, or those models are not on this machine.
    """
    from studio.core.hub_name import is_hub_name
    from studio.engine.loading.hub import set_folder
    from studio.takes.text import read_recipe

    recipe = read_recipe(file)
    if models is None and is_hub_name(recipe.models):
        models = set_folder(recipe.models)
    return by_recipe(_once_more(recipe)), models


def _once_more(recipe: Recipe) -> Callable[[Engine], Recipe]:
    """Make a recipe again by these models; where others made it before, note that on stderr."""

    def recipe_of(engine: Engine) -> Recipe:
        from studio.takes.derive import made_now

        now = made_now(engine, recipe)
        if recipe.models and now != recipe:
            gone = ", now gone" if recipe.models == engine.name else ""
            say(
                f"note: the recipe was made by other models ({recipe.models}{gone}) than these "
                f"({engine.name}), which make another clip of it"
            )
        return now

    return recipe_of
