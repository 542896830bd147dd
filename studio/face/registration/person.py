"""The person that a surface shows: the rig's identity, its expression, and how the head is held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Doubles
from studio.core.surfaces import vertex_normals
from studio.face.bounded import partly_bounded
from studio.face.identity import DIRECTIONS, SHAPES
from studio.face.rig import ARKIT, Rig, proportions

from .head import Head
from .landmarks import Landmarks
from .surface import Surface

_BEYOND = 500  # vertices beyond the front that are laid on the surface beside it
# mm^2 for a deviation of an identity direction and for a whole action, against as many points:
# an action explains an open mouth, which identity cannot.
_IDENTITY, _ACTION = 50.0, 250.0
_MOST = 1.2  # weight of an action
_EARLY, _ROUNDS = 4, 8  # steps by landmarks alone, and by the surface too
_LANDMARK = 10.0, 0.5  # weight of a landmark beside a point, at first and at last
_REACH = 12.0, 3.0  # mm of the Cauchy weight, at first and at last
_ALIKE = 0.5  # cosine between normals above which points may be partners


@dataclass(frozen=True, eq=False)
class Person:
    """A face of the rig, held so that it lies on a surface.

    Attributes
    ----------
    identity : (K,) the rig's numbers
    actions : (52,) weights of the expression on top
    vertices : (V, 3) mm, in the template's pose
    rotation, shift : (3, 3) and (3,) mm, which lay the vertices on the surface
    """

    identity: Doubles
    actions: Doubles
    vertices: Doubles
    rotation: Doubles
    shift: Doubles

    @property
    def held(self) -> Doubles:
        """(V, 3) mm, the vertices as they lie on the surface."""
        return self.vertices @ self.rotation.T + self.shift


@dataclass(frozen=True, eq=False)
class _Rows:
    """Equations: a direction at a place of the template, and where the place should be along it."""

    places: tuple[NDArray[np.floating], ...]  # rest (P, 3), identity (K, P, 3), actions (52, P, 3)
    now: Doubles  # (P, 3) where the places lie
    direction: Doubles  # (P, 3)
    goal: Doubles  # (P,) mm along the direction
    weight: Doubles  # (P,)


def deviations(count: int) -> Doubles:
    """How far a deviation of people goes along each of the rig's identity directions (K,)."""
    named = [direction.deviation for direction in DIRECTIONS]
    return np.array([*named, *[1.0] * SHAPES])[:count]


