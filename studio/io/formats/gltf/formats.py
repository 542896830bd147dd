"""The two suffixes of glTF: one file of everything, and JSON with its buffers beside."""

from __future__ import annotations

from studio.core import MeshSequence
from studio.io.format import FORMATS, Destination, Format, Source

from .asked import PARAMETERS, measure


# What reads and writes is loaded where it is asked for: every command knows the formats.
def _read(source: Source) -> MeshSequence:
    from .reading import read

    return read(source)


def _write(sequence: MeshSequence, to: Destination) -> None:
    from .writing import write

    write(sequence, to)


FORMATS.add(
    Format(
        name="glb",
        label="GLB, one file for viewers and engines",
        read=_read,
        write=_write,
        parts=True,
        units=("m",),
        measure=measure,
        parameters=PARAMETERS,
        carries="the mesh, its motion as named targets and curves, the head on its node, the rate",
        loses="Unless each frame is a target, vertices are within the bound of where they were.",
    )
)
FORMATS.add(
    Format(
        name="gltf",
        label="glTF with buffers beside",
        noun="a glTF file",
        instead="glb",
        read=_read,
        parts=True,
    )
)
