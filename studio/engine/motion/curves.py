"""Ways between motions.

A motion is a curve (T, N, 3) of landmarks or vertices in mm away from rest; it begins at zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from studio.core.sequence import Floats
from studio.nn import srvf


def between(one: Floats, other: Floats, shares: Sequence[float]) -> list[Floats]:
    """Go from one motion to another.

    The direction of motion goes along the geodesic on the sphere of square-root velocities, path
    length and duration in equal ratios.

    Parameters
    ----------
    one, other : (T, N, 3) float32
        Motions in mm, both zero at first; their lengths may differ.
    shares : sequence of float
        0 gives the first, 1 the second.

    Returns
    -------
    list of (T, N, 3) float32
        One motion a share, in mm, as long as its share of the way says.
    """
    first, second = (
        srvf.encode(torch.tensor(each, dtype=torch.float64).flatten(1)) for each in (one, other)
    )
    found = []
    for share in shares:
        steps = round((len(one) - 1) ** (1 - share) * (len(other) - 1) ** share)
        pair = [
            srvf.Srvf(srvf.retimed(each.direction, steps), each.length, each.duration)
            for each in (first, second)
        ]
        mixed = srvf.between(pair[0], pair[1], share)
        curve = srvf.decode(mixed.direction, mixed.length).float().numpy()
        found.append(curve.reshape(-1, *one.shape[1:]))
    return found


def passing(motions: Sequence[Floats], frames: int) -> Floats:
    """Go from rest through the apex of each motion, in equal times, and on as the last one goes on.

    The first comes up as it does by itself; from apex to apex the way is straight and as smooth as
    can be (Flash and Hogan 1985).

    Parameters
    ----------
    motions : sequence of (T, N, 3) float32
        In mm; their lengths may differ.
    frames : int
        The length of the answer.

    Returns
    -------
    (frames, N, 3) float32
        In mm.
    """
    apexes = [int(np.linalg.norm(each, axis=(1, 2)).argmax()) for each in motions]
    stops = np.linspace(0, frames - 1, len(motions) + 2).round().astype(int)
    spans = np.diff(stops)
    parts = [_retimed(motions[0][: apexes[0] + 1], spans[0])]
    tops = [each[apex] for each, apex in zip(motions, apexes, strict=True)]
    for here, there, span in zip(tops[:-1], tops[1:], spans[1:-1], strict=True):
        parts.append(here + _ease(span)[:, None, None] * (there - here))
    parts.append(_retimed(motions[-1][apexes[-1] :], spans[-1]))
    return np.concatenate([part[:-1] for part in parts] + [parts[-1][-1:]])


def _ease(steps: int) -> Floats:
    """Rise from 0 to 1 with the least jerk: (steps + 1,)."""
    s = np.linspace(0.0, 1.0, steps + 1, dtype=np.float32)
    return np.asarray(s**3 * (10 - 15 * s + 6 * s**2))


def _retimed(motion: Floats, steps: int) -> Floats:
    """Stretch a motion (T, N, 3) to (steps + 1, N, 3), linear in time between its frames."""
    at = np.linspace(0, len(motion) - 1, steps + 1)
    low = np.minimum(at.astype(int), max(len(motion) - 2, 0))
    share = (at - low).astype(np.float32)[:, None, None]
    high = np.minimum(low + 1, len(motion) - 1)
    return np.asarray(motion[low] * (1 - share) + motion[high] * share)
