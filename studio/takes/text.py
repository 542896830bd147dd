"""Recipes as text that can be pasted into a mail, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from studio.core import GenerationRequest, InputError

from .motion import check_made, is_made
from .recipe import Recipe, settings_of

MOST = 200  # recipes in one text
_WANTED = "a recipe as JSON, or a list of them"


def recipes_to_text(recipes: Sequence[Recipe]) -> str:
    """JSON: an object for one recipe, else a list."""
    objects = [plain(recipe) for recipe in recipes]
    return json.dumps(objects[0] if len(objects) == 1 else objects, indent=2, allow_nan=False)


def recipes_from_text(text: str) -> list[dict[str, object]]:
    """The recipes of a text.

    Raises `InputError` where it holds none, more than 200, or one with a number out of range.
    """
    try:
        found = json.loads(text, parse_float=finite, parse_constant=finite)
    except (ValueError, RecursionError):
        raise InputError.of("clipboard", _WANTED, _beginning(text)) from None
    recipes = found if isinstance(found, list) else [found]
    if not recipes or any(not isinstance(recipe, dict) for recipe in recipes):
        raise InputError.of("clipboard", _WANTED, _beginning(text))
    if len(recipes) > MOST:
        raise InputError.of("clipboard", f"at most {MOST} recipes", str(len(recipes)))
    for recipe in recipes:
        if is_made(recipe):
            check_made(recipe)
            continue
        if "label" not in recipe or "seed" not in recipe:
            raise InputError.of("recipe", "a label and a seed", _beginning(json.dumps(recipe)))
        settings_of(recipe, GenerationRequest())
    return recipes


def plain(value: object) -> Any:
    """Dicts and lists for whatever mappings and sequences a recipe is made of."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def finite(text: str) -> float:
    """Raises `ValueError` for NaN and for what no float can hold."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _beginning(text: str) -> str:
    """The first words of a text, on one line."""
    words = " ".join(text.split())
    return (words if len(words) <= 40 else words[:39] + "…") or "nothing"
