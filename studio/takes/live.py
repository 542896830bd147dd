"""Heads that weights move as they arrive: the studio's, or one with ARKit shapes of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.rig import ARKIT
from studio.io.live.packet import HEAD, WEIGHTS
from studio.io.shapes import shapes_of
from studio.io.weights.names import NAMES
from studio.io.weights.take import HIGHEST, LOWEST, WeightTake, clip_of, in_order

_ORDER = [NAMES.index(name) for name in ARKIT]


@dataclass(frozen=True, eq=False)
class LiveHead:
    """A head, and what moves it.

    Attributes
    ----------
    rest
        One frame, at rest.
    pose
        Gives vertices (T, V, 3) in mm of weights (T, 52) in ARKit's order and turns of the head
        (T, 3) in degrees.
    """

    rest: MeshSequence
    pose: Callable[[Floats, Floats], Floats]

    def shown(self, values: Floats) -> Floats:
        """Move the head by values (T, 61) of packets: vertices (T, V, 3) in mm."""
        weights = np.clip(values[:, WEIGHTS][:, _ORDER], LOWEST, HIGHEST)
        return self.pose(weights, np.degrees(values[:, HEAD]))

    def played(self, take: WeightTake, name: str) -> MeshSequence:
        """Make the clip of a take.

        Raises
        ------
        InputError
            When it does not fit into memory.
        """
        vertices = self.pose(in_order(take, ARKIT), take.head)
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
    return LiveHead(rest, lambda weights, head: rig.pose(weights, head=head))


def own_head(poses: MeshSequence) -> LiveHead:
    """Give a head with its own shapes, as a clip of its poses has it.

    Raises
    ------
    InputError
        When it has no shapes.
    """
    shapes = shapes_of(poses)
    still = replace(poses, vertices=shapes.neutral[None], frame_names=())
    return LiveHead(still, shapes.played)
