"""A kind of edit that changes the length of a clip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress, Timing
from studio.core.sequence import Floats
from studio.document.edits.edit import KINDS, Below, Edit, Frames


@contextmanager
def slower_kind() -> Iterator[type[Edit]]:
    """Know, meanwhile, a kind that plays every frame twice."""

    @dataclass(frozen=True)
    class Slower(Edit):
        kind = title = "slower"
        changes = True

        def touches(self, frames: Frames) -> NDArray[np.bool_]:
            return np.ones(len(frames), dtype=bool)

        def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
            """It fits any clip."""

        def timing(self, before: Timing) -> Timing:
            return replace(before, frames=2 * before.frames)

        def source_times(self, times: NDArray[np.float64], before: Timing) -> NDArray[np.float64]:
            return times / 2

        def needs(self, frames: Frames, before: Timing) -> Frames:
            return frames // 2

        def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
            return below.at(frames // 2)

    try:
        yield Slower
    finally:
        del KINDS[Slower.kind]
