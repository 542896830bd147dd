"""How a head goes on between two stretches of motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.alignment import Rotations, apply_rigid, head_alignment, undo_rigid
from studio.core.joining import curved
from studio.core.sequence import Floats
from studio.engine.pose import FaceTemplate


@dataclass(frozen=True, eq=False)
class Posed:
    """Frames laid on the template, and how they were laid there.

    Attributes
    ----------
    vertices : (T, V, 3) float32
        In mm, in the template's pose.
    rotation, shift : (T, 3, 3) and (T, 3) mm
        As `apply_rigid` takes them.
    """

    vertices: Floats
    rotation: Rotations
    shift: Rotations

    @classmethod
    def of(cls, vertices: Floats, template: FaceTemplate) -> Posed:
        """Lay frames (T, V, 3) in mm, in any pose, on the template."""
        rigid = template.regions["rigid"]
        rotation, shift = head_alignment(vertices[:, rigid], template.vertices[rigid])
        return cls(apply_rigid(vertices, rotation, shift), rotation, shift)

    def held(self, vertices: Floats) -> Floats:
        """Hold other faces (T, V, 3), in the template's pose, as the heads of these frames are."""
        return undo_rigid(vertices, self.rotation, self.shift)


def passage(ends: Posed, frames: int, template: FaceTemplate) -> Posed:
    """Lead the head from one pair of frames to another.

    It turns and goes as evenly as it can, and leaves and arrives at the pace it has there.

    Parameters
    ----------
    ends : Posed
        Four frames, as `joining.ends_of` has them.
    frames : int
        N, in between.
    template : FaceTemplate
        Where the head is laid.

    Returns
    -------
    Posed
        N frames; their vertices are those of a cubic from end to end.
    """
    from scipy.spatial.transform import Rotation

    start = Rotation.from_matrix(ends.rotation[1])
    turns = (Rotation.from_matrix(ends.rotation) * start.inv()).as_rotvec()
    rotation = (Rotation.from_rotvec(curved(turns, frames)) * start).as_matrix()
    # The middle of the head goes the straight way, wherever the head turns about.
    middle = template.vertices.astype(np.float64).mean(axis=0)
    places = np.einsum("ti,tij->tj", middle - ends.shift, ends.rotation)
    shift = middle - np.einsum("tij,tj->ti", rotation, curved(places, frames))
    return Posed(curved(ends.vertices, frames), rotation, shift)
