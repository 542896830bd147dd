"""A face of any triangulation laid on the studio's, from its mesh to a judged correspondence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Doubles, Floats, Ints
from studio.face.registration.clicked import clicked
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.fitting import fit
from studio.face.registration.landmarks import Landmarks

from .landmarks import find_landmarks


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
    marks = _found(mesh.name, vertices, mesh.faces, progress.part(0.0, 0.5))
    return fit(vertices, mesh.faces, marks, progress=progress.part(0.5, 1.0))


def _found(name: str, vertices: Floats, faces: Ints, progress: Progress) -> Landmarks:
    found = find_landmarks(vertices, faces, progress)
    if found is None:
        raise InputError(
            f"{name}: no side of it looks like a face: bring a whole face at rest, or mark points "
            "on it (--landmarks FILE)"
        )
    there = found.template
    return Landmarks(found.points, there.triangle, there.barycentric, found.confidence)
