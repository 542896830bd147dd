"""MP4: H.264 that every player shows: even sides, 4:2:0, the index in front, colors named; AAC."""

from __future__ import annotations

from studio.io.format import FORMATS, Format
from studio.io.traits import BytesPer, Canvas

from .ffmpeg import Codec
from .writer import clip_writer

_COLORS = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    ",setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
)
_H264 = ("-c:v", "libx264", "-preset", "medium", "-crf", "16")
_AAC = ("-c:a", "aac", "-b:a", "192k")
_CODEC = Codec(("-vf", _COLORS, *_H264, *_AAC, "-movflags", "+faststart", "-f", "mp4"), even=True)

FORMATS.add(
    Format(
        name="mp4",
        label="MP4 movie",
        noun="an MP4",
        write=clip_writer(_CODEC),
        bytes_per=BytesPer(pixel=0.01),
        sounds=True,
        carries="a picture of every frame, at the rate, and the sound",
        loses="The surface is lost; only how it looks is kept.",
        canvas=Canvas(),
    )
)