def fit_person(
    head: Head, rig: Rig, marks: Landmarks, surface: Surface, progress: Progress
) -> Person:
    """Find the person, first by landmarks alone, then by the surface too.

    Parameters
    ----------
    head : the template
    rig : what people and expressions there are
    marks : landmarks of the foreign face
    surface : the foreign face; it and the landmarks lie on the template by a similarity already
    """
    beyond = np.flatnonzero(head.outside & ~head.front)
    beyond = beyond[:: max(len(beyond) // _BEYOND, 1)]
    chosen = np.concatenate([np.flatnonzero(head.front), beyond])
    person = Person(
        np.zeros(len(rig.identity)),
        np.zeros(len(ARKIT)),
        rig.rest.astype(float),
        np.eye(3),
        np.zeros(3),
    )
    for _ in range(_EARLY):
        person = _step(rig, person, [_landmark_rows(rig, person, marks, _LANDMARK[0])])
    for step in progress.each(range(_ROUNDS), "Finding the person"):
        share = step / (_ROUNDS - 1)
        weight, reach = (first * (last / first) ** share for first, last in (_LANDMARK, _REACH))
        rows = [
            _landmark_rows(rig, person, marks, weight),
            _surface_rows(head, rig, person, surface, chosen, reach),
        ]
        person = _step(rig, person, rows)
    return person


def _scaled_actions(rig: Rig, person: Person, ids: NDArray[np.integer]) -> Doubles:
    calm = rig.neutral(person.identity)
    return np.asarray(rig.actions[:, ids] * proportions(calm, rig.rest).astype(np.float64))


def _landmark_rows(rig: Rig, person: Person, marks: Landmarks, weight: float) -> _Rows:
    """Three equations a landmark."""
    ids = marks.corners
    share = marks.barycentric.astype(float)[..., None]
    rest = (rig.rest[ids] * share).sum(axis=1)
    identity = (rig.identity[:, ids] * share).sum(axis=2)
    actions = _scaled_actions(rig, person, ids.ravel()).reshape(len(ARKIT), *ids.shape, 3)
    now = marks.on(person.held)
    residual = np.linalg.norm(now - marks.points, axis=1)
    reach = max(2.0 * float(np.median(residual)), 2.0)
    trust = weight * marks.weights / (1 + (residual / reach) ** 2)
    axes = np.tile(np.eye(3), (len(now), 1))
    places = rest, identity, (actions * share).sum(axis=2)
    return _Rows(
        tuple(np.repeat(each, 3, axis=-2) for each in places),
        np.repeat(now, 3, axis=0),
        axes,
        marks.points.astype(float).ravel(),
        np.repeat(trust, 3),
    )


def _surface_rows(
    head: Head, rig: Rig, person: Person, surface: Surface, ids: NDArray[np.integer], reach: float
) -> _Rows:
    """One equation a vertex that has a partner: to lie in the plane of it."""
    held = person.held
    now = held[ids]
    normals = vertex_normals(held.astype(np.float32), head.template.faces)[ids]
    near = surface.nearest(now)
    alike = np.einsum("pd,pd->p", normals, near.normal)
    weight = (alike > _ALIKE) * ~near.rim / (1 + (near.distance / reach) ** 2)
    return _Rows(
        (rig.rest[ids].astype(float), rig.identity[:, ids], _scaled_actions(rig, person, ids)),
        now,
        near.normal,
        np.einsum("pd,pd->p", near.normal, near.point),
        weight * 3.0,
    )


def _step(rig: Rig, person: Person, parts: list[_Rows]) -> Person:
    """Solve the equations for the person and the turn of the head."""
    people, count = len(rig.identity), len(rig.identity) + len(ARKIT)
    system, wanted = np.zeros((count + 6, count + 6)), np.zeros(count + 6)
    for rows in parts:
        rest, identity, actions = rows.places
        along = rows.direction @ person.rotation  # the direction in the template's pose
        matrix = np.concatenate(
            [
                np.einsum("kpd,pd->pk", identity, along),
                np.einsum("kpd,pd->pk", actions, along),
                np.cross(rows.now, rows.direction),
                rows.direction,
            ],
            axis=1,
        )
        offset = rows.goal - np.einsum("pd,pd->p", rest, along) - rows.direction @ person.shift
        system += matrix.T @ (rows.weight[:, None] * matrix)
        wanted += matrix.T @ (rows.weight * offset)
    ridge = np.concatenate(
        [_IDENTITY / deviations(people) ** 2, np.full(len(ARKIT), _ACTION), np.full(6, 1e-3)]
    )
    acted = (np.arange(len(ridge)) >= people) & (np.arange(len(ridge)) < count)
    found = partly_bounded(system + np.diag(ridge), wanted, acted, 0.0, _MOST)
    return _moved(rig, person, found, people)


def _moved(rig: Rig, person: Person, found: Doubles, people: int) -> Person:
    from scipy.spatial.transform import Rotation

    identity, actions = found[:people], found[people:-6]
    turn, shift = Rotation.from_rotvec(found[-6:-3]).as_matrix(), found[-3:]
    calm = rig.neutral(identity)
    basis = (rig.actions * proportions(calm, rig.rest)).reshape(len(ARKIT), -1)
    vertices = (calm + (actions @ basis).reshape(calm.shape)).astype(np.float64)
    return Person(identity, actions, vertices, turn @ person.rotation, turn @ person.shift + shift)
