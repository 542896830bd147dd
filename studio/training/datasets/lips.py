"""Lips that meet: where one would go through the other, both give way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from studio.core.sequence import Doubles, Floats
from studio.face.registration.carrying.edges import Edges
from studio.face.registration.carrying.sides import LOWER, UPPER, Side, lip_sides
from studio.face.template import load_template

Index = NDArray[np.intp]
_MEET = 3.0  # mm between two vertices of different lips at rest that may meet
_TURNS = 3
_SPREAD, _FAR = 3.0, 7.0  # mm over which neighbors of a pair, and the skin around, give way


@dataclass(frozen=True, eq=False)
class LipPairs:
    """Vertices of the upper lip, each with the one of the lower lip that it meets.

    Attributes
    ----------
    upper, lower
        (P,) vertex ids.
    around
        (V', ) ids of the vertices that give way with them.
    give
        (V', 2 P) how much of the way each gives, of the upper and then the lower of every pair.
    """

    upper: Index
    lower: Index
    around: Index
    give: Floats

    @property
    def ends(self) -> tuple[Index, Index]:
        """Both vertices (P,) of every pair."""
        return self.upper, self.lower

    def among(self, vertices: NDArray[np.integer]) -> LipPairs:
        """Give the pairs as they lie in a list of these vertices (N,) and then of all `ends`."""
        count, pairs = len(vertices), np.arange(len(self.upper))
        listed = np.concatenate([vertices, *self.ends])
        place = np.full(max(self.around.max(), listed.max()) + 1, -1)
        place[self.around] = np.arange(len(self.around))
        near = np.flatnonzero(place[listed] >= 0)
        give = self.give[place[listed[near]]]
        return LipPairs(count + pairs, count + len(pairs) + pairs, near, give)

    def apart(self, frames: Floats, neutral: Floats) -> Floats:
        """Push lips of frames (T, V, 3) apart where they are in each other more than at rest.

        Neighbors go together, so that a pair that is deeper than those around it takes some turns.
        """
        allowed = np.minimum(neutral[self.upper, 1] - neutral[self.lower, 1], 0.0)
        for _ in range(_TURNS):
            gap = frames[:, self.upper, 1] - frames[:, self.lower, 1]
            through = np.maximum(allowed - gap, 0.0)
            touched = np.flatnonzero(through.max(axis=1) > 0.01)
            if not len(touched):
                break
            ways = np.concatenate([through[touched], -through[touched]], axis=1) / 2
            frames[np.ix_(touched, self.around, np.array([1]))] += (ways @ self.give.T)[..., None]
        return frames


def lip_pairs() -> LipPairs:
    """Find the pairs on the template: vertices of one lip and the nearest ones of the other."""
    template = load_template()
    rest, skin = template.vertices.astype(np.float64), template.regions["skin"]
    side = template_lip_sides()
    upper, lower = np.flatnonzero(skin & (side > 0)), np.flatnonzero(skin & (side < 0))
    away, near = cKDTree(rest[lower]).query(rest[upper])
    meets = np.asarray(away) < _MEET
    pairs = upper[meets], lower[np.asarray(near)[meets]]
    ends = rest[np.concatenate(pairs)]
    around = np.flatnonzero(skin & (side != 0) & (cKDTree(ends).query(rest)[0] < 2 * _FAR))
    return LipPairs(*pairs, around, _given(rest, side, np.concatenate(pairs), around))


def template_lip_sides() -> Side:
    """Tell the template's upper lip (V,) 1 from the lower one, -1."""
    template = load_template()
    edges = Edges.of(template.vertices, template.faces)
    return lip_sides(edges, template.landmarks[UPPER], template.landmarks[LOWER])


def _given(rest: Doubles, side: Side, ends: Index, around: Index) -> Floats:
    """Weigh how far each vertex goes with those that meet: (V', E), rows sum to at most 1."""
    away = np.linalg.norm(rest[around][:, None] - rest[ends], axis=2)
    weight = np.exp(-((away / _SPREAD) ** 2) / 4) * (side[around][:, None] == side[ends])
    # One that meets goes all the way; the others less, the farther they are.
    reach = np.exp(-((away.min(axis=1) / _FAR) ** 2))
    weight **= 4
    total = weight.sum(axis=1, keepdims=True)
    share = weight / np.maximum(total, 1e-30)
    return np.asarray(np.where(total > 0, share * reach[:, None], 0.0), dtype=np.float32)
