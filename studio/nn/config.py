"""The configs of model files, checked by the types and ranges of their dataclasses.

Nothing is built of a config before each of its values is of the type of its field, finite and in
the range stated beside it: ``layers: Layers = 4``. A field without a range has that of its type.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal, TypeVar

from studio.core.request import Range
from studio.core.timing import FASTEST, SLOWEST

Config = TypeVar("Config")

_SIZE = Range(1, 4096, whole=True)
_NUMBER = Range(-1e6, 1e6)
_LONGEST = 16  # entries of a list
_LETTERS = 64

Layers = Annotated[int, Range(1, 64, whole=True)]
SizeOrNone = Annotated[int, Range(0, 4096, whole=True)]
Steps = Annotated[int, Range(1, 100_000, whole=True)]
Share = Annotated[float, Range(0, 1)]
Rate = Annotated[float, Range(SLOWEST, FASTEST)]


def config_of(cls: type[Config], values: Mapping[str, Any]) -> Config:
    """Make a config of what a file says; fields that are left out take their defaults.

    Raises
    ------
    ValueError
        Where a field is unknown, or its value of another type or out of range.
    """
    hints = typing.get_type_hints(cls, include_extras=True)
    known = {entry.name for entry in fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"its config has the unknown field {unknown[0][:_LETTERS]}")
    return cls(**{name: _checked(name, hints[name], value) for name, value in values.items()})


def _checked(name: str, hint: Any, value: Any) -> Any:
    """Take a value for a field of a type."""
    origin, choices = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return _entries(name, choices, value)
    if origin is Annotated:
        return _number(name, choices[1], value)
    if origin is Literal:
        return _one_of(name, choices, value)
    if hint is bool and not isinstance(value, bool):
        raise _problem(name, "true or false", value)
    if hint is str and not (isinstance(value, str) and len(value) <= _LETTERS):
        raise _problem(name, "a short text", value)
    if hint is bool or hint is str:
        return value
    return _number(name, _SIZE if hint is int else _NUMBER, value)


def _entries(name: str, choices: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _LONGEST:
        raise _problem(name, f"a list of 1 to {_LONGEST}", value)
    hints = [choices[0]] * len(value) if choices[-1] is ... else list(choices)
    if len(hints) != len(value):
        raise _problem(name, f"a list of {len(hints)}", value)
    return tuple(_checked(name, hint, entry) for hint, entry in zip(hints, value, strict=True))


def _number(name: str, allowed: Range, value: Any) -> Any:
    if value not in allowed:
        raise _problem(name, str(allowed), value)
    return value


def _one_of(name: str, choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise _problem(name, " or ".join(choices), value)
    return value


def _problem(name: str, wanted: str, value: Any) -> ValueError:
    return ValueError(f"expected {name} to be {wanted}, found {str(value)[:40]}")
