"""Wavefront OBJ: the faces are read once, then only the vertex block of each frame."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats, Ints
from studio.io.format import FORMATS, Format
from studio.io.frames import frames_reader, frames_writer
from studio.io.said import comments, unit_said
from studio.io.topology import fan, same_faces, same_vertices
from studio.io.traits import BytesPer
from studio.io.units import DECIMALS, Doubles, Encoder, Pieces, shown

from .digits import VertexLines
from .numbers import Index, Text
from .texts import end_lines, unmarked

_SLASH = ord("/")
_CONTINUED = re.compile(rb"\\\r?\n")
_COMMENT = re.compile(rb"#[^\n]*")
_COLUMNS = 4  # words of a line of three numbers
# First letters of lines that may stand before the vertices without meaning anything to us.
_HARMLESS = frozenset(b"#mogsu\r\n")


@dataclass(frozen=True)
class ObjFrames:
    """What the frames of a run share, from the first one.

    Attributes
    ----------
    faces
        (F, 3), polygons cut into fans.
    tail
        The bytes from the first face to the end; None where vertices follow a face.
    between
        How the line after the vertex block starts; empty where that is a face.
    columns
        Words of a vertex line, the `v` included.
    first
        The bytes of the first frame, and its vertices (V, 3).
    """

    faces: Ints
    n_vertices: int
    unit: str | None
    tail: bytes | None
    between: bytes
    columns: int
    first: tuple[bytes, Doubles]

    @classmethod
    def open(cls, data: bytes, path: Path) -> ObjFrames:
        unit = unit_said(comments(data, rb"#"))
        plain = _plain_mesh(data)
        if plain is not None:
            vertices, faces, tail = plain
            return cls(faces, len(vertices), unit, tail, b"", _COLUMNS, (data, vertices))
        vertices, faces = parse_obj(data, path)
        layout = _layout(data, len(vertices))
        shared = cls(faces, len(vertices), unit, *layout, (data, vertices))
        quick = shared._block(data)
        if quick is None or not np.array_equal(quick, vertices, equal_nan=True):
            return replace(shared, tail=None, between=b"", columns=0)
        return shared

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """(V, 3) of one frame; raises `InputError` where its topology is another."""
        if data is self.first[0]:
            return self.first[1]
        quick = self._block(data)
        if quick is not None:
            return quick
        vertices, faces = parse_obj(data, path)
        same_vertices(path, self.n_vertices, len(vertices))
        same_faces(path, self.faces, faces)
        return vertices

    def _block(self, data: bytes) -> Doubles | None:
        """Read the vertex block alone; None where the frame is not laid out just as the first."""
        if self.tail is None or not data.endswith(self.tail):
            return None
        stop = len(data) - len(self.tail)
        start = _first_vertex(data)
        if start < 0 or not _harmless(data[:start]):
            return None
        if self.between:
            end = data.find(b"\n" + self.between, start, stop) + 1
            rest = data[end - 1 : stop]
            if not end or any(mark in rest for mark in (b"\nv ", b"\nv\t", b"\nf", b"\\")):
                return None
            stop = end
        return _rows(memoryview(data)[start:stop], self.n_vertices, self.columns)


def _first_vertex(data: bytes) -> int:
    return 0 if data.startswith(b"v ") else data.find(b"\nv ") + 1 or -1


def _harmless(head: bytes) -> bool:
    return all(line[0] in _HARMLESS for line in head.splitlines() if line) and b"\\" not in head


def _layout(data: bytes, n_vertices: int) -> tuple[bytes | None, bytes, int]:
    """tail, between and columns of the first frame."""
    start = _first_vertex(data)
    face = data.find(b"\nf ", max(start, 0)) + 1 or len(data)
    last = data.rfind(b"\nv ", 0, face) + 1
    end = data.find(b"\n", last) + 1 or len(data)
    columns = len(data[max(start, 0) : data.find(b"\n", max(start, 0))].split())
    if start < 0 or columns < 4 or not n_vertices:
        return None, b"", 0
    return data[face:], data[end : min(end + 3, face)], columns


def _plain_mesh(data: bytes) -> tuple[Doubles, Ints, bytes] | None:
    """Read vertices (V, 3), triangles (F, 3) and the bytes of those; None of any other file.

    Nothing but the lines of the vertices and, behind them, those of the triangles may count.
    """
    start = _first_vertex(data)
    face = data.find(b"\nf ", max(start, 0)) + 1
    line = data[face : data.find(b"\n", face)]
    if start < 0 or not face or b"/" in line or len(line.split()) != _COLUMNS:
        return None
    if b"\0" in data or not _harmless(data[:start]):
        return None
    vertices = _rows(memoryview(data)[start:face], None, _COLUMNS)
    if vertices is None:
        return None
    corners = _rows(memoryview(data)[face:], None, _COLUMNS, "f")
    if corners is None or not ((corners >= 1) & (corners <= len(vertices))).all():
        return None
    faces = corners.astype(np.int32)
    if not np.array_equal(faces, corners):
        return None
    return vertices, np.ascontiguousarray(faces - 1), data[face:]


def _rows(
    block: memoryview, n_lines: int | None, columns: int, letter: str = "v"
) -> Doubles | None:
    """(N, 3) from lines that all look alike, however many for None; None where one does not."""
    text = Text(block)
    if n_lines is None:
        n_lines = len(text) // columns
    if len(text) != n_lines * columns:
        return None
    starts, ends = text.starts.reshape(-1, columns), text.ends.reshape(-1, columns)
    lines = text.lines()
    if len(lines) == n_lines - 1:
        lines = np.append(lines, len(text.raw))
    alike = (
        len(lines) == n_lines
        and bool((text.raw[starts[:, 0]] == ord(letter)).all())
        and bool((ends[:, 0] - starts[:, 0] == 1).all())
        and bool((lines >= ends[:, -1]).all())
        and bool((lines[:-1] < starts[1:, 0]).all())
    )
    if not alike:
        return None
    try:
        if columns > _COLUMNS:  # colors behind the coordinates have digits of their own
            return text.numbers(starts[:, 1:4], ends[:, 1:4]).reshape(-1, 3)
        # Column by column, which is copied faster.
        return text.alike(starts[:, 1:].T, ends[:, 1:].T).reshape(3, -1).T
    except ValueError:
        return None


def parse_obj(data: bytes, path: Path) -> tuple[Doubles, Ints]:
    """(V, 3) coordinates as they stand and (F, 3) triangles of any OBJ file.

    Raises `InputError` where a line cannot be read or a face names a vertex that is not there.
    """
    text = Text(_plain(data, path))
    line = np.searchsorted(text.lines(), text.starts)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    count = np.diff(first, append=len(text))
    _check_words(text, first, line, path)
    v, f = (first[_says(text, first, letter)] for letter in "vf")
    vertices = _vertices(text, v, count[np.searchsorted(first, v)], line, path)
    corners, sizes = _corners(text, f, count[np.searchsorted(first, f)] - 1, v, line, path)
    return vertices, fan(corners, sizes).astype(np.int32, copy=False)


def _plain(data: bytes, path: Path) -> bytes:
    """Take comments and continued lines out of a text."""
    data = end_lines(unmarked(data))
    if b"\0" in data:
        raise InputError.of(path, "an OBJ text file", "binary data")
    if b"\\" in data:
        data = _CONTINUED.sub(b" ", data)
    return _COMMENT.sub(b"", data) if b"#" in data else data


def _says(text: Text, words: Index, letter: str) -> NDArray[np.bool_]:
    alone = text.ends[words] - text.starts[words] == 1
    return np.asarray(alone & (text.raw[text.starts[words]] == ord(letter)))


def _check_words(text: Text, first: Index, line: Index, path: Path) -> None:
    """Every line has to start with a letter; the words we do not know are left alone."""
    letter = text.raw[text.starts[first]] | 32
    wrong = first[(letter < ord("a")) | (letter > ord("z"))]
    if len(wrong):
        raise _line_error(path, line[wrong[0]], "an OBJ keyword", repr(_word(text, wrong[0])))


def _word(text: Text, index: int) -> str:
    return shown(text.token(index).decode("latin-1"))


def _line_error(path: Path, line: int, wanted: str, found: str) -> InputError:
    return InputError.of(path, f"{wanted} in line {line + 1}", found)


def _vertices(text: Text, v: Index, count: Index, line: Index, path: Path) -> Doubles:
    if not len(v):
        raise InputError.of(path, "vertex lines (v x y z)", "none")
    short = np.flatnonzero(count < 4)
    if len(short):
        found = f"{count[short[0]] - 1} of them"
        raise _line_error(path, line[v[short[0]]], "3 coordinates", found)
    which = v[:, None] + np.arange(1, 4)
    try:
        return text.numbers(text.starts[which], text.ends[which]).reshape(-1, 3)
    except ValueError as error:
        raise InputError.of(path, "coordinates as numbers", str(error)) from None


def _corners(
    text: Text, f: Index, sizes: Index, v: Index, line: Index, path: Path
) -> tuple[Ints, Index]:
    """Vertex indices from 0 of all face corners, and the corners of each face."""
    short = np.flatnonzero(sizes < 3)
    if len(short):
        raise _line_error(path, line[f[short[0]]], "3 corners", f"{sizes[short[0]]} of them")
    token = np.repeat(f + 1 - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    starts = text.starts[token]
    try:
        number = text.numbers(starts, text.first(_SLASH, starts, text.ends[token]))
    except ValueError as error:
        raise InputError.of(path, "face corners as whole numbers", str(error)) from None
    seen = np.searchsorted(v, token) if (number < 0).any() else 0
    corner = np.where(number < 0, number + seen, number - 1)
    wrong = token[~((corner >= 0) & (corner < len(v)) & (number == np.rint(number)))]
    if len(wrong):
        wanted = f"vertex indices from 1 to {len(v)}"
        raise _line_error(path, line[wrong[0]], wanted, _word(text, wrong[0]))
    return corner.astype(np.int32), sizes


def obj_encoder(sequence: MeshSequence, unit: str, scale: float) -> Encoder:
    """Make a function from a frame (V, 3) in mm to the pieces of its file.

    Five decimals of a millimeter, in whichever unit.
    """
    lines = VertexLines(sequence.n_vertices, DECIMALS[unit])
    head = f"# Expression Studio\n# unit: {unit}\n".encode()
    faces = "".join([f"f {a} {b} {c}\n" for a, b, c in (sequence.faces + 1).tolist()]).encode()

    def encode(frame: Floats | Doubles) -> Pieces:
        scaled = frame.astype(np.float64) / scale
        return [head, lines.format(scaled), faces]

    return encode


FORMATS.add(
    Format(
        name="obj",
        label="OBJ, one file a frame",
        layout="frames",
        timeless=True,
        read=frames_reader(ObjFrames.open),
        write=frames_writer(obj_encoder),
        lossless=True,
        bytes_per=BytesPer(vertex=32, face=18),
        carries="every vertex of every frame to 0.00001 mm, faces and unit; the rate beside them",
    )
)
