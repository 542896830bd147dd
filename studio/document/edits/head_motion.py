"""Head motion: how much the head moves as a whole; 0 takes it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress, Timing
from studio.core.alignment import Rotations, apply_rigid
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats

from .edit import Beginning, Below, Edit, Frames, head_points, rows_of
from .heads import fitted_heads
from .span import FRAME, check_frames

_AMOUNT = Range(0.0, 2.0)


@dataclass(frozen=True)
class HeadMotionEdit(Edit):
    """Scales the way of the head from where it is in a frame; the face moves as before.

    Parameters
    ----------
    amount
        0 holds the head still, 1 leaves it as it is, at most 2.
    frame
        The frame below in which the head stays where it is.

    Raises
    ------
    InputError
        For an amount out of range.
    """

    kind: ClassVar[str] = "head-motion"
    title: ClassVar[str] = "Head motion"
    tip: ClassVar[str] = "Holds the head still, or makes its motion larger or smaller"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "amount", "&Amount", "0 holds the head still, 1 as it is", allowed=_AMOUNT, step=0.1,
            default=0.0,
        ),
        Parameter("frame", "&Frame", "Where the head is in this frame", allowed=FRAME, default=0),
    )  # fmt: skip

    amount: float = 0.0
    frame: int = 0

    def __post_init__(self) -> None:
        _AMOUNT.check("amount", self.amount)

    @classmethod
    def begun(cls, at: Beginning) -> HeadMotionEdit:
        """Hold the head where it is while the face rests."""
        return cls(frame=at.neutral_frame)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: the amount."""
        return f"{self.title} · {self.amount:.0%}"

    @property
    def changes(self) -> bool:
        """Whether the head moves otherwise."""
        return self.amount != 1.0

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) it may move, as (N,) bool: all but its own."""
        return np.asarray(frames != self.frame) & self.changes

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a frame that is not there."""
        check_frames("a frame", [self.frame], before, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one that stays."""
        return np.union1d(frames, self.frame)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Move the head of frames (N,): (N, V, 3) mm."""
        out, touched = below.at(frames), self.touches(frames)
        if not touched.any():
            return out
        moving = rows_of(touched)
        points = head_points(below.recording)
        rest = below.at(np.array([self.frame]), points)[0]
        rotation, shift = fitted_heads(out[moving].take(points, axis=1), rest)
        progress.check()
        middle = rest.mean(axis=0, dtype=np.float64)
        # A point p of the head at rest is at turn (p - middle) + middle + way.
        turn = rotation.transpose(0, 2, 1)
        way = np.einsum("tij,tj->ti", turn, middle - shift) - middle
        more = scaled_turns(turn, self.amount) @ rotation
        to = self.amount * way + middle - np.einsum("tij,tj->ti", more, way + middle)
        out[moving] = apply_rigid(out[moving], more, to)
        return out

    def moved(self, to: Callable[[int], int]) -> HeadMotionEdit:
        """Take the frame to the number that it has now."""
        return replace(self, frame=to(self.frame))


def scaled_turns(turns: Rotations, amount: float) -> Rotations:
    """Turn so many times as far about the same axes: (N, 3, 3) of (N, 3, 3)."""
    from scipy.spatial.transform import Rotation

    return np.asarray(
        Rotation.from_rotvec(amount * Rotation.from_matrix(turns).as_rotvec()).as_matrix()
    )
