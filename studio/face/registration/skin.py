"""What of a foreign mesh is the skin of the face, its triangles turned outward.

A mesh out of a file has seams that part nothing, triangles without area, triangles wound either
way, and eyes, teeth, lashes or a hat beside the skin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import face_normals
from studio.core.sequence import Doubles, Ints

from .surface import Surface

if TYPE_CHECKING:
    from scipy import sparse

Index = NDArray[np.int64]
Faces = NDArray[np.integer]

_WELD = 1e-5  # of the size of the mesh; vertices this near are one
_FLAT = 1e-7  # of the squared size; triangles with less area have no direction
_MIXED = 0.01  # of the edges, between triangles wound against each other
_PART = 0.12  # of the landmarks, that a part must be nearest to, to be skin


@dataclass(frozen=True, eq=False)
class Skin:
    """The surface of a face and how its file wound it.

    Attributes
    ----------
    surface : the skin, wound outward
    flipped : (F,) which of its triangles the file winds inward
    """

    surface: Surface
    flipped: NDArray[np.bool_]

    @property
    def inward(self) -> float:
        """Share of the area that the file winds inward, 0..1."""
        area = np.linalg.norm(face_normals(self.surface.vertices, self.surface.faces), axis=1)
        return float(area[self.flipped].sum() / area.sum())


def find_skin(vertices: Doubles, faces: Ints, places: Doubles, normals: Doubles) -> Skin:
    """Find the parts of a mesh that landmarks lie on.

    Parameters
    ----------
    vertices : (N, 3) mm
    faces : (F, 3)
    places : (M, 3) mm, of landmarks on the face
    normals : (M, 3) which way the template faces there
    """
    one, kept = _welded(vertices), np.arange(len(faces))
    corners = one[faces]
    area = np.linalg.norm(face_normals(vertices, corners), axis=1)
    real = area > _FLAT * float(np.ptp(vertices, axis=0).max()) ** 2
    corners, kept = corners[real], kept[real]
    part, sign = _parts(corners, len(vertices))
    near = Surface(vertices, corners, kept).nearest(places)
    votes = np.bincount(part[near.triangle], minlength=part.max() + 1) / len(places)
    skin = np.flatnonzero(votes >= min(_PART, votes.max()))
    # Which way a part as a whole is turned, its landmarks say.
    facing = np.einsum("md,md->m", _units(vertices, corners)[near.triangle], normals)
    facing *= sign[near.triangle]
    outward = np.bincount(part[near.triangle], facing, minlength=part.max() + 1)
    sign = sign * np.where(outward < 0, -1, 1)[part]
    mine = np.isin(part, skin)
    corners, kept, flipped = corners[mine], kept[mine], sign[mine] < 0
    corners = np.where(flipped[:, None], corners[:, ::-1], corners)
    return Skin(Surface(vertices, corners, kept), flipped)


def wound_alike(vertices: Doubles, faces: Ints) -> Ints:
    """Turn triangles (F, 3) that are wound against their neighbors: in each part, the fewer.

    Parameters
    ----------
    vertices : (N, 3)
    faces : (F, 3)
    """
    corners = _welded(vertices)[faces]
    sides = np.sort(corners.ravel() * len(vertices) + np.roll(corners, -1, axis=1).ravel())
    # Two neighbors that are wound alike run against each other along the edge they share.
    if np.mean(sides[1:] == sides[:-1]) < _MIXED:
        return faces
    part, sign = _parts(corners, len(vertices))
    sign = sign * np.where(np.bincount(part, sign) < 0, -1, 1)[part]
    return np.where((sign < 0)[:, None], faces[:, ::-1], faces)


def _units(vertices: Doubles, faces: Faces) -> Doubles:
    normals = face_normals(vertices, faces)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30))


def _welded(vertices: Doubles) -> Index:
    """For each vertex (N,) the first one at its place."""
    size = float(np.ptp(vertices, axis=0).max()) * _WELD
    _, first, place = np.unique(
        np.round(vertices / max(size, 1e-30)).astype(np.int64),
        axis=0,
        return_index=True,
        return_inverse=True,
    )
    return np.asarray(first[place.ravel()])


def _parts(faces: Faces, count: int) -> tuple[Index, Index]:
    """Find the part of each triangle (F,), and whether it is wound like the part's first (+1, -1).

    Triangles are of one part where exactly two meet at an edge.
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    key = np.minimum(start, end) * np.int64(count) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    two = ends[np.diff(np.r_[ends, len(key)]) == 2]
    first, second = order[two], order[two + 1]
    against = np.where(start[first] == start[second], -1, 1)  # two wound alike run against
    rows, columns = first // 3, second // 3
    size = len(faces)
    links = sparse.csr_array((against, (rows, columns)), shape=(size, size))
    links = links + links.T
    _, part = csgraph.connected_components(abs(links), directed=False)
    roots = np.unique(part, return_index=True)[1]
    return part.astype(np.int64), _signs(links, roots)


def _signs(links: sparse.csr_array, roots: Index) -> Index:
    """Multiply the links (F, F) on the way from each triangle to its part's first, in `roots`."""
    from scipy import sparse
    from scipy.sparse import csgraph

    size, last = links.shape[0], len(roots)
    # One more node joins the first triangles of all parts to one tree.
    first = sparse.csr_array((np.ones(last), (np.zeros(last, int), roots)), shape=(1, size))
    joined: Any = sparse.block_array([[abs(links), first.T], [first, None]], format="csr")
    _, before = csgraph.breadth_first_order(joined.astype(np.float64), size, directed=False)
    before[size] = size
    sign = np.ones(size + 1, dtype=np.int64)
    inner = np.flatnonzero(before[:size] != size)
    sign[inner] = np.where(np.asarray(links[inner, before[inner]]).ravel() < 0, -1, 1)
    while (before != before[before]).any():
        sign = sign * sign[before]
        before = before[before]
    return sign[:size]
