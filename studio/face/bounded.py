"""Weights within bounds, for many frames at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles

_ROUNDS = 12  # in which all weights of a frame change sides at once, which mostly ends
_MOST = 400  # rounds in all; after the first ones a frame changes one weight, which always ends
_CHUNK = 256  # frames of which the systems are in memory at once
_SMALL = 1e-9  # of the largest number of a frame that counts as zero

States = NDArray[np.int8]


def bounded(gram: Doubles, wanted: Doubles, low: float, high: float) -> Doubles:
    """Solve least squares under bounds by changing sides (block principal pivoting).

    Parameters
    ----------
    gram
        (K, K), products of the directions with each other, positive definite.
    wanted
        (T, K), products of the directions with each frame.
    low, high
        What every weight stays within.

    Returns
    -------
    (T, K) the weights of each frame for which ``w @ gram @ w / 2 - wanted @ w`` is least.
    """
    out = np.empty_like(wanted, dtype=np.float64)
    for start in range(0, len(wanted), _CHUNK):
        part = slice(start, start + _CHUNK)
        out[part] = _solved(gram, wanted[part], low, high)
    return out


def partly_bounded(
    gram: Doubles, wanted: Doubles, some: NDArray[np.bool_], low: float, high: float
) -> Doubles:
    """Solve least squares of which some weights are under bounds, and the others free.

    Parameters
    ----------
    gram, wanted
        As in `bounded`, of one frame: (K, K) and (K,).
    some
        (K,) those under bounds.
    low, high
        What they stay within.

    Returns
    -------
    (K,) the weights
    """
    out, free = np.empty_like(wanted), ~some
    # The best of the others is known for any of these, so that only these are left to be found.
    across = np.linalg.solve(gram[np.ix_(free, free)], gram[np.ix_(free, some)])
    left = gram[np.ix_(some, some)] - gram[np.ix_(some, free)] @ across
    rest = wanted[some] - across.T @ wanted[free]
    out[some] = bounded((left + left.T) / 2, rest[None], low, high)[0]
    out[free] = np.linalg.solve(
        gram[np.ix_(free, free)], wanted[free] - gram[np.ix_(free, some)] @ out[some]
    )
    return out


def _solved(gram: Doubles, wanted: Doubles, low: float, high: float) -> Doubles:
    weights = np.asarray(np.linalg.solve(gram, wanted.T).T, dtype=np.float64)
    side = np.sign((weights > high) * 1.0 - (weights < low)).astype(np.int8)
    todo = np.arange(len(wanted))
    if not side.any():
        return weights
    for step in range(_MOST):
        held, there = side[todo], wanted[todo]
        found = _free(gram, there, held, low, high)
        weights[todo] = found
        slope = there - found @ gram
        small = _SMALL * (1.0 + np.abs(there).max(axis=1, keepdims=True))
        beyond = (held == 0) * ((found > high + _SMALL) * 1 - (found < low - _SMALL))
        back = ((held < 0) & (slope > small)) | ((held > 0) & (slope < -small))
        change = (beyond != 0) | back
        if step >= _ROUNDS:
            change &= np.cumsum(change[:, ::-1], axis=1)[:, ::-1] == 1
        side[todo] = np.where(change, beyond, held)
        todo = todo[change.any(axis=1)]
        if not len(todo):
            break
    return np.clip(weights, low, high)


def _free(gram: Doubles, wanted: Doubles, held: States, low: float, high: float) -> Doubles:
    """Solve for the weights that are free, the others (T, K) at the bound they are held at.

    Neighbors in time are mostly held alike, and then share a system.
    """
    from scipy.linalg.lapack import dposv

    found = np.where(held > 0, high, np.where(held < 0, low, 0.0))
    right = wanted - found @ gram
    alike: dict[bytes, list[int]] = {}
    for row, sides in enumerate(held):
        alike.setdefault(sides.tobytes(), []).append(row)
    for rows in alike.values():
        (free,) = (held[rows[0]] == 0).nonzero()
        if not len(free):
            continue
        at = np.array(rows)[:, None], free
        system = gram[free[:, None], free]
        _, solution, wrong = dposv(system, right[at].T)
        if wrong:  # directions that hardly differ, which elimination still tells apart
            solution = np.linalg.solve(system, right[at].T)
        found[at] = solution.T
    return found
