"""Layer: what another clip does is added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Below, Edit, head_points
from studio.document.edits.heads import fitted_heads

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

    def added(self, below: Below, faces: Floats, shown: Floats, rest: Floats) -> Floats:
        """Turn what the other clip does with the head of each face: (K, V, 3) mm."""
        points = head_points(below.recording)
        # The other face at rest says in which axes its motion is.
        turn, _ = fitted_heads(faces.take(points, axis=1), rest[points])
        return np.asarray(shown @ turn.astype(np.float32))


def heard_layers(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Leave out the edits that are off, and the layers that are mute because others play solo."""
    on = tuple(edit for edit in edits if edit.on)
    solo = any(isinstance(edit, LayerEdit) and edit.solo for edit in on)
    return tuple(edit for edit in on if not solo or not isinstance(edit, LayerEdit) or edit.solo)
