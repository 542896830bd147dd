"""Rigs that the faces of the corpus move by, on the studio's triangulation: the studio's and ICT's.

ICT-FaceKit's head (MIT) comes from light-stage scans and has shapes of its own for the same ARKit
names. It is registered as any face a user brings, and each of its shapes carried to the template.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from studio.core.progress import Progress
from studio.core.sequence import Floats, MeshSequence
from studio.engine.registration import register
from studio.face.registration.carrying import carried_in
from studio.face.registration.completion import completed
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.head import load_head
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig, proportions

from .ict_head import IctHead
from .lips import template_lip_sides

Rng = np.random.Generator
_TRUSTED = 0.5  # confidence of a partner from which on a vertex is taken where it lies
_OVER, _DEEP_MM = 6, 14.0  # vertices of the skin that take along one behind it, and how far behind
_SMOOTHINGS = 3


@dataclass(frozen=True, eq=False)
class CarriedIct:
    """ICT's head on the studio's triangulation.

    Attributes
    ----------
    actions
        (52, V, 3) mm on the average face of the studio, in `ARKIT` order; those that it has no
        shape for are the studio's.
    """

    source: IctHead
    found: Correspondence
    actions: Floats

    def draw_people(self, rng: Rng, count: int) -> Floats:
        """Draw N = `count` resting faces (N, V, 3) in mm, laid on the studio's template."""
        numbers = rng.standard_normal((count, len(self.source.identity))).astype(np.float32)
        return np.stack([self.laid(self.source.person(one)) for one in numbers])

    def laid(self, person: Floats) -> Floats:
        """Lay a resting face (N, 3) of ICT's on the template: (V, 3) mm."""
        found = self.found
        known = found.confidence > _TRUSTED
        corners = found.foreign_faces[np.maximum(found.triangle, 0)]
        moved = np.einsum("vk,vkc->vc", found.barycentric, (person - found.neutral)[corners])
        fitted = found.fitted + moved @ (found.scale * found.rotation.T)
        here = found.fitted.astype(np.float64)
        return completed(load_head(), here, fitted, known).astype(np.float32)


def carried_ict(source: IctHead, progress: Progress) -> CarriedIct:
    """Carry ICT's head to the studio's triangulation."""
    mesh = MeshSequence(source.neutral[None], source.faces, name="ICT-FaceKit's head")
    found = register(mesh, progress=progress.part(0.0, 0.7))
    return CarriedIct(source, found, _actions(source, found, progress.part(0.7, 1.0)))


def _actions(source: IctHead, found: Correspondence, progress: Progress) -> Floats:
    """Carry all actions: (52, V, 3) mm on the studio's average face."""
    weights = np.eye(len(ARKIT), dtype=np.float32)
    closed, opened = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    weights[closed, opened] = 1.0  # it closes the lips of an open jaw, and is nothing by itself
    posed = carried_in(found, source.played(source.neutral, weights), progress)
    moved = posed - found.fitted
    moved[closed] -= moved[opened]
    rig = load_rig()
    out = lined(moved / proportions(found.fitted, rig.rest))
    without = ~np.asarray(source.actions.any(axis=(1, 2)))
    out[without] = rig.actions[without]
    return np.asarray(out, dtype=np.float32)


def lined(actions: Floats) -> Floats:
    """Let the lining of the lips go with the skin before it: (52, V, 3) mm.

    No scan shows it. Filled in smoothly, it stays where the skin moves back (lips that roll in, a
    chin that is raised), and would stand out through it.
    """
    head = load_head()
    rest, regions = head.template.vertices, head.template.regions
    behind = ~head.outside & regions["skin"] & regions["mouth"]
    side = template_lip_sides()
    laplacian = head.laplacian[behind][:, behind]
    around = sparse.diags_array(1.0 / laplacian.diagonal()) @ laplacian
    out = actions.copy()
    moves = np.zeros((len(actions), len(rest), 3))
    for lip in (-1, 1):
        inner = np.flatnonzero(behind & (side == lip))
        skin = np.flatnonzero(head.outside & (side == lip))
        away, near = cKDTree(rest[skin]).query(rest[inner], k=_OVER)
        away = np.asarray(away)
        share = 1.0 / (away + 1.0) ** 2
        share *= np.exp(-((away[:, :1] / _DEEP_MM) ** 4)) / share.sum(axis=1, keepdims=True)
        before = np.einsum("vk,avkc->avc", share, actions[:, skin[near]])
        moves[:, inner] = before - share.sum(axis=1)[:, None] * actions[:, inner]
    for action, added in zip(out, moves[:, behind], strict=True):
        for _ in range(_SMOOTHINGS):
            added = added - 0.5 * (around @ added)
        action[behind] += added
    return out
