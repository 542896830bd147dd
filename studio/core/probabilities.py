"""What a recognizer says of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .sequence import Floats, read_only


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Class probabilities of a clip, whole and per frame.

    labels : L names
    per_frame : (T, L) float32, rows sum to 1; row t has seen no frame after t
    clip : (L,) float32, sums to 1: the whole clip judged at once
    """

    labels: tuple[str, ...]
    per_frame: Floats
    clip: Floats

    def __post_init__(self) -> None:
        for name in ("per_frame", "clip"):
            array = np.ascontiguousarray(getattr(self, name), dtype=np.float32)
            if array.shape[-1] != len(self.labels):
                raise ValueError(f"{name} has shape {array.shape} for {len(self.labels)} labels")
            read_only(array)
            object.__setattr__(self, name, array)

    @property
    def label(self) -> str:
        """The verdict over the whole clip."""
        return self.labels[int(np.argmax(self.clip))]

    @property
    def confidence(self) -> float:
        """Probability of the verdict."""
        return float(self.clip.max())
