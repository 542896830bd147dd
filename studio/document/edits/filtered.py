"""What edits have in common that compute a frame from those around it as a weighted sum."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from studio.core import Progress, Timing
from studio.core.sequence import Floats

from .edit import Below, Edit, Frames


class FilterEdit(Edit):
    """Each frame is a sum of frames below, with weights that do not depend on what these show."""

    @abstractmethod
    def weights(self, frames: Frames, before: Timing) -> tuple[Frames, Floats]:
        """Tell the sums.

        Parameters
        ----------
        frames
            (N,) numbers of frames.

        Returns
        -------
        numbers : (K,) frames that are summed, in rising order
        weights : (N, K)
        """

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for all that is summed."""
        return self.weights(frames, before)[0]

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Sum the frames below: (N, V, 3) mm of frames (N,)."""
        numbers, weights = self.weights(frames, below.timing)
        out = below.at(numbers[weights.argmax(axis=1)])
        # What is one frame alone stays as it is, bit for bit.
        summed = np.flatnonzero(np.count_nonzero(weights, axis=1) > 1)
        if not len(summed):
            return out
        progress.check()
        around = below.at(numbers)
        # Around the first of them, so that float32 keeps what is small beside where the face is.
        middle = around[:1].copy()
        around -= middle
        found = weights[summed] @ around.reshape(len(around), -1)
        out[summed] = found.reshape(len(summed), *middle.shape[1:]) + middle
        return out
