"""Lips that meet: a face at rest is drawn with its mouth closed, whatever its mesh leaves open.

The lips of the template, and of most people made from it, stand a millimeter or two apart at rest;
those of some pass through each other. On show they meet where they should. How far a mouth opens
from there is told by the clip alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.geometry import smoothstep
from studio.core.sequence import Floats, Ints

_OPEN = 7.0  # mm of opening over which what was closed is given back
_LEAST, _MOST = -2.0, 4.5  # mm of a gap that a mouth at rest may have


@dataclass(frozen=True, eq=False)
class Lips:
    """Where the lips of the template face each other.

    Attributes
    ----------
    upper : (K, 2) int32 template vertices on the inner rim of the upper lip
    share : (K,) float32 of the way from the first to the second, above a vertex of the lower lip
    lower : (K,) int32 vertices on the inner rim of the lower lip
    ids : (N,) int32 vertices that move when lips are closed
    opened : (K,) float32 mm that a wide open jaw parts them
    follow : (N, K) float32 how far each goes along with each place of the rim; below zero for the
        upper lip
    """

    upper: Ints
    share: Floats
    lower: Ints
    ids: Ints
    opened: Floats
    follow: Floats

    def gap(self, points: Floats, up: Floats) -> Floats:
        """Measure how far (K,) mm the lips of a face (V, 3) stand apart along an axis (3,)."""
        one, two = points[self.upper[:, 0]] @ up, points[self.upper[:, 1]] @ up
        return np.asarray(one + self.share * (two - one) - points[self.lower] @ up)

    def rest_gap(self, neutral: Floats, usual: Floats) -> tuple[Floats, float]:
        """Measure how far lips stand apart in a face (V, 3) that should be at rest.

        Parameters
        ----------
        neutral, usual : (V, 3) mm, that face and the average one, their heads upright

        Returns
        -------
        gap (K,) mm, and the share of a wide open jaw that the mouth is open by. Where it is open,
        the gap is the usual one.
        """
        up = np.array([0.0, 1.0, 0.0], dtype=np.float32)
        found, known = self.gap(neutral, up), self.gap(usual, up)
        if found.max() <= _MOST:
            return np.maximum(found, _LEAST), 0.0
        return known, max(float(np.median((found - known) / self.opened)), 0.0)

    def closed(self, points: Floats, rest_gap: Floats, up: Floats) -> Floats:
        """Give a frame (V, 3) in which lips that are closed no farther than at rest meet.

        Parameters
        ----------
        points : (V, 3) mm
        rest_gap : (K,) mm
        up : (3,) the axis of the head that points up
        """
        gap = self.gap(points, up)
        kept = smoothstep(1 - (gap - rest_gap) / np.float32(_OPEN))
        taken = np.where(gap < rest_gap, gap, rest_gap * kept)
        out = points.copy()
        out[self.ids] += (self.follow @ (taken / 2))[:, None] * up
        return out
