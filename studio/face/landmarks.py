"""The 68 facial landmarks of the iBUG layout, placed on the studio's template.

Ids are vertices of the template; right and left are the subject's. Placed by hand on the rest
face (the picture `resources/face/landmarks.png` shows them), jaw contour 0-16, brows 17-26,
nose 27-35, eyes 36-47, outer lip 48-59, inner lip 60-67.
"""

from __future__ import annotations

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
