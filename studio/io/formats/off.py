"""OFF, the Object File Format of geometry courses and mesh libraries, by trimesh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats, Ints
from studio.io.format import FORMATS, Format
from studio.io.frames import frames_reader, frames_writer
from studio.io.said import comments, unit_said
from studio.io.topology import checked_faces
from studio.io.traits import BytesPer
from studio.io.units import DECIMALS, Doubles, Encoder, Pieces, shown

from .texts import end_lines, unmarked

_HEAD = re.compile(rb"^[a-z0-9]*off\b", re.IGNORECASE)
_COMMENT = re.compile(rb"#[^\n]*")


@dataclass(frozen=True)
class OffFrames:
    """What the frames of a run share.

    Attributes
    ----------
    faces : (F, 3) int32
        Polygons are cut into triangles.
    """

    faces: Ints
    n_vertices: int
    unit: str | None

    @classmethod
    def open(cls, data: bytes, path: Path) -> OffFrames:
        vertices, faces = _parse(data, path)
        return cls(faces, len(vertices), unit_said(comments(data, rb"#")))

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """Give the vertices (V, 3) of one frame, in the unit of the file.

        Raises
        ------
        InputError
            Where its topology is another.
        """
        vertices, faces = _parse(data, path)
        if len(vertices) != self.n_vertices:
            wanted = f"{self.n_vertices} vertices as in the first frame"
            raise InputError.of(path, wanted, str(len(vertices)))
        if not np.array_equal(faces, self.faces):
            raise InputError.of(path, "the faces of the first frame", "other ones")
        return vertices


def _parse(data: bytes, path: Path) -> tuple[Doubles, Ints]:
    """Read vertices (V, 3) and faces (F, 3); raise `InputError` where the file is no OFF."""
    from trimesh.exchange.off import load_off

    data = _HEAD.sub(lambda head: head[0].upper(), unmarked(end_lines(data)), count=1)
    try:
        _check_length(data)
        found = load_off(BytesIO(data))
    except (ValueError, IndexError, OverflowError) as error:
        raise InputError.of(path, "an OFF file", shown(str(error) or "another file")) from None
    vertices, faces = np.asarray(found["vertices"]), np.asarray(found["faces"])
    return vertices, checked_faces(path, faces.reshape(-1, 3), len(vertices))


def _check_length(data: bytes) -> None:
    """Raise `ValueError` where lines are missing at the end, which trimesh would not notice."""
    lines = [line for line in _COMMENT.sub(b"", data).splitlines() if line.strip()]
    counts = b" ".join(lines[:2]).split()[1:3]
    if any(int(count) < 0 for count in counts) or counts[:1] == [b"0"]:
        raise ValueError("counts of " + b" and ".join(counts).decode("latin-1"))
    wanted = sum(map(int, counts)) + (1 if lines and len(lines[0].split()) > 1 else 2)
    if len(lines) < wanted:
        raise ValueError(f"{len(lines)} of {wanted} lines: it is cut short")


def off_encoder(sequence: MeshSequence, unit: str, scale: float) -> Encoder:
    """Make a function from a frame (V, 3) in mm to the pieces of its file.

    Five decimals of a millimeter, in whichever unit.
    """
    from trimesh import Trimesh
    from trimesh.exchange.off import export_off

    def encode(frame: Floats | Doubles) -> Pieces:
        mesh = Trimesh(frame.astype(np.float64) / scale, sequence.faces, process=False)
        magic, _, rest = export_off(mesh, digits=DECIMALS[unit]).partition("\n")
        return [f"{magic}\n# Expression Studio, unit: {unit}\n{rest}".encode()]

    return encode


FORMATS.add(
    Format(
        name="off",
        label="OFF, one file a frame",
        layout="frames",
        timeless=True,
        read=frames_reader(OffFrames.open),
        write=frames_writer(off_encoder),
        lossless=True,
        bytes_per=BytesPer(vertex=30, face=18),
        carries="every vertex of every frame to 0.00001 mm, faces and unit; the rate beside them",
    )
)
