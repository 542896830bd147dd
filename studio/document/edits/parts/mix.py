"""Mix: a part of the face does what it does in another clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import MeshSequence, Timing
from studio.core.alignment import undo_rigid
from studio.core.parameters import Parameter
from studio.core.request import SHARE, Range
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Below, Frames, Group, head_points
from studio.document.edits.heads import fitted_heads
from studio.document.edits.span import FRAME, check_frames

from .masked import Mask, mask_of
from .overlay import OverlayEdit


@dataclass(frozen=True)
class MixEdit(OverlayEdit):
    """Lets a region move as it does in another clip; the person stays who it is.

    Inside the mask the face is this person's at rest, moved by what the other clip does.

    Parameters
    ----------
    clip, rest, offset, keys, between, mask, border
        As in `OverlayEdit`; a weight from 0 to 1.
    neutral
        The frame below that shows this person's face at rest.
    """

    kind: ClassVar[str] = "mix"
    title: ClassVar[str] = "Region from clip"
    tip: ClassVar[str] = "Lets a part of the face move as in another clip"
    group: ClassVar[Group] = "face"
    values: ClassVar[Range] = SHARE
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *(one if one.name != "mask" else mask_of("mouth") for one in OverlayEdit.parameters),
        Parameter(
            "neutral", "&Neutral", "The frame that shows the face at rest", allowed=FRAME, default=0
        ),
    )

    mask: Mask = "mouth"
    neutral: int = 0

    @classmethod
    def begun(cls, at: Beginning) -> MixEdit:
        """Measure from the frame of the face at rest."""
        return cls(neutral=at.neutral_frame, mask=cls.mask_at(at))

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse what no overlay can be, and a neutral frame that is not there."""
        super().check(recording, before, name)
        check_frames("a neutral", [self.neutral], before, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one of the neutral face."""
        return np.union1d(frames, self.neutral)

    def added(self, below: Below, faces: Floats, shown: Floats, rest: Floats) -> Floats:
        """Tell the way (K, V, 3) mm to this person's face at rest, moved as the other clip does."""
        points, (own,) = head_points(below.recording), below.at(np.array([self.neutral]))
        (turn,), _ = fitted_heads(own[None, points], rest[points])
        moved = shown @ turn.astype(np.float32)
        moved += own
        way = undo_rigid(moved, *fitted_heads(faces.take(points, axis=1), own[points]))
        way -= faces
        return way

    def with_neutral(self, frame: int) -> MixEdit:
        """Measure from the face of a frame."""
        return replace(self, neutral=frame)
