"""A stack of edits in a JSON file that people write by hand.

A list, the bottom of the stack first: ``[{"kind": "intensity", "keys": [{"frame": 0, "value": 1.3},
{"frame": 40, "value": 0.6}], "between": "smooth", "neutral": 0, "on": true}]``. The parameters are
the fields of the kind; those that are left out take their defaults, and arrays are lists of lists.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from studio.core import InputError
from studio.core.system.disk import LARGEST_TEXT, read_whole
from studio.document.encoding import KIND, Array, Decoder, Misfit

from .edit import KINDS, Edit


def read_stack(path: Path) -> tuple[Edit, ...]:
    """Read the edits of a file, the bottom of the stack first.

    Raises
    ------
    InputError
        With one sentence that names the file, where it holds something else.
    """
    try:
        text = read_whole(path, "a list of edits", LARGEST_TEXT).decode("utf-8")
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError.of(path, "a list of edits in JSON", "something else") from error
    if not isinstance(found, list):
        raise InputError.of(path, "a list of edits", f"a {type(found).__name__}")
    decoder = Decoder(_no_array)
    edits = tuple(_edit(path, decoder, item, number) for number, item in enumerate(found, 1))
    if decoder.unknown:
        raise InputError.of(path, "the parameters of its kinds alone", min(decoder.unknown))
    return edits


def _edit(path: Path, decoder: Decoder, item: object, number: int) -> Edit:
    kind = item.get("kind") if isinstance(item, dict) else item
    if not isinstance(item, dict) or not isinstance(kind, str) or kind not in KINDS:
        wanted = f"the kind of edit {number} to be one that edit --list names"
        raise InputError.of(path, wanted, str(kind)[:40])
    stored = {name: value for name, value in item.items() if name != "kind"}
    try:
        edit: Edit = decoder.decode(Edit, {**stored, KIND: kind}, f"edit {number}")
    except Misfit as error:
        raise InputError(f"{path.name}: expected {error}, found something else") from None
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    return edit


def _no_array(name: str) -> Array:
    raise KeyError(name)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} in JSON")
