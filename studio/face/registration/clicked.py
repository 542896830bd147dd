"""Seven to twelve points clicked on a face, in place of landmarks found by pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from studio.core.errors import InputError, either
from studio.face.template import load_template

from .landmarks import Landmarks

# What is clicked, in the order of asking, and its number among the 68 of iBUG. Left is the
# subject's. All of them are corners and tips, which a hand finds again within 2 mm.
POINTS: Mapping[str, int] = {
    "right eye, outer corner": 36,
    "right eye, inner corner": 39,
    "left eye, inner corner": 42,
    "left eye, outer corner": 45,
    "nose tip": 30,
    "mouth, right corner": 48,
    "mouth, left corner": 54,
    "chin": 8,
    "under the nose": 33,
    "upper lip, middle of the rim": 51,
    "lower lip, middle of the rim": 57,
    "nose bridge": 27,
}
LEAST = 7  # of them; the first seven are enough


def clicked(points: Mapping[str, Sequence[float]]) -> Landmarks:
    """Say where the template has points that were clicked on a face.

    Parameters
    ----------
    points
        Some of `POINTS` by name, each three numbers in mm on the face in its own pose; in any
        order.

    Raises
    ------
    InputError
        For a name that is none of them, no three numbers, or fewer than `LEAST` points.
    """
    for name, place in points.items():
        if name not in POINTS:
            raise InputError.of("clicked points", f"names as {either(list(POINTS)[:3])}", name)
        if np.shape(place) != (3,) or not np.isfinite(place).all():
            raise InputError.of(name, "three finite numbers", str(place))
    if len(points) < LEAST:
        missing = either([name for name in POINTS if name not in points][: LEAST - len(points)])
        raise InputError.of("clicked points", f"{LEAST} or more, {missing} too", str(len(points)))
    vertices = load_template().landmarks[[POINTS[name] for name in points]]
    return Landmarks.at_vertices(np.array(list(points.values()), dtype=np.float32), vertices)
