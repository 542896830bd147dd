"""The studio's template laid on a foreign face, from landmarks to a judged correspondence.

A similarity lays the foreign face on the template; its scale is then kept, for a surface fit would
shrink it. The rig's nearest person follows, then what no person explains, as smoothly as the
surface allows. What has no partner on the surface is carried along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.rig import Rig, load_rig

from .completion import completed
from .correspondence import NO_PARTNER, Correspondence
from .head import Head, load_head
from .judgement import Signals, judged
from .landmarks import Landmarks
from .person import Person, fit_person
from .relaxation import believed, relax
from .similarity import Similarity, similarity
from .skin import Skin, find_skin
from .surface import Nearest

_SURE = 1.0  # mm; a partner farther away than that is trusted little


def fit(
    vertices: Floats | Doubles,
    faces: Ints,
    landmarks: Landmarks,
    rig: Rig | None = None,
    progress: Progress | None = None,
) -> Correspondence:
    """Lay the template on a face of any triangulation.

    Parameters
    ----------
    vertices
        (N, 3) mm, the face at rest in its own pose.
    faces
        (F, 3) its triangles.
    landmarks
        Places that it has in common with the template.
    rig
        Whose people are fitted first; None takes the studio's.
    progress
        Hears how far it is, and can stop it.

    Returns
    -------
    Correspondence
        Also of what is no face; its verdict says so.

    Raises
    ------
    InputError
        For vertices that are no numbers, or triangles that are none of them.
    """
    progress = progress or Progress()
    points, rig, head = _checked(vertices, faces), rig or load_rig(), load_head()
    progress.report(0.0, "Laying the face on the template")
    laid = _laid(head, points, faces, landmarks)
    person = fit_person(head, rig, laid.marks, laid.skin.surface, progress.part(0.1, 0.4))
    bent = relax(head, person.held, laid.skin.surface, laid.marks, progress.part(0.4, 0.9))
    progress.report(0.9, "Judging the fit")
    near, trust = _partners(head, laid.skin, bent)
    fitted = completed(head, person.held, bent, trust > 0)
    signals = _signals(head, laid, person, near, trust)
    final = laid.pose.turned(person.rotation.T, -person.rotation.T @ person.shift)
    partner = np.where(trust > 0, laid.skin.surface.source[near.triangle], NO_PARTNER)
    found = Correspondence(
        neutral=np.array(vertices, dtype=np.float32),
        foreign_faces=np.array(faces, dtype=np.int32),
        scale=final.scale,
        rotation=final.rotation,
        shift=final.shift,
        fitted=((fitted - person.shift) @ person.rotation).astype(np.float32),
        triangle=partner.astype(np.int32),
        barycentric=_shares(laid.skin, near),
        confidence=trust.astype(np.float32),
        identity=person.identity.astype(np.float32),
        landmarks=np.array(landmarks.points, dtype=np.float32),
        verdict=judged(head, signals, person.held, fitted),
    )
    progress.report(1.0, "Fitted")
    return found


@dataclass(frozen=True, eq=False)
class _Laid:
    """A foreign face laid on the template by its landmarks.

    Attributes
    ----------
    marks : the landmarks, laid
    skin : the surface, laid
    residual, swapped : (M,) mm, of the landmarks, by a rotation and by a reflection
    """

    pose: Similarity
    marks: Landmarks
    skin: Skin
    residual: Doubles
    swapped: Doubles


def _laid(head: Head, points: Doubles, faces: Ints, landmarks: Landmarks) -> _Laid:
    template = head.template
    marks, weights = landmarks.points.astype(np.float64), landmarks.weights.astype(np.float64)
    places = landmarks.on(template.vertices)
    pose, residual = similarity(marks, places, weights)
    _, swapped = similarity(marks, places, weights, mirrored=True)
    normals = landmarks.on(vertex_normals(template.vertices, template.faces))
    skin = find_skin(pose.laid(points), faces, pose.laid(marks), normals)
    laid = replace(landmarks, points=pose.laid(marks).astype(np.float32))
    return _Laid(pose, laid, skin, residual, swapped)


def _signals(head: Head, laid: _Laid, person: Person, near: Nearest, trust: Doubles) -> Signals:
    explained = np.linalg.norm(laid.marks.on(person.held) - laid.marks.points, axis=1)
    there = head.front & (trust > 0)
    apart = laid.skin.surface.nearest(person.held[there]).distance if there.any() else np.ones(1)
    return Signals(
        scale=laid.pose.scale,
        residual=laid.residual,
        swapped=laid.swapped,
        explained=explained,
        person_mm=float(apart.mean()),
        inward=laid.skin.inward,
        person=person,
        near=near,
        trust=trust,
    )


def _checked(vertices: Floats | Doubles, faces: Ints) -> Doubles:
    points = np.asarray(vertices, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise InputError.of("face", "finite vertices of shape (N, 3)", str(points.shape))
    if faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
        raise InputError.of("face", "triangles", f"faces of shape {faces.shape}")
    if not 0 <= faces.min() <= faces.max() < len(points):
        raise InputError.of("face", f"triangles of {len(points)} vertices", str(faces.max()))
    return points


def _partners(head: Head, skin: Skin, vertices: Doubles) -> tuple[Nearest, Doubles]:
    """Find the partner of each vertex (V,), and how far it can be trusted: 0 where it has none."""
    near = skin.surface.nearest(vertices)
    normals = vertex_normals(vertices.astype(np.float32), head.template.faces)
    good = (believed(near, normals) > 0) & head.outside & (near.distance < 3 * _SURE)
    alike = np.clip(np.einsum("vd,vd->v", normals, near.normal), 0.0, 1.0)
    return near, np.where(good, alike * np.exp(-((near.distance / _SURE) ** 2)), 0.0)


def _shares(skin: Skin, near: Nearest) -> Floats:
    """Find the shares of corners (V, 3) in the partners, corners in the order of the file."""
    shares = skin.surface.barycentric(near.point, near.triangle)
    turned = skin.flipped[near.triangle]
    return np.where(turned[:, None], shares[:, ::-1], shares).astype(np.float32)
