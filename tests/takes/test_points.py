"""Points that a registration begins from, as people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core import InputError
from studio.face.registration.clicked import POINTS
from studio.takes.points import read_points

NAMES = list(POINTS)
NUMBERS = {name: 10 * place for place, name in enumerate(NAMES[:7])}
PLACES = {name: (1.5 * place, -2.0, 0.25) for place, name in enumerate(NAMES[:7])}


def lines(points: dict[str, object], mark: str) -> str:
    return "\n".join(f"{name}{mark}{str(place).strip('()')}" for name, place in points.items())


@pytest.mark.parametrize("wanted", [NUMBERS, PLACES], ids=["vertices", "places"])
@pytest.mark.parametrize(
    "mark", [": ", " = ", "\t", ", ", None], ids=["colon", "equals", "tab", "comma", "json"]
)
def test_points_by_name(tmp_path: Path, wanted: dict[str, object], mark: str | None) -> None:
    text = json.dumps(wanted) if mark is None else lines(wanted, mark)
    for before, after in (("", ""), ("\ufeff", "\n\n"), ("# picked by hand\n", "\r\n")):
        if before.startswith("#") and mark is None:
            continue
        (tmp_path / "points.txt").write_text(before + text + after, encoding="utf-8")
        assert dict(read_points(tmp_path / "points.txt")) == wanted


@pytest.mark.parametrize("text", ["{}", "[{}]", " ".join], ids=["plain", "list", "blanks"])
def test_the_landmarks_of_ibug_hold_them_all(tmp_path: Path, text: object) -> None:
    numbers = [3 * number for number in range(68)]
    if isinstance(text, str):
        written = text.format(", ".join(map(str, numbers)))
    else:
        written = " ".join(map(str, numbers))
    (tmp_path / "marks.txt").write_text(written)
    assert dict(read_points(tmp_path / "marks.txt")) == {
        name: 3 * number for name, number in POINTS.items()
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "found an empty file"),
        ("1 2 3", "68 vertices in the order of iBUG, found 3"),
        ("nose: 12", "found nose"),
        ("nose tip", "found something else"),
        ("nose tip: 12, 13", "nose tip: expected a vertex, or x, y and z in mm"),
        ("nose tip: 1.5", "found something else"),
        ("nose tip: here", "found something else"),
        ('{"nose tip": "here"}', "nose tip: expected a vertex"),
        ('{"nose tip": [1, 2, NaN]}', "nose tip: expected a vertex"),
        ('{"nose tip": 1', "found something else"),
        ("{}", "found none"),
    ],
)
def test_what_is_none(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "points.txt").write_text(text)
    with pytest.raises(InputError, match=found):
        read_points(tmp_path / "points.txt")
