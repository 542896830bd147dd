"""trimesh's two non-rigid ICPs on the same faces, from the same landmarks."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import trimesh

from studio.core.sequence import Doubles, Ints
from studio.face.registration.head import load_head
from studio.face.registration.landmarks import Landmarks
from studio.face.registration.similarity import similarity

_BY_FACES = importlib.util.find_spec("rtree") is not None  # without it trimesh looks at vertices

Peer = Callable[[Doubles, Ints, Landmarks], Doubles]


def amberg(vertices: Doubles, faces: Ints, landmarks: Landmarks) -> Doubles:
    """Fit the template as `trimesh.registration.nricp_amberg` does.

    Parameters
    ----------
    vertices : (N, 3) mm
    faces : (F, 3)
    landmarks : M of them, of which those on the outside of the template are given

    Returns
    -------
    (V, 3) mm, on the foreign face in its own pose; what is not outside, NaN
    """
    return _fitted(trimesh.registration.nricp_amberg, vertices, faces, landmarks)


def sumner(vertices: Doubles, faces: Ints, landmarks: Landmarks) -> Doubles:
    """Fit the template as `nricp_sumner` does; (N, 3), (F, 3) and the rest as for `amberg`."""
    return _fitted(trimesh.registration.nricp_sumner, vertices, faces, landmarks)


def _fitted(
    method: Callable[..., Doubles], vertices: Doubles, faces: Ints, landmarks: Landmarks
) -> Doubles:
    head = load_head()
    template = head.template
    marks = landmarks.points.astype(np.float64)
    places = landmarks.on(template.vertices)
    pose, _ = similarity(marks, places, landmarks.weights.astype(np.float64))
    shown = np.asarray(head.outside[template.faces].all(axis=1))
    given = np.asarray(shown[landmarks.triangle])
    places_given = (np.cumsum(shown) - 1)[landmarks.triangle[given]], landmarks.barycentric[given]
    used, source = _mesh(template.vertices.astype(np.float64), template.faces[shown])
    _, target = _mesh(pose.laid(vertices), faces)
    goals = pose.laid(marks)[given]
    out = np.full(template.vertices.shape, np.nan)
    out[used] = method(source, target, places_given, goals, use_faces=_BY_FACES)
    return np.asarray((out - pose.shift) @ pose.rotation / pose.scale)


def _mesh(vertices: Doubles, faces: Ints) -> tuple[Ints, trimesh.Trimesh]:
    """Make trimesh's mesh of the vertices that faces use, and tell which (N,) those are."""
    used, number = np.unique(faces, return_inverse=True)
    mesh = trimesh.Trimesh(vertices[used], number.reshape(-1, 3), process=False)
    return used, mesh
