"""Stanford PLY, ascii and binary of either byte order, with any extra properties."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats, Ints
from studio.io.format import FORMATS, Format
from studio.io.frames import frames_reader, frames_writer
from studio.io.said import comments, unit_said
from studio.io.topology import checked_faces, fan, restarted, same_faces, same_vertices, strips
from studio.io.traits import BytesPer
from studio.io.units import Doubles, Encoder, Pieces, shown

from .ply_body import Ascii, Binary
from .ply_header import Element, Header
from .texts import end_lines, unmarked

_SAYING = rb"(?:comment|obj_info)\b"
_BLANK = re.compile(rb"\n(?:[ \t\r]*\n)+")


@dataclass(frozen=True)
class PlyFrames:
    """What the frames of a run share: faces, and the bytes that follow the vertices."""

    faces: Ints
    n_vertices: int
    unit: str | None
    tail: bytes

    @classmethod
    def open(cls, data: bytes, path: Path) -> PlyFrames:
        vertices, faces, tail = parse_ply(data, path)
        return cls(faces, len(vertices), unit_said(comments(_head(data), _SAYING)), tail)

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """(V, 3) of one frame; raises `InputError` where its topology is another."""
        known = self.tail if data.endswith(self.tail) else None
        vertices, faces, _ = parse_ply(data, path, known, self.faces)
        same_vertices(path, self.n_vertices, len(vertices))
        same_faces(path, self.faces, faces)
        return vertices


def parse_ply(
    data: bytes, path: Path, tail: bytes | None = None, faces: Ints | None = None
) -> tuple[Doubles, Ints, bytes]:
    """Parse coordinates (V, 3) and triangles (F, 3), and find the bytes that say the triangles.

    Parameters
    ----------
    tail, faces
        Bytes known to hold these faces; where they follow the vertices, they are taken.

    Raises
    ------
    InputError
        For a file that is cut short, garbled or out of range.
    """
    data, header = _opened(data, path)
    reader = Ascii(data, header, path) if header.order == "ascii" else Binary(data, header, path)
    vertices: Doubles | None = None
    found: list[NDArray[np.integer]] = []
    place = len(data)
    for element in header.elements:
        if element.name == "vertex":
            vertices = _vertices(reader.table(element), path)
        elif element.has_faces:
            if vertices is not None and not found:
                place = reader.place
                if faces is not None and tail is not None and len(data) - place == len(tail):
                    return vertices, faces, tail
            found.append(_triangles(reader, element, path))
        else:
            reader.skip(element)
    if vertices is None:
        raise InputError.of(path, "a vertex element", "none")
    triangles = np.concatenate(found) if found else np.zeros((0, 3), np.int32)
    return vertices, checked_faces(path, triangles, len(vertices)), data[place:]


def _head(data: bytes) -> bytes:
    """Take the header of a file, whatever its lines end with."""
    return data[: data.find(b"end_header")].replace(b"\r", b"\n")


def _opened(data: bytes, path: Path) -> tuple[bytes, Header]:
    """Read the header; a text comes as lines that end with line feeds, none of them blank."""
    data = unmarked(data)
    header = Header.parse(data, path)
    if header.order != "ascii":
        return data, header
    plain = end_lines(data)
    if b"\n\n" in plain or b"\n\r\n" in plain:
        plain = _BLANK.sub(b"\n", plain)
    return plain, header if plain is data else Header.parse(plain, path)


def _vertices(table: dict[str, NDArray[np.generic]], path: Path) -> Doubles:
    if not {"x", "y", "z"} <= table.keys():
        raise InputError.of(path, "vertex properties x, y and z", shown(", ".join(table)) or "none")
    with np.errstate(invalid="ignore"):
        vertices = np.stack([table[axis].astype(np.float64) for axis in "xyz"], axis=1)
    if not len(vertices):
        raise InputError.of(path, "vertices", "none")
    return vertices


def _triangles(reader: Ascii | Binary, element: Element, path: Path) -> NDArray[np.integer]:
    """(F, 3) corners as they stand, of an element that carries faces."""
    if element.corners is None:
        what = "faces" if element.name == "face" else f"element {shown(element.name)}"
        raise InputError.of(path, f"{what} with vertex_indices", "none")
    corners, sizes = reader.lists(element, element.corners)
    if corners.dtype.kind not in "iu":
        raise InputError.of(path, "vertex indices as whole numbers", "decimal ones")
    if element.has_restarts:
        corners, sizes = restarted(corners, sizes)
    elif len(sizes) and sizes.min() < 3:
        raise InputError.of(path, "faces of 3 or more corners", f"one of {sizes.min()}")
    return (strips if element.is_strip else fan)(corners, sizes)


def ply_encoder(sequence: MeshSequence, unit: str, scale: float) -> Encoder:
    """Make a function from a frame (V, 3) in mm to the pieces of its file, binary little endian.

    Coordinates far from the origin are doubles.
    """
    kind, number = ("double", "<f8") if sequence.is_shifted else ("float", "<f4")
    corner = np.dtype([("n", "u1"), ("v", "<i4", 3)])
    faces = np.empty(len(sequence.faces), corner)
    faces["n"], faces["v"] = 3, sequence.faces
    head = (
        "ply\nformat binary_little_endian 1.0\ncomment Expression Studio\n"
        f"comment unit: {unit}\nelement vertex {sequence.n_vertices}\n"
        f"property {kind} x\nproperty {kind} y\nproperty {kind} z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    tail = faces.tobytes()

    def encode(frame: Floats | Doubles) -> Pieces:
        return [head, (frame / np.float64(scale)).astype(number).tobytes(), tail]

    return encode


FORMATS.add(
    Format(
        name="ply",
        label="PLY, one file a frame",
        layout="frames",
        timeless=True,
        read=frames_reader(PlyFrames.open),
        write=frames_writer(ply_encoder),
        lossless=True,
        bytes_per=BytesPer(vertex=12, face=13),
        carries="every vertex of every frame, exactly, faces and unit; the rate beside them",
    )
)
