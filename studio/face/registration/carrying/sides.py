"""Which side of the mouth a vertex is on: lips that touch are far apart along the surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .edges import Edges

Side = NDArray[np.int8]

UPPER, LOWER = slice(49, 54), slice(55, 60)  # of iBUG's landmarks, the outer rims of the lips
_REACH = 30.0  # mm along the surface from the lips, within which sides are told
_CLEAR = 2.0  # mm that the other lip is farther; near the corners there are no sides


def lip_sides(edges: Edges, upper: NDArray[np.integer], lower: NDArray[np.integer]) -> Side:
    """Tell the upper lip from the lower one.

    Parameters
    ----------
    edges : of the surface
    upper, lower : vertices of the outer rims of the lips, without the corners of the mouth

    Returns
    -------
    (V,) 1 on the upper lip and near it, -1 on the lower one, 0 where it is neither
    """
    above, below = (np.minimum(edges.distance(rim, _REACH), 2 * _REACH) for rim in (upper, lower))
    side = np.sign(below - above) * (np.abs(below - above) > _CLEAR)
    return np.asarray(side, dtype=np.int8)
