"""GIF: 256 colors chosen for the clip, and times in hundredths of a second.

Each frame is put at the hundredth nearest to its time, so 30 fps come out as delays of 3, 3 and 4
and the whole keeps its length.
"""

from __future__ import annotations

from studio.io.format import FORMATS, Format
from studio.io.traits import BytesPer, Canvas

from .ffmpeg import PALETTE, Codec
from .writer import clip_writer

# A fixed pattern: scattered dots would crawl over skin from frame to frame.
_USE = "[0:v][1:v]paletteuse=dither=bayer:bayer_scale=5:diff_mode=rectangle:alpha_threshold=128"
_COLORS = ("-f", "png_pipe", "-i", f"data:image/png;base64,{PALETTE}", "-filter_complex", _USE)
CODEC = Codec((*_COLORS, "-fps_mode", "passthrough", "-loop", "0", "-f", "gif"))
FASTEST = 50  # viewers slow a shorter delay than 2/100 s down to 10/100 s

FORMATS.add(
    Format(
        name="gif",
        label="GIF animation",
        noun="a GIF",
        write=clip_writer(CODEC),
        bytes_per=BytesPer(pixel=0.3),
        carries="a picture of every frame in 256 colors, up to 50 a second",
        loses="The surface and the sound are lost; only how it looks is kept.",
        # One of 720p has tens of megabytes.
        canvas=Canvas("small", transparent=True, fastest=FASTEST),
    )
)
