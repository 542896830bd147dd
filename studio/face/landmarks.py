"""Sets of landmarks in the orders that the field numbers them, on any face.

Right and left are the subject's. Which vertices of a face they are, the file of the face says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.errors import InputError

MIRROR_68: tuple[int, ...] = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)

MIRROR_83: tuple[int, ...] = (
    *(12, 11, 10, 9, 8, 15, 14, 13),
    *(4, 3, 2, 1, 0, 7, 6, 5),
    *(30, 29, 28, 27, 26, 35, 34, 33, 32, 31),
    *(20, 19, 18, 17, 16, 25, 24, 23, 22, 21),
    *(39, 40, 41, 36, 37, 38),
    *range(47, 41, -1),
    *MIRROR_68[48:],
    *range(82, 67, -1),
)


@dataclass(frozen=True)
class LandmarkLayout:
    """Landmarks in an order of their own.

    Attributes
    ----------
    mirror
        For each landmark the one on the other side, itself on the midline.
    groups
        Name of a curve -> its landmarks, which divide all of them.
    """

    name: str
    mirror: tuple[int, ...]
    groups: Mapping[str, range]

    def __len__(self) -> int:
        return len(self.mirror)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each landmark is called."""
        return tuple(self.label(landmark) for landmark in range(len(self)))

    def label(self, landmark: int) -> str:
        """Say what a landmark is called: its curve and its place there, counted from 1.

        Raises
        ------
        InputError
            There is no landmark of this number.
        """
        for name, group in self.groups.items():
            if landmark in group:
                return f"{name} {landmark - group.start + 1}"
        raise InputError.of(self.name, f"landmarks 0 to {len(self) - 1}", str(landmark))


def _groups(lengths: Mapping[str, int]) -> dict[str, range]:
    """Make groups that follow each other from their lengths."""
    ends = np.cumsum([0, *lengths.values()]).tolist()
    return {name: range(*ends[place : place + 2]) for place, name in enumerate(lengths)}


IBUG_68 = LandmarkLayout(
    "ibug-68",
    MIRROR_68,
    _groups(
        {"jaw": 17, "right brow": 5, "left brow": 5, "nose bridge": 4, "nostrils": 5}
        | {"right eye": 6, "left eye": 6, "outer lip": 12, "inner lip": 8}
    ),
)
BU3DFE_83 = LandmarkLayout(
    "bu3dfe-83",
    MIRROR_83,
    _groups(
        {"right eye": 8, "left eye": 8, "right brow": 10, "left brow": 10}
        | {"right nose side": 3, "left nose side": 3, "nostrils": 6}
        | {"outer lip": 12, "inner lip": 8, "jaw": 15}
    ),
)
LAYOUTS: Mapping[str, LandmarkLayout] = {each.name: each for each in (IBUG_68, BU3DFE_83)}
FULL = "full"  # the layout in which every vertex of a face is a landmark
