"""A fit with what the assistant shows of it: how far the two surfaces are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import MeshSequence, Progress
from studio.core.sequence import Doubles, Floats
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.surface import Surface
from studio.takes.maker import Registrar

from .work import fit_mesh

_MOST = 10.0  # mm; what is farther from the fitted face, as hair, is no part of it
_RANGE = 2.0, 6.0  # mm, least and most of the range of colors


@dataclass(frozen=True, eq=False)
class Fit:
    """What was found, and the map of the distance.

    Attributes
    ----------
    found
        How the face lies on the studio's, accepted or not.
    own, fitted
        (N, 3) and (V, 3) mm, from the vertices of their surface and of the fitted face to the
        nearest point of the other, 0 where the other has nothing; no longer than the range.
    """

    found: Correspondence
    own: Floats
    fitted: Floats


@dataclass(frozen=True, eq=False)
class Away:
    """A distance that does not change with the frame, for the heat map.

    Attributes
    ----------
    vectors
        (V, 3) mm.
    """

    costly: ClassVar[bool] = False
    title: ClassVar[str] = "distance, mm"
    vectors: Floats

    def prepare(self, frames: Sequence[int]) -> None:
        """Do nothing: all is known."""

    def displacement(self, frame: int, points: Floats) -> Floats:
        """Give the distance (V, 3) of any frame."""
        return self.vectors


def fit_and_measure(
    registrar: Registrar,
    mesh: MeshSequence,
    points: Mapping[str, Doubles],
    *,
    progress: Progress,
) -> Fit:
    """Fit a face as `fit_mesh` does, and measure how near the surfaces are."""
    found = fit_mesh(registrar, mesh, points, progress=progress.part(0.0, 0.9))
    return measured(found, progress=progress.part(0.9, 1.0))


def measured(found: Correspondence, *, progress: Progress) -> Fit:
    """Measure how near the two surfaces of a fit are."""
    progress.report(0.0, "Measuring the distance")
    template, partner = studio_face().template, found.has_partner
    own = found.laid(found.neutral)
    corners = own[found.foreign_faces[found.triangle]]
    there = np.einsum("vk,vkc->vc", found.barycentric, corners)
    fitted = np.where(partner[:, None], there - found.fitted, 0.0)
    limit = float(np.clip(2 * found.verdict.fit_p95_mm, *_RANGE))
    faces = template.faces[partner[template.faces].all(axis=1)]
    if len(faces):
        progress.report(0.3, "Measuring the distance")
        surface = Surface(found.fitted.astype(np.float64), faces, np.arange(len(faces)))
        near = surface.nearest(own.astype(np.float64))
        close = (near.distance <= _MOST) & ~near.rim
        away = np.where(close[:, None], near.point - own, 0.0)
    else:
        away = np.zeros_like(own)
    return Fit(found, _within(away, limit), _within(fitted, limit))


def _within(vectors: Doubles | Floats, limit: float) -> Floats:
    """Shorten vectors (N, 3) that are longer than the limit."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * np.minimum(1.0, limit / np.maximum(length, 1e-9)), dtype=np.float32)
