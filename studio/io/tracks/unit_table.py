"""What a table of action units holds, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core import Probabilities, UnitTracks
from studio.core.sequence import Doubles


@dataclass(frozen=True, eq=False)
class UnitTable:
    """Action units of a clip, frame by frame, with what stands beside them.

    Attributes
    ----------
    tracks
        Intensities (T, N), and where units occur.
    times
        (T,) seconds.
    frames
        (T,) int, numbers of the frames as the file has them, or from 1 on.
    confidence
        (T,) 0..1.
    pose
        (T, 6) where the head is: x, y, z in mm, and turns about these axes in radians, in the axes
        of a camera before the face (x to the right of the picture, y down, z away).
    emotions
        Probabilities of expressions, where they were read.
    remarks
        What there is to say of how a file was read.
    """

    tracks: UnitTracks
    times: Doubles
    frames: NDArray[np.int64]
    confidence: Doubles
    pose: Doubles
    emotions: Probabilities | None = None
    remarks: tuple[str, ...] = ()

    @property
    def success(self) -> NDArray[np.bool_]:
        """(T,) whether a face was seen that can be read."""
        return np.asarray(self.confidence >= SURE, dtype=np.bool_)


SURE = 0.5  # confidence from which on a frame counts
