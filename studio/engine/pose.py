"""Faces in the template's pose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import Rotations, apply_rigid, head_alignment
from studio.core.sequence import Floats, Ints


class FaceTemplate(Protocol):
    """What the engine needs to know of the studio's face.

    vertices : (V, 3) mm; faces : (F, 3); topology : hash of the triangulation
    regions : masks (V,) by name, with at least "rigid": what no expression moves
    landmarks : (M,) vertex ids
    """

    @property
    def vertices(self) -> Floats: ...
    @property
    def faces(self) -> Ints: ...
    @property
    def topology(self) -> str: ...
    @property
    def regions(self) -> Mapping[str, NDArray[np.bool_]]: ...
    @property
    def landmarks(self) -> Ints: ...


def to_template_pose(vertices: Floats, template: FaceTemplate) -> tuple[Floats, Rotations]:
    """Frames (T, V, 3) with the rigid region laid on the template's, and the rotations used."""
    rigid = template.regions["rigid"]
    rotation, shift = head_alignment(vertices[:, rigid], template.vertices[rigid])
    return apply_rigid(vertices, rotation, shift), rotation
