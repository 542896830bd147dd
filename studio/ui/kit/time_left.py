"""How long a job still takes, guessed from how far it came."""

from __future__ import annotations

TOO_EARLY_S, TOO_EARLY = 1.0, 0.02  # seconds and share done before a guess means anything
MIN_S = 2.0  # not worth saying below


def seconds_left(spent: float, fraction: float) -> float | None:
    """Seconds a job goes on at the pace of the seconds it has spent; None while unknown."""
    if spent < TOO_EARLY_S or fraction < TOO_EARLY:
        return None
    return spent * (1.0 - min(fraction, 1.0)) / fraction


def time_left(spent: float, fraction: float) -> str:
    """The guess in words, coarser the longer it is; empty where there is nothing to say."""
    left = seconds_left(spent, fraction)
    if left is None or left < MIN_S:
        return ""
    if left < 55:
        return f"{_rounded(left, 1 if left < 10 else 5)} s left"
    return f"{max(_rounded(left / 60, 1), 1)} min left"


def _rounded(value: float, step: int) -> int:
    return step * round(value / step)
