"""NPY: the vertices (T, V, 3) as one NumPy array, in any unit, on the faces of the template."""

from __future__ import annotations

import numpy as np

from studio.core import InputError, MeshSequence
from studio.io.format import FORMATS, Destination, Format, Source
from studio.io.traits import BytesPer

from .arrays import (
    MAGIC,
    SOON,
    ArrayFile,
    Header,
    damage,
    other_kind,
    put_vertices,
    sequence_of,
)
from .shapes import frames_of


def _read(source: Source) -> MeshSequence:
    path = source.place
    source.check_room(2 * source.size)
    with path.open("rb") as file, damage(path):
        if (head := file.read(len(MAGIC))) != MAGIC:
            raise InputError.of(path, "a NumPy array", other_kind(head, MAGIC))
        file.seek(0)
        header = Header.of(file)
        claimed = header.claimed
        if claimed is not None and claimed != source.size:
            why = "it is cut short" if claimed > source.size else "more than one array"
            raise InputError.of(path, f"{claimed} bytes", f"{source.size}: {why}")
        if source.size > SOON:  # shown before it is read whole
            array = np.load(path, mmap_mode="r")
        else:
            file.seek(0)
            array = header.array(file.read(source.size))
        frames, remark = frames_of(array, path)
    return sequence_of(source, ArrayFile(frames, remark=remark))


def _write(sequence: MeshSequence, to: Destination) -> None:
    with to.paths[0].open("wb") as file:
        put_vertices(file, sequence, to)


FORMATS.add(
    Format(
        name="npy",
        label="NPY, one NumPy array without faces",
        noun="a NumPy array",
        timeless=True,
        read=_read,
        write=_write,
        bytes_per=BytesPer(vertex=12),
        carries="every vertex of every frame, exactly; rate and unit beside it",
        loses="The faces are lost, and known again of the studio's face alone.",
    )
)
