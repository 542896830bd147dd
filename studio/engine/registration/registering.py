"""A face of any triangulation laid on the studio's, from its mesh to a judged correspondence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Doubles
from studio.face.registration.clicked import clicked
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.fitting import fit
from studio.face.registration.landmarks import Landmarks

from .landmarks import MeshLandmarks, find_landmarks

# Of doubt: 1 to 7 on faces of people, above 40 on what is none; a snout on a face makes it 14.
_DOUBTFUL = 20.0


def register(
    mesh: MeshSequence,
    *,
    frame: int = 0,
    points: Mapping[str, Doubles] | None = None,
    progress: Progress | None = None,
) -> Correspondence:
    """Fit the studio's face to a frame of a mesh of any triangulation; no model set is needed.

    Parameters
    ----------
    mesh
        In any pose, unit and place.
    frame
        The one that shows the face at rest.
    points
        Where points named as in `studio.face.registration.clicked.POINTS` lie on the mesh, (3,) in
        mm; None: landmarks are found on pictures of it.
    progress
        Hears how far it is, and can stop it.

    Returns
    -------
    Correspondence
        Also where the fit is poor: its verdict says whether motion can be carried by it.

    Raises
    ------
    InputError
        Where nothing can be fitted: without triangles, where no side of the mesh looks like a
        face, and for points that are none.
    """
    progress = progress or Progress()
    if not 0 <= frame < mesh.n_frames:
        raise InputError.of(mesh.name, f"a frame from 0 to {mesh.n_frames - 1}", str(frame))
    if not len(mesh.faces):
        raise InputError.of(mesh.name, "a surface of triangles to register", "points alone")
    vertices = np.asarray(mesh.vertices[frame])
    if points:
        marks = clicked({name: place.tolist() for name, place in points.items()})
        return fit(vertices, mesh.faces, marks, progress=progress)
    seen = find_landmarks(vertices, mesh.faces, progress.part(0.0, 0.5))
    marks = believed(mesh.name, seen)
    return fit(vertices, mesh.faces, marks, progress=progress.part(0.5, 1.0))


def believed(name: str, found: MeshLandmarks | None) -> Landmarks:
    """Take landmarks that were found on a mesh to those that a fit begins from.

    Raises
    ------
    InputError
        Where none were found, or they lie as on no face.
    """
    if found is None or found.doubt > _DOUBTFUL:
        lie = "" if found is None else f" (the nearest to one is {found.residual_mm:.0f} mm off)"
        raise InputError(
            f"{name}: no side of it looks like a face{lie}: bring a whole face at rest, or mark "
            "points on it (--landmarks FILE)"
        )
    there = found.template
    return Landmarks(found.points, there.triangle, there.barycentric, found.confidence)
