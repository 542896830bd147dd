"""What edits of a part of the face have in common: a region with a soft border."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.parameters import Choice, Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Edit
from studio.face.known import known
from studio.face.regions.carried import carried
from studio.face.regions.named import ALL, BORDER, NAMES, checked_spec, region
from studio.face.regions.painted import PaintedMask
from studio.face.registration.correspondence import Correspondence

Mask = str | PaintedMask
MASK = Parameter(
    "mask",
    "&Region",
    'The part of the face; in a file of edits also several as "mouth+jaw", "brows & left" or '
    '"not eyes", or the path of a mask',
    choices=tuple(Choice(name, name.capitalize()) for name in NAMES),
    default=ALL,
)
BORDER_MM = Parameter(
    "border", "B&order", "mm over which a region by name fades", allowed=BORDER, default=12.0
)


def mask_of(name: str) -> Parameter:
    """Give the parameter of a mask that is this region unless somebody says."""
    choices = tuple(sorted(MASK.choices, key=lambda choice: choice.value != name))
    return Parameter(MASK.name, MASK.title, MASK.tip, choices=choices, default=name)


class MaskedEdit(Edit):
    """An edit that changes a part of the face, and fades over its border.

    Attributes
    ----------
    mask
        The words for a region, or a mask that somebody painted.
    border
        mm over which a region by words fades.
    """

    mask: Mask
    border: float

    @classmethod
    def mask_at(cls, at: Beginning) -> Mask:
        """Take the region, words or (V,) weights, that a kind begins with; else all of a face."""
        return cls.mask if known(at.recording.topology) is not None else ALL

    def check_words(self) -> None:
        """Refuse words for no region, and a border out of range; raise `InputError`."""
        BORDER.check("border", self.border)
        if isinstance(self.mask, str):
            checked_spec(self.mask)

    def check_mask(self, recording: MeshSequence, name: str) -> None:
        """Refuse a face on which the region is not known; raise `InputError`."""
        count = recording.n_vertices
        if isinstance(self.mask, PaintedMask):
            if self.mask.topology != recording.topology:
                wanted = f"a mask of its own {count:,}-vertex triangulation"
                found = f"{self.mask.name} of {len(self.mask.weights):,} vertices"
                raise InputError.of(name, wanted, found)
        elif self.mask != ALL and known(recording.topology) is None:
            wanted = "a clip of the studio's face for a region by name"
            raise InputError.of(name, wanted, f"one of {count:,} vertices, which a mask may part")

    def carried_to(self, recording: MeshSequence, found: Correspondence | None) -> Self:
        """Give the same edit with the region on a face of its own triangulation.

        Parameters
        ----------
        recording
            The clip.
        found
            How its face lies on the studio's; None where that is not known, and then it stays.
        """
        if not isinstance(self.mask, str) or self.mask == ALL or found is None:
            return self
        if found.topology != recording.topology or known(recording.topology) is not None:
            return self
        edit: Any = self  # which kinds have as a field
        own: Self = replace(edit, mask=carried(found, self.mask, self.border))
        return own

    @property
    def where(self) -> str:
        """What a list of edits says of the region."""
        return self.mask if isinstance(self.mask, str) else self.mask.name

    def weights(self, recording: MeshSequence) -> Floats:
        """Tell how much each vertex belongs to the region: (V,) in 0..1."""
        face = known(recording.topology)
        if isinstance(self.mask, PaintedMask):
            return self.mask.weights
        if face is None:  # `check_mask` lets only the whole face pass
            return np.ones(recording.n_vertices, np.float32)
        return region(face, self.mask, self.border)

    def axis_weights(self, recording: MeshSequence) -> Floats:
        """Repeat the weights for each axis, (V, 3): NumPy is slow along axes of one and three."""
        return np.repeat(self.weights(recording), 3).reshape(-1, 3)
