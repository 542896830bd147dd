"""Every field of the document can be stored, and values of any supported type come back."""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from studio.document import DocumentState
from studio.document.edits.edit import KINDS, Edit
from studio.document.encoding import Decoder, Misfit, encode


class Mood(enum.Enum):
    GOOD = "good"


@dataclass(frozen=True)
class Template:
    scale: float = 1.0


@dataclass(frozen=True)
class FromFile:
    path: Path


@dataclass(frozen=True)
class Everything:
    """One field of each type a document may hold."""

    text: str = "ü"
    number: float | None = 2.5
    whole: int = 3
    on: bool = True
    path: Path | None = Path("a/b")
    choice: Literal["one", "two"] = "two"
    mood: Mood = Mood.GOOD
    face: Template | FromFile | str = field(default_factory=lambda: FromFile(Path("f.obj")))
    sliders: Mapping[str, float] = field(default_factory=lambda: {"jaw": 0.5})
    pairs: tuple[tuple[str, float], ...] = (("nose", 0.25),)
    two: tuple[int, str] = (1, "x")
    tags: frozenset[str] = frozenset({"b", "a"})
    free: object = field(default_factory=lambda: {"list": [1, None, {"x": 2.0}]})


def through(value: object, hint: Any = None) -> Any:
    kept: dict[str, np.ndarray] = {}

    def put(array: np.ndarray) -> str:
        kept[str(len(kept))] = array
        return str(len(kept) - 1)

    return Decoder(kept.__getitem__).decode(hint or type(value), encode(value, put))


@pytest.mark.parametrize(
    "value",
    [
        Everything(),
        Everything(number=None, path=None, face=Template(2.0), tags=frozenset()),
        Everything(face="template", sliders={}, pairs=()),
        DocumentState(),
    ],
)
def test_values_come_back(value: object) -> None:
    assert through(value) == value


def test_numbers_of_numpy_and_arrays_come_back_as_what_they_say() -> None:
    back = through({"a": np.float32(0.5), "b": np.arange(3), "c": float("inf")}, object)
    assert (back["a"], back["b"].tolist(), back["c"]) == (0.5, [0, 1, 2], None)


@pytest.mark.parametrize(
    ("stored", "hint"),
    [
        (1, str), ("x", int), (True, int), (1.5, int), ("x", float), (1, bool), (3, Path),
        ("x", Literal["a"]), ("bad", Mood), ({}, tuple[int, ...]), ([1], tuple[int, int]),
        ([], Mapping[str, int]), ({"a": "b"}, Mapping[str, int]), ("x", int | None),
        ({"$array": "gone"}, np.ndarray[Any, Any]), (None, str), ([], Template),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(stored: object, hint: Any) -> None:
    with pytest.raises(Misfit):
        Decoder({}.__getitem__).decode(hint, stored)


def test_a_type_that_cannot_be_stored_is_a_bug() -> None:
    with pytest.raises(TypeError, match="object"):
        through({"a": object()}, object)


def reachable(hint: Any) -> set[Any]:
    """The types of a hint and of all the fields below it."""
    found = {hint}
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        inner = [hints[entry.name] for entry in dataclasses.fields(hint)]
        inner += KINDS.values() if hint is Edit else ()
    else:
        inner = [h for h in typing.get_args(hint) if isinstance(h, type) or typing.get_origin(h)]
    return found.union(*map(reachable, inner)) if inner else found


def test_every_field_of_the_document_has_a_type_that_can_be_stored() -> None:
    kinds = {k for k in reachable(DocumentState) if typing.get_origin(k) is not np.dtype}
    kinds -= {np.float32, np.float64, np.int16, np.int32, np.generic}
    assert len(kinds) > 10 and set(KINDS.values()) <= kinds
    for kind in kinds - {object, Any}:
        with pytest.raises(Misfit):
            Decoder({}.__getitem__).decode(kind, object())
