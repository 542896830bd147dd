"""The similarity that lays landmarks of one face on those of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles

_ROUNDS = 20  # of weighing the landmarks anew
_LEAST = 2.0  # mm; landmarks this near are good, however much nearer the others are


@dataclass(frozen=True, eq=False)
class Similarity:
    """``scale * x @ rotation.T + shift``.

    Attributes
    ----------
    scale : a number above 0
    rotation : (3, 3)
    shift : (3,) mm
    """

    scale: float
    rotation: Doubles
    shift: Doubles

    def laid(self, points: Doubles) -> Doubles:
        """Move points (N, 3)."""
        return np.asarray(self.scale * (points @ self.rotation.T) + self.shift)

    def turned(self, rotation: Doubles, shift: Doubles) -> Similarity:
        """Follow it by a rotation (3, 3) and a shift (3,) in mm."""
        return Similarity(self.scale, rotation @ self.rotation, rotation @ self.shift + shift)


def similarity(
    source: Doubles, goal: Doubles, weights: Doubles, *, mirrored: bool = False
) -> tuple[Similarity, Doubles]:
    """Find the similarity that lays most of the points on their goals (Umeyama, weighed anew).

    Parameters
    ----------
    source, goal
        (M, 3) points and where they should be.
    weights
        (M,) how far each can be trusted.
    mirrored
        Whether the one that swaps left and right is looked for.

    Returns
    -------
    similarity
        Of a rotation, or of one and a reflection.
    residual
        (M,) mm, how far each point stays from its goal.
    """
    trusted = weights
    for _ in range(_ROUNDS):
        found = _umeyama(source, goal, trusted, mirrored=mirrored)
        residual = np.linalg.norm(found.laid(source) - goal, axis=1)
        reach = max(1.5 * float(np.median(residual)), _LEAST)
        trusted = weights / (1 + (residual / reach) ** 2) ** 2
    return found, residual


def _umeyama(source: Doubles, goal: Doubles, weights: Doubles, *, mirrored: bool) -> Similarity:
    share = weights / weights.sum()
    middle, wanted = share @ source, share @ goal
    from_middle, from_wanted = source - middle, goal - wanted
    u, sizes, vt = np.linalg.svd((share[:, None] * from_wanted).T @ from_middle)
    sign = np.ones(3)
    sign[2] = np.sign(np.linalg.det(u) * np.linalg.det(vt)) * (-1 if mirrored else 1)
    rotation = (u * sign) @ vt
    spread = float((share[:, None] * from_middle**2).sum())
    scale = max(float((sizes * sign).sum()) / max(spread, 1e-12), 1e-9)
    return Similarity(scale, rotation, wanted - scale * rotation @ middle)
