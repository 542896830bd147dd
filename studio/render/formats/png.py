"""PNG: each frame a picture of its own."""

from __future__ import annotations

from studio.io.format import FORMATS, BytesPer, Canvas, Format

from .drawing import draw_pictures

FORMATS.add(
    Format(
        name="png",
        label="PNG, one picture a frame",
        noun="a PNG",
        layout="frames",
        write=draw_pictures,
        bytes_per=BytesPer(pixel=0.5),
        canvas=Canvas(transparent=True),
    )
)
