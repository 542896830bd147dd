"""Heads that weights move as they arrive: the studio's, or one with ARKit shapes of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.registration.shapes import FaceShapes
from studio.face.registration.similarity import Similarity
from studio.face.registration.turning import laid_by_shapes, turned
from studio.face.rig import ARKIT
from studio.io.live.packet import HEAD, WEIGHTS
from studio.io.shapes import shapes_of
from studio.io.weights.names import NAMES
from studio.io.weights.take import HIGHEST, LOWEST, WeightTake, clip_of, in_order

_ORDER = [NAMES.index(name) for name in ARKIT]
_AS_IT_IS = Similarity(1.0, np.eye(3), np.zeros(3))


@dataclass(frozen=True, eq=False)
class LiveHead:
    """A head, and what moves it.

    Attributes
    ----------
    rest
        One frame, at rest.
    shapes
        In the pose of that.
    """

    rest: MeshSequence
    shapes: FaceShapes

    @cached_property
    def lay(self) -> Similarity | None:
        """How the studio's head lies on this one, for its turns; None where nobody can tell."""
        shapes = self.shapes
        if shapes.topology == studio_face().topology:
            return _AS_IT_IS
        try:
            return laid_by_shapes(shapes.neutral, shapes.deltas)
        except InputError:
            return None

    def shown(self, values: Floats) -> Floats:
        """Move the head by the values (61,) of a packet: vertices (V, 3) in mm."""
        weights = np.clip(values[WEIGHTS][_ORDER], LOWEST, HIGHEST)
        flat = self.shapes.deltas.reshape(len(ARKIT), -1)
        # Not a BLAS product: of one row, its threads cost more than they bring.
        moved = np.einsum("k,kn->n", weights, flat).reshape(self.shapes.neutral.shape)
        moved += self.shapes.neutral
        degrees = np.degrees(values[HEAD]).astype(np.float64)
        if self.lay is None or not degrees.any():
            return np.asarray(moved)
        return np.asarray(turned(moved[None], degrees[None], self.lay)[0])

    def played(self, take: WeightTake, name: str) -> MeshSequence:
        """Make the clip of a take."""
        vertices = self.shapes.played(in_order(take, ARKIT))
        if self.lay is not None and take.head.any():
            vertices = turned(vertices, take.head.astype(np.float64), self.lay)
        clip = clip_of(take, vertices, self.rest.faces, name, None)
        return clip.at(self.rest.origin)


def studio_head() -> LiveHead:
    """Give the studio's head.

    Raises
    ------
    StudioError
        When its files cannot be read.
    """
    face = studio_face()
    rig = face.rig
    if rig is None:
        raise InputError.of(face.name, "a rig", "none")
    rest = MeshSequence(rig.rest[None], face.template.faces, name="The studio's head")
    return LiveHead(rest, FaceShapes(rig.rest, face.template.faces, rig.actions))


def own_head(poses: MeshSequence) -> LiveHead:
    """Give a head with its own shapes, as a clip of its poses has it.

    Raises
    ------
    InputError
        When it has no shapes.
    """
    shapes = shapes_of(poses)
    still = replace(poses, vertices=shapes.neutral[None], frame_names=())
    return LiveHead(still, shapes)
