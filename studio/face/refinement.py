"""A finer, rounder surface through the vertices of a coarse one (Vlachos and others 2001).

Edges are split at the middle of a curve that meets the normals at both ends. Unlike Loop's rule it
leaves the coarse vertices where they are: what was measured stays where it was measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, Ints

Index = NDArray[np.int64]

# Corners a, b, c of a face and the middles x of ab, y of bc, z of ca, by how many edges are split:
# of one it is ab, of two ab and bc.
_CUTS = {
    0: ("abc",),
    1: ("axc", "xbc"),
    2: ("xby", "axy", "ayc"),
    3: ("axz", "xby", "zyc", "xyz"),
}


class Refinement:
    """Splits chosen edges of a triangulation; no gap opens to those that are left whole.

    Parameters
    ----------
    faces
        (F, 3).
    n_vertices
        V.
    edges
        (E, 2) vertex ids of the edges to split; pairs that are no edge are passed over.

    Attributes
    ----------
    faces
        (G, 3) int32; the first V vertices are the coarse ones.
    parents
        (G,) the coarse face that each came from.
    ends
        (2, S) the ends of the edges whose middles the vertices from V on are.
    """

    def __init__(self, faces: Ints, n_vertices: int, edges: Ints) -> None:
        wanted = np.sort(np.asarray(edges, dtype=np.int64).reshape(-1, 2), axis=1)
        keys = np.unique(wanted[:, 0] * n_vertices + wanted[:, 1])
        beside = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2)
        own = beside[..., 0].astype(np.int64) * n_vertices + beside[..., 1]
        keys = keys[np.isin(keys, own)]
        self.ends: Index = np.stack([keys // n_vertices, keys % n_vertices])
        self.n_vertices = n_vertices + len(keys)
        place = np.searchsorted(keys, own)
        split = np.isin(own, keys)
        self.faces, self.parents = _cut(faces, np.where(split, n_vertices + place, -1))

    def points(self, points: Floats, normals: Floats, out: Floats) -> None:
        """Write the finer vertices (D, 3) of points (V, 3) with unit normals (V, 3) into `out`."""
        count = len(points)
        out[:count] = points
        a, b = self._at_ends(points)
        # Along the normals, by how far the other end lies off the plane that each stands on.
        bent = self._at_ends(normals)
        bent *= np.einsum("sc,esc->es", b - a, bent)[..., None]
        middle = out[count:]
        np.subtract(bent[1], bent[0], out=middle)
        middle *= np.float32(1 / 4)
        middle += a
        middle += b
        middle *= np.float32(1 / 2)

    def middles(self, values: Floats, out: Floats) -> None:
        """Write values (D, C) into `out`: the coarse ones (V, C), and means on edges."""
        out[: len(values)] = values
        a, b = self._at_ends(values)
        middle = out[len(values) :]
        np.add(a, b, out=middle)
        middle *= np.float32(1 / 2)

    def _at_ends(self, values: Floats) -> Floats:
        """(2, S, C) of values (V, C); clipping spares a check of every number."""
        return np.take(values, self.ends, axis=0, mode="clip")


def long_edges(points: Floats, normals: Floats, faces: Ints, off: float) -> Ints:
    """Find the edges that a round surface would leave.

    Parameters
    ----------
    points, normals : (V, 3) mm, and unit normals
    faces : (F, 3)
    off : mm between the middle of the edge and the arc that its normals stand on

    Returns
    -------
    (E, 2) vertex ids
    """
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    one, two = ends.T
    length = np.linalg.norm(points[one] - points[two], axis=1)
    cosine = np.einsum("ec,ec->e", normals[one], normals[two])
    return np.asarray(ends[length * np.arccos(np.clip(cosine, -1, 1)) / 8 > off])


def _cut(faces: Ints, middles: Index) -> tuple[Ints, Index]:
    """Cut faces (F, 3) at the middles (F, 3) of their edges ab, bc and ca, -1 for a whole one."""
    made, parents = [], []
    has = middles >= 0
    for count, cuts in _CUTS.items():
        mine = np.flatnonzero(has.sum(axis=1) == count)
        # Turned so that the first edges are the split ones.
        lead = has[mine].argmax(axis=1) if count == 1 else ((~has[mine]).argmax(axis=1) + 1) % 3
        turn = np.zeros_like(lead) if count in (0, 3) else lead
        order = (turn[:, None] + np.arange(3)) % 3
        corners = np.take_along_axis(faces[mine], order, axis=1).T
        between = np.take_along_axis(middles[mine], order, axis=1).T
        named = dict(zip("abcxyz", [*corners, *between], strict=True))
        for cut in cuts:
            made.append(np.stack([named[name] for name in cut], axis=1))
            parents.append(mine)
    return np.concatenate(made).astype(np.int32), np.concatenate(parents)
