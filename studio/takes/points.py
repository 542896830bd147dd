"""Points of a face as people write them: the landmarks of iBUG, or points by name."""

from __future__ import annotations

import json
import re
from pathlib import Path

from studio.core import InputError
from studio.core.errors import either
from studio.core.request import Place
from studio.core.system.disk import LARGEST_TEXT, read_whole
from studio.face.landmarks import IBUG_68
from studio.face.registration.clicked import POINTS

from .recipe_faces import place_of

_BLANKS = str.maketrans(",;[]", "    ")
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PLACE = rf"{_NUMBER}(?:[\s,;]+{_NUMBER}){{0,2}}"
_LINE = re.compile(rf"(?P<name>[A-Za-z].*?)[\s:=,;]+(?P<place>{_PLACE})")  # nose tip: 1234
_WORD = re.compile(r"[A-Za-z]{2}")


def read_points(path: Path) -> tuple[tuple[str, Place], ...]:
    """Read the points that a registration begins from.

    The file holds the 68 landmarks of iBUG, as `read_landmarks` reads them, or points by name: as
    a JSON object, or as lines such as ``nose tip: 1234``. A place is a vertex, or x, y, z in mm.

    Raises
    ------
    InputError
        For anything else, and for names that are not known.
    """
    wanted = f"68 vertices, or points by name ({either(POINTS)})"
    try:
        text = read_whole(path, wanted, LARGEST_TEXT).decode("utf-8-sig")
        braced = text.lstrip().startswith("{")
        if not braced and not _WORD.search(text):
            return _of_ibug(path, read_landmarks(path))
        named = _object(text) if braced else _lines(text)
    except ValueError as error:
        raise InputError.of(path, wanted, "something else") from error
    unknown = [name for name in named if name not in POINTS]
    if unknown or not named:
        raise InputError.of(path, wanted, unknown[0] if unknown else "none")
    return tuple((name, place_of(name, value)) for name, value in named.items())


def _of_ibug(path: Path, vertices: tuple[int, ...]) -> tuple[tuple[str, Place], ...]:
    wanted, found = len(IBUG_68), len(vertices)
    if found != wanted:
        raise InputError.of(path, f"{wanted} vertices in the order of iBUG", str(found))
    return tuple((name, vertices[number]) for name, number in POINTS.items())


def _object(text: str) -> dict[str, object]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(text[:40])
    return found


def _lines(text: str) -> dict[str, object]:
    """Read a point a line; raise `ValueError` for a line that is none, but for comments."""
    named: dict[str, object] = {}
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(line)
        words = found["place"].translate(_BLANKS).split()
        one = len(words) == 1
        named[found["name"]] = int(words[0]) if one else [float(word) for word in words]
    return named


def read_landmarks(path: Path) -> tuple[int, ...]:
    """Read vertex numbers from a text file.

    They are apart by blanks, commas or lines; brackets are overlooked.

    Raises
    ------
    InputError
        For anything else.
    """
    wanted = "the numbers of vertices that are landmarks"
    try:
        words = (
            read_whole(path, wanted, LARGEST_TEXT).decode("utf-8-sig").translate(_BLANKS).split()
        )
        return tuple(int(word) for word in words)
    except ValueError as error:
        raise InputError.of(path, wanted, "something else") from error
