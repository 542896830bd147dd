"""Layer: what another clip does is added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import Progress
from studio.core.alignment import displaced, head_alignment
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Below, Edit, Frames, head_points

from .overlay import OverlayEdit


@dataclass(frozen=True)
class LayerEdit(OverlayEdit):
    """Adds the motion of another clip to what is below, in the axes of the head.

    Switched off, a layer is mute. Where any layer that is on plays solo, the layers of the clip
    that do not are mute.

    Parameters
    ----------
    clip, rest, offset, keys, between, mask, border
        As in `OverlayEdit`; a weight from 0 to 2.
    solo
        Whether it plays solo.
    """

    kind: ClassVar[str] = "layer"
    title: ClassVar[str] = "Layer"
    tip: ClassVar[str] = "Adds what another clip does"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *OverlayEdit.parameters,
        Parameter("solo", "&Solo", "Layers that do not play solo are mute", default=False),
    )

    solo: bool = False

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Add the motion of the other clip: (N, V, 3) mm of frames (N,)."""
        out = below.at(frames)
        if self.clip is None:
            return out
        rows, moments = self.playing(self.clip, frames, below.timing)
        points, weights = self.weights(below.recording)
        if not len(rows) or not len(points):
            return out
        heads, at = head_points(below.recording), (rows[:, None], points)
        shown = self.shown(self.clip, moments, heads, points)
        progress.check()
        shown *= self.scale(frames[rows]).astype(np.float32)[:, None, None] * weights[:, None]
        # The other face at rest says in which axes its motion is.
        goal = self.clip.vertices[self.rest, heads]
        turn, _ = head_alignment(out[rows[:, None], heads], goal)
        out[at] = displaced(out[at], shown, turn)
        return out


def heard_layers(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Leave out the edits that are off, and the layers that are mute because others play solo."""
    on = tuple(edit for edit in edits if edit.on)
    solo = any(isinstance(edit, LayerEdit) and edit.solo for edit in on)
    return tuple(edit for edit in on if not solo or not isinstance(edit, LayerEdit) or edit.solo)
