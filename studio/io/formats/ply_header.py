"""The head of a PLY file: its elements, and which of them carry faces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "int64": "i8", "uint64": "u8",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_COUNTS = {name: kind for name, kind in _TYPES.items() if kind[0] != "f"}
LENGTH = "#"  # what the length of a list is called in a row; no property may be
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
# As many names as there are programs: the second list means corners in elements of faces alone.
_CORNERS = re.compile(r"vert(ex|ices|s)?_?ind(ex|ices|exes)", re.IGNORECASE)
_CORNERS_OF_FACES = re.compile(r"vert(ex|ices|s)|ind(ex|ices|exes)|corners", re.IGNORECASE)
_FACES = re.compile(r"(faces?$|facet|tri|quad|poly(?!line)|cell|strip|fan)", re.IGNORECASE)
# Lines, and grids of a scanner's points, also name their vertices.
_NO_FACES = re.compile(r"edge|line|curve|range_grid", re.IGNORECASE)
_END = re.compile(rb"[\r\n][ \t]*end_header[ \t]*(\r\n|\n|\r)")


@dataclass(frozen=True)
class Property:
    """One property of an element; `count` is the type of its length where it is a list."""

    name: str
    type: str
    count: str | None = None


@dataclass(frozen=True)
class Element:
    """One element of a header: its name, how many there are, and its properties."""

    name: str
    size: int
    properties: tuple[Property, ...]

    @property
    def has_lists(self) -> bool:
        return any(p.count for p in self.properties)

    @property
    def has_faces(self) -> bool:
        """Whether it carries faces, under whichever name; there need be none."""
        if self.name == "vertex" or _NO_FACES.match(self.name):
            return False
        return bool(_FACES.match(self.name)) or self.corners is not None

    @property
    def is_strip(self) -> bool:
        """Whether its faces are strips of triangles."""
        return "strip" in self.name.lower()

    @property
    def has_restarts(self) -> bool:
        """Whether -1 among the corners begins another face, as in strips and fans."""
        return self.is_strip or "fan" in self.name.lower()

    @property
    def corners(self) -> str | None:
        """Name the list of vertex indices; None where there is none."""
        lists = [p.name for p in self.properties if p.count]
        kinds = (_CORNERS, _CORNERS_OF_FACES) if _FACES.match(self.name) else (_CORNERS,)
        return next((name for kind in kinds for name in lists if kind.fullmatch(name)), None)

    def dtype(self, order: str) -> np.dtype[np.void]:
        """One row in a binary file, where no property is a list."""
        return np.dtype([(p.name, order + p.type) for p in self.properties])


@dataclass(frozen=True)
class Header:
    """What the head of a PLY file says of the body."""

    order: str
    elements: tuple[Element, ...]
    size: int

    @classmethod
    def parse(cls, data: bytes, path: Path) -> Header:
        end = _END.search(data) if data[:3].lower() == b"ply" else None
        if end is None:
            raise InputError.of(path, "a PLY header", "none")
        head = data[: end.start()]
        # After lone carriage returns, a line feed is the first byte of the body.
        size = end.start(1) + 1 if b"\n" not in head and b"\r" in head else end.end()
        try:
            order, elements = _elements(head.decode("latin-1").splitlines())
        except (KeyError, ValueError, IndexError):
            raise InputError.of(path, "a PLY header", "one that cannot be read") from None
        return cls(order, elements, size)


def _elements(lines: list[str]) -> tuple[str, tuple[Element, ...]]:
    order = ""
    found: list[tuple[str, int, list[Property]]] = []
    for words in (line.split() for line in lines[1:]):
        match words:
            case ["format", kind, _]:
                order = _ORDERS[kind] or "ascii"
            case ["element", name, size]:
                found.append((name, int(size), []))
            case ["property", "list", count, kind, name]:
                found[-1][2].append(Property(name, _TYPES[kind], _COUNTS[count]))
            case ["property", kind, name]:
                found[-1][2].append(Property(name, _TYPES[kind]))
            case [("format" | "element" | "property"), *_]:
                raise ValueError(words[0])
    # Some writers say that there are no faces, and not what they would be made of.
    found = [one for one in found if one[1] or one[0] == "vertex"]
    if not order or not all(_sound(size, properties) for _, size, properties in found):
        raise ValueError("format")
    return order, tuple(Element(name, size, tuple(p)) for name, size, p in found)


def _sound(size: int, properties: list[Property]) -> bool:
    names = {p.name for p in properties} - {LENGTH}
    return size >= 0 and bool(names) and len(names) == len(properties)
