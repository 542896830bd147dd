"""The face that the studio ships: its files, and where its landmarks are.

The 68 landmarks of iBUG are placed by hand on the rest face (the picture
`resources/face/landmarks.png` shows them). The 83 of BU-3DFE follow the same curves: eyes, nostril
row and jaw by arc length along the edges from corner to corner, the mouth as it is, the lower rims
of the brows a few millimeters below them, three points down each side of the nose; the left half
mirrors the right one.
"""

from __future__ import annotations

from .landmarks import BU3DFE_83, IBUG_68
from .model import FaceModel
from .rig import load_rig
from .template import load_template

NAME = "studio"
LANDMARKS_68: tuple[int, ...] = (
    *(813, 814, 270, 736, 1595, 1299, 1649, 1576, 1580),
    *(3635, 3704, 3367, 3653, 2826, 2409, 2895, 2894),
    *(212, 207, 204, 205, 181, 2327, 2350, 2349, 2352, 2357),
    *(131, 164, 291, 1409, 333, 313, 317, 2446, 2465),
    *(18, 0, 55, 66, 2142, 1004, 2220, 2209, 2154, 2172, 3072, 4188),
    *(402, 1707, 460, 466, 2589, 3758, 2532, 2609, 2615, 496, 490, 484),
    *(1307, 470, 474, 2596, 3375, 2606, 493, 481),
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


def load() -> FaceModel:
    """Read the face; its rig is read when it is first asked for."""
    marked = {IBUG_68.name: LANDMARKS_68, BU3DFE_83.name: LANDMARKS_83}
    return FaceModel(NAME, load_template(), marked, load_rig)
