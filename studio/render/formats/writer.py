"""What draws clips, imported when a clip is drawn: each command asks for the list of formats."""

from __future__ import annotations

from studio.core import MeshSequence
from studio.io.format import Destination, Writer

from .ffmpeg import Codec


def clip_writer(codec: Codec | None = None) -> Writer:
    """Make what writes a clip as a movie of a codec, or each frame as a picture where it is None.

    What is raised: see `drawing.draw`.
    """

    def write(sequence: MeshSequence, to: Destination) -> None:
        from .drawing import draw

        draw(sequence, to, codec)

    return write
