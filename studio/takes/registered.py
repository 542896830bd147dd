"""Faces of other triangulations, on which the studio works as on its own once they are registered.

Registration fits the studio's face to theirs, once for a face; it is kept by what the face holds,
so that the same face costs nothing the next time. Motion is made on the fitted face and carried
back onto their own vertices; motion of theirs is carried onto the fitted face to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Registered
from studio.core.errors import shortened
from studio.core.request import Place
from studio.core.sequence import Doubles
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.io import registrations

from .maker import Registrar
from .reading import frame_of


def register(
    engine: Registrar,
    clip: MeshSequence,
    frame: int = 0,
    by: Registered | None = None,
    *,
    progress: Progress,
) -> Correspondence:
    """Fit the studio's face to a clip's, or look up what was found of that very face before.

    Parameters
    ----------
    engine
        Finds the landmarks and fits.
    clip
        Of any triangulation.
    frame
        The one that shows the face at rest; a face that shows an expression is fitted as it is.
    by
        The points that the fit begins from; None or none of them: the engine finds its own.
    progress
        Told how far the work is.

    Returns
    -------
    Correspondence
        Also where the fit is poor, which its verdict says; see `accepted`.

    Raises
    ------
    InputError
        Where nothing can be fitted, for a frame that is not there and for points that are none.
    """
    mesh = frame_of(clip, frame)
    points = placed((by or Registered()).points, mesh)
    key = registrations.key(mesh.vertices[0], mesh.faces, points)
    found = registrations.load(key)
    if found is None:
        found = engine.register(mesh, points=points or None, progress=progress)
        found = replace(found, points=points)
        registrations.save(key, found)
    progress.report(1.0, "Fitting the face")
    return replace(found, origin=mesh.origin)


def placed(points: tuple[tuple[str, Place], ...], mesh: MeshSequence) -> Mapping[str, Doubles]:
    """Find where points that are named by vertices or places lie on a mesh in its own pose.

    Returns
    -------
    Mapping
        Name -> (3,) float64 mm.

    Raises
    ------
    InputError
        For a vertex that is not there.
    """
    found: dict[str, Doubles] = {}
    for name, place in points:
        if isinstance(place, int):
            if not 0 <= place < mesh.n_vertices:
                raise InputError.of(name, f"a vertex below {mesh.n_vertices}", str(place))
            found[name] = mesh.vertices[0, place].astype(np.float64)
        else:
            found[name] = np.asarray(place, dtype=np.float64) - mesh.origin
    return found


def said(found: Correspondence) -> Registered:
    """Say by what a face was registered, as a recipe does."""
    places = {name: (place + found.origin).tolist() for name, place in found.points.items()}
    return Registered(tuple((name, (x, y, z)) for name, (x, y, z) in places.items()))


def accepted(found: Correspondence, name: str) -> Correspondence:
    """Let pass a face that motion can be carried by.

    Parameters
    ----------
    found
        How the face lies on the studio's.
    name
        Of its file, for the sentence.

    Raises
    ------
    InputError
        For any other.
    """
    if not found.verdict.accepted:
        reason = found.verdict.reason.rstrip(".")
        raise InputError(
            f"{shortened(name, 60)}: cannot be registered to the studio's face: {reason}"
        )
    return found


def told(found: Correspondence) -> str:
    """Say in a few words how near the fit is, and what it began from."""
    fit, by = found.verdict, f"{len(found.points)} points" if found.points else "its pictures"
    return (
        f"registered to the studio's face by {by}: {fit.fit_mean_mm:.2f} mm away on average, "
        f"{fit.fit_p95_mm:.2f} mm at 95 % of the front"
    )


def face_of(found: Correspondence, name: str = "") -> MeshSequence:
    """Give the studio's face fitted to theirs, a single frame that motion is made on."""
    return MeshSequence(found.fitted[None], studio_face().template.faces, name=name)


def own_face(found: Correspondence, name: str = "") -> MeshSequence:
    """Give their own face at rest, a single frame on their own triangulation."""
    mesh = MeshSequence(found.neutral[None], found.foreign_faces, name=name)
    return mesh.at(found.origin)


def fits(found: Correspondence, clip: MeshSequence) -> bool:
    """Whether a clip is of the face that was registered, by its triangles."""
    return clip.topology == found.topology
