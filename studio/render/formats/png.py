"""PNG: each frame a picture of its own."""

from __future__ import annotations

from studio.io.format import FORMATS, Format
from studio.io.traits import BytesPer, Canvas

from .writer import clip_writer

FORMATS.add(
    Format(
        name="png",
        label="PNG, one picture a frame",
        noun="a PNG",
        layout="frames",
        write=clip_writer(),
        bytes_per=BytesPer(pixel=0.5),
        carries="a picture of every frame, a file each",
        loses="The surface and the sound are lost; only how it looks is kept.",
        canvas=Canvas(transparent=True),
    )
)
