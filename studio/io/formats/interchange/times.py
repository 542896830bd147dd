"""The moments of frames as files say them, and the frame rate that they make."""

from __future__ import annotations

import numpy as np

from studio.core.timing import SLOWEST
from studio.io.units import Doubles

_UNEVEN = 0.02  # of the usual step
_DECIMALS = 6


def rate_of(times: Doubles) -> tuple[float | None, str]:
    """Find the frames a second of moments (T,) in seconds, each rounded to float32.

    Returns
    -------
    fps : None where the moments cannot be seconds
    remark : what is wrong with them, empty for nothing
    """
    steps = np.diff(times)
    if not len(steps):
        return None, ""
    if not (np.isfinite(steps).all() and (steps > 0).all()):
        return None, "Its times do not rise."
    measured = len(steps) / float(times[-1] - times[0])
    if measured <= SLOWEST:
        return None, f"Its times are {1 / measured:g} apart, which are no seconds."
    uneven = float(np.abs(steps * measured - 1).max()) > _UNEVEN
    exact = fewest_decimals(times, measured)
    said = f"Its times are uneven; frames are read as {exact:.4g} even ones a second."
    return exact, said if uneven else ""


def fewest_decimals(times: Doubles, measured: float) -> float:
    """Give the rate of fewest decimals that moments (T,) are of, to float32; else as measured."""
    count = np.arange(len(times))
    step = float(np.spacing(np.float32(np.abs(times).max())))
    for decimals in range(_DECIMALS + 1):
        rate = round(measured, decimals)
        if rate > 0 and float(np.abs(times - times[0] - count / rate).max()) <= 1.5 * step:
            return rate
    return measured
