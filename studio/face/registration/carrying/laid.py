"""A foreign face laid on the template: what of it the template covers, and its loose parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.geometry import sphere
from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.surface import Surface
from studio.face.rig import load_rig

from .edges import Edges
from .hidden import Partners, with_hidden
from .parts import Eyeball, Parts, lip_line, parts_of
from .sides import LOWER, UPPER, Side, lip_sides

if TYPE_CHECKING:
    from scipy import sparse

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

TRUSTED = 0.5  # confidence from which a partner moves its vertex
_STILL = 1.0  # mm that an action may move what shows how the head goes
_NEAR, _ALIKE = 1.5, 0.5  # mm to the fitted template, and the cosine of the normals
_ON = 0.8  # mm to the template where its partners are, beyond which it lies on another fold
_LOOK = 12.0  # mm to the nearest vertex of it, beyond which none of its triangles is near
_SKIN = 0.2  # of a part's vertices that have a match, in skin
_LARGE = 0.03  # of the matches of the part with the most, in skin


@dataclass(frozen=True, eq=False)
class Laid:
    """Distinct vertices (W) of a foreign face in the template's pose.

    Attributes
    ----------
    source : (W,) a foreign vertex for each
    seam : (N,) the distinct vertex that each foreign one is
    vertices : (W, 3) mm
    faces : (F, 3)
    edges : of the surface
    partners : of the template's vertices: those to be trusted, on their own lip, and hidden ones
    matched : (W, V) what a matched vertex takes from the template's, nothing in the others
    known : (W,) which are matched
    sides : (W,) 1 on the upper lip and near it, -1 on the lower one, 0 where it is neither
    skin : (W,) which are of a part that the template covers
    parts : the loose parts
    """

    source: Index
    seam: Index
    vertices: Doubles
    faces: Ints
    edges: Edges
    partners: Partners
    matched: sparse.csr_array
    known: Mask
    sides: Side
    skin: Mask
    parts: Parts

    def about(self, eye: Eyeball, fitted: Floats) -> tuple[Index, Floats]:
        """Find the template's eyeball for a foreign one, and lay that about its center.

        Parameters
        ----------
        eye : the foreign eyeball
        fitted : (V, 3) mm, the template's vertices

        Returns
        -------
        ball : (B,) the template's vertices
        points : (P, 3) mm, where the foreign ones are then
        """
        ball = np.flatnonzero(studio_face().template.regions[eye.name])
        middle, _ = sphere(fitted[ball].astype(np.float64))
        about = self.vertices[eye.vertices] - eye.center + middle
        return ball, about.astype(np.float32)


@lru_cache(maxsize=4)
def laid_on(correspondence: Correspondence) -> Laid:
    """Lay a foreign face on the template that was fitted to it, once.

    Raises
    ------
    InputError
        Where no vertex of the template has a partner that can be trusted.
    """
    fitted = correspondence.fitted
    source, seam = _distinct(correspondence.neutral, correspondence.foreign_faces)
    faces = np.asarray(seam[correspondence.foreign_faces], dtype=np.int32)
    vertices = np.asarray(correspondence.laid(correspondence.neutral[source]), dtype=np.float64)
    edges = Edges.of(vertices, faces)
    sides = _sides(edges, fitted)
    seen = _trusted(correspondence, seam, sides)
    if not len(seen.vertices):
        raise InputError.of("registration", "vertices that lie on the face", "none of them")
    matched, known = _matches(fitted, seen.vertices, vertices, faces, sides, _NEAR)
    piece = edges.piece
    many = np.bincount(piece, known)
    covered = (many > _SKIN * np.bincount(piece)) & (many >= _LARGE * many.max())
    skin = covered[piece]
    own = np.flatnonzero(skin[faces].all(axis=1))
    surface = Surface(vertices, faces[own], own)
    partners = with_hidden(seen, fitted, surface, (template_sides(), sides))
    there = fitted.copy()
    there[partners.vertices] = partners.points(vertices)
    matched, known = _matches(there, partners.vertices, vertices, faces, sides, _ON)
    known &= skin
    normals = vertex_normals(vertices.astype(np.float32), faces)
    parts = parts_of(edges, normals, skin, fitted)
    return Laid(source, seam, vertices, faces, edges, partners, matched, known, sides, skin, parts)


def _sides(edges: Edges, fitted: Floats) -> Side:
    """Tell the lips of the foreign face apart by where the template's are."""
    from scipy.spatial import cKDTree

    tree, rims = cKDTree(edges.rest), studio_face().template.landmarks
    upper, lower = (np.asarray(tree.query(fitted[rims[rim]])[1]) for rim in (UPPER, LOWER))
    return lip_sides(edges, upper, lower)


