"""STL, which lists the corners of triangles: welded alike in all the frames of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.geometry import face_normals
from studio.core.sequence import Floats, Ints
from studio.io.format import FORMATS, Destination, Format
from studio.io.frames import frames_reader, frames_writer
from studio.io.said import unit_said
from studio.io.topology import fan
from studio.io.traits import BytesPer
from studio.io.units import Doubles, Encoder, Pieces

from .numbers import Index, Text
from .precision import tell_rounding
from .texts import end_lines, unmarked

_HEAD = 84
_FACET_LINE = re.compile(rb"facet\s+normal\s", re.IGNORECASE)
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("note", "<u2")])
# Lips that touch in one frame and part in another add few vertices; another mesh adds many.
_MORE = 1.1
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits spread: 2^64 by the golden ratio


@dataclass(frozen=True)
class StlFrames:
    """Which corners are one vertex.

    Attributes
    ----------
    faces
        (F, 3).
    source
        (V,) for each vertex, a corner that carries it.
    """

    faces: Ints
    source: NDArray[np.int64]
    unit: str | None

    @classmethod
    def open(cls, data: bytes, path: Path) -> StlFrames:
        corners = parse_stl(data, path)
        return _numbered(*_welded(corners), unit_said(_names(data)))

    @property
    def n_vertices(self) -> int:
        return len(self.source)

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """(V, 3) of one frame; raises `InputError` where its topology is another."""
        corners = self._corners(data, path)
        vertices = corners[self.source]
        if not np.array_equal(vertices[self.faces.ravel()], corners, equal_nan=True):
            raise InputError.of(path, "the triangles of the first frame", "other ones")
        return vertices

    def over(self, frames: Iterable[tuple[bytes, Path]]) -> StlFrames:
        """Keep corners apart that lie apart in any of the frames."""
        welded = self
        for data, path in frames:
            corners = self._corners(data, path)
            if np.array_equal(corners[welded.source][welded.faces.ravel()], corners):
                continue
            keys = np.column_stack([welded.faces.ravel(), corners])
            label, source = _welded(keys)
            if len(source) > _MORE * self.n_vertices + 16:
                raise InputError.of(path, "the triangles of the first frame", "other ones")
            welded = _numbered(label, source, self.unit)
        return welded

    def _corners(self, data: bytes, path: Path) -> Doubles:
        corners = parse_stl(data, path)
        if len(corners) != 3 * len(self.faces):
            wanted = f"{len(self.faces)} triangles as in the first frame"
            raise InputError.of(path, wanted, str(len(corners) // 3))
        return corners


def _welded(rows: Doubles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tell which rows (N, K) are alike: the group (N,) of each, and each group's first row (G,).

    Rows are sorted by one number mixed of their bits, several times faster than by their columns.
    """
    bits = (rows + 0.0).view(np.uint64)  # there is one zero from here on
    mixed = np.zeros(len(rows), np.uint64)
    for column in bits.T:
        mixed = (mixed ^ column ^ (column >> np.uint64(29))) * _MIX
        mixed ^= mixed >> np.uint64(32)
    order = np.argsort(mixed)
    fresh = np.diff(mixed[order], prepend=~mixed[order[:1]]) != 0
    label = np.empty_like(order)
    label[order] = np.cumsum(fresh) - 1
    source = np.minimum.reduceat(order, np.flatnonzero(fresh))
    if not np.array_equal(bits[source[label]], bits):  # two rows share a number by chance
        _, source, label = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    return label.ravel(), source


def _numbered(label: NDArray[np.int64], source: NDArray[np.int64], unit: str | None) -> StlFrames:
    """Give vertices numbers in the order in which they are first met.

    It is the order they were written in as often as not.
    """
    order = np.argsort(source)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return StlFrames(rank[label].reshape(-1, 3).astype(np.int32), source[order], unit)


def parse_stl(data: bytes, path: Path) -> Doubles:
    """(3F, 3) corners, three to a triangle; raises `InputError` where the file is no STL."""
    count = int(np.frombuffer(data, "<u4", 1, 80)[0]) if len(data) >= _HEAD else 0
    fits = len(data) >= _HEAD and len(data) == _HEAD + 50 * count
    text = b"" if fits else unmarked(data)
    # A binary file may begin with "solid", and a text of facets without it.
    if (text[:5].lower() == b"solid" and b"\0" not in text) or _FACET_LINE.match(text):
        return _parse_text(end_lines(text), path)
    if not fits:
        wanted = f"{_HEAD + 50 * count} bytes for {count} triangles"
        raise InputError.of(path, wanted if _binary(data) else "an STL file", f"{len(data)} bytes")
    facets = np.frombuffer(data, _FACET, count, _HEAD)
    with np.errstate(invalid="ignore"):
        corners = facets["corners"].reshape(-1, 3).astype(np.float64)
    return _some(corners, path)


