"""Recipes as text that can be pasted into a mail, and in files beside what they made."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.core import InputError
from studio.core.system.disk import parse_json, read_json
from studio.io.files import whole_file

from .recipe import Recipe, is_derived, recipe_from_dict
from .recipe_faces import Json

MOST = 200  # recipes in one text
RECIPES = "recipes.json"  # of a folder of takes
_BESIDE = "recipe.json"
_WANTED = "a recipe as JSON, or a list of them"


def recipes_to_text(recipes: Sequence[Json]) -> str:
    """Write JSON: an object for one recipe, else a list."""
    objects = [_plain(recipe) for recipe in recipes]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2, allow_nan=False)


def recipes_from_text(text: str) -> list[Recipe]:
    """Read the recipes of a text.

    Raises
    ------
    InputError
        Where it holds none, more than 200, or one with a number out of range.
    """
    try:
        found = parse_json(text)
    except (ValueError, RecursionError):
        raise InputError.of("clipboard", _WANTED, _beginning(text)) from None
    recipes = found if isinstance(found, list) else [found]
    if not recipes or any(not isinstance(recipe, dict) for recipe in recipes):
        raise InputError.of("clipboard", _WANTED, _beginning(text))
    if len(recipes) > MOST:
        raise InputError.of("clipboard", f"at most {MOST} recipes", str(len(recipes)))
    return [_whole(recipe) for recipe in recipes]


def recipe_beside(place: Path) -> Path:
    """Say where the recipe of what was written to a place belongs.

    That is in a folder of frames, else beside the file.
    """
    return place / _BESIDE if os.path.isdir(place) else place.with_name(f"{place.name}.{_BESIDE}")


def check_recipe_file(path: Path) -> None:
    """Refuse to replace a file that holds something else than recipes."""
    if os.path.exists(path):
        _read_recipes(path)


def write_recipes(recipes: Sequence[Recipe], path: Path) -> None:
    """Write a file that `read_recipe` reads, whole or not at all.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    with whole_file(path) as part:
        text = recipes_to_text([recipe.to_dict() for recipe in recipes])
        part.write_text(text + "\n", encoding="utf-8")


def read_recipe(place: Path) -> Recipe:
    """Read the recipe in a file.

    Parameters
    ----------
    place
        The file; of several recipes one is named as ``recipes.json#fear_1``, in a list by its
        number, from 0.

    Returns
    -------
    Recipe
        The recipe that is meant.

    Raises
    ------
    InputError
        Where the file holds no recipes, or not the one that is meant.
    """
    file, mark, name = str(place).rpartition("#")
    path = Path(file) if mark and not os.path.exists(place) else place
    found = _read_recipes(path)
    if path is place and len(found) == 1:
        return _whole(next(iter(found.values())))
    if path is place or name not in found:
        wanted = f"a recipe to be named, as {path.name}#{next(iter(found), '0')}"
        raise InputError.of(path, wanted, f"{len(found)} recipes" if path is place else name)
    return _whole(found[name])


class Notes:
    """The recipes of a folder of takes, in a readable file that is whole after each.

    The text of each is kept, because spelling out thousands anew would take longer than a take.

    Raises
    ------
    InputError
        Where there is a file of that name that holds something else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        earlier = _read_recipes(path, many=True) if os.path.exists(path) else {}
        self._texts = {name: _spelt(name, recipe) for name, recipe in earlier.items()}

    def add(self, name: str, recipe: Recipe) -> None:
        """Note the recipe of the take of this name."""
        self._texts[name] = _spelt(name, recipe.to_dict())
        with whole_file(self._path) as part:
            text = ",\n".join(self._texts.values())
            part.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _read_recipes(path: Path, *, many: bool = False) -> dict[str, Json]:
    """Read the recipes of a file by name: those of a folder of takes, or a single one or a list.

    With `many` only those of a folder of takes will do.
    """
    wanted = "the recipes of an earlier batch" if many else "recipes"
    found = read_json(path, wanted)
    if isinstance(found, dict) and not many and ("label" in found or is_derived(found)):
        found = [found]
    if isinstance(found, list) and not many:
        found = {str(place): recipe for place, recipe in enumerate(found)}
    if not isinstance(found, dict) or not all(isinstance(item, dict) for item in found.values()):
        raise InputError.of(path, wanted, "something else")
    return found


def _whole(recipe: Json) -> Recipe:
    """Read the recipe, once it is clear that it says what to make."""
    if not is_derived(recipe) and ("label" not in recipe or "seed" not in recipe):
        raise InputError.of("recipe", "a label and a seed", _beginning(json.dumps(recipe)))
    return recipe_from_dict(recipe)


def _spelt(name: str, recipe: Json) -> str:
    """Spell out the lines of a recipe in the file, without the braces round all."""
    lines = json.dumps(_plain({name: recipe}), indent=1, allow_nan=False).splitlines()
    return "\n".join(lines[1:-1])


def _plain(value: object) -> Any:
    """Make dicts and lists of whatever mappings and sequences a recipe is made of."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _beginning(text: str) -> str:
    """Take the first words of a text, on one line."""
    words = " ".join(text.split())
    return (words if len(words) <= 40 else words[:39] + "…") or "nothing"
