"""Stanford PLY, ascii and binary of either byte order, with any extra properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats, Ints
from studio.io.format import FORMATS, BytesPer, Format
from studio.io.frames import frames_reader, frames_writer
from studio.io.topology import checked_faces, fan, same_faces, same_vertices
from studio.io.units import Doubles, Encoder, Pieces, noted_unit, shown

from .numbers import read_numbers

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_COUNTS = {name: kind for name, kind in _TYPES.items() if kind[0] != "f"}
_LENGTH = "#"
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_CORNERS = ("vertex_indices", "vertex_index")


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
        end = data.find(b"\nend_header")
        start = data.find(b"\n", end + 1) + 1
        if not data.startswith(b"ply") or end < 0 or not start:
            raise InputError.of(path, "a PLY header", "none")
        try:
            order, elements = _elements(data[:end].decode("latin-1").splitlines())
        except (KeyError, ValueError, IndexError):
            raise InputError.of(path, "a PLY header", "one that cannot be read") from None
        return cls(order, elements, start)


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
    if not order or not all(_sound(size, properties) for _, size, properties in found):
        raise ValueError("format")
    return order, tuple(Element(name, size, tuple(p)) for name, size, p in found)


def _sound(size: int, properties: list[Property]) -> bool:
    names = {p.name for p in properties} - {_LENGTH}
    return size >= 0 and bool(names) and len(names) == len(properties)


@dataclass(frozen=True)
class PlyFrames:
    """What the frames of a run share: header, faces, and the bytes that follow the vertices."""

    faces: Ints
    n_vertices: int
    unit: str | None
    tail: bytes

    @classmethod
    def open(cls, data: bytes, path: Path) -> PlyFrames:
        vertices, faces, end = parse_ply(data, path)
        return cls(faces, len(vertices), noted_unit(data), data[end:])

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """(V, 3) of one frame; raises `InputError` where its topology is another."""
        known = self.tail if data.endswith(self.tail) else None
        vertices, faces, _ = parse_ply(data, path, known, self.faces)
        same_vertices(path, self.n_vertices, len(vertices))
        same_faces(path, self.faces, faces)
        return vertices


def parse_ply(
    data: bytes, path: Path, tail: bytes | None = None, faces: Ints | None = None
) -> tuple[Doubles, Ints, int]:
    """Parse coordinates (V, 3) and triangles (F, 3), and find where the faces start.

    Parameters
    ----------
    tail, faces
        Bytes known to hold these faces; where they follow the vertices, they are taken.

    Raises
    ------
    InputError
        For a file that is cut short, garbled or out of range.
    """
    header = Header.parse(data, path)
    reader = _Ascii(data, header, path) if header.order == "ascii" else _Binary(data, header, path)
    vertices: Doubles | None = None
    read: Ints | None = None
    place = len(data)
    for element in header.elements:
        if element.name == "vertex":
            vertices = _vertices(reader.table(element), path)
        elif element.name == "face":
            if vertices is None:
                raise InputError.of(path, "vertices before faces", "faces first")
            place = reader.place
            if faces is not None and tail is not None and len(data) - place == len(tail):
                return vertices, faces, place
            read = _triangles(reader, element, len(vertices), path)
        else:
            reader.skip(element)
    if vertices is None:
        raise InputError.of(path, "a vertex element", "none")
    return vertices, np.zeros((0, 3), np.int32) if read is None else read, place


def _vertices(table: dict[str, NDArray[np.generic]], path: Path) -> Doubles:
    if not {"x", "y", "z"} <= table.keys():
        raise InputError.of(path, "vertex properties x, y and z", shown(", ".join(table)) or "none")
    with np.errstate(invalid="ignore"):
        vertices = np.stack([table[axis].astype(np.float64) for axis in "xyz"], axis=1)
    if not len(vertices):
        raise InputError.of(path, "vertices", "none")
    return vertices


def _triangles(reader: _Ascii | _Binary, element: Element, n_vertices: int, path: Path) -> Ints:
    lists = [p.name for p in element.properties if p.count and p.name in _CORNERS]
    if not lists:
        if element.size:
            raise InputError.of(path, "faces with vertex_indices", "none")
        return np.zeros((0, 3), np.int32)
    corners, sizes = reader.lists(element, lists[0])
    if corners.dtype.kind not in "iu":
        raise InputError.of(path, "vertex indices as whole numbers", "decimal ones")
    if len(sizes) and sizes.min() < 3:
        raise InputError.of(path, "faces of 3 or more corners", f"one of {sizes.min()}")
    return fan(checked_faces(path, corners, n_vertices), sizes)


class _Binary:
    """Walks through the elements of a binary file."""

    def __init__(self, data: bytes, header: Header, path: Path) -> None:
        self.data, self.order, self.place, self.path = data, header.order, header.size, path

    def table(self, element: Element) -> dict[str, NDArray[np.generic]]:
        if element.has_lists:
            raise InputError.of(
                self.path, f"plain numbers in element {shown(element.name)}", "a list"
            )
        rows = self._take(element.dtype(self.order), element.size)
        return {p.name: rows[p.name] for p in element.properties}

    def skip(self, element: Element) -> None:
        if element.has_lists:
            for _ in self._walk(element, None):
                pass
        else:
            self.table(element)

    def lists(self, element: Element, name: str) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """All entries of a list property, and the length of each list."""
        alike = self._alike(element, name)
        if alike is not None:
            return alike.reshape(-1), np.full(len(alike), alike.shape[1])
        rows = list(self._walk(element, name))
        sizes = np.array([len(row) for row in rows], dtype=np.int64)
        return (np.concatenate(rows) if rows else np.zeros(0, np.int64)), sizes

    def _take(self, dtype: np.dtype[np.void], count: int) -> NDArray[np.void]:
        end = self.place + dtype.itemsize * count
        if end > len(self.data):
            raise InputError.of(self.path, f"{end} bytes", f"{len(self.data)}: it is cut short")
        rows = np.frombuffer(self.data, dtype, count, self.place)
        self.place = end
        return rows

    def _alike(self, element: Element, name: str) -> NDArray[np.integer] | None:
        """(F, N) where all lists are as long as the first and no other list is there."""
        length = self._first_length(element)
        if not length or sum(p.count is not None for p in element.properties) != 1:
            return None
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        for p in element.properties:
            if p.count:
                fields.append((_LENGTH, self.order + p.count))
                fields.append((p.name, self.order + p.type, (length,)))
            else:
                fields.append((p.name, self.order + p.type))
        dtype = np.dtype(fields)
        if self.place + dtype.itemsize * element.size > len(self.data):
            return None
        rows = np.frombuffer(self.data, dtype, element.size, self.place)
        if not (rows[_LENGTH] == length).all():
            return None
        self.place += dtype.itemsize * element.size
        return np.asarray(rows[name])

    def _first_length(self, element: Element) -> int:
        """How long the first list of the first row is; 0 where it cannot be told."""
        place = self.place
        for p in element.properties if element.size else ():
            dtype = np.dtype(self.order + (p.count or p.type))
            if place + dtype.itemsize > len(self.data):
                return 0
            if p.count:
                return max(int(np.frombuffer(self.data, dtype, 1, place)[0]), 0)
            place += dtype.itemsize
        return 0

    def _walk(self, element: Element, name: str | None) -> Iterator[NDArray[np.integer]]:
        """Read the lists of one property, row by row."""
        for _ in range(element.size):
            for p in element.properties:
                count = 1
                if p.count:
                    count = int(self._take(np.dtype([("n", self.order + p.count)]), 1)["n"][0])
                values = self._take(np.dtype([("n", self.order + p.type)]), max(count, 0))["n"]
                if p.name == name:
                    yield values


class _Ascii:
    """Walks through the elements of an ascii file, all of whose numbers are read at once."""

    def __init__(self, data: bytes, header: Header, path: Path) -> None:
        self.data, self.place, self.path = data, header.size, path

    def table(self, element: Element) -> dict[str, NDArray[np.generic]]:
        if element.has_lists:
            raise InputError.of(
                self.path, f"plain numbers in element {shown(element.name)}", "a list"
            )
        width = len(element.properties)
        rows = self._numbers(self._lines(element.size))
        if len(rows) != width * element.size:
            wanted = f"{element.size} lines of {width} numbers in element {shown(element.name)}"
            raise InputError.of(self.path, wanted, f"{len(rows)} numbers")
        rows = rows.reshape(-1, width)
        return {p.name: rows[:, k] for k, p in enumerate(element.properties)}

    def skip(self, element: Element) -> None:
        self._lines(element.size)

    def lists(self, element: Element, name: str) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """All entries of a list property, and the length of each list."""
        numbers = self._numbers(self._lines(element.size))
        width = 1 + int(numbers[0]) if len(numbers) and 0 < numbers[0] < 1e6 else 1
        if len(element.properties) == 1 and len(numbers) == width * element.size:
            rows = numbers.reshape(-1, width)
            if (rows[:, 0] == width - 1).all():
                return self._whole(rows[:, 1:].ravel()), np.full(element.size, width - 1)
        found = list(self._walk(numbers, element, name))
        sizes = np.array([len(row) for row in found], dtype=np.int64)
        return self._whole(np.concatenate(found) if found else np.zeros(0)), sizes

    def _walk(self, numbers: Doubles, element: Element, name: str) -> Iterator[Doubles]:
        place = 0
        for _ in range(element.size):
            for p in element.properties:
                if place >= len(numbers):
                    raise self._short(element)
                count = self._length(numbers[place]) if p.count else 1
                place += p.count is not None
                values = numbers[place : place + count]
                if len(values) != count:
                    raise self._short(element)
                place += count
                if p.name == name:
                    yield values

    def _length(self, number: float) -> int:
        if not 0 <= number < 2**31:
            raise InputError.of(self.path, "the length of a list", str(number))
        return int(number)

    def _lines(self, count: int) -> bytes:
        """Take the next lines, as they stand; counted in one pass over the line ends."""
        start = self.place
        ends = np.flatnonzero(np.frombuffer(self.data, np.uint8, offset=start) == 10)
        if count > len(ends) + 1:
            raise InputError.of(self.path, f"{count} more lines", f"{len(ends)}: it is cut short")
        inside = 0 < count <= len(ends)
        self.place = start + (int(ends[count - 1]) + 1 if inside else 0)
        if count == len(ends) + 1:
            self.place = len(self.data)
        return self.data[start : self.place]

    def _numbers(self, text: bytes) -> Doubles:
        try:
            return read_numbers(text)
        except ValueError as error:
            raise InputError.of(self.path, "numbers", str(error)) from None

    def _whole(self, values: Doubles) -> NDArray[np.integer]:
        if not (np.abs(values) < 2**31).all() or (values != np.rint(values)).any():
            raise InputError.of(self.path, "vertex indices as whole numbers", "others")
        return values.astype(np.int64)

    def _short(self, element: Element) -> InputError:
        return InputError.of(self.path, f"{element.size} of element {shown(element.name)}", "fewer")


def ply_encoder(sequence: MeshSequence, unit: str, scale: float) -> Encoder:
    """Make a function from a frame (V, 3) in mm to the pieces of its file, binary little endian."""
    corner = np.dtype([("n", "u1"), ("v", "<i4", 3)])
    faces = np.empty(len(sequence.faces), corner)
    faces["n"], faces["v"] = 3, sequence.faces
    head = (
        "ply\nformat binary_little_endian 1.0\ncomment Expression Studio\n"
        f"comment unit: {unit}\nelement vertex {sequence.n_vertices}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    tail = faces.tobytes()

    def encode(frame: Floats) -> Pieces:
        return [head, (frame / np.float64(scale)).astype("<f4").tobytes(), tail]

    return encode


FORMATS.add(
    Format(
        name="ply",
        label="PLY, one file a frame",
        layout="frames",
        read=frames_reader(PlyFrames.open),
        write=frames_writer(ply_encoder),
        lossless=True,
        bytes_per=BytesPer(vertex=12, face=13),
    )
)
