"""A mesh recognized as a known face whose vertices were put in another order.

Files lose the order of vertices: STL lists corners, exporters write vertices as they meet them or
once for each seam. What is left is how triangles meet. Each corner of a triangle is given a number
that tells of its surroundings, farther and farther out, until no two corners of a face look alike;
then the corners of a mesh that is that face have the same numbers, wherever its vertices lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, Ints, in_one_order, topology_hash

from .known import known_faces
from .model import FaceModel
from .template import Template

Words = NDArray[np.uint64]
Index = NDArray[np.int64]

_ROUNDS = 32  # triangles that a corner looks away; at 20 the studio's face has no two alike
_ODD = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_HALF, _BORDER = np.uint64(31), np.uint64(0x5851F42D4C957F2D)


@dataclass(frozen=True, eq=False)
class Match:
    """How a mesh is a known face.

    Attributes
    ----------
    order
        (V,) for each vertex of the face, that of the mesh.
    template
        The face.
    remark
        What was different, a sentence.
    """

    order: Index
    template: Template
    remark: str


def match(vertices: Floats, faces: Ints) -> Match | None:
    """Recognize a mesh with the triangles of a known face.

    Parameters
    ----------
    vertices : (T, V, 3) frames; vertices at one place in all of them are joined where there are too
        many, and the first tells a face from one in a mirror
    faces : (F, 3)

    Returns
    -------
    None for any other mesh, for one that is in order, and where the triangles leave a choice
    """
    for face in known_faces():
        template = face.template
        if len(template.faces) != len(faces) or template.n_vertices > vertices.shape[1]:
            continue
        if vertices.shape[1] == template.n_vertices and np.array_equal(faces, template.faces):
            return None
        one, source = _joined(vertices, faces, template.n_vertices)
        joined = one[faces]
        if len(source) != template.n_vertices:
            continue
        # Cheaper than what comes after it, and enough to tell most other surfaces.
        if not np.array_equal(_valences(joined), _valences(template.faces)):
            continue
        if topology_hash(faces, vertices.shape[1]) == template.topology:
            return None
        found = _matched(vertices[0], joined, source, face)
        if found is not None:
            return found
    return None


def _valences(faces: NDArray[np.integer]) -> Index:
    """Count the vertices that meet 0, 1, 2 and so on of the triangles (F, 3)."""
    return np.bincount(np.bincount(faces.ravel()))


def _matched(first: Floats, joined: Index, source: Index, face: FaceModel) -> Match | None:
    """Compare a mesh with a face.

    Parameters
    ----------
    first : (V, 3) of the mesh
    joined : (F, 3) its triangles, with vertices at one place as one
    source : (N,) a vertex of each number in those
    """
    template = face.template
    for corners, what in (
        (joined, "its vertices in another order"),
        (joined[:, ::-1], "its triangles wound the other way"),
    ):
        order = _order(corners, template)
        if order is None:
            continue
        order = source[order]
        if corners is not joined and _is_mirrored(first[order], template.vertices):
            return None
        what = "vertices that it does not need" if len(first) > len(source) else what
        return Match(order, template, f"The {face.name} face with {what}: put in order.")
    return None


def _joined(vertices: Floats, faces: Ints, wanted: int) -> tuple[Index, Index]:
    """Count the vertices that faces use; where there are too many, those at one place as one.

    Returns
    -------
    one : (V,) the number of each vertex
    source : (N,) a vertex of each number; none where some come apart in a later frame
    """
    used = np.flatnonzero(np.bincount(faces.ravel()))
    one = np.full(vertices.shape[1], -1, dtype=np.int64)
    one[used] = np.arange(len(used))
    if len(used) <= wanted:
        return one, used
    first = vertices[0, used] + np.float32(0)  # minus zero is zero
    _, source, label = np.unique(first, axis=0, return_index=True, return_inverse=True)
    label, source = label.ravel(), used[source]
    one[used] = label
    same = all(np.array_equal(frame[used], frame[source][label]) for frame in vertices)
    return one, source if same else source[:0]


def _order(faces: Index, template: Template) -> Index | None:
    """Find the vertex of a mesh (F, 3) that is each of a template (V,)."""
    n_vertices = template.n_vertices
    known = _known_numbers(template)
    found = _numbers(faces, n_vertices)
    if known is None or found is None:
        return None
    places, wanted = np.argsort(found), np.argsort(known)
    if not np.array_equal(found[places], known[wanted]):
        return None
    order = np.full(n_vertices, -1, dtype=np.int64)
    order[template.faces.ravel()[wanted]] = faces.ravel()[places]
    # Numbers alike by chance would show here.
    right = order.min() >= 0 and np.array_equal(
        in_one_order(order[template.faces]), in_one_order(faces)
    )
    return order if right else None


@lru_cache(maxsize=8)
def _known_numbers(template: Template) -> Words | None:
    """Give the corners (3F,) of a template numbers; None where two are alike."""
    found = _numbers(template.faces.astype(np.int64), template.n_vertices)
    return found if found is not None and len(np.unique(found)) == len(found) else None


def _numbers(faces: Index, n_vertices: int) -> Words | None:
    """Give the corners (3F,) of a surface numbers that do not depend on how it is listed.

    None where more than two triangles meet at an edge.
    """
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    edges = start * n_vertices + end
    order = np.argsort(edges)
    ordered = edges[order]
    if (ordered[1:] == ordered[:-1]).any():
        return None
    back = end * n_vertices + start
    at = np.minimum(np.searchsorted(ordered, back), len(ordered) - 1)
    border = ordered[at] != back
    across = order[at]
    after = np.arange(len(start)).reshape(-1, 3)[:, [1, 2, 0]].ravel()
    numbers = np.bincount(start, minlength=n_vertices)[start].astype(np.uint64)
    for _ in range(_ROUNDS):
        beyond = np.where(border, _BORDER, numbers[across])
        parts = numbers, numbers[after], beyond
        mixed = [(part ^ (part >> _HALF)) * odd for part, odd in zip(parts, _ODD, strict=True)]
        numbers = mixed[0] + mixed[1] + mixed[2]
    return numbers


def _is_mirrored(face: Floats, rest: Floats) -> bool:
    """Whether a face (V, 3) looks like another one (V, 3) in a mirror."""
    moment = (face - face.mean(axis=0)).T.astype(np.float64) @ (rest - rest.mean(axis=0))
    return bool(np.linalg.det(moment) < 0)
