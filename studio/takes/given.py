"""How a recipe says in what way the files it names are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from studio.core import Given, InputError
from studio.core.read_as import GAPS, MILLIMETERS
from studio.core.timing import checked_rate


def given_to_dict(given: Given) -> dict[str, object]:
    """Say as JSON how a file is to be read."""
    said = {name: value for name, value in asdict(given).items() if name != "rest"}
    said["rest"] = None if given.rest is None else [*given.rest]
    return {name: value for name, value in said.items() if value is not None}


def given_from_dict(data: Mapping[str, object]) -> Given:
    """Read from JSON how a file is to be read.

    Raises
    ------
    InputError
        For what none can be read as.
    """
    unit, gaps = data.get("unit"), data.get("gaps")
    if unit is not None and unit not in MILLIMETERS:
        raise InputError.of("recipe", f"a unit from {', '.join(MILLIMETERS)}", str(unit)[:40])
    if gaps not in (None, *GAPS):
        raise InputError.of("recipe", f"gaps to {' or '.join(GAPS)}", str(gaps)[:40])
    rate, pace = _rate(data, "fps"), _rate(data, "pace")
    face, rest = _face(data), _rest(data)
    return Given(None if unit is None else str(unit), rate, gaps, pace, face, rest)


def _face(data: Mapping[str, object]) -> int | None:
    face = data.get("face")
    if face is None:
        return None
    if not isinstance(face, int) or isinstance(face, bool) or face < 1:
        raise InputError.of("recipe", "the number of a face, 1 the largest", str(face)[:40])
    return face


def _rest(data: Mapping[str, object]) -> tuple[int, int] | None:
    span = data.get("rest")
    if span is None:
        return None
    whole = isinstance(span, list) and [type(one) for one in span] == [int, int]
    if not isinstance(span, list) or not whole or not 0 <= span[0] <= span[1]:
        raise InputError.of("recipe", "the first and the last frame at rest", str(span)[:40])
    return span[0], span[1]


def _rate(data: Mapping[str, object], name: str) -> float | None:
    rate = data.get(name)
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise InputError.of("recipe", "a frame rate as a number", str(rate)[:40])
    return checked_rate("recipe", rate)
