"""Frozen dataclasses as JSON and arrays, by their fields and type hints alone.

A field that is added to the document is stored without a word here, as long as its type is one of
these: str, int, float, bool, None, Path, Literal, an enum, a dataclass, an array, a union, tuple,
frozenset or Mapping of these, or `object` for whatever JSON can say. What is missing takes its
default; what is unknown is left out and named. A dataclass of which there are several kinds has a
`kind`, the name it is stored by, and a `stored_kind` that finds the kind of a name. Where somebody
wrote a file by hand, an array may stand there as lists of numbers.
"""

from __future__ import annotations

import enum
import math
import sys
import types
import typing
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError

ARRAY, KIND = "$array", "is"
STORED_AS = "stored as"  # in the metadata of a field whose name in the files is another
Array = NDArray[Any]
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class Misfit(ValueError):
    """Stored data is not of the type that the field wants; the text says what was expected."""


def encode(value: object, put: Callable[[Array], str]) -> object:
    """Turn a value into JSON. Numbers that are not finite become null.

    Parameters
    ----------
    value
        Of one of the types above; an array (...,) of any shape.
    put
        Keeps an array and gives the name to find it by.

    Raises
    ------
    TypeError
        For a type that cannot be stored: a bug of whoever added the field.
    """
    if isinstance(value, enum.Enum):
        return encode(value.value, put)
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.generic):
        return encode(value.item(), put)
    if isinstance(value, np.ndarray):
        return {ARRAY: put(value)}
    return _encode_many(value, put)


def _encode_many(value: object, put: Callable[[Array], str]) -> object:
    if is_dataclass(value):
        stored = {_name(entry): encode(getattr(value, entry.name), put) for entry in _stored(value)}
        return {KIND: getattr(value, "kind", type(value).__name__), **stored}
    if isinstance(value, Mapping):
        return {str(key): encode(item, put) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item, put) for item in value]
    if isinstance(value, AbstractSet):
        return sorted((encode(item, put) for item in value), key=str)
    raise TypeError(f"{type(value).__name__} cannot be stored in a session")


@dataclass
class Decoder:
    """Reads values back by their type hints.

    Attributes
    ----------
    get
        The array of a name; raises `KeyError` where there is none.
    unknown
        The names of the fields that were stored and are not known here.
    """

    get: Callable[[str], Array]
    unknown: set[str] = field(default_factory=set)

    def decode(self, hint: Any, data: object, at: str = "document") -> Any:
        """Read the value that a field of this type was stored as.

        Parameters
        ----------
        hint
            The type.
        data
            JSON.
        at
            The name of the field, for the sentence.

        Raises
        ------
        Misfit
            Where it is of another type.
        InputError
            Where a dataclass refuses its values.
        """
        origin, choices = typing.get_origin(hint), typing.get_args(hint)
        if hint is object or hint is Any:
            return self._free(data)
        if origin in (typing.Union, types.UnionType):
            return self._any_of(choices, data, at)
        if origin is typing.Literal:
            if data not in choices:
                raise Misfit(f"{at} to be one of {', '.join(map(repr, choices))}")
            return data
        if origin is np.ndarray:
            return self._array(data, at)
        if origin is tuple:
            return self._tuple(choices, data, at)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            items = _expect(dict, data, f"{at} to be a table").items()
            return {key: self.decode(choices[1], item, f"{at} {key}") for key, item in items}
        if isinstance(origin, type) and issubclass(origin, AbstractSet):
            items = _expect(list, data, f"{at} to be a list")
            return frozenset(self.decode(choices[0], item, at) for item in items)
        if is_dataclass(hint):
            return self._object(hint, data, at)
        return _scalar(hint, data, at)

    def _object(self, kind: Any, data: object, at: str) -> Any:
        stored = dict(_expect(dict, data, f"{at} to be a table"))
        named = stored.pop(KIND, None)
        if hasattr(kind, "stored_kind"):
            kind = kind.stored_kind(named)
            if kind is None:
                raise Misfit(f"{at} of a known kind")
        known = {_name(entry): entry for entry in _stored(kind)}
        called = getattr(kind, "kind", kind.__name__)
        self.unknown.update(f"{called}.{name}" for name in set(stored) - set(known))
        hints = _hints(kind)
        values = {}
        for name, entry in known.items():
            if name in stored:
                values[entry.name] = self.decode(hints[entry.name], stored[name], name)
            elif entry.default is MISSING and entry.default_factory is MISSING:
                raise Misfit(f"{at} to have {name}")
        return kind(**values)

    def _any_of(self, kinds: tuple[Any, ...], data: object, at: str) -> Any:
        """Read the first of the types that fits; a dataclass only where it was stored as one."""
        problem: Exception = Misfit(f"{at} to be of a known kind")
        for kind in kinds:
            if is_dataclass(kind) and isinstance(data, dict):
                if data.get(KIND) != kind.__name__:  # type: ignore[union-attr]
                    continue
            elif isinstance(data, dict) and KIND in data:
                continue
            try:
                return self.decode(kind, data, at)
            except (Misfit, InputError) as error:
                problem = error
        raise problem

    def _tuple(self, kinds: tuple[Any, ...], data: object, at: str) -> tuple[Any, ...]:
        items = _expect(list, data, f"{at} to be a list")
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            kinds = kinds[:1] * len(items)
        if len(kinds) != len(items):
            raise Misfit(f"{at} to be {len(kinds)} values")
        return tuple(self.decode(kind, item, at) for kind, item in zip(kinds, items, strict=True))

    def _array(self, data: object, at: str) -> Array:
        if isinstance(data, list):
            return _numbers(data, at)
        name = _expect(dict, data, f"{at} to be an array").get(ARRAY)
        try:
            return self.get(str(name))
        except KeyError:
            raise Misfit(f"an array for {at}") from None

    def _free(self, data: object) -> object:
        """Read what was stored without a type: JSON as it is, and arrays."""
        if isinstance(data, list):
            return [self._free(item) for item in data]
        if isinstance(data, dict):
            if set(data) == {ARRAY}:
                return self._array(data, "a recipe")
            return {key: self._free(item) for key, item in data.items()}
        return data


def _numbers(data: list[object], at: str) -> Array:
    """Read the array that nested lists hold."""
    try:
        found = np.array(data)
    except ValueError:
        raise Misfit(f"{at} to be lists of as many numbers each") from None
    if found.dtype.kind not in "biuf":
        raise Misfit(f"{at} to be numbers")
    return found


def _scalar(hint: Any, data: object, at: str) -> Any:
    if hint is None or hint is type(None):
        if data is not None:
            raise Misfit(f"{at} to be empty")
        return None
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        try:
            return hint(data)
        except ValueError:
            raise Misfit(f"{at} to be one of {', '.join(str(e.value) for e in hint)}") from None
    if isinstance(hint, type) and issubclass(hint, Path):
        return Path(_expect(str, data, f"{at} to be a path"))
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        if abs(data) > sys.float_info.max:
            raise Misfit(f"{at} to be a number")
        return float(data)
    if hint not in _WORDS:
        raise TypeError(f"{hint} cannot be read from a session")
    if type(data) is not hint:
        raise Misfit(f"{at} to be {_WORDS[hint]}")
    return data


def _expect(kind: type[Any], data: object, wish: str) -> Any:
    if not isinstance(data, kind):
        raise Misfit(wish)
    return data


def _stored(kind: Any) -> list[Field[Any]]:
    return [entry for entry in fields(kind) if entry.init and not entry.name.startswith("_")]


def _name(entry: Field[Any]) -> str:
    return str(entry.metadata.get(STORED_AS, entry.name))


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
