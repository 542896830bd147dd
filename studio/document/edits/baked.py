"""Baked: frames that were made once, by a recipe, in the place of others or between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Floats, all_finite, read_only

from .edit import Below, Edit, Frames
from .span import FRAME, MOST_FRAMES


@dataclass(frozen=True, eq=False)
class BakedEdit(Edit):
    """Plays stored frames in the place of a range; the others stay bit for bit.

    What lies below may change; the stored frames do not follow it, unless they are baked again.

    Parameters
    ----------
    start, stop
        Frames start..stop-1 below go; where both are the same the stored ones come in between, and
        at the end behind all.
    vertices
        (N, V, 3) float32 mm, read-only; N may be another number than that of the frames that go.
    recipe
        How they were made, as JSON; None where nobody said.

    Raises
    ------
    InputError
        For a range that cannot be, and for vertices that are none.
    """

    kind: ClassVar[str] = "baked"
    title: ClassVar[str] = "In-between"
    tip: ClassVar[str] = "Plays frames that were made in the place of others, or between them"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("start", "&From", "The first frame that goes", allowed=FRAME, default=1),
        Parameter("stop", "&To", "The frame behind the last that goes", allowed=FRAME, default=1),
    )

    start: int
    stop: int
    vertices: Floats
    recipe: Mapping[str, object] | None = field(default=None)

    def __post_init__(self) -> None:
        for name, frame in (("start", self.start), ("stop", self.stop)):
            FRAME.check(name, frame)
        if self.start > self.stop:
            raise InputError.of("stop", f"frame {self.start} or a later one", str(self.stop))
        vertices = np.asarray(self.vertices, dtype=np.float32)
        if vertices.ndim != 3 or not len(vertices) or vertices.shape[2] != 3:
            raise InputError.of("vertices", "frames of shape (N, V, 3)", str(vertices.shape))
        if not all_finite(vertices):
            raise InputError.of("vertices", "finite numbers", "others")
        if vertices.flags.writeable:
            vertices = vertices.copy()
            read_only(vertices)
        object.__setattr__(self, "vertices", vertices)
        if self.recipe is not None:
            object.__setattr__(self, "recipe", MappingProxyType(dict(self.recipe)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, BakedEdit)
            and self._said == other._said
            and self.recipe == other.recipe
            and (self.vertices is other.vertices or np.array_equal(self.vertices, other.vertices))
        )

    @property
    def _said(self) -> tuple[object, ...]:
        return self.start, self.stop, self.on, self.called

    def __hash__(self) -> int:
        # A few numbers tell one from another; all of them would take longer than a frame may.
        some = self.vertices[:: max(len(self.vertices) // 4, 1), :2]
        return hash((*self._said, self.vertices.shape, some.tobytes()))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the frames above that are stored."""
        return f"{self.title} · {self.start}-{self.start + len(self.vertices) - 1}"

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """The stored frames (N, V, 3) mm."""
        return (self.vertices,)

    def stored(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) above are stored, as (N,) bool."""
        return np.asarray((frames >= self.start) & (frames < self.start + len(self.vertices)))

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) it may change: the stored, and those that moved."""
        if len(self.vertices) == self.stop - self.start:
            return self.stored(frames)
        return np.asarray(frames >= self.start)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a range that is not there, other vertices, and a result that is too long."""
        if self.stop > before.frames:
            wanted = f"a range within its {before.frames} frames"
            raise InputError.of(name, wanted, f"{self.start} to {self.stop}")
        if self.vertices.shape[1] != recording.n_vertices:
            wanted = f"frames of its {recording.n_vertices} vertices"
            raise InputError.of(name, wanted, f"{self.vertices.shape[1]}")
        if self.timing(before).frames > MOST_FRAMES:
            wanted = f"at most {MOST_FRAMES:,} frames"
            raise InputError.of(name, wanted, f"{self.timing(before).frames:,}")

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: with the stored frames instead of those that go."""
        more = len(self.vertices) - (self.stop - self.start)
        return replace(before, frames=before.frames + more)

    def source_times(self, times: NDArray[np.float64], before: Timing) -> NDArray[np.float64]:
        """Tell which moments (N,) below play at moments (N,) above.

        The stored frames pass evenly over those that went.
        """
        known = np.array([self.start - 1.0, self.start + len(self.vertices)])
        below = np.array([self.start - 1.0, float(self.stop)])
        inside = np.interp(times, known, below)
        late = times + (self.stop - self.start - len(self.vertices))
        found = np.where(times <= known[0], times, np.where(times >= known[1], late, inside))
        return np.asarray(np.clip(found, 0, before.frames - 1))

    def _below(self, frames: Frames, before: Timing) -> Frames:
        """Tell the frames (N,) below that are kept, or else lie near."""
        return np.rint(self.source_times(frames.astype(np.float64), before)).astype(np.intp)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for those that are kept."""
        return self._below(frames, before)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Put the stored frames among the kept ones: (N, V, 3) mm of frames (N,)."""
        progress.check()
        out = below.at(self._below(frames, below.timing))
        stored = self.stored(frames)
        out[stored] = self.vertices[frames[stored] - self.start]
        return out

    def grown(self, factor: float) -> BakedEdit:
        """Give the same frames of a clip that is so many times larger."""
        return self if factor == 1.0 else replace(self, vertices=self.vertices * factor)

    def moved(self, to: Callable[[int], int]) -> BakedEdit:
        """Take the range to the numbers that its frames have now."""
        if self.start == self.stop:
            place = 0 if self.start == 0 else to(self.start - 1) + 1
            return replace(self, start=place, stop=place)
        return replace(self, start=to(self.start), stop=to(self.stop - 1) + 1)
