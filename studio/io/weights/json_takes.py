"""Weights in JSON: a list of frames, names and a matrix, or a list of numbers for each name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from studio.core import InputError
from studio.core.timing import checked_rate

from .clock import is_time
from .names import key, places
from .table import Table, arranged, without_weights

_RATES = frozenset(("exportfps", "fps", "framerate", "samplerate", "rate"))
_NAMED = ("categoryName", "category_name", "displayName", "name", "shape", "key")
_SCORED = ("score", "value", "weight")
_DEEPEST = 6  # lists and tables around the frames
_LOOKED_AT = 50  # entries of a list, before it is known to hold frames
_SCALARS = (int, float, str, type(None))


def is_json(text: str) -> bool:
    """Whether a text begins like a table or a list of JSON."""
    return text.lstrip()[:1] in ("{", "[")


def read_json(path: Path, text: str) -> Table:
    """Read the weights of a JSON text, or of one JSON object in each line.

    Raises
    ------
    InputError
        Where it is not JSON, or holds no weights.
    """
    value = _parsed(path, text)
    said = _all(value) if isinstance(value, dict) else {}
    names = _names(said)
    table = _matrix(path, said, names) or _curves(path, said) or _frames(path, value, names)
    if table is None:
        raise without_weights(path, names or list(said))
    rates = [each for name, each in said.items() if key(name) in _RATES]
    rate = rates[0] if rates and isinstance(rates[0], int | float) else 0
    return replace(table, fps=checked_rate(path, rate)) if rate > 0 else table


def _parsed(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError.of(path, "a list of frames in JSON", "lists too deep") from None
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise InputError.of(path, "a text in JSON", "one that is damaged or cut short") from None


def _all(value: Mapping[str, Any]) -> dict[str, Any]:
    """Join a table with the tables within it."""
    inner = [each for each in value.values() if isinstance(each, dict)]
    return dict(chain(*(each.items() for each in inner), value.items()))


def _names(said: Mapping[str, Any]) -> list[str]:
    """Find the list of texts in which most are names of weights."""
    texts = [each for each in said.values() if _is_list_of(each, str)]
    return max(texts, key=lambda each: len(places(each)), default=[])


def _matrix(path: Path, said: Mapping[str, Any], names: list[str]) -> Table | None:
    """Read names and a matrix of a row for each frame, as Audio2Face exports them."""
    for rows in said.values() if names else ():
        if _is_list_of(rows, list) and all(len(row) == len(names) for row in rows):
            return _table(path, _times_of(said, len(rows)), names, rows)
    return None


def _curves(path: Path, said: Mapping[str, Any]) -> Table | None:
    """Read a list of numbers for each name."""
    lists = {name: each for name, each in said.items() if _is_list_of(each, *_SCALARS)}
    names = [name for name in lists if not is_time(name)]
    columns = {names[at]: lists[names[at]] for at in places(names).values()}
    if not columns:
        return None
    rows = list(zip_longest(*columns.values()))
    return _table(path, _times_of(said, len(rows)), list(columns), rows)


def _times_of(said: Mapping[str, Any], count: int) -> dict[str, list[str]]:
    """Find the lists of as many times as there are frames."""
    return {
        name: list(map(_text, each))
        for name, each in said.items()
        if is_time(name) and _is_list_of(each, *_SCALARS) and len(each) == count
    }


def _frames(path: Path, value: object, names: list[str]) -> Table | None:
    """Read a list of frames, each with its weights by name or in the order of the names."""
    frames = _list_of_frames(value, names)
    if not frames:
        return None
    weights = [_weights(frame, names) or {} for frame in frames]
    found = _joined(weights)
    clocks = [_times(frame) for frame in frames]
    known = [name for name in _joined(clocks) if name not in found]
    times = {name: [_text(clock.get(name)) for clock in clocks] for name in known}
    return _table(path, times, found, [[row.get(name) for name in found] for row in weights])


def _joined(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """List the names in all rows, each once."""
    return list(dict.fromkeys(chain.from_iterable(rows)))


def _list_of_frames(value: object, names: list[str], depth: int = 0) -> list[Any]:
    """Find the longest list, or table by numbers, of what holds weights."""
    if depth > _DEEPEST or not isinstance(value, list | dict):
        return []
    inner = value if isinstance(value, list) else list(value.values())
    numbered = isinstance(value, list) or all(name.strip().isdigit() for name in value)
    if numbered and any(_weights(each, names) for each in inner[:_LOOKED_AT]):
        return inner
    deeper = (_list_of_frames(each, names, depth + 1) for each in inner[:_LOOKED_AT])
    return max(deeper, key=len, default=[])


def _weights(frame: object, names: list[str], depth: int = 0) -> dict[str, Any] | None:
    """Find the weights of a frame by name; None where it holds none."""
    if depth > 3:
        return None
    if isinstance(frame, list):
        if names and len(frame) == len(names) and _is_list_of(frame, *_SCALARS):
            return dict(zip(names, frame, strict=True))
        named = dict(pair for each in frame if (pair := _pair(each)))
        if places(list(named)):
            return named
        return _weights(frame[0], names, depth + 1) if len(frame) == 1 else None
    if not isinstance(frame, dict):
        return None
    plain = {name: each for name, each in frame.items() if not isinstance(each, list | dict)}
    if places(list(plain)):
        return plain
    inner = (_weights(each, names, depth + 1) for each in frame.values())
    return next((each for each in inner if each), None)


def _pair(value: object) -> tuple[str, Any] | None:
    """Read a name and a number from a table of the two."""
    if not isinstance(value, dict):
        return None
    name = next((value[each] for each in _NAMED if value.get(each)), None)
    score = next((value[each] for each in _SCORED if each in value), None)
    return (name, score) if isinstance(name, str) else None


def _times(frame: object) -> dict[str, Any]:
    """Find the times that stand in a frame."""
    if not isinstance(frame, dict):
        return {}
    times = {name: each for name, each in frame.items() if is_time(name)}
    return {name: each for name, each in times.items() if isinstance(each, _SCALARS)}


def _table(
    path: Path, times: dict[str, list[str]], names: list[str], rows: Sequence[Sequence[Any]]
) -> Table:
    """Bring values into the form of a table of texts, times in front."""
    cells = [
        [*(cells[row] for cells in times.values()), *map(_text, values)]
        for row, values in enumerate(rows)
    ]
    return arranged(path, [*times, *names], cells)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _is_list_of(value: object, *kinds: type) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, kinds) for v in value)
