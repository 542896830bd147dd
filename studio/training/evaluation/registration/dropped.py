"""Faces as people bring them: on a body, under hair or a helmet, coarse, wound by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from studio.core.sequence import Doubles, Ints

from .remeshed import known_face
from .solids import Mesh, capsule, ellipsoid, joined

_COARSE = 11.0  # mm between the vertices of a game's head
_WOUND = 0.3  # of the triangles, that are wound the other way


def dropped_faces() -> Iterator[tuple[str, Doubles, Ints]]:
    """Make whole faces at rest with what is about them, each named: (N, 3) mm and (F, 3)."""
    made: dict[str, Callable[[Doubles, Ints], Mesh]] = {
        "face wound by chance": _wound_by_chance,
        "face of a thousand vertices": _coarse,
        "face on a body": _on_body,
        "face on a bust": _on_bust,
        "face under hair": _under_hair,
        "face in a helmet": _in_helmet,
        "face of loose triangles": _loose,
    }
    for seed, (name, make) in enumerate(made.items(), start=90):
        known = known_face(seed, bumps=1.0)
        yield name, *make(known.vertices, known.faces)


def _on_body(face: Doubles, faces: Ints) -> Mesh:
    trunk = capsule((0.0, -850.0, -90.0), (0.0, -420.0, -90.0), 150.0)
    arms = [capsule((x, -330.0, -90.0), (4.5 * x, -330.0, -90.0), 45.0) for x in (-150.0, 150.0)]
    legs = [capsule((x, -900.0, -90.0), (x, -1600.0, -90.0), 80.0) for x in (-90.0, 90.0)]
    return joined([(face, faces), _neck(), trunk, *arms, *legs])


def _on_bust(face: Doubles, faces: Ints) -> Mesh:
    return joined([(face, faces), _neck(), ellipsoid((220.0, 90.0, 110.0), (0.0, -300.0, -90.0))])


def _neck() -> Mesh:
    return capsule((0.0, -300.0, -90.0), (0.0, -150.0, -80.0), 55.0)


def _under_hair(face: Doubles, faces: Ints) -> Mesh:
    points, hair = ellipsoid((95.0, 130.0, 115.0), (0.0, 10.0, -85.0))
    x, y, z = points[hair].mean(axis=1).T
    open_front = (z > -60.0) & (y < 55.0) & (np.abs(x) < 85.0)
    waves = 3.0 * np.sin(points[:, :1] / 5.0) * np.sin(points[:, 1:2] / 7.0)
    return joined([(face, faces), (points + waves, hair[~open_front])])


def _in_helmet(face: Doubles, faces: Ints) -> Mesh:
    points, shell = ellipsoid((125.0, 155.0, 145.0), (0.0, -5.0, -80.0))
    x, y, z = points[shell].mean(axis=1).T
    visor = (z > -60.0) & (y < 60.0) & (y > -135.0) & (np.abs(x) < 105.0)
    return joined([(face, faces), (points, shell[~visor])])


def _coarse(face: Doubles, faces: Ints) -> Mesh:
    """Put one vertex for those in a cube."""
    cells = np.floor(face / _COARSE).astype(np.int64)
    _, one, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    one = one.ravel()
    places = [np.bincount(one, axis) / count for axis in face.T]
    corners = one[faces].astype(np.int32)
    real = (corners != np.roll(corners, 1, axis=1)).all(axis=1)
    return np.stack(places, axis=1), corners[real]


def _wound_by_chance(face: Doubles, faces: Ints) -> Mesh:
    turned = np.random.default_rng(0).random(len(faces)) < _WOUND
    return face, np.where(turned[:, None], faces[:, ::-1], faces)


def _loose(face: Doubles, faces: Ints) -> Mesh:
    """Give each triangle corners of its own, as STL does, and wind it by chance."""
    _, faces = _wound_by_chance(face, faces)
    return face[faces.ravel()], np.arange(faces.size, dtype=np.int32).reshape(-1, 3)
