"""Regions of the studio's face on a face that lies on it."""

from __future__ import annotations

import numpy as np

from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.surface import Surface

from .named import region
from .painted import PaintedMask


def carried(found: Correspondence, spec: str, border: float) -> PaintedMask:
    """Give a registered face a region of the studio's face as a mask of its own vertices.

    Each vertex takes the weight of the nearest point of the template fitted to the face.

    Parameters
    ----------
    found
        How the face lies on the studio's.
    spec, border
        As in `region`.

    Raises
    ------
    InputError
        Where a name is none of a region.
    """
    face = studio_face()
    weights, faces = region(face, spec, border), face.template.faces
    surface = Surface(found.fitted.astype(np.float64), faces, np.arange(len(faces)))
    point, triangle = surface.closest(found.laid(found.neutral).astype(np.float64))
    shares = surface.barycentric(point, triangle)
    own = np.clip((shares * weights[faces[triangle]]).sum(axis=1), 0.0, 1.0)
    return PaintedMask(spec, found.topology, own.astype(np.float32))
