"""Faces in the template's pose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import Rotations, apply_rigid, head_alignment
from studio.core.sequence import Floats, Ints


class FaceTemplate(Protocol):
    """What the engine needs to know of the studio's face."""

    @property
    def vertices(self) -> Floats:
        """Vertices (V, 3) in mm."""
        ...

    @property
    def faces(self) -> Ints:
        """Vertex ids (F, 3) of the triangles."""
        ...

    @property
    def topology(self) -> str:
        """Hash of the triangulation."""
        ...

    @property
    def regions(self) -> Mapping[str, NDArray[np.bool_]]:
        """Masks (V,) by name, with at least "rigid": what no expression moves."""
        ...

    @property
    def landmarks(self) -> Ints:
        """Vertex ids (M,)."""
        ...


def to_template_pose(vertices: Floats, template: FaceTemplate) -> tuple[Floats, Rotations]:
    """Lay the rigid region of frames on the template's.

    Parameters
    ----------
    vertices : (T, V, 3) float32
        In mm, in any pose.
    template : FaceTemplate
        The face to lay them on.

    Returns
    -------
    posed : (T, V, 3) float32
        In mm.
    rotation : (T, 3, 3) float64
        The rotations used.
    """
    rigid = template.regions["rigid"]
    rotation, shift = head_alignment(vertices[:, rigid], template.vertices[rigid])
    return apply_rigid(vertices, rotation, shift), rotation
