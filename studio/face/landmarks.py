"""Where landmarks lie on the studio's template, in two layouts.

Ids are vertices of the template; right and left are the subject's. The 68 of iBUG are placed by
hand on the rest face (the picture `resources/face/landmarks.png` shows them). The 83 of BU-3DFE
follow the same curves: eyes, nostril row and jaw by arc length along the edges from corner to
corner, the mouth as it is, the lower rims of the brows a few millimetres below them, three points
down each side of the nose; the left half mirrors the right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.errors import InputError
from ..core.sequence import Floats

LANDMARKS_68: tuple[int, ...] = (
    *(813, 814, 270, 736, 1595, 1299, 1649, 1576, 1580),
    *(3635, 3704, 3367, 3653, 2826, 2409, 2895, 2894),
    *(212, 207, 204, 205, 181, 2327, 2350, 2349, 2352, 2357),
    *(131, 164, 291, 1409, 333, 313, 317, 2446, 2465),
    *(18, 0, 55, 66, 2142, 1004, 2220, 2209, 2154, 2172, 3072, 4188),
    *(402, 1707, 460, 466, 2589, 3758, 2532, 2609, 2615, 496, 490, 484),
    *(1307, 470, 474, 2596, 3375, 2606, 493, 481),
)

MIRROR_68: tuple[int, ...] = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)

LANDMARKS_83: tuple[int, ...] = (
    *(18, 6, 1352, 58, 66, 2141, 1006, 1003),
    *(2220, 2212, 3419, 2160, 2172, 3071, 3074, 4187),
    *(212, 207, 204, 205, 181, 165, 177, 176, 179, 190),
    *(2327, 2350, 2349, 2352, 2357, 2336, 2325, 2322, 2323, 2312),
    *(117, 197, 1410, 2271, 2343, 3476),
    *(333, 313, 315, 2448, 2446, 2465),
    *LANDMARKS_68[48:],
    *(813, 1601, 856, 1595, 861, 863, 1648, 1580),
    *(3703, 2941, 2939, 3653, 2934, 3658, 2894),
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
class Layout:
    """A set of landmarks in an order of its own.

    ids : M vertices of the template
    mirror : for each landmark the one on the other side, itself on the midline
    groups : name of a curve -> its landmarks, which divide all of them
    """

    name: str
    ids: tuple[int, ...]
    mirror: tuple[int, ...]
    groups: Mapping[str, range]

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, landmark: int) -> str:
        """What a landmark is called: its curve and its place there, counted from 1."""
        for name, group in self.groups.items():
            if landmark in group:
                return f"{name} {landmark - group.start + 1}"
        raise InputError.of(self.name, f"landmarks 0 to {len(self) - 1}", str(landmark))


def _groups(lengths: Mapping[str, int]) -> dict[str, range]:
    """Groups that follow each other, from their lengths."""
    ends = np.cumsum([0, *lengths.values()]).tolist()
    return {name: range(*ends[place : place + 2]) for place, name in enumerate(lengths)}


IBUG_68 = Layout(
    "ibug-68",
    LANDMARKS_68,
    MIRROR_68,
    _groups(
        {"jaw": 17, "right brow": 5, "left brow": 5, "nose bridge": 4, "nostrils": 5}
        | {"right eye": 6, "left eye": 6, "outer lip": 12, "inner lip": 8}
    ),
)
BU3DFE_83 = Layout(
    "bu3dfe-83",
    LANDMARKS_83,
    MIRROR_83,
    _groups(
        {"right eye": 8, "left eye": 8, "right brow": 10, "left brow": 10}
        | {"right nose side": 3, "left nose side": 3, "nostrils": 6}
        | {"outer lip": 12, "inner lip": 8, "jaw": 15}
    ),
)
LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (IBUG_68, BU3DFE_83)}


def landmark_points(layout: str, vertices: Floats) -> Floats:
    """(..., M, 3) landmarks of meshes (..., V, 3) on the template's topology.

    Raises `InputError` for a layout that is none of `LAYOUTS`.
    """
    if layout not in LAYOUTS:
        raise InputError.of("landmarks", f"one of {', '.join(LAYOUTS)}", layout)
    return np.take(vertices, LAYOUTS[layout].ids, axis=-2)
