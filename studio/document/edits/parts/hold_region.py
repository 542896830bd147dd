"""Hold region: a part of the face stays as it is in a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress, Timing
from studio.core.alignment import undo_rigid
from studio.core.geometry import smoothstep
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Below, Frames, Group, head_points, rows_of
from studio.document.edits.heads import fitted_heads
from studio.document.edits.span import COUNT, FRAME, SPAN, check_frames, check_span, resolved

from .masked import BORDER_MM, Mask, MaskedEdit, mask_of


@dataclass(frozen=True)
class HoldRegionEdit(MaskedEdit):
    """Holds a region as it is in a frame, on the head as it moves.

    Parameters
    ----------
    frame
        The frame below in which it is as it stays.
    start, stop
        It stays so in frames start..stop-1; without a stop, to the end.
    fade
        Frames within the range, at each end that is not one of the clip's, over which it gets
        there and leaves.
    mask, border
        As in `MaskedEdit`.
    """

    kind: ClassVar[str] = "hold-region"
    title: ClassVar[str] = "Hold region"
    tip: ClassVar[str] = "Holds a part of the face as it is in a frame"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("frame", "F&rame", "The frame in which it is as it stays", allowed=FRAME,
                  default=0),
        *SPAN,
        Parameter("fade", "Fa&de", "Frames over which it gets there and leaves", allowed=COUNT,
                  default=5),
        mask_of("brows"),
        BORDER_MM,
    )  # fmt: skip

    frame: int = 0
    start: int = 0
    stop: int | None = None
    fade: int = 5
    mask: Mask = "brows"
    border: float = 12.0

    def __post_init__(self) -> None:
        self.check_words()
        FRAME.check("frame", self.frame)
        COUNT.check("fade", self.fade)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: which region, and of which frame."""
        return f"{self.title} · {self.where} of {self.frame}"

    @classmethod
    def begun(cls, at: Beginning) -> HoldRegionEdit:
        """Hold what the frame on show has, in the range or all of the clip."""
        start, stop = at.span or (0, None)
        return cls(at.frame, start, stop, mask=cls.mask_at(at))

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) may change, as (N,) bool."""
        inside = (frames >= self.start) & (frames != self.frame)
        return np.asarray(inside if self.stop is None else inside & (frames < self.stop))

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse frames that are not there, and a face on which the region is not known."""
        check_frames("a frame to hold", [self.frame], before, name)
        check_span(self.title, self.start, self.stop, before, name)
        self.check_mask(recording, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one that is held."""
        return np.union1d(frames, self.frame)

    def _shares(self, frames: Frames, before: Timing) -> Floats:
        """Tell how much is held in frames (N,): (N,) in 0..1."""
        start, stop = resolved(self.start, self.stop, before)
        into = (frames - start + 1.0) / (self.fade + 1) if start else np.ones(len(frames))
        out = (stop - frames) / (self.fade + 1.0) if stop < before.frames else into
        return smoothstep(np.minimum(into, out)).astype(np.float32)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Hold the region: (N, V, 3) mm of frames (N,)."""
        out, touched = below.at(frames), self.touches(frames)
        if not touched.any():
            return out
        rows, heads = rows_of(touched), head_points(below.recording)
        faces, (held,) = out[rows], below.at(np.array([self.frame]))
        turn = fitted_heads(faces.take(heads, axis=1), held[heads])
        progress.check()
        way = undo_rigid(held[None], *turn)
        way -= faces
        way *= self._shares(frames[rows], below.timing)[:, None, None]
        way *= self.axis_weights(below.recording)
        out[rows] += way
        return out

    def moved(self, to: Callable[[int], int]) -> HoldRegionEdit:
        """Take the frame and the range to the numbers that these have now."""
        stop = None if self.stop is None else to(self.stop - 1) + 1
        return replace(self, frame=to(self.frame), start=to(self.start), stop=stop)