def _names(data: bytes) -> list[bytes]:
    """List what the head of a file says: 80 bytes, of a text its first line and its comments."""
    text = unmarked(data[:1024])
    if text[:5].lower() != b"solid":
        return [data[:80].replace(b"\0", b" ")]
    lines = end_lines(text).split(b"\n")
    return [lines[0], *(line for line in lines[1:] if line.lstrip()[:1] in (b"#", b";"))]


def _binary(data: bytes) -> bool:
    """Whether the count of a file that it does not fit is one at all."""
    return len(data) > _HEAD and b"\0" in data[80:_HEAD]


def _parse_text(data: bytes, path: Path) -> Doubles:
    text = Text(data)
    at = np.setdiff1d(_spelled(text, b"vertex"), _named(text), assume_unique=True)
    if len(at) and at[-1] + 3 >= len(text):
        raise InputError.of(path, "three vertices a facet", "a file that is cut short")
    # The vertices of a facet follow each other without a word between them.
    first = np.flatnonzero(np.diff(at, prepend=-4) != 4)
    sizes = np.diff(first, append=len(at))
    if len(sizes) and sizes.min() < 3:
        raise InputError.of(path, "three vertices a facet", str(sizes.min()))
    which = at[:, None] + np.arange(1, 4)
    try:
        corners = text.numbers(text.starts[which], text.ends[which]).reshape(-1, 3)
    except ValueError as error:
        raise InputError.of(path, "coordinates as numbers", str(error)) from None
    if len(sizes) and sizes.max() > 3:
        corners = corners[fan(np.arange(len(corners)), sizes).ravel()]
    return _some(corners, path)


def _spelled(text: Text, word: bytes) -> Index:
    """Find the tokens (N,) that are a word of ascii letters, in capitals or not."""
    long = text.ends - text.starts == len(word)
    near = np.flatnonzero(long & (text.raw[text.starts] | 32 == word[0]))
    letters = text.raw[text.starts[near, None] + np.arange(len(word))] | 32
    return np.asarray(near[(letters == np.frombuffer(word, np.uint8)).all(axis=1)])


def _named(text: Text) -> Index:
    """Find the tokens (N,) of the lines that name a solid, for any word may be in its name."""
    places = np.concatenate([_spelled(text, b"solid"), _spelled(text, b"endsolid")])
    lines = text.lines()
    line = np.searchsorted(lines, text.starts[places])
    first = np.searchsorted(text.starts, np.append(-1, lines)[line])
    heads = np.unique(first[first == places])
    ends = np.append(lines, len(text.raw))[np.searchsorted(lines, text.starts[heads])]
    # A whole file may be one line.
    facets = _spelled(text, b"facet")
    next_facet = np.append(facets, len(text))[np.searchsorted(facets, heads)]
    last = np.minimum(np.searchsorted(text.starts, ends), next_facet)
    count = last - heads
    place = np.repeat(heads - np.cumsum(count) + count, count) + np.arange(count.sum())
    return np.asarray(place, dtype=np.int64)


def _some(corners: Doubles, path: Path) -> Doubles:
    if not len(corners):
        raise InputError.of(path, "triangles", "none")
    # Zero and minus zero are one place.
    return corners + 0.0


def stl_encoder(sequence: MeshSequence, unit: str, scale: float) -> Encoder:
    """Make a function from a frame (V, 3) in mm to the pieces of its file, binary."""
    if not len(sequence.faces):
        wanted = "triangles, of which STL files are made"
        raise InputError.of(
            sequence.name, wanted, "points alone, which OBJ, PLY, OFF, NPY and NPZ files hold"
        )
    facets = np.zeros(len(sequence.faces), _FACET)
    head = f"Expression Studio, unit: {unit}".encode().ljust(80)
    head += np.uint32(len(facets)).astype("<u4").tobytes()

    def encode(frame: Floats | Doubles) -> Pieces:
        scaled = (frame / np.float64(scale)).astype(np.float32)
        near = (frame - sequence.origin).astype(np.float32)
        normals = face_normals(near, sequence.faces)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        facets["normal"] = np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)
        facets["corners"] = scaled[sequence.faces]
        return [head, facets.tobytes()]

    return encode


def write_stl(sequence: MeshSequence, to: Destination) -> None:
    """Write each frame into a file of its own; say what the float32 of STL loses far away."""
    tell_rounding(sequence, to)
    _write_frames(sequence, to)


_write_frames = frames_writer(stl_encoder)

# Not lossless: which corners are one vertex is forgotten.
FORMATS.add(
    Format(
        name="stl",
        label="STL, one file a frame",
        layout="frames",
        timeless=True,
        read=frames_reader(StlFrames.open, StlFrames.over),
        write=write_stl,
        bytes_per=BytesPer(face=50),
        carries="every triangle of every frame, exactly, and unit; the rate beside them",
        loses="Which corners are one vertex is lost, and found again by where they are.",
    )
)
