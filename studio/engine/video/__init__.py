"""A face in a video: seen frame by frame, and laid on the studio's.

Once this is imported, `studio.io.read_sequence` reads videos. What sees the face is loaded with the
first of them: torch takes seconds to import.
"""

from __future__ import annotations

from studio.core import MeshSequence
from studio.io.format import Source
from studio.io.formats.video import see_by


def read(source: Source) -> MeshSequence:
    """Make a clip of a video, as `reading.read_video` does."""
    from .reading import read_video

    return read_video(source)


see_by(read)
