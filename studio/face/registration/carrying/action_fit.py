"""The rig's actions seen in the motion of a fitted template, and rigid parts that follow points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import rigid_alignment
from studio.core.sequence import Doubles, Floats
from studio.face.bounded import bounded
from studio.face.rig import ARKIT, load_rig, proportions

Index = NDArray[np.intp]

MOST = 1.2  # weight of an action
_COST = 100.0  # mm^2 for a unit of an action, as in the fit of a single face


@dataclass(frozen=True, eq=False)
class ActionFit:
    """The rig's actions on some vertices of a fitted template.

    Attributes
    ----------
    actions : (52, V, 3) mm, scaled by the proportions of the face
    seen : (P,) the vertices whose motion they are found by
    """

    actions: Floats
    seen: Index
    _basis: Floats
    _gram: Doubles

    @classmethod
    def of(cls, fitted: Floats, seen: Index) -> ActionFit:
        """Prepare the fit of a face (V, 3) in mm."""
        rig = load_rig()
        actions = rig.actions * proportions(fitted, rig.rest)
        basis = np.ascontiguousarray(actions[:, seen].reshape(len(ARKIT), -1))
        gram = basis.astype(np.float64) @ basis.T.astype(np.float64)
        return cls(actions, seen, basis, gram + _COST * np.eye(len(ARKIT)))

    def weights(self, moved: Floats) -> Floats:
        """Find the weights (T, 52) nearest to displacements (T, P, 3) of the seen vertices."""
        wanted = moved.reshape(len(moved), -1) @ self._basis.T
        return bounded(self._gram, wanted.astype(np.float64), 0.0, MOST).astype(np.float32)

    def moved(self, weights: Floats) -> Floats:
        """Move all vertices: (T, 52) weights give (T, V, 3) mm."""
        flat = weights @ self.actions.reshape(len(ARKIT), -1)
        return np.asarray(flat.reshape(len(weights), *self.actions.shape[1:]))


def turned(
    points: Floats,
    moved: Floats,
    part: Floats,
    center: Doubles | None = None,
    share: Floats | None = None,
) -> Floats:
    """Move a rigid part as some points move.

    Parameters
    ----------
    points : (P, 3) mm, at rest
    moved : (T, P, 3) mm, their displacements
    part : (N, 3) mm, the part at rest
    center : (3,) mm, about which the part turns and which stays; None: the part may shift
    share : (N,) how far each vertex of the part goes along; None: all the way

    Returns
    -------
    (N, T, 3) mm, displacements of the part; none, bit for bit, where no point moved
    """
    rotation, shift = rigid_alignment(points + moved, points)
    if center is not None:
        shift = center - rotation @ center
    # The same for all vertices of a frame, so that one product moves all of them in all frames.
    course = np.concatenate([rotation - np.eye(3), -shift[:, None] @ rotation], axis=1)
    course[~moved.any(axis=(1, 2))] = 0.0
    places = np.c_[part, np.ones(len(part), dtype=np.float32)]
    if share is not None:
        places *= share[:, None]
    flat = places @ course.transpose(1, 0, 2).reshape(4, -1).astype(np.float32)
    return np.asarray(flat.reshape(len(part), len(moved), 3))
