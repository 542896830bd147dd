"""Known people in a JSON file: names and vectors, and of which models these are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.errors import InputError
from studio.core.identity.people import KnownPeople

from .files import whole_file

SUFFIX = ".json"
_KIND = "expression-studio known people"
_MOST_BYTES = 64 * 2**20
_MOST_NUMBERS = 4096


def write_people(known: KnownPeople, path: Path) -> None:
    """Write known people.

    Raises
    ------
    StudioError
        Where the place cannot be written.
    """
    people = [
        {"name": name, "clips": count, "vector": [round(x, 6) for x in vector.tolist()]}
        for name, count, vector in zip(known.names, known.clips, known.vectors, strict=True)
    ]
    facts = {"kind": _KIND, "model": known.model, "people": people}
    with whole_file(path) as part:
        part.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def read_people(path: Path) -> KnownPeople:
    """Read what `write_people` wrote.

    Raises
    ------
    InputError
        For a file that holds something else.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _other(path, "a larger file")
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _other(path, error.strerror or "none") from error
    except (ValueError, RecursionError) as error:
        raise _other(path, "no JSON") from error
    if not isinstance(facts, dict) or facts.get("kind") != _KIND:
        raise _other(path, "something else")
    people, model = facts.get("people"), facts.get("model")
    if not isinstance(people, list) or not isinstance(model, str):
        raise _other(path, "a part missing")
    rows = [_person(path, one) for one in people]
    names = tuple(name for name, _, _ in rows)
    if len(set(names)) < len(names) or len({len(vector) for _, _, vector in rows}) > 1:
        raise _other(path, "two of one name, or vectors of two lengths")
    vectors = np.array([vector for _, _, vector in rows], dtype=np.float32)
    return KnownPeople(
        model, names, vectors.reshape(len(rows), -1), tuple(count for _, count, _ in rows)
    )


def _person(path: Path, facts: Any) -> tuple[str, int, list[float]]:
    """Take a person apart: name, number of clips and vector."""
    if isinstance(facts, dict):
        name, count, vector = (facts.get(key) for key in ("name", "clips", "vector"))
        plain = isinstance(vector, list) and 0 < len(vector) <= _MOST_NUMBERS
        named = isinstance(name, str) and bool(name)
        counted = type(count) is int and count > 0
        if plain and named and counted and all(type(x) in (int, float) for x in vector or ()):
            numbers = np.array(vector, dtype=np.float32)
            if np.isfinite(numbers).all() and np.linalg.norm(numbers) > 0:
                return str(name), int(count or 0), numbers.tolist()
    raise _other(path, "a person who is not described whole")


def _other(path: Path, found: str) -> InputError:
    return InputError.of(path, "people that --known-out wrote", found)
