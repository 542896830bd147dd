"""What float32 loses of a clip far from the origin."""

from __future__ import annotations

import numpy as np

from studio.core import MeshSequence
from studio.io.format import Destination

_FINE = 1e-3  # mm


def tell_rounding(sequence: MeshSequence, to: Destination) -> None:
    """Say how coarse coordinates in the world are in a format of float32, where one sees it."""
    reach = np.float32(np.abs(sequence.in_world(sequence.vertices[0])).max())
    step = float(np.spacing(reach))
    if step > _FINE:
        lost = f"{to.format.short} holds coordinates to {step:.1g} mm this far from the origin"
        to.progress.remarked(f"{to.place.name}: {lost}; OBJ, PLY and NPZ hold all of them.")
