"""How well weights that were read agree with those that moved the face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.rig import ARKIT

ACTIVE = 0.04  # deviation from which on a channel does something
WELL_SEEN = ("jawOpen", "mouthSmile", "eyeBlink", "browInnerUp", "browOuterUp")  # stems


def agreement(read: Floats, moved: Floats, active: float = ACTIVE) -> dict[str, float]:
    """Give the correlation of each channel that does something, by name.

    Parameters
    ----------
    read, moved
        (N, 52) weights that were read, and those that moved the face.
    active
        Deviation from which on a channel does something.
    """
    out = {}
    for place, name in enumerate(ARKIT):
        if moved[:, place].std() > active:
            out[name] = correlation(read[:, place], moved[:, place])
    return out


def correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Pearson's correlation of two rows (N,), 0 where one of them is even."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 1e-9 else 0.0


def mean_of(figures: dict[str, float], stem: str = "") -> float:
    """Average the figures of channels whose names begin with a stem; NaN where there are none."""
    found = [value for name, value in figures.items() if name.startswith(stem)]
    return float(np.mean(found)) if found else float("nan")
