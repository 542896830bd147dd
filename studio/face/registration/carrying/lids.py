"""Lids that slide over an eyeball, and never go through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import rigid_alignment
from studio.core.sequence import Doubles, Floats

from .laid import Laid
from .parts import Eyeball
from .spread import Spread

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Index = NDArray[np.intp]

_REACH = 6.0  # mm from an eyeball, in which skin may come to lie on it
_GAP = 0.3  # mm that lids keep from it, where they do at rest
_AROUND = 4  # vertices of the eyeball that tell how far it reaches in a direction
_TOLD = 60  # vertices of the eyeball that are looked at; more tell no more of its turn
_CELLS = 192  # across an eyeball, in which how far it reaches is written down
_RIM = 4  # neighbors beyond the rims of the lids, which are taken along
_ROUNDS, _FADE = 4, 0.65  # rounds in which neighbors are taken along, and how far in each
_LEAST, _MOVES = 0.02, 0.05  # mm that are worth a push, and that a vertex goes before any


@dataclass(frozen=True, eq=False)
class Reach:
    """How far an eyeball reaches from its center, in any direction.

    Attributes
    ----------
    radii : (P,) mm, of its vertices
    tree : of their directions
    """

    radii: Doubles
    tree: cKDTree

    @classmethod
    def of(cls, ball: Doubles) -> Reach:
        """Look at the vertices (P, 3) in mm of an eyeball, from its center."""
        from scipy.spatial import cKDTree

        radii = np.linalg.norm(ball, axis=1)
        return cls(radii, cKDTree(ball / np.maximum(radii, 1e-9)[:, None]))

    def __call__(self, points: Floats | Doubles) -> Doubles:
        """Find how many mm it reaches in the direction of each point (Q, 3): (Q,)."""
        size = np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
        count = min(_AROUND, len(self.radii))
        found = np.asarray(self.tree.query(points / size, k=[*range(1, count + 1)])[1])
        return np.asarray(self.radii[found].max(axis=1))


@dataclass(frozen=True, eq=False)
class Outline:
    """How far an eyeball reaches, written down, which is quicker to look up than to search for.

    Attributes
    ----------
    radii : (G, G) mm, to the front, by x and y of a direction
    """

    radii: Floats

    @classmethod
    def of(cls, ball: Reach) -> Outline:
        """Ask for all directions."""
        step = (2 * np.arange(_CELLS) + 1) / _CELLS - 1
        x, y = np.meshgrid(step, step, indexing="ij")
        z = np.sqrt(np.maximum(1 - x**2 - y**2, 0.0))
        radii = ball(np.stack([x, y, z], axis=-1).reshape(-1, 3))
        return cls(radii.reshape(x.shape).astype(np.float32))

    def __call__(self, points: Floats | Doubles, away: Floats | Doubles) -> Floats:
        """Find how many mm it reaches (P,) toward points (P, 3) that are so far away (P,)."""
        place = (points[:, :2] / np.maximum(away, 1e-6)[:, None] + 1) * (_CELLS / 2)
        x, y = np.clip(place.astype(np.intp), 0, _CELLS - 1).T
        return np.asarray(self.radii[x, y])


@dataclass(frozen=True, eq=False)
class Lids:
    """The skin around an eyeball.

    Attributes
    ----------
    vertices : (L,) which
    rest : (L, 3) mm, from the center of the eyeball
    gap : (L,) mm that each keeps from it at least; minus infinity on the inner side of the lids
    reach : mm from its center that the eyeball has at most
    _points : (P,) vertices of the eyeball that tell how it has turned, and (P, 3) mm at rest
    _spread : from a vertex to those around it
    """

    vertices: Index
    rest: Doubles
    gap: Doubles
    reach: float
    _points: tuple[Index, Floats]
    _ball: Outline
    _spread: Spread

    @classmethod
    def of(cls, laid: Laid, eye: Eyeball, normals: Floats) -> Lids:
        """Look at a foreign face around one of its eyeballs; normals (W, 3) of its skin."""
        ball = Reach.of(laid.vertices[eye.vertices] - eye.center)
        reach = float(ball.radii.max())
        away = laid.vertices - eye.center
        outward = np.einsum("wd,wd->w", away, normals) > 0
        own = laid.skin & outward & (np.linalg.norm(away, axis=1) < reach + _REACH)
        near = own
        for _ in range(_RIM):
            near = laid.edges.around(near)
        vertices = np.flatnonzero(near)
        rest = away[vertices]
        outline, size = Outline.of(ball), np.linalg.norm(rest, axis=1)
        clear = size - outline(rest, size)
        gap = np.where(own[vertices], np.minimum(clear, _GAP), -np.inf)
        spread = Spread.of(laid.edges, vertices, _ROUNDS, np.full(len(laid.edges.low), _FADE))
        some = eye.vertices[:: max(len(eye.vertices) // _TOLD, 1)]
        points = some, away[some].astype(np.float32)
        return cls(vertices, rest, gap, reach, points, outline, spread)

    def clear(self, moved: Floats) -> None:
        """Push what would be inside of the eyeball out of it, in displacements (W, T, 3) in mm."""
        if not len(self.vertices):
            return
        own = np.flatnonzero(np.isfinite(self.gap))
        away = moved[self.vertices[own]]
        at = away + self.rest[own, None].astype(np.float32)
        radius = np.linalg.norm(at, axis=2)
        some, there = self._points
        turned = moved[some].transpose(1, 0, 2)
        # What hardly moves before an eyeball that rests is as far out as at rest.
        moves = np.maximum(np.abs(away).max(axis=2), np.abs(turned).max(axis=(1, 2))) > _MOVES
        low = np.nonzero((radius < self.reach + _GAP) & moves)
        back, _ = rigid_alignment(there + turned, there)
        seen = np.einsum("pij,pj->pi", back.astype(np.float32)[low[1]], at[low])
        deep = self._ball(seen, radius[low]) + self.gap[own][low[0]] - radius[low]
        inside = deep > _LEAST
        frames, place = np.unique(low[1][inside], return_inverse=True)
        if not len(frames):
            return
        out = np.zeros((len(self.vertices), len(frames)), dtype=np.float32)
        out[own[low[0][inside]], place] = deep[inside]
        self._spread(out)
        pushed = np.flatnonzero(out.any(axis=1))
        where = np.ix_(self.vertices[pushed], frames)
        points = moved[where] + self.rest[pushed, None].astype(np.float32)
        size = np.maximum(np.linalg.norm(points, axis=2), 1e-6)
        moved[where] += points * (out[pushed] / size)[..., None]
