"""Mirror: left does what right did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.alignment import Rotations, apply_rigid, undo_rigid
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.face.known import known

from .edit import Below, Edit, Frames, Group, head_points
from .heads import fitted_heads
from .span import FRAME, check_frames

_FLIP = np.array([-1.0, 1.0, 1.0], np.float32)


@dataclass(frozen=True)
class MirrorEdit(Edit):
    """Swaps the motion of left and right; the person stays who it is.

    Parameters
    ----------
    neutral
        The frame below that shows the person's face at rest.
    head
        Whether the motion of the head is mirrored too.
    """

    kind: ClassVar[str] = "mirror"
    title: ClassVar[str] = "Mirror"
    tip: ClassVar[str] = "Lets the left of the face do what the right did"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("neutral", "&Neutral", "The frame that shows the face at rest", allowed=FRAME,
                  default=0),
        Parameter("head", "&Head", "The head is mirrored too", default=True),
    )  # fmt: skip

    neutral: int = 0
    head: bool = True

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a face whose left and right nobody knows, and a frame that is not there."""
        if known(recording.topology) is None:
            wanted = "a clip of the studio's face to mirror"
            raise InputError.of(name, wanted, f"one of {recording.n_vertices} vertices")
        check_frames("a neutral", [self.neutral], before, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one of the neutral face."""
        return np.union1d(frames, self.neutral)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Mirror the motion of frames (N,): (N, V, 3) mm."""
        face = known(below.recording.topology)
        if face is None:  # `check` lets no such clip pass
            return below.at(frames)
        points = head_points(below.recording)
        # In the axes of the template, left and right are x and -x.
        goal = face.template.vertices[points]
        rest = below.at(np.array([self.neutral]))
        (rest,) = apply_rigid(rest, *fitted_heads(rest[:, points], goal))
        out = below.at(frames)
        rotation, shift = fitted_heads(out.take(points, axis=1), goal)
        progress.check()
        # Seen from the template with left for right, which is a turn and a shift as well.
        moved = apply_rigid(out, rotation * _FLIP[:, None], shift * _FLIP)
        moved -= rest * _FLIP
        moved = moved.take(face.template.mirror, axis=1)
        moved += rest
        if self.head:
            rotation, shift = _mirrored(rotation, shift)
        return undo_rigid(moved, rotation, shift)

    def moved(self, to: Callable[[int], int]) -> MirrorEdit:
        """Take the neutral frame to the number that it has now."""
        return replace(self, neutral=to(self.neutral))

    def with_neutral(self, frame: int) -> MirrorEdit:
        """Measure from the face of a frame."""
        return replace(self, neutral=frame)


def _mirrored(rotation: Rotations, shift: Rotations) -> tuple[Rotations, Rotations]:
    """Mirror rigid motions (N, 3, 3) and (N, 3) mm at the plane between left and right."""
    flip = _FLIP.astype(np.float64)
    return rotation * flip[:, None] * flip, shift * flip
