"""What was seen of a face in a video, kept beside the clip that was made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.read_as import Gaps

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]


def _none() -> Ints:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Footage:
    """The N pictures of a video with the face in them, and how T frames of a clip lie on them.

    Attributes
    ----------
    place
        The video.
    seconds
        (N,) when each picture is shown.
    landmarks
        (N, 478, 3) float32 pixels to the right and downward, as in `Sighting`; NaN where the face
        is lost.
    sizes
        (N, 2) int32 width and height of the pictures, in these pixels.
    face
        Which of several faces it is, counted from 1, the largest.
    faces
        How many were seen at once, at most, where faces were looked for.
    remarks
        What is to be said of the file itself.
    fps
        Frames a second that were asked for, None for those of the video.
    shown
        (T,) int32 number of the picture that each frame of the clip is nearest to.
    resting
        (R,) int32 numbers of the pictures that show the face at rest.
    rest
        The span in seconds, from the first picture on, that was said to show it so; None where it
        was estimated.
    gaps
        What became of the frames without the face.

    Raises
    ------
    InputError
        Where these do not fit together.
    """

    place: Path
    seconds: Doubles
    landmarks: Floats
    sizes: Ints
    face: int = 1
    faces: int = 1
    remarks: tuple[str, ...] = ()
    fps: float | None = None
    shown: Ints = field(default_factory=_none)
    resting: Ints = field(default_factory=_none)
    rest: tuple[float, float] | None = None
    gaps: Gaps = "fill"

    def __post_init__(self) -> None:
        count = len(self.seconds)
        rows = {len(self.landmarks), len(self.sizes)}
        inside = all(one.min() >= 0 and one.max() < count for one in self._numbers if len(one))
        if rows != {count} or self.landmarks.ndim != 3 or not inside:
            raise InputError.of(self.place, "a face for each picture of a video", "others")
        for array in (self.seconds, self.landmarks, self.sizes, *self._numbers):
            array.setflags(write=False)

    @property
    def _numbers(self) -> tuple[Ints, Ints]:
        return self.shown, self.resting

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(N,) whether the face is in each picture."""
        return np.isfinite(self.landmarks[:, 0, 0])

    @property
    def lost(self) -> NDArray[np.bool_]:
        """(T,) whether a frame of the clip has no face in its picture."""
        return ~self.seen[self.shown]

    @property
    def at_rest(self) -> NDArray[np.bool_]:
        """(T,) whether a frame of the clip shows what is taken for the face at rest."""
        return np.isin(self.shown, self.resting)

    @property
    def moments(self) -> Doubles:
        """(T,) seconds of the frames of the clip, from the first picture on."""
        return np.asarray(self.seconds[self.shown] - self.seconds[0])

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = (self.seconds, self.landmarks, self.sizes, *self._numbers)
        return sum(array.nbytes for array in arrays)
