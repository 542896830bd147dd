"""The two suffixes of glTF: one file of everything, and JSON with its buffers beside."""

from __future__ import annotations

from studio.io.format import FORMATS, Format

from .reading import read
from .writing import PARAMETERS, measure, write

FORMATS.add(
    Format(
        name="glb",
        label="GLB, one file for viewers and engines",
        read=read,
        write=write,
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
        read=read,
        parts=True,
    )
)
