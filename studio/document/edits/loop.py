"""Loop: the clip plays again and again, and its end passes into its start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.geometry import smoothstep
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats

from .edit import Beginning, Below, Edit, Frames, Group
from .span import MOST_FRAMES

_TIMES = Range(1, 1000, whole=True)
_OVERLAP = Range(0, MOST_FRAMES, whole=True)


@dataclass(frozen=True)
class LoopEdit(Edit):
    """Plays all frames several times in a row; the last ones pass into the first ones.

    What plays can itself be played round without a seam: behind its last frame fits its first.

    Parameters
    ----------
    times
        How often it plays in all; once makes a clip that fits itself.
    overlap
        Frames at the end that are crossfaded with as many at the start, at most half of all.

    Raises
    ------
    InputError
        For values outside these.
    """

    kind: ClassVar[str] = "loop"
    title: ClassVar[str] = "Loop"
    tip: ClassVar[str] = "Plays the clip round and round without a seam"
    group: ClassVar[Group] = "time"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("times", "&Times", "How often it plays in all", allowed=_TIMES, default=2),
        Parameter(
            "overlap", "&Crossfade", "Frames at the end that pass into as many at the start",
            allowed=_OVERLAP, default=8,
        ),
    )  # fmt: skip

    times: int = 2
    overlap: int = 8

    def __post_init__(self) -> None:
        _TIMES.check("times", self.times)
        _OVERLAP.check("overlap", self.overlap)

    @classmethod
    def begun(cls, at: Beginning) -> LoopEdit:
        """Crossfade no more than the clip has frames for."""
        return cls(overlap=min(cls.overlap, at.timing.frames // 2))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: how often it plays."""
        return f"{self.title} · {self.times} times"

    @property
    def changes(self) -> bool:
        """Whether it repeats or crossfades."""
        return self.times > 1 or self.overlap > 0

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a crossfade longer than half of the clip, and a result that is too long."""
        if 2 * self.overlap > before.frames:
            wanted = f"a crossfade of at most half of its {before.frames} frames"
            raise InputError.of(name, wanted, str(self.overlap))
        if self.timing(before).frames > MOST_FRAMES:
            wanted = f"at most {MOST_FRAMES:,} frames after loop"
            raise InputError.of(name, wanted, f"{self.timing(before).frames:,}")

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: each time is shorter by the crossfade."""
        return replace(before, frames=self.times * (before.frames - self.overlap))

    def source_times(self, times: NDArray[np.float64], before: Timing) -> NDArray[np.float64]:
        """Tell which moments (N,) below play at moments (N,) above; of two, the one that begins."""
        return np.mod(times, before.frames - self.overlap)

    def _blend(self, frames: Frames, before: Timing) -> tuple[Frames, Frames, Floats]:
        """Tell the frames that begin and end in frames (N,), and the share of the former."""
        length = before.frames - self.overlap
        begins = np.mod(frames, length)
        fading = begins < self.overlap
        share = smoothstep((begins + 1.0) / (self.overlap + 1.0))
        ends = np.where(fading, begins + length, begins)
        return begins, ends, np.where(fading, share, 1.0).astype(np.float32)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for what begins and what ends in the frames."""
        begins, ends, _ = self._blend(frames, before)
        return np.union1d(begins, ends)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Blend the end into the start: (N, V, 3) mm of frames (N,)."""
        begins, ends, share = self._blend(frames, below.timing)
        out = below.at(begins)
        fading = np.flatnonzero(share < 1.0)
        if len(fading):
            progress.check()
            ending = below.at(ends[fading])
            out[fading] = ending + share[fading, None, None] * (out[fading] - ending)
        return out
