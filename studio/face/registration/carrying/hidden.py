"""Partners of the template's skin that no scanner sees: the inner sides of lips and lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.registration.surface import Surface

from .edges import Edges
from .sides import Side

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_DEEP = 10.0  # mm along the template from what is trusted, as far as lips and lids turn in
_NEAR, _ALIKE = 3.0, 0.5  # mm to the foreign surface, and the cosine of the normals


@dataclass(frozen=True, eq=False)
class Partners:
    """Where vertices of the template lie on the foreign surface.

    Attributes
    ----------
    vertices : (P,) of the template, in order
    corners : (P, 3) distinct foreign vertices around each
    shares : (P, 3) how far each counts
    """

    vertices: Index
    corners: Ints
    shares: Floats

    def points(self, laid: Doubles) -> Doubles:
        """(P, 3) mm, where they lie on foreign vertices (W, 3) in mm."""
        return np.asarray(np.einsum("pk,pkd->pd", self.shares, laid[self.corners]))


def with_hidden(
    seen: Partners, fitted: Floats, laid: Surface, sides: tuple[Side, Side]
) -> Partners:
    """Add the partners of hidden skin: near, alike, on their own lip, and torn from nothing.

    Parameters
    ----------
    seen : the partners that are trusted
    fitted : (V, 3) mm, the template fitted to the face
    laid : the skin of the foreign face in the template's pose
    sides : (V,) of the template and (W,) of the foreign face
    """
    template = studio_face().template
    edges = Edges.of(fitted, template.faces)
    known = np.zeros(len(fitted), dtype=bool)
    known[seen.vertices] = True
    deep = template.regions["skin"] & (edges.distance(seen.vertices, _DEEP) < _DEEP)
    more = np.flatnonzero(deep & ~known)
    if not (len(more) and len(laid.faces)):
        return seen
    near = laid.nearest(fitted[more].astype(np.float64))
    corners = laid.faces[near.triangle]
    shares = laid.barycentric(near.point, near.triangle)
    there = sides[1][corners[np.arange(len(more)), shares.argmax(axis=1)]]
    alike = np.einsum("pd,pd->p", vertex_normals(fitted, template.faces)[more], near.normal)
    good = (near.distance < _NEAR) & (alike > _ALIKE) & ~near.rim & (sides[0][more] * there >= 0)
    moved = np.zeros_like(fitted)
    moved[seen.vertices] = seen.points(laid.vertices) - fitted[seen.vertices]
    moved[more] = near.point - fitted[more]
    known[more[good]] = True
    torn = edges.torn(moved, known)[more]
    good &= ~torn
    order = np.argsort(np.r_[seen.vertices, more[good]])
    return Partners(
        np.r_[seen.vertices, more[good]][order],
        np.concatenate([seen.corners, corners[good]])[order],
        np.concatenate([seen.shares, shares[good].astype(np.float32)])[order],
    )
