"""How every command makes clips: by their recipes, which are written beside them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress
    from studio.engine import Engine
    from studio.takes.recipe import Recipe

    from .target import Target

    Takes = Sequence[tuple[MeshSequence, Recipe]]
    Make = Callable[[Engine, Progress], Takes]

_HELP = "Where the recipe is written; beside the clip unless given."
RecipeOutOption = Annotated[Path | None, typer.Option(help=_HELP)]
# Where no recipe is read, the short name is free.
RecipeOption = Annotated[Path | None, typer.Option("--recipe", "--recipe-out", help=_HELP)]


@dataclass(frozen=True)
class Written:
    """Clips that were made, and where they went.

    Parameters
    ----------
    takes
        The clips, each with its recipe.
    places, notes
        Where each clip went, and the file with its recipe.
    seconds
        How long making them took, without opening the models and writing.
    """

    takes: Takes
    places: Sequence[Path]
    notes: Sequence[Path]
    seconds: float

    def tell(self, what: str, facts: dict[str, object], *, json: bool) -> None:
        """Say that the first clip has been made, see `tell_clip`."""
        from .output import tell_clip

        clip, place = self.takes[0][0], self.places[0]
        tell_clip(clip, what, self.seconds, place, facts, self.notes[0], json=json)


def make_and_write(
    make: Make,
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
    from studio.engine import Engine
    from studio.io.files import check_place
    from studio.takes.text import check_recipe_file, recipe_beside, write_recipes

    from .output import progress_line

    for target in targets:
        notes = recipe_out or recipe_beside(target.out)
        check_place(notes)
        check_recipe_file(notes)
    with progress_line() as progress:
        engine = Engine.open(models, device, progress.part(0.0, 0.2))
        start = time.perf_counter()
        takes = make(engine, progress.part(0.2, 0.8))
        seconds = time.perf_counter() - start
        places: list[Path] = []
        share = 0.2 / len(targets)
        for target, (clip, recipe) in zip(targets, takes, strict=True):
            begun = 0.8 + share * len(places)
            places.append(target.write(clip, progress.part(begun, begun + share)))
            if recipe_out is None:
                write_recipes([recipe], recipe_beside(places[-1]))
    if recipe_out is not None:
        write_recipes([recipe for _, recipe in takes], recipe_out)
    beside = [recipe_out or recipe_beside(place) for place in places]
    return Written(takes, places, beside, seconds)


def by_recipe(recipe_of: Callable[[Engine], Recipe]) -> Make:
    """Make the single clip of a recipe that depends on the engine."""

    def make(engine: Engine, progress: Progress) -> Takes:
        from studio.takes.derive import make_clip

        recipe = recipe_of(engine)
        return [(make_clip(engine, recipe, progress=progress), recipe)]

    return make


def once_more(recipe: Recipe) -> Callable[[Engine], Recipe]:
    """Make a recipe again by these models; where others made it before, note that on stderr."""

    def recipe_of(engine: Engine) -> Recipe:
        from studio.takes.derive import made_now

        now = made_now(engine, recipe)
        if recipe.models and now != recipe:
            print(
                f"note: the recipe was made by other models ({recipe.models}) than these "
                f"({engine.name}), which make another clip of it",
                file=sys.stderr,
            )
        return now

    return recipe_of
