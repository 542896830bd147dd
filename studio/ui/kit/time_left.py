"""How long a job still takes, estimated from how far it came."""

from __future__ import annotations

TOO_EARLY_S, TOO_EARLY = 1.0, 0.02  # seconds and share done before a guess means anything
MIN_S = 2.0  # not worth saying below


def seconds_left(spent: float, fraction: float) -> float | None:
    """Estimate the seconds a job still takes at its pace so far.

    Parameters
    ----------
    spent
        Seconds since it began.
    fraction
        The share that is done, 0 to 1.

    Returns
    -------
    Seconds; None while it is too early to tell.
    """
    if spent < TOO_EARLY_S or fraction < TOO_EARLY:
        return None
    return spent * (1.0 - min(fraction, 1.0)) / fraction


def time_left(spent: float, fraction: float) -> str:
    """Write the estimate in words, coarser the longer it is; empty where nothing can be said."""
    left = seconds_left(spent, fraction)
    if left is None or left < MIN_S:
        return ""
    if left < 55:
        return f"{_rounded(left, 1 if left < 10 else 5)} s left"
    return f"{max(_rounded(left / 60, 1), 1)} min left"


def _rounded(value: float, step: int) -> int:
    return step * round(value / step)