def _trusted(correspondence: Correspondence, seam: Index, sides: Side) -> Partners:
    """Find the template's vertices whose partner is trusted; distinct ones (W,) are on sides."""
    good = correspondence.has_partner & (correspondence.confidence >= TRUSTED)
    corners = seam[correspondence.foreign_faces[correspondence.triangle]].astype(np.int32)
    nearest = corners[np.arange(len(good)), correspondence.barycentric.argmax(axis=1)]
    own = np.flatnonzero(good & (template_sides() * sides[nearest] >= 0))
    return Partners(own, corners[own], correspondence.barycentric[own])


@lru_cache(maxsize=1)
def template_still() -> Mask:
    """Find the template's vertices (V,) that hardly any action moves, above the mouth."""
    rig, regions = load_rig(), studio_face().template.regions
    reach = np.linalg.norm(rig.actions, axis=2).max(axis=0)
    above = rig.rest[:, 1] > lip_line(rig.rest)[1]
    return np.asarray(regions["skin"] & (reach < _STILL) & above)


@lru_cache(maxsize=1)
def template_sides() -> Side:
    """Tell the lips (V,) of the template apart."""
    template = studio_face().template
    rims = template.landmarks
    return lip_sides(Edges.of(template.vertices, template.faces), rims[UPPER], rims[LOWER])


def _distinct(neutral: Floats, faces: Ints) -> tuple[Index, Index]:
    """Take vertices at one place that look the same way as one, so that seams stay closed.

    Returns
    -------
    source : (W,) a vertex for each distinct one
    seam : (N,) the distinct one of each vertex
    """
    order = np.lexsort(neutral.T)
    new = np.r_[True, (np.diff(neutral[order], axis=0) != 0).any(axis=1)]
    place = np.empty(len(neutral), dtype=np.intp)
    place[order] = np.cumsum(new) - 1
    normals = vertex_normals(neutral, faces)
    same = np.einsum("nd,nd->n", normals, normals[order[new][place]]) >= 0
    _, source, seam = np.unique(2 * place + same, return_index=True, return_inverse=True)
    return source, seam.ravel()


def _matches(
    fitted: Floats, seen: Index, laid: Doubles, faces: Ints, sides: Side, most: float
) -> tuple[sparse.csr_array, Mask]:
    """Find the foreign vertices within some mm of the template, `matched` and `known` of `Laid`."""
    from scipy import sparse
    from scipy.spatial import cKDTree

    template = studio_face().template
    good = np.zeros(len(fitted), dtype=bool)
    good[seen] = True
    good &= template.regions["skin"]
    used = np.flatnonzero(good[template.faces].all(axis=1))
    surface = Surface(fitted.astype(np.float64), template.faces[used], used)
    normals, own = vertex_normals(laid.astype(np.float32), faces), np.flatnonzero(good)
    found = cKDTree(fitted[own]).query(laid, distance_upper_bound=_LOOK)
    away, beside = map(np.asarray, found)
    look = np.flatnonzero(away < _LOOK)
    facing = vertex_normals(fitted, template.faces)[own[beside[look]]]
    look = look[np.einsum("pd,pd->p", normals[look], facing) > 0]
    near = surface.nearest(laid[look])
    corners = template.faces[used[near.triangle]]
    shares = surface.barycentric(near.point, near.triangle)
    side = template_sides()[corners[np.arange(len(look)), shares.argmax(axis=1)]]
    alike = np.einsum("pd,pd->p", normals[look], near.normal) > _ALIKE
    right = (near.distance < most) & alike & (side * sides[look] >= 0)
    known = np.zeros(len(laid), dtype=bool)
    known[look[right]] = True
    rows = np.repeat(look[right], 3)
    values = shares[right].astype(np.float32).ravel(), (rows, corners[right].ravel())
    return sparse.csr_array(values, shape=(len(laid), len(fitted))), known
