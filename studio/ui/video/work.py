"""What the panel of a video has done in the background: pictures, and other readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.core import MeshSequence, Progress
from studio.core.read_as import Gaps
from studio.core.video.footage import Footage

# They load FFmpeg, which the window does once there is a video.
if TYPE_CHECKING:
    from studio.io.video.film import Pixels
    from studio.io.video.pictures import Pictures

LONGEST = 640  # pixels that no side of a picture on show is longer than
Span = tuple[float, float]


class Reel:
    """The pictures of a footage; the file is opened by whoever asks first."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._pictures: Pictures | None = None

    def fetch(
        self,
        first: int,
        last: int,
        *,
        progress: Progress,
        show: Callable[[tuple[int, Pixels]], object],
    ) -> None:
        """Show the pictures from one number to another, both included.

        Raises
        ------
        InputError
            Where the file is not there any more.
        """
        from studio.io.video.pictures import open_pictures

        if self._pictures is None:
            self._pictures = open_pictures(self._footage, LONGEST)
        for number, picture in self._pictures.between(first, last):
            progress.check()
            show((number, picture))


def read_other(
    footage: Footage, name: str, gaps: Gaps, rest: Span | None, face: int, *, progress: Progress
) -> MeshSequence:
    """Read the clip of a video again; its pictures are looked at only for another face.

    Parameters
    ----------
    footage, name
        What was seen, and what the clip is called.
    gaps, rest
        As `lay` takes them.
    face
        Which of several, counted from 1, the largest.

    Raises
    ------
    InputError
        Where there is no such face, or none in the span of rest.
    """
    from studio.engine.video.laying import lay
    from studio.engine.video.reading import seen_again

    if face != footage.face:
        footage = seen_again(footage, face, progress.part(0.0, 0.9))
    progress.report(0.9, f"Posing {name}")
    return lay(footage, name, gaps, rest)
