"""How strong a part of the face is: the way from the neutral face, scaled inside a mask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from studio.core import MeshSequence, Progress, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Below, Frames, Group
from studio.document.edits.intensity import IntensityEdit

from .masked import BORDER_MM, Mask, MaskedEdit, mask_of


@dataclass(frozen=True, eq=False)
class RegionIntensityEdit(IntensityEdit, MaskedEdit):
    """Scales how far a region is from the person's neutral face.

    Parameters
    ----------
    keys, between, neutral
        As in `IntensityEdit`.
    mask, border
        As in `MaskedEdit`.
    """

    kind: ClassVar[str] = "region-intensity"
    title: ClassVar[str] = "Region intensity"
    tip: ClassVar[str] = "Makes a part of the face stronger or weaker"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *IntensityEdit.parameters,
        mask_of("mouth"),
        BORDER_MM,
    )

    mask: Mask = "mouth"
    border: float = 12.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_words()

    @cached_property
    def _told(self) -> tuple[object, ...]:
        """What two edits that are equal share."""
        return self.kind, *super()._told, self.mask, self.border

    @classmethod
    def begun(cls, at: Beginning) -> RegionIntensityEdit:
        """Measure from the face at rest."""
        return cls(neutral=at.neutral, mask=cls.mask_at(at))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: its keys, and the region."""
        return f"{super().summary}, {self.where}"

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse what no intensity can be, and a face on which the region is not known."""
        super().check(recording, before, name)
        self.check_mask(recording, name)

    def added(self, below: Below, faces: Floats, frames: Frames, progress: Progress) -> Floats:
        """Tell what the scale adds inside the region: (K, V, 3) mm."""
        return super().added(below, faces, frames, progress) * self.axis_weights(below.recording)
